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
public sealed partial record RunSummary
{
    /// <summary>How the run ended.</summary>
    public required TrainingStatus Status { get; init; }

    /// <summary>The objective's convention.</summary>
    public required Convention Convention { get; init; }

    /// <summary>J(Θ) with its penalties.</summary>
    public required double Objective { get; init; }

    /// <summary>½‖f(X) − Y‖² or Σ cross-entropy, without the factor a.</summary>
    public required double DataLoss { get; init; }

    /// <summary>Σ_l (λ_l/2)‖W_l‖² + (β_l/2)‖b_l‖².</summary>
    public required double WeightPenalty { get; init; }

    /// <summary>Σ_l (μ_l/2)‖Z^l‖².</summary>
    public required double FeaturePenalty { get; init; }

    /// <summary>‖∇J‖.</summary>
    public required double GradientNorm { get; init; }

    /// <summary>The gradient's norm relative to the norms of the terms that it balances.</summary>
    public required double RelativeGradientNorm { get; init; }

    /// <summary>Epochs (solver iterations) done.</summary>
    public required long Epochs { get; init; }

    /// <summary>Gradients evaluated.</summary>
    public required long GradientEvaluations { get; init; }

    /// <summary>Products with the Hessian or the Gauss–Newton matrix.</summary>
    public required long HessianProducts { get; init; }

    /// <summary>Seconds of training.</summary>
    public required double Seconds { get; init; }

    /// <summary>Why there is no value, for each field that is null; keyed by field, with the layer where there is one.</summary>
    public IReadOnlyDictionary<string, string> Reasons { get; init; } = new Dictionary<string, string>();

    /// <summary>The layers, 1 … L.</summary>
    public required IReadOnlyList<LayerSummary> Layers { get; init; }
}
