using RankCollapse.Collapse.Metrics;
using RankCollapse.Formats;
using RankCollapse.Models.Features;
using RankCollapse.Reporting.Text;

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
        string classes = report.Labels.Count == 0 ? "no labels" : NumberText.Count(report.Labels.Count, "class", "classes");
        string right = report.Accuracy is { } accuracy ? $"; {ErrorText.Printable(report.OutputTensor!)} predicts {Numbers.PerCent(accuracy)} of them right"
            : "";
        output.WriteLine($"Features of {NumberText.Count(report.SampleCount, "sample")}, {classes}{right}");
        if (report.Labels.Count > 0 && report.AccuracyReason is { } none) output.WriteLine($"No accuracy and no NC4: {none}");
        Metric[] metrics = [.. report.Present().Where(metric => all || metric.IsMainIn(MetricScopes.Features))];
        var table = new TextTable(["tensor", new Column("layer", 90) { IsText = true }, new Column("by", 95) { IsText = true }, new Column("dimensions", 85),
            .. MetricColumns.Of(metrics, MetricScopes.Features)]);
        foreach (FeatureMetrics layer in report.Layers)
        {
            string tensor = ShortName.Of(layer.Tensor.Name, ShortName.Longest(output, LongestName)),
                name = ShortName.Of(layer.Tensor.Layer ?? Numbers.Short(null), LongestName);
            IEnumerable<string> numbers = metrics.Select(metric => Numbers.Of(metric, layer.Number(metric)));
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

    /// <summary>What is not of one layer, in the document of an inspection.</summary>
    public static JsonShape<FeatureReport> Document => new JsonShape<FeatureReport>()
        .Text("source", report => report.Source)
        .Whole("samples", report => report.SampleCount)
        .Wholes("labels", report => report.Labels.Select(label => (long)label))
        .Whole("subsample", report => report.SubsampleCount)
        .TextOrNull("output", report => report.OutputTensor)
        .Number("accuracy", report => report.Accuracy)
        .TextOrNull("accuracyReason", report => report.AccuracyReason)
        .TextOrNull("classifier", report => report.ClassifierWeights)
        .List("tensors", report => report.Layers, OfTensor)
        .List("skipped", report => report.Skipped, new JsonShape<SkippedItem>().Text("name", item => item.Name).Text("reason", item => item.Reason));

    private static JsonShape<FeatureMetrics> OfTensor => new JsonShape<FeatureMetrics>()
        .Text("tensor", layer => layer.Tensor.Name)
        .TextOrNull("layer", layer => layer.Tensor.Layer)
        .Flag("endsLayer", layer => layer.Tensor.EndsLayer)
        .Text("operator", layer => layer.Tensor.Operator)
        .Wholes("shape", layer => layer.Tensor.Shape.Select(size => (long)size))
        .Whole("measuredDimension", layer => layer.MeasuredDimension)
        .TextOrNull("reduction", layer => layer.Reduction)
        .Whole("samples", layer => layer.SampleCount)
        .WholeOrNull("tcvSamples", layer => layer.TotalClusterVariationSamples)
        .FlagOrNull("tcvIsCertified", layer => layer.IsTotalClusterVariationCertified)
        .WholeOrNull("spectrumSamples", layer => layer.SpectrumSamples)
        .Metrics(MetricScopes.Features, (layer, metric) => layer.Number(metric))
        .Numbers("singularValues", layer => layer.Spectrum.SingularValues)
        .TextsByKey("reasons", layer => layer.Reasons);

    private static string Dimensions(FeatureMetrics layer) =>
        layer.Reduction is null ? layer.Tensor.ShapeText : $"{layer.Tensor.ShapeText} → {layer.MeasuredDimension}*";
}
