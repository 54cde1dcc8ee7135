using System.Text.Json.Nodes;
using RankCollapse.Collapse.Metrics;
using RankCollapse.Models;
using RankCollapse.Models.Features;
using RankCollapse.Models.Weights;

namespace RankCollapse.Cli.Output;

/// <summary>What <c>inspect</c> found, as JSON.</summary>
internal static class InspectionJson
{
    /// <summary>The document.</summary>
    public static JsonObject Of(Inspection inspection)
    {
        return new JsonObject
        {
            ["version"] = JsonOutput.MetricsVersion,
            ["model"] = inspection.Path,
            ["format"] = inspection.Format.Name,
            ["convolution"] = Word(inspection.Options.Convolution),
            ["fourierSize"] = inspection.Options.Convolution == ConvolutionView.Fourier ? inspection.Options.FourierSize : null,
            ["classes"] = inspection.Options.Classes,
            ["layers"] = new JsonArray([.. inspection.Layers.Select(layer => Layer(inspection, layer))]),
            ["otherFeatures"] = new JsonArray([.. inspection.OtherFeatures.Select(features => Features(features))]),
            ["skipped"] = new JsonArray([.. inspection.Skipped.Select(tensor => new JsonObject { ["name"] = tensor.Name, ["reason"] = tensor.Reason })]),
        };
    }

    private static JsonObject Layer(Inspection inspection, InspectedLayer layer)
    {
        WeightLayer weights = layer.Layer;
        var result = new JsonObject
        {
            ["layer"] = weights.Name,
            ["kind"] = Word(weights.Kind),
            ["evidence"] = weights.Evidence,
            ["type"] = weights.Tensor.Type.ToString(),
            ["shape"] = new JsonArray([.. weights.Tensor.Shape.Select(size => JsonValue.Create(size))]),
            ["layout"] = Word(weights.Layout),
            ["groups"] = weights.Groups,
            ["blocks"] =
                new JsonObject { ["rows"] = layer.Spectrum.Shape.Rows, ["columns"] = layer.Spectrum.Shape.Columns, ["count"] = layer.Spectrum.Shape.Count },
            ["nodes"] = Texts(weights.Nodes),
            ["outputs"] = Texts(weights.Outputs),
        };
        foreach (Metric metric in MetricTable.Of(MetricScopes.Weights)) result[metric.Key] = JsonOutput.Number(metric, inspection.Number(layer, metric));
        result["parametersSaved"] = new JsonArray([.. layer.Spectrum.EnergyRanks.Select(rank => (JsonNode?)rank.ParametersSaved)]);
        result["singularValues"] = JsonOutput.List(layer.Spectrum.SingularValues);
        result["features"] = layer.Features is { } features ? Features(features) : null;
        result["seconds"] = JsonOutput.Number(layer.Seconds);
        return result;
    }

    private static JsonObject Features(LayerFeatures features)
    {
        var result = new JsonObject { ["layer"] = features.Layer, ["value"] = features.Value };
        foreach (Metric metric in MetricTable.Of(MetricScopes.Features))
            result[metric.Key] = JsonOutput.Number(metric, features.Metrics.GetValueOrDefault(metric.Key));
        if (features.Reasons.Count > 0)
            result["reasons"] = new JsonObject([.. features.Reasons.Select(pair => KeyValuePair.Create(pair.Key, JsonOutput.Text(pair.Value)))]);
        return result;
    }

    private static JsonArray Texts(IEnumerable<string> texts) => new([.. texts.Select(text => JsonOutput.Text(text))]);

    /// <summary>An enumeration's member in the way of JSON: shardedSafetensors.</summary>
    private static string Word<T>(T value)
        where T : struct, Enum
    {
        string name = value.ToString();
        return char.ToLowerInvariant(name[0]) + name[1..];
    }
}
