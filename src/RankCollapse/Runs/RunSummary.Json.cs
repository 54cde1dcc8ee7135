using System.Text.Json;
using RankCollapse.Formats;

namespace RankCollapse.Runs;

/// <content>Summaries as JSON files.</content>
public sealed partial record RunSummary
{
    private const long LargestFile = 1L << 28;

    /// <summary>The summary as the JSON of <c>summary.json</c>, in UTF-8; what is not a finite number is null.</summary>
    public byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(this, RunJson.Default.RunSummary);

    /// <summary>Reads a <c>summary.json</c>; a required number that is null becomes NaN.</summary>
    /// <exception cref="InvalidInputException">The file is missing or damaged.</exception>
    internal static RunSummary ReadFile(string path)
    {
        byte[] json = InputFile.ReadSmall(path, LargestFile);
        try
        {
            RunSummary summary = JsonSerializer.Deserialize(json, RunJson.Default.RunSummary) ?? throw new JsonException("the content is null");
            if (summary.Layers.Any(layer => layer is null)) throw new JsonException("a layer is null");
            // Properties that are left out lose their defaults.
            return summary.Reasons is null ? summary with { Reasons = new Dictionary<string, string>() } : summary;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw new InvalidInputException($"{path} is not a run's summary: {ErrorText.Printable(e.Message)}; restore it or train again.", e);
        }
    }
}
