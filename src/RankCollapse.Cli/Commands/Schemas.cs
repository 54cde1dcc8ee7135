using System.Text.Json.Nodes;
using RankCollapse.Cli.Commands.Sweeps;
using RankCollapse.Cli.Output;
using RankCollapse.Experiments;
using RankCollapse.Formats;
using RankCollapse.Runs;
using RankCollapse.Sweeps.Specification;
using RankCollapse.Sweeps.Storage;

namespace RankCollapse.Cli.Commands;

/// <summary>What a kind of JSON document holds.</summary>
/// <param name="Name">Its name for <c>schema NAME</c>, and that of its file.</param>
/// <param name="Meaning">Which documents it is of.</param>
/// <param name="Body">The schema without its heading.</param>
internal sealed record NamedSchema(string Name, string Meaning, Func<JsonObject> Body)
{
    /// <summary>The whole JSON Schema.</summary>
    public JsonObject Create()
    {
        var schema = new JsonObject { ["$schema"] = JsonSchema.Dialect, ["title"] = Name, ["description"] = Meaning };
        JsonObject body = Body();
        foreach ((string key, JsonNode? value) in body.ToArray())
        {
            body.Remove(key);
            schema[key] = value;
        }
        return schema;
    }
}

/// <summary>The schemas of every JSON file and of every document that <c>--json</c> writes.</summary>
internal static class Schemas
{
    /// <summary>The schemas, files first.</summary>
    public static Registry<NamedSchema> All { get; } = new(
        "schema",
        schema => schema.Name,
        new NamedSchema("config", "config.json of a run, and files for --config", RunSchemas.Configuration),
        new NamedSchema("summary", "summary.json of a run", RunSchemas.Summary),
        new NamedSchema("manifest", "manifest.json of a run", RunSchemas.Manifest),
        new NamedSchema("ensemble", "ensemble.json, and train --seeds --json", RunSchemas.Ensemble),
        new NamedSchema("sweep", "the specification of a sweep", SpecificationSchema.Create),
        new NamedSchema("result", "result.json of a trial", ResultManifest.Schema),
        new NamedSchema("figure", "result.json of a figure that was reproduced", FigureResult.Schema),
        new NamedSchema("train-json", "train --json", () => TrainingSummary.Document.Schema()),
        new NamedSchema("measure-json", "measure --json", () => MeasurementJson.Document.Schema()),
        new NamedSchema("forecast-json", "forecast --json", () => ForecastOutput.Document.Schema()),
        new NamedSchema("stability-json", "forecast --stability --json", () => StabilityOutput.Document.Schema()),
        new NamedSchema("certify-json", "certify --json", () => CertifyCommand.Document.Schema()),
        new NamedSchema("construct-json", "construct --json", () => ConstructCommand.Document.Schema()),
        new NamedSchema("path-json", "path --json", () => PathCommand.Document.Schema()),
        new NamedSchema("reproduce-json", "reproduce --json", () => ReproduceCommand.Document.Schema()),
        new NamedSchema("compare-json", "compare --json", () => CompareCommand.Document.Schema()),
        new NamedSchema("report-json", "report --json", () => ReportCommand.Document.Schema()),
        new NamedSchema("inspect-json", "inspect --json", () => InspectionJson.Document.Schema()),
        new NamedSchema("inspect-against-json", "inspect --against --json", () => ChangeOutput.Document.Schema()),
        new NamedSchema("compress-json", "compress --json", () => CompressionOutput.Document.Schema()),
        new NamedSchema("compress-against-json", "compress --against --json", () => AdapterOutput.Document.Schema()),
        new NamedSchema("sweep-plan-json", "sweep --dry-run --json", () => SweepRunCommand.Document.Schema()),
        new NamedSchema("sweep-status-json", "sweep, sweep resume, sweep status and sweep cancel --json", () => SweepStatusOutput.Document.Schema()),
        new NamedSchema("sweep-retry-json", "sweep retry --json", () => SweepRetryCommand.Document.Schema()),
        new NamedSchema("sweep-work-json", "sweep work --json", () => SweepWorkCommand.Document.Schema()),
        new NamedSchema("sweep-collect-json", "sweep collect --json", () => SweepCollectCommand.Document.Schema()),
        new NamedSchema("sweep-plot-json", "sweep plot --json", () => SweepPlotCommand.Document.Schema()),
        new NamedSchema("query-json", "query --json: an object for each row, with a value for each column", () => JsonSchema.List(JsonSchema.Type("object"))),
        new NamedSchema("doctor-json", "doctor --json", () => DoctorCommand.Document.Schema()),
        new NamedSchema("schema-json", "schema --json without a name", () => SchemaCommand.Document.Schema()),
        new NamedSchema("error-json", "what every verb writes with --json where it fails", () => JsonOutput.Error.Schema()));
}
