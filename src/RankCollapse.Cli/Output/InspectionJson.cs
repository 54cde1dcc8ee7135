using System.Text.Json;
using System.Text.Json.Nodes;
using RankCollapse.Collapse;
using RankCollapse.Collapse.Metrics;
using RankCollapse.Formats;
using RankCollapse.Models;
using RankCollapse.Models.Features;
using RankCollapse.Models.Reading;
using RankCollapse.Models.Weights;

namespace RankCollapse.Cli.Output;

/// <summary>What <c>inspect</c> found, as JSON.</summary>
internal static class InspectionJson
{
    /// <summary>The document.</summary>
    public static JsonShape<Inspection> Document => new JsonShape<Inspection>()
        .Whole("version", _ => JsonOutput.MetricsVersion)
        .Text("model", inspection => inspection.Path)
        .Text("format", inspection => inspection.Format.Name)
        .Any("convolution", Words<ConvolutionView>(), inspection => Word(inspection.Options.Convolution))
        .WholeOrNull("fourierSize", inspection => inspection.Options.Convolution == ConvolutionView.Fourier ? inspection.Options.FourierSize : null)
        .WholeOrNull("classes", inspection => inspection.Options.Classes)
        .Object("summary", inspection => inspection.Summary, OfSummary)
        .List("layers", inspection => inspection.Layers.Select(layer => (inspection, layer)), OfLayer)
        .List("otherFeatures", inspection => inspection.OtherFeatures, OfFeatures)
        .List("skipped", inspection => inspection.Skipped,
            new JsonShape<SkippedTensor>().Text("name", tensor => tensor.Name).Text("reason", tensor => tensor.Reason))
        .ObjectOrNull("features", inspection => inspection.Features, FeatureOutput.Document)
        .List("epochs", inspection => inspection.Epochs, new JsonShape<FeatureEpoch>()
            .Whole("epoch", epoch => epoch.Epoch)
            .Object("features", epoch => epoch.Features, FeatureOutput.Document));

    private static JsonShape<InspectionSummary> OfSummary => InspectionSummary.Averaged.Aggregate(
        new JsonShape<InspectionSummary>()
            .Whole("layers", summary => summary.LayerCount)
            .Whole("weights", summary => summary.Parameters)
            .Whole("layersWithPowerLaw", summary => summary.Exponents)
            .Whole("layersWithAlphaFrom2To6", summary => summary.UsualExponents),
        (shape, metric) => shape.Metric(metric, summary => summary.Means.TryGetValue(metric, out (double Mean, int Count) found) ? found.Mean : null));

    private static JsonShape<(Inspection Inspection, InspectedLayer Layer)> OfLayer => new JsonShape<(Inspection Inspection, InspectedLayer Layer)>()
        .Text("layer", one => one.Layer.Layer.Name)
        .Any("kind", Words<LayerKind>(), one => Word(one.Layer.Layer.Kind))
        .Text("evidence", one => one.Layer.Layer.Evidence)
        .Text("type", one => one.Layer.Layer.Tensor.Type.ToString())
        .Wholes("shape", one => one.Layer.Layer.Tensor.Shape.Select(size => (long)size))
        .Any("layout", Words<WeightLayout>(), one => Word(one.Layer.Layer.Layout))
        .Whole("groups", one => one.Layer.Layer.Groups)
        .Object("blocks", one => one.Layer.Spectrum, new JsonShape<WeightSpectrum>()
            .Whole("rows", spectrum => spectrum.Shape.Rows)
            .Whole("columns", spectrum => spectrum.Shape.Columns)
            .Whole("count", spectrum => spectrum.Shape.Count))
        .Texts("nodes", one => one.Layer.Layer.Nodes)
        .Texts("outputs", one => one.Layer.Layer.Outputs)
        .Metrics(MetricScopes.Weights, (one, metric) => one.Inspection.Number(one.Layer, metric))
        .Any("parametersSaved", JsonSchema.List(JsonSchema.Type("integer", "null")),
            one => new JsonArray([.. one.Layer.Spectrum.EnergyRanks.Select(rank => (JsonNode?)rank.ParametersSaved)]))
        .Numbers("singularValues", one => one.Layer.Spectrum.SingularValues)
        .ObjectOrNull("features", one => one.Layer.Features, OfFeatures)
        .Number("seconds", one => one.Layer.Seconds);

    private static JsonShape<LayerFeatures> OfFeatures => new JsonShape<LayerFeatures>()
        .Text("layer", features => features.Layer)
        .Text("value", features => features.Value)
        .Metrics(MetricScopes.Features, (features, metric) => features.Metrics.GetValueOrDefault(metric.Key))
        .TextsByKey("reasons", features => features.Reasons);

    private static JsonObject Words<T>()
        where T : struct, Enum => JsonSchema.OneOf(Enum.GetValues<T>().Select(Word));

    /// <summary>An enumeration's member in the way of JSON: shardedSafetensors.</summary>
    private static string Word<T>(T value)
        where T : struct, Enum => JsonNamingPolicy.CamelCase.ConvertName(value.ToString());
}
