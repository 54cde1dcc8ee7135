using System.Text.Json;
using RankCollapse.Collapse.Metrics;
using RankCollapse.Training;

namespace RankCollapse.Runs;

/// <summary>An ensemble: runs that differ in their seed alone, as in <c>ensemble.json</c>.</summary>
public sealed record EnsembleSummary
{
    /// <summary>The version of the format: 2 since it has every metric of <see cref="MetricTable"/>, those of layers under <c>metrics</c>.</summary>
    public int Version { get; init; } = 2;

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
    public static EnsembleSummary Of(
        RunConfiguration configuration, double seconds, IReadOnlyList<EnsembleMember> members, IReadOnlyList<RunSummary> summaries) => new()
        {
            Configuration = configuration,
            Seconds = seconds,
            Members = members,
            Network = Spreads(MetricScopes.Network, summaries),
            Layers =
        [
            .. summaries.SelectMany(s => s.Layers).GroupBy(layer => layer.Layer).OrderBy(group => group.Key)
                .Select(group => new EnsembleLayer(group.Key, Spreads(MetricScopes.Layers, [.. group]))),
        ],
        };

    private static Dictionary<string, Spread> Spreads(MetricScopes scope, IReadOnlyList<MetricNumbers> numbers) =>
        MetricTable.Of(scope).ToDictionary(metric => metric.Key, metric => Spread.Of(numbers.Select(n => n.Number(metric) ?? double.NaN)));
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
public sealed record EnsembleMember(
    long Seed, string Folder, TrainingStatus? Status, double? Objective, double? RelativeGradientNorm, long? Epochs, double? Seconds, string? Error);

/// <summary>The spread of one layer's numbers over an ensemble.</summary>
/// <param name="Layer">l, from 1.</param>
/// <param name="Metrics">The spread of each metric of layers, by its key.</param>
public sealed record EnsembleLayer(int Layer, IReadOnlyDictionary<string, Spread> Metrics);

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
