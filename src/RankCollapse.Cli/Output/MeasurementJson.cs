using RankCollapse.Collapse;
using RankCollapse.Collapse.Metrics;
using RankCollapse.Formats;
using RankCollapse.Training;

namespace RankCollapse.Cli.Output;

/// <summary>The JSON document of <c>measure</c>; what does not exist is null, with a reason under <c>reasons</c>.</summary>
internal static class MeasurementJson
{
    /// <summary>The document.</summary>
    public static JsonShape<MeasuredRun> Document => new JsonShape<MeasuredRun>()
        .Whole("version", _ => JsonOutput.MetricsVersion)
        .Text("run", measured => measured.Path)
        .Name("status", measured => measured.Run.Summary.Status, typeof(TrainingStatus))
        .Name("convention", measured => measured.Run.Summary.Convention, typeof(Convention))
        .Whole("samples", measured => measured.Run.DataSet.SampleCount)
        .Whole("clusterCount", measured => measured.ClusterCount ?? measured.Run.DataSet.OutputDimension)
        .Number("rankTolerance", measured => measured.Tolerance)
        .List("layers", measured => measured.Layers, OfLayer)
        .ObjectOrNull("lastHiddenLayer", measured => measured.LastLayer, MeasurementTables.OfLastHiddenLayer.Aggregate(
            new JsonShape<MeasuredFeatures>(), (shape, metric) => shape.Metric(metric, last => metric.OfFeatures!(last).Number)))
        .Number("lostClassSize", measured => measured.Classes.LostClassSize)
        .List("classes", measured => measured.Classes.Classes, ClassOutput.Shape)
        .ObjectOrNull("representation", measured => measured.Representation, RepresentationOutput.Shape)
        .List("partition", measured => measured.Partition, new JsonShape<PartitionLayer>()
            .Whole("layer", layer => layer.Layer)
            .Number("wcss", layer => layer.Wcss)
            .Number("centroidLoss", layer => layer.CentroidLoss))
        .TextsByKey("reasons", Reasons);

    private static JsonShape<MeasuredLayer> OfLayer => new JsonShape<MeasuredLayer>()
        .Whole("layer", layer => layer.Layer)
        .FlagOrNull("isCollapsed", layer => layer.Verdict?.IsCollapsed)
        .FlagOrNull("tcvIsCertified", layer => layer.TotalClusterVariation?.IsCertified)
        .Metrics(MetricScopes.Layers, (layer, metric) => layer.Summary.Number(metric))
        .Numbers("weightSingularValues", layer => layer.Summary.WeightSingularValues)
        .Numbers("featureSingularValues", layer => layer.Summary.FeatureSingularValues)
        .Object("prediction", layer => layer.Prediction, new JsonShape<PredictedSingularValues>()
            .Text("source", prediction => prediction.Source)
            .Numbers(LayerSummary.PredictionField, prediction => prediction.Values)
            .Texts("unmetHypotheses", prediction => prediction.UnmetHypotheses)
            .TextOrNull("reason", prediction => prediction.Reason));

    private static IEnumerable<KeyValuePair<string, string>> Reasons(MeasuredRun measured)
    {
        foreach ((string field, string reason) in CollapseMeasurement.Reasons(measured.Layers)) yield return KeyValuePair.Create(field, reason);
        if (measured.Reason is not null) yield return KeyValuePair.Create("lastHiddenLayer", measured.Reason);
    }
}
