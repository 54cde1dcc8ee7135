using RankCollapse.Collapse;
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
    private const int MostEpochs = 24;

    /// <summary>Writes the table.</summary>
    /// <param name="output">Where to.</param>
    /// <param name="report">What was measured.</param>
    /// <param name="all">Every column and every tensor that was left out.</param>
    /// <param name="epoch">The epoch that they are of; null where there is none.</param>
    public static void Write(TextWriter output, FeatureReport report, bool all, long? epoch = null)
    {
        string classes = report.TargetCount is { } targets ? NumberText.Count(targets, "target")
            : report.Labels.Count == 0 ? "no labels" : NumberText.Count(report.Labels.Count, "class", "classes");
        string right = report.Accuracy is { } accuracy ? $"; {ErrorText.Printable(report.OutputTensor!)} predicts {Numbers.PerCent(accuracy)} of them right"
            : "";
        string when = epoch is { } number ? $" at epoch {number}" : "";
        output.WriteLine($"Features{when} of {NumberText.Count(report.SampleCount, "sample")}, {classes}{right}");
        if (report.Labels.Count > 0 && report.AccuracyReason is { } none) output.WriteLine($"No accuracy and no NC4: {none}");
        foreach (string warning in report.Warnings) output.WriteLine(warning);
        Metric[] metrics = Shown(report, all);
        bool hasLayers = report.Layers.Any(layer => layer.Tensor.Layer is not null);
        Column[] origin = hasLayers ? [new Column("layer", 90) { IsText = true }, new Column("by", 95) { IsText = true }] : [];
        var table = new TextTable(
            [hasLayers ? "tensor" : "layer", .. origin, new Column("dimensions", 85), .. MetricColumns.Of(metrics, MetricScopes.Features)]);
        foreach (FeatureMetrics layer in report.Layers)
        {
            string tensor = ShortName.Of(layer.Tensor.Name, ShortName.Longest(output, LongestName)),
                name = ShortName.Of(layer.Tensor.Layer ?? Numbers.Short(null), LongestName);
            IEnumerable<string> numbers = metrics.Select(metric => Numbers.Of(metric, layer.Number(metric)));
            table.Add([tensor, .. hasLayers ? [name, layer.Tensor.Operator] : Array.Empty<string>(), Dimensions(layer), .. numbers]);
        }
        table.Write(output);
        WriteDepth(output, report);
        if (report.Labels.Count > 0 && report.SubsampleCount < report.SampleCount)
            output.WriteLine($"TCV is of a subsample of {report.SubsampleCount} samples, drawn in proportion to the classes.");
        foreach (string reduction in report.Layers.Select(layer => layer.Reduction).OfType<string>().Distinct().Take(MostSkipped))
            output.WriteLine($"*: {reduction}");
        if (report.Skipped.Count == 0) return;
        output.WriteLine($"Not measured ({report.Skipped.Count} tensors{(all || report.Skipped.Count <= MostSkipped ? "" : "; --all names each")}):");
        foreach (SkippedItem item in report.Skipped.Take(all ? int.MaxValue : MostSkipped))
            output.WriteLine($"  {ErrorText.Printable(item.Name)}: {item.Reason}");
    }

    /// <summary>Writes the metrics over the epochs, of the last layer, or of all.</summary>
    /// <param name="output">Where to.</param>
    /// <param name="epochs">The epochs.</param>
    /// <param name="all">Every layer, every epoch and every column.</param>
    public static void WriteEpochs(TextWriter output, IReadOnlyList<FeatureEpoch> epochs, bool all)
    {
        IReadOnlyList<FeatureMetrics> layers = epochs[^1].Features.Layers;
        Metric[] metrics = Shown(epochs[^1].Features, all);
        FeatureEpoch[] shown = all || epochs.Count <= MostEpochs ? [.. epochs]
            : [.. Enumerable.Range(0, MostEpochs).Select(i => epochs[(int)Math.Round(i * (epochs.Count - 1.0) / (MostEpochs - 1))])];
        foreach (FeatureMetrics layer in all ? layers : layers.TakeLast(1))
        {
            output.WriteLine($"{ErrorText.Printable(layer.Tensor.Name)} over {NumberText.Count(epochs.Count, "epoch")} of training");
            var table = new TextTable(["epoch", .. MetricColumns.Of(metrics, MetricScopes.Features)]);
            foreach (FeatureEpoch epoch in shown)
            {
                FeatureMetrics? then = epoch.Features.Layers.FirstOrDefault(other => other.Tensor.Name == layer.Tensor.Name);
                table.Add([$"{epoch.Epoch}", .. metrics.Select(metric => Numbers.Of(metric, then?.Number(metric)))]);
            }
            table.Write(output);
        }
        string[] left = [.. (string[])(layers.Count > 1 ? ["every layer"] : []), .. (string[])(shown.Length < epochs.Count ? ["every epoch"] : [])];
        if (!all && left.Length > 0) output.WriteLine($"--all shows {NumberText.List(left)}.{Environment.NewLine}");
    }

    private static Metric[] Shown(FeatureReport report, bool all) => [.. report.Present().Where(metric => all || metric.IsMainIn(MetricScopes.Features))];

    /// <summary>How the classes separate from layer to layer.</summary>
    private static void WriteDepth(TextWriter output, FeatureReport report)
    {
        if (report.SeparationLaw is { } law)
        {
            string fit = law.RSquared is { } r ? $"R² {Numbers.Short(r)}, " : "";
            output.WriteLine($"Law of data separation: D changes by a factor of {Numbers.Short(law.Ratio)} a layer ({fit}{law.LayerCount} layers).");
        }
        if (report.InOrder.Count < 2 || report.Labels.Count < 2) return;
        string share = Numbers.PerCent(FeatureReport.SeparationTolerance);
        output.WriteLine(report.EffectiveDepth is { } depth
            ? $"Effective depth {depth} of {report.InOrder.Count}: {ErrorText.Printable(report.InOrder[depth - 1].Tensor.Name)} is the first layer "
                + $"whose nearest class mean is wrong for at most {share} of the samples."
            : $"No effective depth: in every layer the nearest class mean is wrong for more than {share} of the samples.");
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
        .WholeOrNull("targets", report => report.TargetCount)
        .ObjectOrNull("separationLaw", report => report.SeparationLaw, new JsonShape<SeparationLaw>()
            .Number("ratio", law => law.Ratio)
            .Number("start", law => law.Start)
            .Number("rSquared", law => law.RSquared)
            .Whole("layers", law => law.LayerCount))
        .WholeOrNull("effectiveDepth", report => report.EffectiveDepth)
        .Number("effectiveDepthTolerance", _ => FeatureReport.SeparationTolerance)
        .Texts("warnings", report => report.Warnings)
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
