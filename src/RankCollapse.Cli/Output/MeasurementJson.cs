using System.Text.Json.Nodes;
using RankCollapse.Cli.Commands;
using RankCollapse.Collapse;
using RankCollapse.Collapse.Metrics;

namespace RankCollapse.Cli.Output;

/// <summary>The JSON document of <c>measure</c>; what does not exist is null, with a reason under <c>reasons</c>.</summary>
internal static class MeasurementJson
{
    /// <summary>The document.</summary>
    public static JsonObject Of(MeasuredRun measured)
    {
        var reasons = new JsonObject();
        foreach ((string field, string reason) in CollapseMeasurement.Reasons(measured.Layers)) reasons[field] = reason;
        if (measured.Reason is not null) reasons["lastHiddenLayer"] = measured.Reason;
        return new JsonObject
        {
            ["version"] = JsonOutput.MetricsVersion,
            ["run"] = measured.Path,
            ["status"] = EnumNames.Of(measured.Run.Summary.Status),
            ["convention"] = EnumNames.Of(measured.Run.Summary.Convention),
            ["samples"] = measured.Run.DataSet.SampleCount,
            ["clusterCount"] = measured.ClusterCount ?? measured.Run.DataSet.OutputDimension,
            ["rankTolerance"] = measured.Tolerance,
            ["layers"] = new JsonArray([.. measured.Layers.Select(layer => (JsonNode)Layer(layer))]),
            ["lastHiddenLayer"] = measured.LastLayer is { } last ? LastLayer(last) : null,
            ["reasons"] = reasons,
        };
    }

    private static JsonObject Layer(MeasuredLayer layer)
    {
        var result = new JsonObject
        {
            ["layer"] = layer.Layer,
            ["isCollapsed"] = layer.Verdict?.IsCollapsed,
            ["tcvIsCertified"] = layer.TotalClusterVariation?.IsCertified,
        };
        foreach (Metric metric in MetricTable.Of(MetricScopes.Layers)) result[metric.Key] = JsonOutput.Number(metric, layer.Summary.Number(metric));
        result["weightSingularValues"] = JsonOutput.List(layer.Summary.WeightSingularValues);
        result["featureSingularValues"] = JsonOutput.List(layer.Summary.FeatureSingularValues);
        PredictedSingularValues prediction = layer.Prediction;
        result["prediction"] = new JsonObject
        {
            ["source"] = prediction.Source,
            [LayerSummary.PredictionField] = JsonOutput.List(prediction.Values),
            ["unmetHypotheses"] = new JsonArray([.. prediction.UnmetHypotheses.Select(hypothesis => JsonOutput.Text(hypothesis))]),
            ["reason"] = JsonOutput.Text(prediction.Reason),
        };
        return result;
    }

    private static JsonObject LastLayer(MeasuredFeatures last)
    {
        var result = new JsonObject();
        foreach (Metric metric in MeasurementTables.OfLastHiddenLayer) result[metric.Key] = JsonOutput.Number(metric, metric.OfFeatures!(last).Number);
        return result;
    }
}
