using RankCollapse.Collapse;
using RankCollapse.Collapse.Metrics;
using RankCollapse.Models;
using RankCollapse.Models.Reading;
using RankCollapse.Models.Weights;
using RankCollapse.Reporting.Text;

namespace RankCollapse.Cli.Output;

/// <summary>What <c>inspect</c> found, as tables.</summary>
internal static class InspectionTables
{
    private const int LongestName = 56;
    private const int MostReasons = 12;

    /// <summary>Writes the layers and what was skipped; of features without weights what they are over the epochs.</summary>
    /// <param name="output">Where to.</param>
    /// <param name="inspection">What was found.</param>
    /// <param name="all">Every column, and every skipped tensor.</param>
    public static void Write(TextWriter output, Inspection inspection, bool all)
    {
        if (inspection is { Layers.Count: 0, Skipped.Count: 0, Features: not null })
        {
            output.WriteLine($"{inspection.Path}: features of {NumberText.Count(inspection.Features.Layers.Count, "layer")}");
            if (inspection.Epochs.Count > 1) FeatureOutput.WriteEpochs(output, inspection.Epochs, all);
            return;
        }
        long weights = inspection.WholeLayers.Sum(layer => layer.Parameters);
        output.WriteLine($"{inspection.Path}: {NumberText.Count(inspection.Layers.Count, "layer")} with {weights.ToString("N0")} weights");
        if (inspection.Layers.Any(layer => layer.Layer.Kind is LayerKind.Convolution or LayerKind.TransposedConvolution))
            output.WriteLine(View(inspection.Options));
        Metric[] metrics = [.. inspection.WeightMetrics().Where(metric => all || metric.IsMainIn(MetricScopes.Weights))];
        var table =
            new TextTable(["layer", new Column("kind", 90) { IsText = true }, new Column("matrix", 80), .. MetricColumns.Of(metrics, MetricScopes.Weights)]);
        string[] names = ShortName.All([.. inspection.Layers.Select(layer => layer.Layer.Name)], ShortName.Longest(output, LongestName));
        foreach ((InspectedLayer layer, string name) in inspection.Layers.Zip(names))
        {
            string[] numbers = [.. metrics.Select(metric => Numbers.Of(metric, inspection.Number(layer, metric)))];
            table.Add([name, Kind(layer.Layer), layer.Spectrum.Shape.ToString(), .. numbers]);
        }
        if (inspection.Layers.Count > 0) table.Write(output);
        WriteSummary(output, inspection.Summary);
        WriteSavings(output, inspection, weights);
        WriteSkipped(output, inspection.Skipped, all);
    }

    private static string Kind(WeightLayer layer) => layer.Kind switch
    {
        LayerKind.TransposedConvolution => "transposed conv",
        LayerKind.Convolution => "conv",
        _ => layer.Kind.ToString().ToLowerInvariant(),
    };

    private static string View(InspectionOptions options) => options.Convolution switch
    {
        ConvolutionView.Slices => "Convolutions: the matrices out × in of all positions of the kernel together",
        ConvolutionView.Fourier => $"Convolutions: as maps of images of {options.FourierSize} points a side with periodic borders",
        _ => "Convolutions: unfolded to out × (in·positions), a block for each group",
    };

    private static void WriteSummary(TextWriter output, InspectionSummary summary)
    {
        if (summary.Means.Count == 0) return;
        output.WriteLine($"Means over the layers: {string.Join(", ", summary.Means.Select(pair => $"{pair.Key.Heading} {Numbers.Short(pair.Value.Mean)}"))}");
        if (summary.Exponents > 0)
            output.WriteLine($"α is from 2 to 6 in {summary.UsualExponents} of {NumberText.Count(summary.Exponents, "layer")} with a power law");
    }

    private static void WriteSavings(TextWriter output, Inspection inspection, long weights)
    {
        if (weights == 0 || inspection.Layers.Any(layer => layer.Spectrum.EnergyRanks[0].ParametersSaved is null)) return;
        IEnumerable<string> parts = EnergyRank.Levels.Select((level, i) =>
            $"{Numbers.PerCent((double)inspection.WholeLayers.Sum(layer => layer.Spectrum.EnergyRanks[i].ParametersSaved!.Value) / weights)} at "
                + $"{level * 100} % of each layer's energy");
        output.WriteLine($"Factors would save {string.Join(", ", parts)}.");
        output.WriteLine();
    }

    private static void WriteSkipped(TextWriter output, IReadOnlyList<SkippedTensor> skipped, bool all)
    {
        if (skipped.Count == 0) return;
        output.WriteLine(
            all ? $"Not layers ({NumberText.Count(skipped.Count, "tensor")}):"
            : $"Not layers ({NumberText.Count(skipped.Count, "tensor")}; --all names each):");
        if (all)
        {
            foreach (SkippedTensor tensor in skipped) output.WriteLine($"  {ErrorText.Printable(tensor.Name)}: {tensor.Reason}");
            return;
        }
        (string Reason, int Count)[] reasons =
            [.. skipped.GroupBy(tensor => tensor.Reason, StringComparer.Ordinal).Select(group => (group.Key, group.Count()))
            .OrderByDescending(pair => pair.Item2)];
        foreach ((string reason, int count) in reasons.Take(MostReasons)) output.WriteLine($"  {count} × {reason}");
        if (reasons.Length > MostReasons)
            output.WriteLine($"  {reasons.Skip(MostReasons).Sum(pair => pair.Count)} × for {reasons.Length - MostReasons} other reasons");
    }
}
