using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using RankCollapse.Collapse.Metrics;
using RankCollapse.Runs;

namespace RankCollapse.Cli.Output;

/// <summary>The one JSON document that a verb writes with <c>--json</c>.</summary>
internal static class JsonOutput
{
    /// <summary>The version of documents that hold metrics: 2 since the metrics of runs and of models have the same names.</summary>
    public const int MetricsVersion = 2;

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Writes the document.</summary>
    public static void Write(TextWriter output, JsonObject document) => output.WriteLine(document.ToJsonString(Indented));

    /// <summary>Writes what went wrong.</summary>
    public static void WriteError(TextWriter output, string message, int exitCode) =>
        Write(output, new JsonObject { ["error"] = message, ["exitCode"] = exitCode });

    /// <summary>A number, or null where JSON has none.</summary>
    public static JsonNode? Number(double? value) => value is { } number && double.IsFinite(number) ? JsonValue.Create(number) : null;

    /// <summary>A metric's number, whole where it counts something; null where JSON has none.</summary>
    public static JsonNode? Number(Metric metric, double? value) =>
        metric.Format == MetricFormat.Count && value is { } number && double.IsFinite(number) ? JsonValue.Create((long)number) : Number(value);

    /// <summary>Numbers; null where there are none.</summary>
    public static JsonNode? List(IEnumerable<double>? values) => values is null ? null : new JsonArray([.. values.Select(value => Number(value))]);

    /// <summary>A summary as in <c>summary.json</c>.</summary>
    public static JsonNode Summary(RunSummary summary) => JsonNode.Parse(summary.ToJson())!;

    /// <summary>A text, or null.</summary>
    public static JsonNode? Text(string? text) => text is null ? null : JsonValue.Create(text);
}
