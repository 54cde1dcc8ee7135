using RankCollapse.Reporting.Panels;
using RankCollapse.Reporting.Text;

namespace RankCollapse.Experiments.Figure3;

/// <summary>Figure 3's picture and chart: four panels for each solver, first order above, to stationarity below; each quantity on one scale.</summary>
internal static class CollapseFigure
{
    private const string Title = "Loss, total cluster variation and rank from many random starts";
    private const string SumLoss = "loss as stated";
    private const string MeanLoss = "loss as a mean";

    /// <summary>The least TCV that is told from 0.</summary>
    private const double Floor = 1e-34;

    /// <summary>The figure.</summary>
    public static Figure Draw(CollapseEnsemble newton, CollapseEnsemble adam, CollapseEnsemble adamOfMean, int classes)
    {
        int depth = newton.Runs[0].Log.Depth;
        string reading = $"First order: {Runs(adam)} of Adam with the loss as stated and {Runs(adamOfMean)} with its mean over the samples, over the epochs. "
            + $"To stationarity: {Runs(newton)} of Newton's method over the seconds. "
            + $"‘loss’, ‘TCV’ and ‘rank’: lines, the mean over the runs (loss J, and TCV and numerical rank averaged over the hidden layers 1 … {depth - 1}); "
            + $"bands, from the least to the largest run; the dashed line is K = {classes}. "
            + "‘TCV, one run’: every layer of one run, of first order with the loss as a mean.";
        var time = new Axis("time", Unit: "seconds of one core") { Minimum = 0 };
        PanelBlock Block(string heading, Axis x, Func<Func<CollapseLog, double[]>, Series[]> curves, Series[] layers) =>
            new(
                Panel("loss", x, new Axis("loss", "J") { IsLogarithmic = true }, curves(log => log.Losses)),
                Panel("TCV", x, new Axis("TCV, mean of layers") { IsLogarithmic = true }, curves(log => log.MeanTcv)),
                Panel("rank", x, new Axis("rank, mean of layers") { Minimum = 0 },
                    curves(log => log.MeanRanks)) with
                { Levels = [new ReferenceLine(classes, $"K = {classes}")] },
                Panel("TCV, one run", x, new Axis("TCV") { IsLogarithmic = true }, layers))
            {
                Heading = heading,
                Columns = 4,
            };
        return new Figure(
            "collapse",
            Title,
            reading,
            Block(
                $"First order: Adam, {Runs(adam)} each; 100 epochs are one of the paper's steps",
                new Axis("epoch"),
                quantity => [Mean(MeanLoss, adamOfMean.OverEpochs(quantity)), Mean(SumLoss, adam.OverEpochs(quantity))],
                Layers(adamOfMean.Runs[0].Log, log => log.Epochs, depth)),
            Block(
                $"To stationarity: trust-region Newton, {Runs(newton)}",
                time,
                quantity => [Mean(SumLoss, newton.OverSeconds(quantity))],
                Layers(newton.Runs[0].Log, log => log.Seconds, depth)));
    }

    private static string Runs(CollapseEnsemble ensemble) => NumberText.Count(ensemble.Runs.Count, "run");

    private static Panel Panel(string title, Axis x, Axis y, Series[] series) => new()
    {
        Title = title,
        X = x,
        Y = y,
        Series = [.. y.IsLogarithmic
            ? series.Select(s => s with { Y = Held(s.Y), Lower = s.Lower is null ? null : Held(s.Lower), Upper = s.Upper is null ? null : Held(s.Upper) })
            : series],
    };

    private static double[] Held(IReadOnlyList<double> values) => [.. values.Select(v => Math.Max(v, Floor))];

    private static Series Mean(string name, RunBand band) =>
        new(name, Palette.Kind(name == SumLoss ? 0 : 1), band.X, band.Mean) { Lower = band.Lower, Upper = band.Upper };

    private static Series[] Layers(CollapseLog log, Func<CollapseLog, double[]> x, int depth) =>
        [.. Enumerable.Range(1, depth).Select(l => Series.OfLayer(l, depth, x(log), log.Tcv(l)))];
}
