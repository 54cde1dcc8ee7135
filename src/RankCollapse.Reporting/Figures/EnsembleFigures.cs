using RankCollapse.Collapse.Metrics;
using RankCollapse.Reporting.Panels;
using RankCollapse.Reporting.Text;
using RankCollapse.Runs;

namespace RankCollapse.Reporting.Figures;

/// <summary>The figures of an ensemble: medians over its members as lines, from the least to the largest of them as bands.</summary>
internal static class EnsembleFigures
{
    private const int MostEpochs = 400;
    private const double Floor = 1e-10;
    private const string Band = "Lines, the median over the members; bands, from the least to the largest.";

    /// <summary>All figures that the members have data for, each with a sentence on what there is to see.</summary>
    public static IReadOnlyList<Figure> All(Ensemble ensemble)
    {
        EnsembleRun[] members = [.. ensemble.Ended];
        int depth = members.SelectMany(member => member.Summary!.Layers).Select(layer => layer.Layer).DefaultIfEmpty(0).Max();
        var curves = new EnsembleCurves(members, MostEpochs);
        const string Ends = "A member that has ended keeps its last value.";
        Metric[] network = [.. MetricTable.Of(MetricScopes.Network).Where(metric => curves.Has(metric.Key, 0))];
        Metric[] layers = [.. MetricTable.All.Where(metric => metric.OfNetwork is null && Enumerable.Range(1, depth).Any(l => curves.Has(metric.Key, l)))];
        Metric[] final = [.. MetricTable.Of(MetricScopes.Layers).Where(metric => metric.IsMainIn(MetricScopes.Layers)
            && members.SelectMany(member => member.Summary!.Layers).Any(layer => layer.Number(metric) is { } value && double.IsFinite(value)))];
        Figure[] all =
        [
            new("curves", "Objective and gradient over training", $"{Band} {Ends}",
                new PanelBlock([.. network.Select(metric => Panel(metric, [curves.Of(metric.Key, 0) with { Name = "whole network" }]))]) { Columns = 2 }),
            new("layer-curves", "Layers over training", $"{Band} A panel for each metric, a line for each layer. {Ends}",
                [.. MetricTopics.Blocks(layers, metric => Panel(metric, [.. Enumerable.Range(1, depth).Where(l => curves.Has(metric.Key, l))
                    .Select(l => curves.Of(metric.Key, l) with { Name = $"layer {l}", Colour = Palette.Layer(l, depth) })]))]),
            new("layers", "Layers at the end", $"{Band} A panel for each metric, over the layers.",
                new PanelBlock([.. final.Select(metric => OverLayers(metric, members, depth))]) { Columns = 2 }),
            Spectra("feature-spectra", "Singular values of the features", members, depth, layer => layer.FeatureSingularValues),
            Spectra("weight-spectra", "Singular values of the weights", members, depth, layer => layer.WeightSingularValues),
        ];
        return [.. all.Where(figure => figure.Panels.Any(panel => panel.Series.Count > 0))];
    }

    private static Panel Panel(Metric metric, Series[] series) => new() { Title = metric.Heading, X = Axis.Epoch, Y = Axis.Of(metric), Series = series };

    private static Panel OverLayers(Metric metric, EnsembleRun[] members, int depth)
    {
        double[] places = [.. Enumerable.Range(1, depth).Select(l => (double)l)];
        Spread[] spreads = [.. Enumerable.Range(1, depth).Select(l => Spread.Of(members
            .Select(member => member.Summary!.Layers.FirstOrDefault(layer => layer.Layer == l)?.Number(metric) ?? double.NaN)))];
        return new Panel
        {
            Title = metric.Heading,
            X = Axis.Layer with { Minimum = 0.7, Maximum = depth + 0.3 },
            Y = Axis.Of(metric),
            Series = [EnsembleCurves.Line(places, spreads) with { Name = "median and range", Mark = Mark.DottedLine }],
        };
    }

    private static Figure Spectra(string name, string title, EnsembleRun[] members, int depth, Func<LayerSummary, IReadOnlyList<double>> values)
    {
        Panel Of(int layer)
        {
            IReadOnlyList<double>[] spectra = [.. members.SelectMany(member => member.Summary!.Layers.Where(one => one.Layer == layer)).Select(values)
                .Where(one => one.Count > 0)];
            Spread[] spreads = [.. Enumerable.Range(0, spectra.Select(one => one.Count).DefaultIfEmpty(0).Max())
                .Select(i => Spread.Of(spectra.Select(one => i < one.Count ? one[i] : double.NaN)))];
            spreads = [.. spreads.TakeWhile(spread => spread.Maximum > Floor * spreads[0].Maximum)];
            return new Panel
            {
                Title = $"layer {layer}",
                X = new Axis("index of the singular value", "i") { IsLogarithmic = true },
                Y = new Axis("singular value", "s_i") { IsLogarithmic = true },
                Series = spreads.Length == 0 ? []
                    : [EnsembleCurves.Line([.. spreads.Select((_, i) => i + 1.0)], spreads) with { Name = "median and range", Colour = Palette.Trained }],
            };
        }
        return new Figure(name, title, $"{Band} At the end, a panel for each layer; values below {NumberText.PowerOfTen(Floor)} of the largest are not shown.",
            new PanelBlock([.. Enumerable.Range(1, depth).Select(Of)]));
    }
}
