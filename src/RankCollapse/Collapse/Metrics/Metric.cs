namespace RankCollapse.Collapse.Metrics;

/// <summary>How the numbers of a metric are written.</summary>
public enum MetricFormat
{
    /// <summary>A number of any size, with a few digits.</summary>
    Number,

    /// <summary>A whole number: a rank, a number of epochs.</summary>
    Count,

    /// <summary>A part of something, in per cent.</summary>
    Share,

    /// <summary>A time in seconds.</summary>
    Seconds,
}

/// <summary>When a metric is cheap enough to be computed.</summary>
public enum MetricCost
{
    /// <summary>Once, at the end or when a run or a model is measured.</summary>
    AtEnd,

    /// <summary>At every record of a training.</summary>
    Recorded,

    /// <summary>At every record, also of a training that records collapse alone.</summary>
    RecordedWithCollapse,
}

/// <summary>What a metric says something about; also the table of a terminal or a document in which it stands.</summary>
public enum MetricTopic
{
    /// <summary>The objective and its gradient.</summary>
    Objective,

    /// <summary>What a training took.</summary>
    Effort,

    /// <summary>How near features are to a point for each class.</summary>
    Collapse,

    /// <summary>Size and rank of weights and features.</summary>
    Rank,

    /// <summary>How near a layer is to what theory predicts from the next one.</summary>
    Prediction,

    /// <summary>NC1 to NC5.</summary>
    NeuralCollapse,

    /// <summary>The distribution of the singular values of weights.</summary>
    Spectrum,

    /// <summary>What a model's weights are beside those of another one.</summary>
    Change,

    /// <summary>What a network does on samples that it was not trained on.</summary>
    Test,
}

/// <summary>What a metric can be computed of.</summary>
[Flags]
public enum MetricScopes
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>The whole network of a run.</summary>
    Network = 1,

    /// <summary>A layer of a run.</summary>
    Layers = 2,

    /// <summary>The weights of a layer of a model.</summary>
    Weights = 4,

    /// <summary>The features of a layer of a model, or of the last hidden layer of a run.</summary>
    Features = 8,

    /// <summary>The weights of a layer of a model beside those of its base.</summary>
    Changes = 16,

    /// <summary>A class at the input of the last layer of a run.</summary>
    Classes = 32,
}

/// <summary>
/// A number that is measured: what it is called, how it is written and how it is computed. An entry of <see cref="MetricTable"/> is recorded, summed up,
/// stored, queried, shown and plotted without being named anywhere else.
/// </summary>
/// <param name="key">The name in files and for machines: <c>tcvUpper</c>.</param>
public sealed class Metric(string key)
{
    /// <summary>The name in files and for machines, such as <c>tcvUpper</c>.</summary>
    public string Key { get; } = key;

    /// <summary>The name for people, short: the heading of a column.</summary>
    public required string Heading { get; init; }

    /// <summary>The symbol for axes of plots, such as <c>‖W‖</c>.</summary>
    public required string Symbol { get; init; }

    /// <summary>The unit; empty for pure numbers.</summary>
    public string Unit { get; init; } = "";

    /// <summary>What it tells and what it does not, in one sentence.</summary>
    public required string Meaning { get; init; }

    /// <summary>How its numbers are written.</summary>
    public MetricFormat Format { get; init; }

    /// <summary>When it is computed in a training.</summary>
    public MetricCost Cost { get; init; }

    /// <summary>What it says something about.</summary>
    public required MetricTopic Topic { get; init; }

    /// <summary>Where it belongs to the few that are shown first.</summary>
    public MetricScopes Main { get; init; }

    /// <summary>Where there is too little room for all metrics of a table, those with the largest number are left out first, of equal ones the last.</summary>
    public int Priority { get; init; } = 1;

    /// <summary>Whether its mean over the layers belongs to the summary of a model's weights.</summary>
    public bool IsAveraged { get; init; }

    /// <summary>Computes it of a whole network in training; null where it is none of networks.</summary>
    public Func<MeasuredNetwork, double>? OfNetwork { get; init; }

    /// <summary>Computes it of a layer of a run; null where it is none of layers.</summary>
    public Func<MeasuredLayer, MetricValue>? OfLayer { get; init; }

    /// <summary>Computes it of the weights of a model's layer; null where it is none of weights.</summary>
    public Func<MeasuredWeights, MetricValue>? OfWeights { get; init; }

    /// <summary>Computes it of features with classes; null where it is none of features.</summary>
    public Func<MeasuredFeatures, MetricValue>? OfFeatures { get; init; }

    /// <summary>Computes it of a layer beside the same layer of its base; null where it is none of changes.</summary>
    public Func<MeasuredChange, MetricValue>? OfChange { get; init; }

    /// <summary>Computes it of a class of a run; null where it is none of classes.</summary>
    public Func<MeasuredClass, MetricValue>? OfClass { get; init; }

    /// <summary>What it can be computed of.</summary>
    public MetricScopes Scopes =>
        (OfNetwork is null ? MetricScopes.None : MetricScopes.Network) | (OfLayer is null ? MetricScopes.None : MetricScopes.Layers)
        | (OfWeights is null ? MetricScopes.None : MetricScopes.Weights) | (OfFeatures is null ? MetricScopes.None : MetricScopes.Features)
        | (OfChange is null ? MetricScopes.None : MetricScopes.Changes) | (OfClass is null ? MetricScopes.None : MetricScopes.Classes);

    /// <summary>Whether it belongs to the few that are shown first.</summary>
    public bool IsMainIn(MetricScopes scope) => (Main & scope) != MetricScopes.None;

    /// <inheritdoc/>
    public override string ToString() => Key;
}

/// <summary>
/// A metric's number, or why there is none. Without either the metric does not apply, as the increment of a residual layer does not to other layers.
/// </summary>
/// <param name="Number">The number; null where it does not exist.</param>
/// <param name="Reason">Why it does not exist, in a sentence.</param>
public readonly record struct MetricValue(double? Number, string? Reason = null)
{
    /// <summary>A number.</summary>
    public static implicit operator MetricValue(double number) => new(number);

    /// <summary>A number, or a metric that does not apply.</summary>
    public static implicit operator MetricValue(double? number) => new(number);

    /// <summary>A number.</summary>
    public static MetricValue FromDouble(double number) => new(number);

    /// <summary>A number, or a metric that does not apply.</summary>
    public static MetricValue FromNullable(double? number) => new(number);

    /// <summary>A number that does not exist.</summary>
    /// <param name="reason">Why, in a sentence.</param>
    public static MetricValue Missing(string reason) => new(null, reason);
}
