namespace RankCollapse.Training;

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
