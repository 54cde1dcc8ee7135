using RankCollapse.Reporting.Figures;
using RankCollapse.Reporting.Panels;
using RankCollapse.Reporting.Rendering;
using SkiaSharp;

namespace RankCollapse.Experiments.Figure3;

/// <summary>Figure 3's picture and chart: four panels for each solver, first order above, to stationarity below; each quantity on one scale.</summary>
internal static class CollapseFigure
{
    private const string Title = "Loss, total cluster variation and rank from many random starts";
    private const float PanelHeight = 186;
    private const float RowHeading = 24;
    private const float Left = 2;
    private const float PanelWidth = (FigureDrawing.FullWidth - Left) / 4;

    private const string SumLoss = "loss as stated";
    private const string MeanLoss = "loss as a mean";

    /// <summary>The least TCV that is told from 0.</summary>
    private const double Floor = 1e-34;

    /// <summary>The picture.</summary>
    public static FigureDrawing Draw(CollapseEnsemble newton, CollapseEnsemble adam, CollapseEnsemble adamOfMean, int classes)
    {
        Quantity[] quantities = [.. Quantities(newton, adam, adamOfMean, classes)];
        int height = (int)Math.Ceiling((2 * (RowHeading + PanelHeight)) + 34);
        string reading = $"Above, Adam over the epochs, {Runs(adam)} with the loss as stated and {Runs(adamOfMean)} with its mean over the samples; below, {newton.Runs.Count} runs to stationary points over the seconds. Lines, the mean over the runs (loss J, and TCV and numerical rank averaged over the hidden layers 1 … {newton.Runs[0].Log.Depth - 1}); bands, from the least to the largest run; right, TCV of every layer in one run, above with the loss as a mean. The dashed line is K = {classes}.";
        return new(FigureDrawing.FullWidth, height, Title, reading, canvas =>
        {
            Row(canvas, $"First order: Adam, {Runs(adam)} each", "epoch", quantities.Select(q => q.FirstOrder).ToArray(), quantities, 0, classes);
            Row(canvas, $"To stationarity: trust-region Newton, {Runs(newton)}", "time in s, one core", quantities.Select(q => q.SecondOrder).ToArray(), quantities, RowHeading + PanelHeight, classes);
            Legend(canvas, newton.Runs[0].Log.Depth, height - 14);
        });
    }

    /// <summary>The same data for the page.</summary>
    public static FigureChart Chart(CollapseEnsemble newton, CollapseEnsemble adam, CollapseEnsemble adamOfMean, int classes)
    {
        Quantity[] quantities = [.. Quantities(newton, adam, adamOfMean, classes)];
        return new FigureChart("collapse",
        [
            .. quantities.Select(q => Panel(q, q.FirstOrder, "epoch", $"Adam · {q.Name}")),
            .. quantities.Select(q => Panel(q, q.SecondOrder, "time in s, one core", $"Newton · {q.Name}")),
        ]);
    }

    private static string Runs(CollapseEnsemble ensemble) => ensemble.Runs.Count == 1 ? "1 run" : $"{ensemble.Runs.Count} runs";

    private static IEnumerable<Quantity> Quantities(CollapseEnsemble newton, CollapseEnsemble adam, CollapseEnsemble adamOfMean, int classes)
    {
        int depth = newton.Runs[0].Log.Depth;
        yield return Of("loss", "loss J", true, null, log => log.Losses);
        yield return Of("TCV", "TCV, mean of layers", true, null, log => log.MeanTcv);
        yield return Of("rank", "rank, mean of layers", false, classes, log => log.MeanRanks);
        yield return new("TCV, one run", "TCV", true, null, Layers(adamOfMean.Runs[0].Log, log => log.Epochs, depth), Layers(newton.Runs[0].Log, log => log.Seconds, depth));

        Quantity Of(string name, string label, bool isLogarithmic, double? level, Func<CollapseLog, double[]> quantity) => new(
            name,
            label,
            isLogarithmic,
            level,
            [Mean(SumLoss, adam.OverEpochs(quantity)), Mean(MeanLoss, adamOfMean.OverEpochs(quantity))],
            [Mean(SumLoss, newton.OverSeconds(quantity))]);
    }

    private static Curve Mean(string name, RunBand band) => new(name, FigurePalette.Kind(name == SumLoss ? 0 : 1), band.X, band.Mean, band.Lower, band.Upper);

    private static List<Curve> Layers(CollapseLog log, Func<CollapseLog, double[]> x, int depth) =>
        [.. Enumerable.Range(1, depth).Select(l => new Curve($"layer {l}", FigurePalette.Layer(l, depth), x(log), log.Tcv(l), null, null))];

    private static ChartPanel Panel(Quantity quantity, List<Curve> curves, string x, string title) => new()
    {
        Title = title,
        XLabel = x,
        YLabel = quantity.Label,
        IsYLogarithmic = quantity.IsLogarithmic,
        Level = quantity.Level,
        Series = [.. curves.Select(c => new ChartSeries { Name = c.Name, Toggle = c.Name, Colour = c.Colour, X = c.X, Y = c.Y, Lower = c.Lower, Upper = c.Upper })],
    };

    private static void Row(SKCanvas canvas, string heading, string xLabel, List<Curve>[] rows, Quantity[] quantities, float top, int classes)
    {
        FigureText.Write(canvas, heading, Left + 4, top + 15, FigureText.TitleSize, bold: true);
        for (int i = 0; i < quantities.Length; i++)
        {
            Quantity quantity = quantities[i];
            List<Curve> curves = rows[i];
            double last = curves.Max(c => c.X[^1]);
            using var panel = new PlotPanel("", xLabel, quantity.Label);
            panel.SetAxes(AxisRange.Linear(0, last, 3), quantity.Range(classes));
            if (quantity.Level is { } level) panel.AddLevel(level);
            foreach (Curve curve in curves)
            {
                if (curve.Lower is { } lower && curve.Upper is { } upper) panel.AddBand(curve.X, quantity.Drawn(lower), quantity.Drawn(upper), curve.Colour);
            }
            foreach (Curve curve in curves) panel.AddLine(curve.X, quantity.Drawn(curve.Y), curve.Colour, 1.4f);
            panel.Render(canvas, SKRect.Create(Left + (i * PanelWidth), top + RowHeading, PanelWidth, PanelHeight), new Margins(50, 18, 40, 4));
        }
    }

    private static void Legend(SKCanvas canvas, int depth, float y)
    {
        float x = 6;
        foreach (LegendEntry entry in (LegendEntry[])[new(SumLoss, FigurePalette.Kind(0)), new(MeanLoss, FigurePalette.Kind(1)), new("K", FigurePalette.Reference, LegendKey.Dashed)])
        {
            entry.DrawKey(canvas, x, y);
            FigureText.Write(canvas, entry.Text, x + 24, y + 4);
            x += 24 + FigureText.Measure(entry.Text) + 14;
        }
        FigureText.Write(canvas, "layer", x + 6, y + 4);
        x += 42;
        for (int l = 1; l <= depth; l++)
        {
            string text = FormattableString.Invariant($"{l}");
            new LegendEntry(text, FigurePalette.Layer(l, depth)).DrawKey(canvas, x, y);
            FigureText.Write(canvas, text, x + 22, y + 4);
            x += 22 + FigureText.Measure(text) + 6;
        }
    }

    private sealed record Curve(string Name, string Colour, double[] X, double[] Y, double[]? Lower, double[]? Upper);

    /// <summary>A column of the picture: one quantity, for both solvers.</summary>
    private sealed record Quantity(string Name, string Label, bool IsLogarithmic, double? Level, List<Curve> FirstOrder, List<Curve> SecondOrder)
    {
        /// <summary>The values in the axis's units.</summary>
        public double[] Drawn(double[] values) => IsLogarithmic ? [.. values.Select(v => Math.Log10(Math.Max(v, Floor)))] : values;

        /// <summary>One scale for both solvers.</summary>
        public AxisRange Range(int classes)
        {
            double[] values = [.. FirstOrder.Concat(SecondOrder).SelectMany(c => c.Y.Concat(c.Lower ?? []).Concat(c.Upper ?? []))];
            return IsLogarithmic
                ? AxisRange.Logarithmic(Math.Max(values.Where(v => v > 0).DefaultIfEmpty(Floor).Min(), Floor), values.Max(), ticks: 6)
                : AxisRange.Linear(0, 1.06 * Math.Max(classes, values.Max()), 5);
        }
    }
}
