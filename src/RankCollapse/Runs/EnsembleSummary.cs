using System.Text.Json;
using RankCollapse.Collapse.Metrics;
using RankCollapse.Training;

namespace RankCollapse.Runs;

/// <summary>An ensemble: runs that differ in their seed alone, as in <c>ensemble.json</c>.</summary>
public sealed record EnsembleSummary
{
    /// <summary>The settings of every member but for its seed.</summary>
    public required RunConfiguration Configuration { get; init; }

    /// <summary>Seconds from the start of the first member to the end of the last one.</summary>
    public required double Seconds { get; init; }

    /// <summary>The members, by seed.</summary>
    public required IReadOnlyList<EnsembleMember> Members { get; init; }

    /// <summary>The spread over the members that ended, of the numbers of the whole network.</summary>
    public required IReadOnlyDictionary<string, Spread> Network { get; init; }

    /// <summary>The spread over the members that ended, layer by layer.</summary>
    public required IReadOnlyList<EnsembleLayer> Layers { get; init; }

    /// <summary>The summary as the JSON of <c>ensemble.json</c>, in UTF-8.</summary>
    public byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(this, RunJson.Default.EnsembleSummary);

    /// <summary>Summarises members by their runs' summaries.</summary>
    /// <param name="configuration">The settings.</param>
    /// <param name="seconds">Seconds in all.</param>
    /// <param name="members">The members.</param>
    /// <param name="summaries">The summaries of those that ended.</param>
    internal static EnsembleSummary Of(RunConfiguration configuration, double seconds, IReadOnlyList<EnsembleMember> members, IReadOnlyList<RunSummary> summaries) => new()
    {
        Configuration = configuration,
        Seconds = seconds,
        Members = members,
        Network = new Dictionary<string, Spread>
        {
            ["objective"] = Spread.Of(summaries.Select(s => s.Objective)),
            ["dataLoss"] = Spread.Of(summaries.Select(s => s.DataLoss)),
            ["relativeGradientNorm"] = Spread.Of(summaries.Select(s => s.RelativeGradientNorm)),
            ["epochs"] = Spread.Of(summaries.Select(s => (double)s.Epochs)),
            ["seconds"] = Spread.Of(summaries.Select(s => s.Seconds)),
        },
        Layers = [.. summaries.SelectMany(s => s.Layers).GroupBy(layer => layer.Layer).OrderBy(group => group.Key).Select(EnsembleLayer.Of)],
    };
}

/// <summary>One member of an ensemble.</summary>
/// <param name="Seed">Its seed.</param>
/// <param name="Folder">Its run folder, relative to the ensemble's.</param>
/// <param name="Status">How it ended; null if it failed or was not begun.</param>
/// <param name="Objective">J; null if it did not end.</param>
/// <param name="RelativeGradientNorm">The relative gradient norm; null if it did not end.</param>
/// <param name="Epochs">Epochs; null if it did not end.</param>
/// <param name="Seconds">Seconds of training; null if it did not end.</param>
/// <param name="Error">Why it failed; null if it did not.</param>
public sealed record EnsembleMember(long Seed, string Folder, TrainingStatus? Status, double? Objective, double? RelativeGradientNorm, long? Epochs, double? Seconds, string? Error);

/// <summary>The spread of one layer's numbers over an ensemble.</summary>
/// <param name="Layer">l, from 1.</param>
/// <param name="TcvUpper">Upper end of the interval for TCV.</param>
/// <param name="WcssOfClasses">WCSS of the classes.</param>
/// <param name="FeatureNumericalRank">Numerical rank of Z^l.</param>
/// <param name="WeightNumericalRank">Numerical rank of W_l.</param>
/// <param name="WeightTailEnergy">Tail energy of W_l.</param>
/// <param name="WeightNorm">‖W_l‖_F.</param>
public sealed record EnsembleLayer(int Layer, Spread TcvUpper, Spread WcssOfClasses, Spread FeatureNumericalRank, Spread WeightNumericalRank, Spread WeightTailEnergy, Spread WeightNorm)
{
    internal static EnsembleLayer Of(IGrouping<int, LayerSummary> layers) => new(
        layers.Key,
        Spread.Of(layers.Select(l => l.TcvUpper ?? double.NaN)),
        Spread.Of(layers.Select(l => l.WcssOfClasses ?? double.NaN)),
        Spread.Of(layers.Select(l => (double)l.FeatureNumericalRank)),
        Spread.Of(layers.Select(l => (double)l.WeightNumericalRank)),
        Spread.Of(layers.Select(l => l.WeightTailEnergy ?? double.NaN)),
        Spread.Of(layers.Select(l => l.WeightNorm)));
}

/// <summary>The least, the middle and the largest of some numbers, those that are not finite left out.</summary>
/// <param name="Count">How many numbers there were.</param>
/// <param name="Minimum">The least; NaN if there were none.</param>
/// <param name="Median">The middle one, or the mean of the two in the middle; NaN if there were none.</param>
/// <param name="Maximum">The largest; NaN if there were none.</param>
public sealed record Spread(int Count, double Minimum, double Median, double Maximum)
{
    /// <summary>The spread of numbers.</summary>
    public static Spread Of(IEnumerable<double> numbers)
    {
        double[] sorted = [.. numbers.Where(double.IsFinite).Order()];
        int n = sorted.Length;
        return n == 0
            ? new Spread(0, double.NaN, double.NaN, double.NaN)
            : new Spread(n, sorted[0], 0.5 * (sorted[(n - 1) / 2] + sorted[n / 2]), sorted[^1]);
    }
}
