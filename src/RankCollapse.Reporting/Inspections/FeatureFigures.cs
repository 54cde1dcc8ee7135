using RankCollapse.Collapse;
using RankCollapse.Collapse.Metrics;
using RankCollapse.Models.Features;
using RankCollapse.Reporting.Figures;
using RankCollapse.Reporting.Panels;
using RankCollapse.Reporting.Text;

namespace RankCollapse.Reporting.Inspections;

/// <summary>The figures of measured features: how they change from layer to layer, and over training.</summary>
internal static class FeatureFigures
{
    /// <summary>Beyond this many layers, spectra and curves are of as many, spread evenly.</summary>
    private const int MostLines = 12;

    /// <summary>The figures that the features have something for.</summary>
    public static IReadOnlyList<Figure> Of(FeatureReport report, IReadOnlyList<FeatureEpoch> epochs)
    {
        var figures = new List<Figure>();
        if (epochs.Count > 1) figures.Add(OverTraining(epochs));
        if (report.SeparationLaw is { } law) figures.Add(Separation(report, law));
        if (report.InOrder.Count > 1) figures.Add(ByLayer(report));
        if (report.Layers.Count > 0) figures.Add(Spectra(report));
        return figures;
    }

    private static Figure OverTraining(IReadOnlyList<FeatureEpoch> epochs)
    {
        IReadOnlyList<FeatureMetrics> layers = epochs[^1].Features.Layers;
        double[] x = [.. epochs.Select(epoch => (double)epoch.Epoch)];
        double? Number(FeatureEpoch epoch, FeatureMetrics layer, Metric metric) =>
            epoch.Features.Layers.FirstOrDefault(other => other.Tensor.Name == layer.Tensor.Name)?.Number(metric);
        return new Figure("epochs", "Over training", "Each metric over the epochs, a line for each layer; logarithmic, but for counts.",
            [.. MetricTopics.Blocks(Main(epochs[^1].Features), metric => new Panel
            {
                Title = metric.Heading,
                X = Axis.Epoch,
                Y = Axis.Of(metric),
                Series = [.. Chosen(layers.Count).Select(l => Line(
                    layers, l, x, [.. epochs.Select(epoch => Number(epoch, layers[l], metric) ?? double.NaN)], Mark.DottedLine))],
            })]);
    }

    private static Figure Separation(FeatureReport report, SeparationLaw law)
    {
        double[] numbers = [.. Enumerable.Range(1, report.InOrder.Count).Select(l => (double)l)];
        double[] fuzziness = [.. report.InOrder.Select(layer => layer.Number(NeuralCollapseMetrics.SeparationFuzziness) ?? double.NaN)];
        string fit = $"a factor of {NumberText.Short(law.Ratio)} a layer{(law.RSquared is { } r ? $", R² {NumberText.Short(r)}" : "")}";
        return new Figure("separation", "The law of data separation", "Dots: Tr(SSW·SSB⁺) of each layer. The dashed line is fitted to their logarithms.",
            new PanelBlock(new Panel
            {
                X = LayerAxis(report),
                Y = Axis.Of(NeuralCollapseMetrics.SeparationFuzziness),
                Series =
                [
                    new Series("layers", Palette.Kind(0), numbers, fuzziness, Mark.Dots),
                    new Series(fit, Palette.Kind(1), numbers, [.. numbers.Select(l => law.Start * Math.Pow(law.Ratio, l - 1))], Mark.Dashed),
                ],
            }))
        { Width = Figure.ColumnWidth * 3 / 2, Finding = $"Separation fuzziness changes by {fit}." };
    }

    private static Figure ByLayer(FeatureReport report)
    {
        double[] numbers = [.. Enumerable.Range(1, report.InOrder.Count).Select(l => (double)l)];
        return new Figure("layers", "From layer to layer", "Each metric over the layers, by their order; logarithmic, but for counts.",
            [.. MetricTopics.Blocks(Main(report), metric => new Panel
            {
                Title = metric.Heading,
                X = LayerAxis(report),
                Y = Axis.Of(metric),
                Series = [new Series("", Palette.Kind(0), numbers, [.. report.InOrder.Select(layer => layer.Number(metric) ?? double.NaN)], Mark.DottedLine)],
            })]);
    }

    private static Figure Spectra(FeatureReport report)
    {
        int[] chosen = [.. Chosen(report.Layers.Count)];
        IReadOnlyList<double>[] spectra = [.. chosen.Select(l => report.Layers[l].Spectrum.SingularValues)];
        Axis y = SpectrumLines.AxisOf("singular value", "s_i(Z)", spectra);
        return new Figure("spectra", "Singular values of the features", $"A line for each layer, largest value first. {SpectrumLines.Reading}",
            new PanelBlock(new Panel
            {
                X = SpectrumLines.IndexOf(spectra),
                Y = y,
                Series = [.. chosen.Select(l => SpectrumLines.Of(
                    Name(report.Layers[l]), Palette.Layer(l + 1, Math.Max(2, report.Layers.Count)), report.Layers[l].Spectrum.SingularValues, y))],
            }))
        { Width = Figure.ColumnWidth * 3 / 2 };
    }

    private static Series Line(IReadOnlyList<FeatureMetrics> layers, int l, double[] x, double[] y, Mark mark) =>
        new(Name(layers[l]), Palette.Layer(l + 1, Math.Max(2, layers.Count)), x, y, mark);

    private static string Name(FeatureMetrics layer) => ErrorText.Printable(layer.Tensor.Name);

    private static IReadOnlyList<Metric> Main(FeatureReport report) => [.. report.Present().Where(metric => metric.IsMainIn(MetricScopes.Features))];

    private static Axis LayerAxis(FeatureReport report) =>
        new("layer, by its number") { Minimum = 0.6, Maximum = report.InOrder.Count + 0.4 };

    private static IEnumerable<int> Chosen(int count) => count <= MostLines ? Enumerable.Range(0, count)
        : Enumerable.Range(0, MostLines).Select(i => (int)Math.Round(i * (count - 1.0) / (MostLines - 1))).Distinct();
}
