using System.Text.Json.Nodes;
using System.Text.Json.Schema;
using RankCollapse.Collapse.Metrics;
using RankCollapse.Formats;
using RankCollapse.Training;

namespace RankCollapse.Runs;

/// <summary>The JSON Schemas of a run's files, from the tables of settings and of metrics.</summary>
public static class RunSchemas
{
    /// <summary><c>config.json</c>, and files for <c>--config</c>.</summary>
    public static JsonObject Configuration() => JsonSchema.Options(
    [
        KeyValuePair.Create(RunConfiguration.VersionName, JsonSchema.Type("string", "null")),
        KeyValuePair.Create(Arithmetic.JsonName, JsonSchema.Type("string", "null")),
        .. RunSettings.All.Select(setting => KeyValuePair.Create(setting.JsonName, setting.Schema())),
    ]);

    /// <summary><c>summary.json</c>.</summary>
    public static JsonObject Summary() => JsonSchema.Object(
    [
        KeyValuePair.Create("version", JsonSchema.Type("integer")),
        KeyValuePair.Create(Arithmetic.JsonName, JsonSchema.Type("string")),
        KeyValuePair.Create("status", JsonSchema.OneOf(EnumNames.All<TrainingStatus>())),
        KeyValuePair.Create("convention", JsonSchema.OneOf(EnumNames.All<Convention>())),
        .. Metrics(MetricScopes.Network),
        KeyValuePair.Create(RunSummary.RoundingFloorField, JsonSchema.Described(
            JsonSchema.Type("number", "null"), "The relative gradient norm that rounding leaves at best, of a training that stalled.")),
        KeyValuePair.Create("reasons", JsonSchema.Map(JsonSchema.Type("string"))),
        KeyValuePair.Create("layers", JsonSchema.List(Layer())),
    ],
    name => name != RunSummary.RoundingFloorField && MetricTable.All.Find(name)?.Topic != MetricTopic.Test);

    /// <summary><c>manifest.json</c>.</summary>
    public static JsonObject Manifest() => RunManifest.Schema();

    /// <summary><c>ensemble.json</c>.</summary>
    public static JsonObject Ensemble()
    {
        var options = new JsonSchemaExporterOptions { TreatNullObliviousAsNonNullable = true };
        JsonObject schema = RunJson.Default.EnsembleSummary.GetJsonSchemaAsNode(options).AsObject();
        schema["properties"]!["configuration"] = Configuration();
        return schema;
    }

    /// <summary>A layer; metrics that do not apply to it are not there.</summary>
    private static JsonObject Layer()
    {
        const string Number = "layer";
        string[] spectra = ["weightSingularValues", "featureSingularValues", LayerSummary.PredictionField];
        return JsonSchema.Object(
            [
                KeyValuePair.Create(Number, JsonSchema.Type("integer")),
                .. Metrics(MetricScopes.Layers),
                .. spectra.Select(name => KeyValuePair.Create(name, JsonSchema.NumbersOrNull())),
            ],
            name => name == Number || spectra.Contains(name));
    }

    /// <summary>The fields of the metrics that can be computed of something: numbers, or null with a reason.</summary>
    public static IEnumerable<KeyValuePair<string, JsonObject>> Metrics(MetricScopes scope) =>
        MetricTable.Of(scope).Select(metric => KeyValuePair.Create(metric.Key, Metric(metric)));

    /// <summary>The schema of a metric's number.</summary>
    public static JsonObject Metric(Metric metric)
    {
        ArgumentNullException.ThrowIfNull(metric);
        return JsonSchema.Described(JsonSchema.Type(metric.Format == MetricFormat.Count ? "integer" : "number", "null"), metric.Meaning);
    }
}
