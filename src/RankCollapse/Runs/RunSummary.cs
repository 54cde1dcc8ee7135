using RankCollapse.Collapse.Metrics;
using RankCollapse.Training;

namespace RankCollapse.Runs;

/// <summary>One number of a run's table of metrics.</summary>
/// <param name="Epoch">The epoch, 0 for the initial state.</param>
/// <param name="Seconds">Seconds of training up to then.</param>
/// <param name="Layer">1 … L, or 0 for the whole network.</param>
/// <param name="Metric">The metric's name, such as <c>tcvUpper</c>.</param>
/// <param name="Value">The value.</param>
public readonly record struct MetricRecord(long Epoch, double Seconds, int Layer, string Metric, double Value);

/// <summary>The final state of a run, as in <c>summary.json</c>.</summary>
public sealed partial record RunSummary : MetricNumbers
{
    /// <summary>The arithmetic that its numbers were computed in; null where an earlier version wrote it.</summary>
    public Arithmetic? Arithmetic { get; init; } = Arithmetic.Current;

    /// <summary>How the run ended.</summary>
    public required TrainingStatus Status { get; init; }

    /// <summary>The objective's convention.</summary>
    public required Convention Convention { get; init; }

    /// <summary>J(Θ) with its penalties.</summary>
    public double Objective { get => Number(NetworkMetrics.Objective) ?? double.NaN; init => Numbers = With(NetworkMetrics.Objective, value); }

    /// <summary>½‖f(X) − Y‖² or Σ cross-entropy, without the factor a.</summary>
    public double DataLoss { get => Number(NetworkMetrics.DataLoss) ?? double.NaN; init => Numbers = With(NetworkMetrics.DataLoss, value); }

    /// <summary>Σ_l (λ_l/2)‖W_l‖² + (β_l/2)‖b_l‖².</summary>
    public double WeightPenalty { get => Number(NetworkMetrics.WeightPenalty) ?? double.NaN; init => Numbers = With(NetworkMetrics.WeightPenalty, value); }

    /// <summary>Σ_l (μ_l/2)‖Z^l‖².</summary>
    public double FeaturePenalty { get => Number(NetworkMetrics.FeaturePenalty) ?? double.NaN; init => Numbers = With(NetworkMetrics.FeaturePenalty, value); }

    /// <summary>‖∇J‖.</summary>
    public double GradientNorm { get => Number(NetworkMetrics.GradientNorm) ?? double.NaN; init => Numbers = With(NetworkMetrics.GradientNorm, value); }

    /// <summary>The gradient's norm relative to the norms of the terms that it balances.</summary>
    public double RelativeGradientNorm
    {
        get => Number(NetworkMetrics.RelativeGradientNorm) ?? double.NaN;
        init => Numbers = With(NetworkMetrics.RelativeGradientNorm, value);
    }

    /// <summary>
    /// The relative gradient norm that rounding leaves at best where a training stalled, by the solver's estimate; null for others, and where it is not known.
    /// </summary>
    public double? RoundingFloor => Numbers.GetValueOrDefault(RoundingFloorField);

    /// <summary>Epochs (solver iterations) done.</summary>
    public long Epochs { get => (long)(Number(NetworkMetrics.Epochs) ?? 0); init => Numbers = With(NetworkMetrics.Epochs, value); }

    /// <summary>Gradients evaluated.</summary>
    public long GradientEvaluations
    {
        get => (long)(Number(NetworkMetrics.GradientEvaluations) ?? 0);
        init => Numbers = With(NetworkMetrics.GradientEvaluations, value);
    }

    /// <summary>Products with the Hessian or the Gauss–Newton matrix.</summary>
    public long HessianProducts { get => (long)(Number(NetworkMetrics.HessianProducts) ?? 0); init => Numbers = With(NetworkMetrics.HessianProducts, value); }

    /// <summary>Seconds of training.</summary>
    public double Seconds { get => Number(NetworkMetrics.Seconds) ?? double.NaN; init => Numbers = With(NetworkMetrics.Seconds, value); }

    /// <summary>Why there is no value, for each field that is null; keyed by field, with the layer where there is one.</summary>
    public IReadOnlyDictionary<string, string> Reasons { get; init; } = new Dictionary<string, string>();

    /// <summary>The layers, 1 … L.</summary>
    public required IReadOnlyList<LayerSummary> Layers { get; init; }
}
