using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using RankCollapse.Collapse.Metrics;
using RankCollapse.Formats;
using RankCollapse.Runs;

namespace RankCollapse.Cli.Output;

/// <summary>The one JSON document that a verb writes with <c>--json</c>.</summary>
internal static class JsonOutput
{
    /// <summary>The version of documents that hold metrics: 2 since the metrics of runs and of models have the same names.</summary>
    public const int MetricsVersion = 2;

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Writes the document.</summary>
    public static void Write(TextWriter output, JsonObject document) => ScreenWriter.Unfolded(output).WriteLine(Escaped(document.ToJsonString(Indented)));

    /// <summary>JSON in which what steers a terminal is written by its number; it stands nowhere but inside texts.</summary>
    public static string Escaped(string json) => !json.AsSpan().ContainsAnyExceptInRange(' ', '~') ? json : string.Concat(json.Select(c =>
        c is not ('\n' or '\r' or '\t') && ErrorText.Steers(c) ? $"\\u{(int)c:x4}" : c.ToString()));

    /// <summary>Writes what went wrong.</summary>
    public static void WriteError(TextWriter output, string message, int exitCode) =>
        Write(output, Error.Write((message, exitCode)));

    /// <summary>What a verb writes that failed.</summary>
    public static JsonShape<(string Message, int ExitCode)> Error =>
        new JsonShape<(string Message, int ExitCode)>().Text("error", one => one.Message).Whole("exitCode", one => one.ExitCode);

    /// <summary>A number, or null where JSON has none.</summary>
    public static JsonNode? Number(double? value) => value is { } number && double.IsFinite(number) ? JsonValue.Create(number) : null;

    /// <summary>A metric's number, whole where it counts something; null where it does not exist.</summary>
    public static JsonShape<T> Metric<T>(this JsonShape<T> shape, Metric metric, Func<T, double?> value) => shape.Any(
        metric.Key, RunSchemas.Metric(metric), one => metric.Format == MetricFormat.Count && value(one) is { } number && double.IsFinite(number)
            ? JsonValue.Create((long)number) : Number(value(one)));

    /// <summary>The numbers of all metrics of something.</summary>
    public static JsonShape<T> Metrics<T>(this JsonShape<T> shape, MetricScopes scope, Func<T, Metric, double?> value) =>
        MetricTable.Of(scope).Aggregate(shape, (all, metric) => all.Metric(metric, one => value(one, metric)));
}
