using System.Text.Json;
using System.Text.Json.Nodes;
using RankCollapse.Runs;

namespace RankCollapse.Reporting.Reports;

/// <summary>A run's configuration as named settings and as the command that repeats it.</summary>
internal static class ReproduceCommand
{
    private static readonly JsonSerializerOptions CamelCase = new(JsonSerializerDefaults.Web)
    {
        NumberHandling = System.Text.Json.Serialization.JsonNumberHandling.AllowNamedFloatingPointLiterals,
    };

    /// <summary>Every setting with its value, in the order of the configuration.</summary>
    public static IEnumerable<(string Name, string Value)> Settings(RunConfiguration configuration) =>
        Values(configuration).Select(pair => (pair.Key, Text(pair.Value) ?? "default"));

    /// <summary>The command line, option by option; settings that are at their default are left out, the seeds never are.</summary>
    public static IReadOnlyList<string> For(RunConfiguration configuration)
    {
        JsonObject defaults = Values(new RunConfiguration());
        var words = new List<string> { "rankcollapse train" };
        foreach (var (name, value) in Values(configuration))
        {
            if (name == "version" || Text(value) is not { } text) continue;
            bool isSeed = name is "seed" or "dataSeed";
            if (!isSeed && text == Text(defaults[name])) continue;
            if (value!.GetValueKind() == JsonValueKind.True) words.Add($"--{Option(name)}");
            else if (value.GetValueKind() != JsonValueKind.False) words.Add($"--{Option(name)} {Quote(text)}");
        }
        return words;
    }

    private static JsonObject Values(RunConfiguration configuration) =>
        JsonSerializer.SerializeToNode(configuration, CamelCase)!.AsObject();

    private static string? Text(JsonNode? value) => value switch
    {
        null => null,
        JsonArray items => string.Join(',', items.Select(Text)),
        _ => value.ToString(),
    };

    // lambdaFeatures → lambda-features
    private static string Option(string name) =>
        string.Concat(name.Select(c => char.IsUpper(c) ? $"-{char.ToLowerInvariant(c)}" : c.ToString()));

    private static string Quote(string text) =>
        text.Length > 0 && text.All(c => char.IsAsciiLetterOrDigit(c) || "-_./,+:=@%".Contains(c))
            ? text
            : "'" + text.Replace("'", "'\\''") + "'";
}
