using System.Text.Json.Nodes;
using RankCollapse.Cli.Commands;
using RankCollapse.Collapse;
using RankCollapse.Collapse.Metrics;
using RankCollapse.Runs;

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
        RunSummary summary = measured.Run.Summary;
        return new JsonObject
        {
            ["run"] = measured.Path,
            ["status"] = JsonOutput.Summary(summary)["status"]!.DeepClone(),
            ["convention"] = EnumNames.Of(summary.Convention),
            ["samples"] = measured.Run.DataSet.SampleCount,
            ["clusterCount"] = measured.ClusterCount ?? measured.Run.DataSet.OutputDimension,
            ["rankTolerance"] = measured.Tolerance,
            ["layers"] = new JsonArray([.. measured.Layers.Select(layer => (JsonNode)Layer(layer, measured.Tolerance))]),
            ["lastHiddenLayer"] = measured.LastLayer is { } last ? LastLayer(last) : null,
            ["reasons"] = reasons,
        };
    }

    private static JsonObject Layer(LayerMetrics layer, double tolerance) => new()
    {
        ["layer"] = layer.Summary.Layer,
        ["tcvUpper"] = JsonOutput.Number(layer.Summary.TcvUpper),
        ["tcvLower"] = JsonOutput.Number(layer.Summary.TcvLower),
        ["tcvIsCertified"] = layer.TotalClusterVariation is { } variation ? variation.IsCertified : null,
        ["wcssOfClasses"] = JsonOutput.Number(layer.Summary.WcssOfClasses),
        ["relativeVariation"] = JsonOutput.Number(layer.NeuralCollapse1?.RelativeVariation),
        ["isCollapsed"] = layer.NeuralCollapse1 is { } collapse ? collapse.IsSatisfied : null,
        ["blockDeviation"] = JsonOutput.Number(layer.BlockStructure?.RelativeDeviation),
        ["preimageBlockDeviation"] = JsonOutput.Number(layer.PreimageBlockStructure?.RelativeDeviation),
        ["weightNumericalRank"] = layer.Weights.NumericalRank(tolerance),
        ["featureNumericalRank"] = layer.Features.NumericalRank(tolerance),
        ["weightStableRank"] = JsonOutput.Number(layer.Weights.StableRank),
        ["featureStableRank"] = JsonOutput.Number(layer.Features.StableRank),
        ["weightEffectiveRank"] = JsonOutput.Number(layer.Weights.EffectiveRank),
        ["featureEffectiveRank"] = JsonOutput.Number(layer.Features.EffectiveRank),
        ["weightTailEnergy"] = JsonOutput.Number(layer.Summary.WeightTailEnergy),
        ["weightNorm"] = JsonOutput.Number(layer.Weights.FrobeniusNorm),
        ["featureNorm"] = JsonOutput.Number(layer.Features.FrobeniusNorm),
        ["weightSpectralNorm"] = JsonOutput.Number(layer.Weights.SpectralNorm),
        ["featureSpectralNorm"] = JsonOutput.Number(layer.Features.SpectralNorm),
        ["weightSingularValues"] = JsonOutput.List(layer.Weights.SingularValues),
        ["featureSingularValues"] = JsonOutput.List(layer.Features.SingularValues),
        ["prediction"] = Prediction(layer.Prediction),
    };

    private static JsonObject Prediction(PredictedSingularValues prediction) => new()
    {
        ["source"] = prediction.Source,
        ["predictedFeatureSingularValues"] = JsonOutput.List(prediction.Values),
        ["relativeDistance"] = JsonOutput.Number(prediction.RelativeDistance),
        ["fittedRootOfC"] = JsonOutput.Number(prediction.FittedRootOfC),
        ["fittedRelativeDistance"] = JsonOutput.Number(prediction.FittedRelativeDistance),
        ["relativeIncrement"] = JsonOutput.Number(prediction.RelativeIncrement),
        ["unmetHypotheses"] = new JsonArray([.. prediction.UnmetHypotheses.Select(hypothesis => JsonOutput.Text(hypothesis))]),
        ["reason"] = JsonOutput.Text(prediction.Reason),
    };

    private static JsonObject LastLayer(LastLayerCollapse last) => new()
    {
        ["nc1WithinClassVariability"] = JsonOutput.Number(last.WithinClassVariability),
        ["nc2NormInequality"] = JsonOutput.Number(last.NormInequality),
        ["nc2AngleDeviation"] = JsonOutput.Number(last.AngleDeviation),
        ["nc2SimplexDeviation"] = JsonOutput.Number(last.SimplexDeviation),
        ["nc2OrthogonalFrameDeviation"] = JsonOutput.Number(last.OrthogonalFrameDeviation),
        ["nc3SelfDualityDeviation"] = JsonOutput.Number(last.SelfDualityDeviation),
        ["nc3UncentredSelfDualityDeviation"] = JsonOutput.Number(last.UncentredSelfDualityDeviation),
        ["nc4NearestMeanDisagreement"] = JsonOutput.Number(last.NearestMeanDisagreement),
        ["betweenClassRank"] = last.BetweenClassRank,
    };
}
