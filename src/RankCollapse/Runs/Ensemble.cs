using System.Text.Json;
using RankCollapse.Formats;

namespace RankCollapse.Runs;

/// <summary>The runs of an ensemble's folder: their summaries, and what was recorded of them.</summary>
/// <param name="Configuration">The settings of every member but for its seed.</param>
/// <param name="Members">The members, by seed.</param>
public sealed record Ensemble(RunConfiguration Configuration, IReadOnlyList<EnsembleRun> Members)
{
    /// <summary>The file of the summary in the ensemble's folder.</summary>
    public const string SummaryFile = "ensemble.json";

    private const long LargestFile = 1L << 28;

    /// <summary>The members that ended.</summary>
    public IReadOnlyList<EnsembleRun> Ended => [.. Members.Where(member => member.Summary is not null)];

    /// <summary>Whether a folder is that of an ensemble.</summary>
    public static bool IsIn(string path) => File.Exists(Path.Combine(path, SummaryFile));

    /// <summary>The name of a member's run folder in that of the ensemble.</summary>
    public static string FolderOf(long seed) => FormattableString.Invariant($"seed-{seed}");

    /// <summary>Reads an ensemble's folder.</summary>
    /// <exception cref="InvalidInputException">The file of the ensemble or of a member that ended is missing or damaged.</exception>
    public static Ensemble Read(string path)
    {
        string file = Path.Combine(path, SummaryFile);
        EnsembleSummary summary;
        try
        {
            summary = JsonSerializer.Deserialize(InputFile.ReadJson(file, LargestFile), RunJson.Default.EnsembleSummary)
                ?? throw new InvalidInputException($"{file} is empty; train the ensemble again.");
        }
        catch (JsonException e)
        {
            throw new InvalidInputException($"{file} is not an ensemble's summary: {ErrorText.Printable(e.Message)}; restore it or train again.", e);
        }
        return new Ensemble(summary.Configuration, [.. summary.Members.OrderBy(member => member.Seed).Select(member => Read(path, member))]);
    }

    private static EnsembleRun Read(string path, EnsembleMember member)
    {
        if (member.Error is not null || member.Status is null) return new EnsembleRun(member.Seed, null, [], member.Error);
        var folder = RunFolder.Open(Path.Combine(path, FolderOf(member.Seed)));
        return new EnsembleRun(member.Seed, folder.ReadSummaryIfEnded(), folder.ReadMetrics(), null);
    }
}

/// <summary>One member of an ensemble.</summary>
/// <param name="Seed">Its seed.</param>
/// <param name="Summary">Its final state; null where it has not ended.</param>
/// <param name="Metrics">What was recorded.</param>
/// <param name="Error">Why it failed; null where it did not.</param>
public sealed record EnsembleRun(long Seed, RunSummary? Summary, IReadOnlyList<MetricRecord> Metrics, string? Error);
