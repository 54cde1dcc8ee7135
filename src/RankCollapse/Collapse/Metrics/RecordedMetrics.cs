namespace RankCollapse.Collapse.Metrics;

/// <summary>The metrics that a record of a training holds, chosen by their names.</summary>
/// <remarks>
/// <c>all</c> are those that are cheap, <c>collapse</c> TCV and the rank of the features; any other name is a metric's key, or the beginning of one up to
/// the end of a word, which stands for all of that beginning: <c>tcv</c>, <c>nc1</c>, <c>weight</c>. The objective and its gradient are always among them.
/// A metric of features alone, such as those of neural collapse, is recorded of the features of every layer, one of weights alone of every layer's weights.
/// </remarks>
public sealed class RecordedMetrics
{
    /// <summary>The name of the metrics that are cheap.</summary>
    public const string All = "all";

    /// <summary>The name of TCV and the rank of the features.</summary>
    public const string Collapse = "collapse";

    private const char Separator = ',';

    private RecordedMetrics(IEnumerable<Metric> chosen)
    {
        Metric[] metrics = [.. MetricTable.All.Intersect(chosen)];
        Network = [.. metrics.Where(metric => metric.OfNetwork is not null)];
        Layers = [.. metrics.Where(metric => metric.OfNetwork is null)];
    }

    /// <summary>Those of the whole network, in the table's order.</summary>
    public IReadOnlyList<Metric> Network { get; }

    /// <summary>Those of layers, in the table's order.</summary>
    public IReadOnlyList<Metric> Layers { get; }

    /// <summary>Whether more is measured than collapse, which may decompose the weights.</summary>
    internal bool NeedsWeights => Layers.Any(metric => metric.Cost != MetricCost.RecordedWithCollapse && !IsOfFeaturesAlone(metric));

    /// <summary>Whether what activations were applied to is measured, which nothing cheap asks for.</summary>
    internal bool NeedsOrigins => Layers.Any(metric => metric.Cost == MetricCost.AtEnd && metric.OfLayer is not null);

    /// <summary>Whether the gradient was asked for by its own name, also where it costs more than all else.</summary>
    internal bool NamesGradient { get; private init; }

    /// <summary>The names that stand for several metrics.</summary>
    public static IReadOnlyList<string> Names => [All, Collapse, .. MetricTable.All.Where(IsMeasured).GroupBy(metric => FirstWord(metric.Key))
        .Where(group => group.Count() > 1).Select(group => group.Key)];

    /// <summary>The metrics of names with commas between them.</summary>
    /// <param name="names">The names, such as <c>all</c> or <c>tcv,nc1,weightStableRank</c>.</param>
    /// <exception cref="InvalidInputException">A name is unknown, or is of what a training does not have; near names are listed.</exception>
    public static RecordedMetrics Parse(string names)
    {
        ArgumentNullException.ThrowIfNull(names);
        return new RecordedMetrics([.. names.Split(Separator).SelectMany(name => Find(name.Trim())),
            .. MetricTable.Of(MetricScopes.Network).Where(metric => metric.Cost != MetricCost.AtEnd)])
        {
            NamesGradient = names.Split(Separator).SelectMany(name => name.Trim() is All or Collapse ? [] : Find(name.Trim()))
                .Any(metric => metric == NetworkMetrics.GradientNorm || metric == NetworkMetrics.RelativeGradientNorm),
        };
    }

    /// <summary>The number of a metric of a layer in training; null where it does not exist or does not apply.</summary>
    internal static double? Number(Metric metric, MeasuredLayer layer) =>
        metric.OfLayer is { } ofLayer ? ofLayer(layer).Number
            : metric.OfFeatures is { } ofFeatures ? (layer.FeaturesOfClasses is { } features ? ofFeatures(features).Number : null)
            : metric.OfWeights!(layer.WeightNumbers).Number;

    private static IEnumerable<Metric> Find(string name)
    {
        if (name is All or Collapse)
        {
            MetricCost least = name == All ? MetricCost.Recorded : MetricCost.RecordedWithCollapse;
            return MetricTable.Of(MetricScopes.Layers).Where(metric => metric.Cost >= least);
        }
        Metric[] found = MetricTable.All.Find(name) is { } one ? [one] : [.. MetricTable.All.Where(metric => BeginsWith(metric.Key, name))];
        Metric[] measured = [.. found.Where(IsMeasured)];
        if (measured.Length > 0) return measured;
        if (found.Length > 0)
            throw new InvalidInputException(
                $"The metric {found[0].Key} is of other data, of another model or of one class, which a record does not hold; leave it out of what is "
                    + "recorded.");
        string[] near = [.. NearMatches.Of(name, Names.Concat(MetricTable.All.Where(IsMeasured).Select(metric => metric.Key)))];
        string advice = near.Length > 0 ? NearMatches.Advice(name, near) : $"known are {string.Join(", ", Names)}, and each metric by its name.";
        throw new InvalidInputException($"There is no metric '{ErrorText.Printable(name)}' to record; {advice}");
    }

    private static bool IsMeasured(Metric metric) => metric != NeuralCollapseMetrics.OutOfDistributionCosine && metric.OfChange is null
        && metric.OfClass is null;

    private static bool IsOfFeaturesAlone(Metric metric) => metric is { OfLayer: null, OfFeatures: not null };

    /// <summary>Whether a key begins with a name that ends where a word of it does.</summary>
    private static bool BeginsWith(string key, string name) =>
        name.Length > 0 && key.Length > name.Length && key.StartsWith(name, StringComparison.Ordinal) && !char.IsAsciiLetterLower(key[name.Length]);

    /// <summary>A key's first word, with the digit that follows it.</summary>
    private static string FirstWord(string key)
    {
        int end = key.TakeWhile(char.IsAsciiLetterLower).Count();
        return key[..(end < key.Length && char.IsAsciiDigit(key[end]) ? end + 1 : end)];
    }
}
