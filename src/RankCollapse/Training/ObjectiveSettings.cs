using System.Text.Json.Serialization;

namespace RankCollapse.Training;

/// <summary>How outputs are compared with targets.</summary>
public enum Loss
{
    /// <summary>½‖f(X) − Y‖²_F.</summary>
    Squared,

    /// <summary>Σ_i cross-entropy of softmax(f(x_i)) with y_i.</summary>
    CrossEntropy,
}

/// <summary>How the terms of the objective are scaled.</summary>
public enum Convention
{
    /// <summary>Section 5.2: a = 1, λ_1 = λδ, λ_l = λ, μ_l = λ'.</summary>
    Sum,

    /// <summary>The mean over samples: a = 1/N, λ_1 = λδ, λ_l = λ, μ_l = λ'/N.</summary>
    Mean,

    /// <summary>Equation (3): a = 1/N, λ_l = β_l = 2λ, μ_l = 0.</summary>
    [JsonStringEnumMemberName("eq3")]
    Equation3,
}

/// <summary>The objective's kind and its penalties, as the user states them.</summary>
public sealed record ObjectiveSettings
{
    /// <summary>How outputs are compared with targets.</summary>
    public Loss Loss { get; init; } = Loss.Squared;

    /// <summary>How the terms are scaled.</summary>
    public Convention Convention { get; init; } = Convention.Sum;

    /// <summary>λ ≥ 0.</summary>
    public double Lambda { get; init; } = 1e-5;

    /// <summary>δ ≥ 0: the first layer's share of λ; not used by <see cref="Convention.Equation3"/>.</summary>
    public double Delta { get; init; }

    /// <summary>λ' ≥ 0, the feature penalty; null takes λ; not used by <see cref="Convention.Equation3"/>.</summary>
    public double? LambdaFeatures { get; init; }

    /// <summary>The factors of the objective for a depth and a number of samples.</summary>
    /// <exception cref="InvalidInputException">A penalty is negative or not finite.</exception>
    public ObjectiveCoefficients Coefficients(int depth, int samples)
    {
        RequirePenalty("lambda", Lambda);
        RequirePenalty("delta", Delta);
        double features = LambdaFeatures ?? Lambda;
        RequirePenalty("lambda-features", features);
        var weights = new double[depth];
        double data, bias, feature;
        switch (Convention)
        {
            case Convention.Equation3:
                Array.Fill(weights, 2 * Lambda);
                (data, bias, feature) = (1.0 / samples, 2 * Lambda, 0);
                break;
            case Convention.Mean:
                Array.Fill(weights, Lambda);
                weights[0] = Lambda * Delta;
                (data, bias, feature) = (1.0 / samples, 0, features / samples);
                break;
            default:
                Array.Fill(weights, Lambda);
                weights[0] = Lambda * Delta;
                (data, bias, feature) = (1, 0, features);
                break;
        }
        return new ObjectiveCoefficients(data, weights, bias, feature);
    }

    private static void RequirePenalty(string name, double value)
    {
        if (!(value >= 0) || double.IsInfinity(value))
            throw new InvalidInputException($"{name} is {value}; a penalty is a finite number of at least 0.");
    }
}

/// <summary>
/// The factors of J(Θ) = a·D + Σ_l (λ_l/2)‖W_l‖² + Σ_l (β/2)‖b_l‖² + Σ_l (μ/2)‖Z^l‖².
/// </summary>
/// <param name="Data">a.</param>
/// <param name="Weights">λ_1 … λ_L.</param>
/// <param name="Bias">β.</param>
/// <param name="Features">μ, for every layer 1 … L.</param>
public sealed record ObjectiveCoefficients(double Data, IReadOnlyList<double> Weights, double Bias, double Features)
{
    /// <summary>λ_l for l = 1 … L.</summary>
    public double WeightsOf(int layer) => Weights[layer - 1];

    /// <summary>The same objective with every penalty multiplied by a factor, as in continuation.</summary>
    public ObjectiveCoefficients ScalePenalties(double factor) =>
        new(Data, [.. Weights.Select(w => w * factor)], Bias * factor, Features * factor);
}

/// <summary>The objective at a point, with its parts.</summary>
/// <param name="Total">J(Θ).</param>
/// <param name="DataLoss">D, without the factor a.</param>
/// <param name="WeightPenalty">Σ_l (λ_l/2)‖W_l‖² + (β/2)‖b_l‖².</param>
/// <param name="FeaturePenalty">Σ_l (μ/2)‖Z^l‖².</param>
public readonly record struct ObjectiveValue(double Total, double DataLoss, double WeightPenalty, double FeaturePenalty);

/// <summary>The gradient's size at a point.</summary>
/// <param name="Norm">‖∇J‖.</param>
/// <param name="Relative">‖∇J‖ / max(‖∇ of the weight penalty‖, ‖∇ of all else‖), equation (4) over all layers; without any penalty on
/// parameters, where nothing balances, ‖∇J‖ / (a‖X‖‖Y‖); 0 where the gradient vanishes.</param>
public readonly record struct GradientSize(double Norm, double Relative);
