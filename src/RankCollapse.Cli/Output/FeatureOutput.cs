using System.Text.Json.Nodes;
using RankCollapse.Collapse.Metrics;
using RankCollapse.Models.Features;

namespace RankCollapse.Cli.Output;

/// <summary>What <c>inspect --data</c> measured on features, as a table and as JSON.</summary>
internal static class FeatureOutput
{
    private const int LongestName = 40;
    private const int MostSkipped = 8;

    /// <summary>Writes the table.</summary>
    /// <param name="output">Where to.</param>
    /// <param name="report">What was measured.</param>
    /// <param name="all">Every column and every tensor that was left out.</param>
    public static void Write(TextWriter output, FeatureReport report, bool all)
    {
        string classes = report.Labels.Count == 0 ? "no labels" : $"{report.Labels.Count} classes";
        string right = report.Accuracy is { } accuracy ? $"; {ErrorText.Printable(report.OutputTensor!)} predicts {Numbers.PerCent(accuracy)} of them right" : "";
        output.WriteLine($"Features of {report.SampleCount} samples, {classes}{right}");
        Metric[] metrics = [.. report.Present().Where(metric => all || metric.IsMainIn(MetricScopes.Features))];
        var table = new TextTable(["tensor", "layer", "by", "dimensions", .. metrics.Select(metric => metric.Heading)]);
        foreach (FeatureMetrics layer in report.Layers)
        {
            string tensor = ShortName.Of(layer.Tensor.Name, LongestName), name = ShortName.Of(layer.Tensor.Layer ?? Numbers.Short(null), LongestName);
            IEnumerable<string> numbers = metrics.Select(metric => Numbers.Of(metric.Format, layer.Number(metric)));
            table.Add([tensor, name, layer.Tensor.Operator, Dimensions(layer), .. numbers]);
        }
        table.Write(output);
        if (report.Labels.Count > 0 && report.SubsampleCount < report.SampleCount)
            output.WriteLine($"TCV is of a subsample of {report.SubsampleCount} samples, drawn in proportion to the classes.");
        foreach (string reduction in report.Layers.Select(layer => layer.Reduction).OfType<string>().Distinct().Take(MostSkipped))
            output.WriteLine($"*: {reduction}");
        if (report.Skipped.Count == 0) return;
        output.WriteLine($"Not measured ({report.Skipped.Count} tensors{(all || report.Skipped.Count <= MostSkipped ? "" : "; --all names each")}):");
        foreach (SkippedItem item in report.Skipped.Take(all ? int.MaxValue : MostSkipped))
            output.WriteLine($"  {ErrorText.Printable(item.Name)}: {item.Reason}");
    }

    /// <summary>Adds what is not of one layer to the document of an inspection.</summary>
    public static JsonObject AddTo(JsonObject document, FeatureReport? report)
    {
        if (report is null) return document;
        document["features"] = new JsonObject
        {
            ["source"] = report.Source,
            ["samples"] = report.SampleCount,
            ["labels"] = new JsonArray([.. report.Labels.Select(label => JsonValue.Create(label))]),
            ["subsample"] = report.SubsampleCount,
            ["output"] = JsonOutput.Text(report.OutputTensor),
            ["accuracy"] = JsonOutput.Number(report.Accuracy),
            ["classifier"] = JsonOutput.Text(report.ClassifierWeights),
            ["tensors"] = new JsonArray([.. report.Layers.Select(layer => ToJson(layer))]),
            ["skipped"] = new JsonArray([.. report.Skipped.Select(item => new JsonObject { ["name"] = item.Name, ["reason"] = item.Reason })]),
        };
        return document;
    }

    private static JsonObject ToJson(FeatureMetrics layer)
    {
        var result = new JsonObject
        {
            ["tensor"] = layer.Tensor.Name,
            ["layer"] = JsonOutput.Text(layer.Tensor.Layer),
            ["endsLayer"] = layer.Tensor.EndsLayer,
            ["operator"] = layer.Tensor.Operator,
            ["shape"] = new JsonArray([.. layer.Tensor.Shape.Select(size => JsonValue.Create(size))]),
            ["measuredDimension"] = layer.MeasuredDimension,
            ["reduction"] = JsonOutput.Text(layer.Reduction),
            ["samples"] = layer.SampleCount,
            ["tcvSamples"] = layer.TotalClusterVariationSamples,
            ["tcvIsCertified"] = layer.IsTotalClusterVariationCertified,
            ["spectrumSamples"] = layer.SpectrumSamples,
        };
        foreach (Metric metric in MetricTable.Of(MetricScopes.Features)) result[metric.Key] = JsonOutput.Number(metric, layer.Number(metric));
        result["singularValues"] = JsonOutput.List(layer.Spectrum.SingularValues);
        result["reasons"] = new JsonObject([.. layer.Reasons.Select(pair => KeyValuePair.Create(pair.Key, JsonOutput.Text(pair.Value)))]);
        return result;
    }

    private static string Dimensions(FeatureMetrics layer) =>
        layer.Reduction is null ? layer.Tensor.ShapeText : $"{layer.Tensor.ShapeText} → {layer.MeasuredDimension}*";
}
