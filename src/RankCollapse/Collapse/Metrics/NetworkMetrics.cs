using RankCollapse.Training;

namespace RankCollapse.Collapse.Metrics;

/// <summary>The metrics of a whole network: its objective, its gradient, and what training took.</summary>
public static class NetworkMetrics
{
    /// <summary>J, with its penalties.</summary>
    public static Metric Objective { get; } = OfState("objective", "objective", "J", "What training minimises, with all penalties.", s => s.Value.Total);

    /// <summary>D, without the factor a.</summary>
    public static Metric DataLoss { get; } =
        OfState("dataLoss", "data loss", "D", "½‖f(X) − Y‖² or Σ cross-entropy, without the factor a that it has in the objective.", s => s.Value.DataLoss);

    /// <summary>Σ_l (λ_l/2)‖W_l‖² + (β_l/2)‖b_l‖².</summary>
    public static Metric WeightPenalty { get; } =
        OfState("weightPenalty", "weight penalty", "Σ λ_l/2 ‖W_l‖²", "The part of the objective that penalises weights and biases.",
            s => s.Value.WeightPenalty);

    /// <summary>Σ_l (μ_l/2)‖Z^l‖².</summary>
    public static Metric FeaturePenalty { get; } =
        OfState("featurePenalty", "feature penalty", "Σ μ_l/2 ‖Z^l‖²", "The part of the objective that penalises features.", s => s.Value.FeaturePenalty);

    /// <summary>‖∇J‖.</summary>
    public static Metric GradientNorm { get; } =
        OfState("gradientNorm", "gradient norm", "‖∂J/∂Θ‖", "The length of the gradient, in the units of the objective and the weights.", s => s.Gradient.Norm);

    /// <summary>The relative gradient norm.</summary>
    public static Metric RelativeGradientNorm { get; } = OfState("relativeGradientNorm", "relative gradient norm", "‖∂J/∂Θ‖, relative",
        "The gradient's norm over the larger norm of the two terms that balance at a stationary point.", s => s.Gradient.Relative);

    /// <summary>Epochs (solver iterations) done.</summary>
    public static Metric Epochs { get; } = OfEffort("epochs", "epochs", "epochs", "Iterations of the solver.", MetricFormat.Count, n => n.State.Epoch);

    /// <summary>Gradients evaluated.</summary>
    public static Metric GradientEvaluations { get; } =
        OfEffort("gradientEvaluations", "gradient evaluations", "gradients", "How often the gradient was evaluated.", MetricFormat.Count,
            n => n.Solver.GradientEvaluations);

    /// <summary>Products with the Hessian or the Gauss–Newton matrix.</summary>
    public static Metric HessianProducts { get; } = OfEffort("hessianProducts", "Hessian products", "products",
        "Products with the Hessian or the Gauss–Newton matrix.", MetricFormat.Count, n => n.Solver.HessianProducts);

    /// <summary>Seconds of training.</summary>
    public static Metric Seconds { get; } =
        OfEffort("seconds", "time", "t", "The time of training, without that of reading, measuring and drawing.", MetricFormat.Seconds, n => n.State.Seconds);

    internal static IReadOnlyList<Metric> All { get; } =
        [Objective, DataLoss, WeightPenalty, FeaturePenalty, GradientNorm, RelativeGradientNorm, Epochs, GradientEvaluations, HessianProducts, Seconds];

    private static Metric OfState(string key, string heading, string symbol, string meaning, Func<TrainingState, double> number) => new(key)
    {
        Heading = heading,
        Symbol = symbol,
        Meaning = meaning,
        Topic = MetricTopic.Objective,
        Cost = MetricCost.RecordedWithCollapse,
        Main = MetricScopes.Network,
        OfNetwork = network => number(network.State),
    };

    private static Metric OfEffort(string key, string heading, string symbol, string meaning, MetricFormat format, Func<MeasuredNetwork, double> number) =>
        new(key)
        {
            Heading = heading,
            Symbol = symbol,
            Unit = format == MetricFormat.Seconds ? "seconds" : "",
            Meaning = meaning,
            Format = format,
            Topic = MetricTopic.Effort,
            Main = MetricScopes.Network,
            OfNetwork = number,
        };
}
