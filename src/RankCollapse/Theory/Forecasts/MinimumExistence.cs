using RankCollapse.Data;
using RankCollapse.LinearAlgebra;
using RankCollapse.Networks;
using RankCollapse.Theory.Certificates;
using RankCollapse.Training;

namespace RankCollapse.Theory.Forecasts;

/// <summary>Whether an objective has a minimum.</summary>
public enum Attainment
{
    /// <summary>There is one.</summary>
    Attained,

    /// <summary>There is none: the objective falls for ever as weights grow.</summary>
    NotAttained,

    /// <summary>Only a network whose outputs are equal for all samples can be one: where any other network has a lower objective, there is none.</summary>
    AtConstantsOnly,

    /// <summary>These settings do not decide it.</summary>
    Undecided,
}

/// <summary>Whether settings, activations and data have a minimum, known before training.</summary>
/// <remarks>
/// At a stationary point Σ of the rates along the ray (t·Z^1, W_2/t) vanishes: with λ_1 = 0, and where Z^1 is free, λ_2‖W_2‖² = μ‖Z^1‖². Z^1 is free where
/// σ is positively homogeneous, or strictly monotone and X (with a row of ones for an unpenalised bias) has rank N. If one of λ_2 and μ is 0 and the other
/// is not, W_2 or Z^1 vanishes, and outputs are equal for all samples. The derivation is in docs/theory.md.
/// </remarks>
public sealed class MinimumExistence
{
    /// <summary>Units with a slope below this are saturated.</summary>
    private const double Saturated = 1e-4;

    private readonly DataSet _data;
    private readonly ObjectiveSettings _settings;

    private MinimumExistence(DataSet data, ObjectiveSettings settings, Attainment attainment, string reason, double leastConstant)
    {
        (_data, _settings) = (data, settings);
        (Attainment, Reason, LeastConstant) = (attainment, reason, leastConstant);
    }

    /// <summary>What is known.</summary>
    public Attainment Attainment { get; }

    /// <summary>Why, in a sentence.</summary>
    public string Reason { get; }

    /// <summary>The least objective of networks whose outputs are equal for all samples, without penalties.</summary>
    public double LeastConstant { get; }

    /// <summary>Decides.</summary>
    /// <param name="specification">The network's shape.</param>
    /// <param name="data">The data.</param>
    /// <param name="settings">The objective.</param>
    public static MinimumExistence Decide(NetworkSpecification specification, DataSet data, ObjectiveSettings settings)
    {
        ArgumentNullException.ThrowIfNull(specification);
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(settings);
        ObjectiveCoefficients factors = settings.Coefficients(specification.Depth, data.SampleCount);
        bool isConstrained = !specification.HasBias && specification.FixesZero;
        double constant = factors.DataFactor * LeastConstantLoss(data.Targets, settings.Loss, isConstrained);
        (Attainment attainment, string reason) = Decide(specification, data, settings, factors, isConstrained);
        return new MinimumExistence(data, settings, attainment, reason, constant);
    }

    /// <summary>Why a network at which training would end is near no minimum; null where nothing is known against it.</summary>
    /// <param name="network">The network.</param>
    /// <param name="objective">J there.</param>
    public string? Refute(Network network, double objective)
    {
        ArgumentNullException.ThrowIfNull(network);
        if (Attainment == Attainment.Attained) return null;
        if (Attainment != Attainment.Undecided) return objective < LeastConstant * (1 - 1e-9) ? Reason : null;
        NetworkSpecification specification = network.Specification;
        ObjectiveCoefficients factors = _settings.Coefficients(specification.Depth, _data.SampleCount);
        if (specification.Depth < 2 || factors.WeightFactorOf(1) != 0) return null;
        TailPass pass = new NetworkTail(network, _settings.Loss, factors, 0).Evaluate(_data.Inputs, _data.Targets);
        ReadOnlySpan<double> sensitivities = pass.Sensitivities[1].AsSpan(), errors = pass.Errors[1].AsSpan(), inputs = pass.Preactivations[1].AsSpan();
        double outward = 0, reference = 0;
        int count = 0;
        for (int i = 0; i < errors.Length; i++)
        {
            double penalty = factors.FeatureFactor * pass.Features[1].AsSpan()[i];
            reference = Math.Max(reference, Math.Max(Math.Abs(sensitivities[i] - penalty), Math.Abs(penalty)));
            bool isOutward = sensitivities[i] * inputs[i] < 0 && Math.Abs(errors[i]) < Saturated * Math.Abs(sensitivities[i]);
            if (!isOutward) continue;
            outward = Math.Max(outward, Math.Abs(sensitivities[i]));
            count++;
        }
        return outward <= 0.1 * reference ? null
            : $"{count} features of layer 1 are saturated ({specification.ActivationOf(1).Name} has a slope below {Saturated} there) and would still lower "
                + "the objective if they grew: the gradient is small because W_1 is large, which nothing penalises.";
    }

    private static (Attainment Attainment, string Reason) Decide(
        NetworkSpecification specification, DataSet data, ObjectiveSettings settings, ObjectiveCoefficients factors, bool isConstrained)
    {
        int depth = specification.Depth;
        Activation hidden = specification.ActivationOf(1);
        bool hasFreeBias = specification.HasBias && factors.BiasFactor == 0;
        double first = factors.WeightFactorOf(1), next = depth > 1 ? factors.WeightFactorOf(2) : 0, features = factors.FeatureFactor;
        bool arePenalised = Enumerable.Range(1, depth).All(l => factors.WeightFactorOf(l) > 0);
        if (arePenalised && !hasFreeBias) return (Attainment.Attained, "All weights are penalised, so that the objective grows with them.");
        if (arePenalised) return (Attainment.Undecided, "Biases are not penalised and may grow without bound.");
        if (depth < 2 || first > 0) return (Attainment.Undecided, "Weights are not penalised and may grow without bound.");
        bool isUnbounded = double.IsInfinity(hidden.Range.Lower) || double.IsInfinity(hidden.Range.Upper);
        if (next > 0 && features > 0)
        {
            bool isHeld = hidden.IsOntoReals || hidden.Name == "relu";
            return isHeld && !hasFreeBias
                ? (Attainment.Attained, "All weights but the first are penalised, and the features hold the first.")
                : (Attainment.Undecided, $"W_1 is not penalised, and bounded features ({hidden.Name}) do not hold it: they may saturate.");
        }
        if (next == 0 && features == 0) return (Attainment.Undecided, "Nothing is penalised: the objective is the data term alone.");
        if (!IsFree(hidden, data, hasFreeBias, out string why)) return (Attainment.Undecided, why);
        if (!HasVariation(data, settings.Loss, isConstrained)) return (Attainment.Undecided, "A constant network may be best.");
        if (next == 0)
            return (Attainment.NotAttained, "There is no minimum: features are penalised and weights are not, so that the objective falls for ever as hidden "
                + "features shrink and weights grow. Set lambda above 0.");
        string growing = $"neither W_1 (delta is 0) nor features are penalised, so that the objective falls for ever as W_1 grows and W_2 shrinks. Set delta "
            + "or lambda-features above 0.";
        if (isUnbounded || (depth == 2 && specification.Architecture == Architecture.Feedforward))
            return (Attainment.NotAttained, $"There is no minimum: {growing}");
        return specification.Architecture == Architecture.Feedforward
            ? (Attainment.AtConstantsOnly, $"There is no minimum but, for large lambda, at networks with equal outputs: {growing}")
            : (Attainment.Undecided, $"W_1 is not penalised, and bounded features ({hidden.Name}) do not hold it: they may saturate.");
    }

    /// <summary>Whether Z^1 can be scaled by W_1 alone, to first order.</summary>
    private static bool IsFree(Activation hidden, DataSet data, bool hasFreeBias, out string why)
    {
        why = "";
        if (IsHomogeneous(hidden)) return true;
        int rank = NumericalRank.Of(
            hasFreeBias
                ? Matrix.FromEntries(data.InputDimension + 1, data.SampleCount, (i, j) => i < data.InputDimension ? data.Inputs[i, j] : 1)
                : data.Inputs,
            Tolerances.PseudoInverseCutoff(data.InputDimension, data.SampleCount));
        if (hidden.IsHomeomorphism && rank == data.SampleCount) return true;
        why = $"W_1 is not penalised and may grow without bound (X has rank {rank} for {data.SampleCount} samples, so that it is not known).";
        return false;
    }

    private static bool IsHomogeneous(Activation activation)
    {
        double[] x = [-3, -1, -0.25, 0.25, 1, 3], twice = [.. x.Select(v => 2 * v)];
        activation.Value(x, x);
        activation.Value(twice, twice);
        return x.Zip(twice).All(pair => Math.Abs(pair.Second - (2 * pair.First)) <= 1e-14 * Math.Abs(pair.Second));
    }

    /// <summary>Whether outputs that vary with the inputs lower the loss of constant ones, to first order.</summary>
    private static bool HasVariation(DataSet data, Loss loss, bool isConstrained)
    {
        Matrix residual = data.Targets.Copy();
        for (int k = 0; k < residual.Rows; k++)
        {
            double mean = !isConstrained ? Reduction.Sum(residual.Row(k)) / residual.Columns : loss == Loss.CrossEntropy ? 1.0 / residual.Rows : 0;
            for (int i = 0; i < residual.Columns; i++) residual[k, i] -= mean;
        }
        return Frobenius.Norm(Product.MultiplyTransposedRight(residual, data.Inputs)) > 1e-12 * Frobenius.Norm(data.Targets) * Frobenius.Norm(data.Inputs);
    }

    /// <summary>min D over outputs that are equal for all samples; the outputs are 0 where nothing else is possible.</summary>
    private static double LeastConstantLoss(Matrix targets, Loss loss, bool isConstrained)
    {
        double sum = 0, total = Reduction.Sum(targets.AsSpan());
        for (int k = 0; k < targets.Rows; k++)
        {
            double row = Reduction.Sum(targets.Row(k)), mean = row / targets.Columns;
            if (loss == Loss.CrossEntropy) sum += isConstrained ? row * Elementary.Log(targets.Rows) : row > 0 ? -row * Elementary.Log(row / total) : 0;
            else sum += 0.5 * (Reduction.SumOfSquares(targets.Row(k)) - (isConstrained ? 0 : targets.Columns * mean * mean));
        }
        return sum;
    }
}
