using RankCollapse.Reporting;
using RankCollapse.Reporting.Figures;
using RankCollapse.Reporting.Panels;
using RankCollapse.Reporting.Rendering;
using RankCollapse.Reporting.Text;
using ScottPlot.TickGenerators;
using SkiaSharp;

namespace RankCollapse.Experiments.Figure5;

/// <summary>Figure 5's picture: norms over the iterations, a panel for each δ, and final norms against δ and against λ'/λ.</summary>
internal static class WeightNormsFigure
{
    private const int Depth = WeightNormsExperiment.Depth;
    private const int Columns = 4;
    private const float Left = 22;
    private const float Top = 26;
    private const float RowHeight = 150;
    private const float FinalHeight = 208;
    private const float TickRoom = 34;
    private const double DeltaZero = 1e-3;

    /// <summary>Draws it.</summary>
    public static FigureDrawing Draw(string title, IReadOnlyList<NormTrajectory> trained, IReadOnlyList<StationaryWeightNorms> stationary)
    {
        int rows = (trained.Count + Columns - 1) / Columns;
        int height = (int)(Top + (rows * RowHeight) + 24 + FinalHeight);
        const string Reading = "Above, Frobenius norms of the weights of all six layers over the solver's iterations, for each δ, with λ' = λ; layers 2 to 5 are residual. Below, the norms at the end against δ, and at stationary points with δ = 0 against the feature penalty λ'/λ. All norm axes are logarithmic and shared within a row.";
        return new FigureDrawing(FigureDrawing.FullWidth, height, title, Reading, canvas =>
        {
            FigureText.LegendRow(canvas, 40, 10, LayerLegend.Entries([.. Enumerable.Range(1, Depth)], Depth));
            AxisRange y = Norms(trained.SelectMany(t => Enumerable.Range(1, Depth).SelectMany(l => Column(t, l))));
            AxisRange x = AxisRange.Linear(0, trained.Max(t => t.Norms[t.Norms.Rows - 1, 0]), ticks: 4, wholeOnly: true);
            float width = (FigureDrawing.FullWidth - Left - TickRoom - 4) / Columns;
            for (int i = 0; i < trained.Count; i++)
                Panel(canvas, trained[i], x, y, Left + TickRoom + (i % Columns * width), Top + (i / Columns * RowHeight), width, labelled: i % Columns == 0);
            float below = Top + (rows * RowHeight);
            FigureText.Write(canvas, "iterations of the solver", Left + TickRoom + (Columns * width / 2), below + 10, align: SKTextAlign.Center);
            Upright(canvas, "weight norm ‖W‖", Top + (rows * RowHeight / 2));
            Finals(canvas, trained, stationary, below + 24);
            Upright(canvas, "final norm ‖W‖", below + 24 + (FinalHeight / 2) - 8);
        });
    }

    /// <summary>The same data for an interactive chart.</summary>
    public static FigureChart Chart(IReadOnlyList<NormTrajectory> trained, IReadOnlyList<StationaryWeightNorms> stationary)
    {
        var panels = new List<ChartPanel>();
        foreach (NormTrajectory t in trained)
            panels.Add(ChartPanelOf($"δ = {FigureNumbers.Plain(t.Delta)}", "iterations of the solver", isXLogarithmic: false, l => Column(t, 0), l => Column(t, l)));
        NormTrajectory[] positive = [.. trained.Where(t => t.Delta > 0)];
        panels.Add(ChartPanelOf("final norms, λ' = λ", "δ", isXLogarithmic: true, _ => [.. positive.Select(t => t.Delta)], l => [.. positive.Select(t => t.Final(l))]));
        panels.Add(ChartPanelOf("stationary points, δ = 0", "λ'/λ", isXLogarithmic: true, _ => [.. stationary.Select(s => s.Ratio)], l => [.. stationary.Select(s => s.Norms[l - 1])]));
        return new FigureChart("fig5", panels);
    }

    private static ChartPanel ChartPanelOf(string title, string xLabel, bool isXLogarithmic, Func<int, double[]> x, Func<int, double[]> y) => new()
    {
        Title = title,
        XLabel = xLabel,
        YLabel = "‖W‖",
        IsXLogarithmic = isXLogarithmic,
        IsYLogarithmic = true,
        Series = [.. Enumerable.Range(1, Depth).Select(l => new ChartSeries { Name = $"layer {l}", Toggle = $"layer {l}", Colour = FigurePalette.Layer(l, Depth), X = x(l), Y = y(l) })],
    };

    private static void Panel(SKCanvas canvas, NormTrajectory t, AxisRange x, AxisRange y, float left, float top, float width, bool labelled)
    {
        using var panel = new PlotPanel($"δ = {FigureNumbers.Plain(t.Delta)}", "", "");
        panel.SetAxes(x, y);
        panel.HideTicks(x: false, y: !labelled);
        for (int l = Depth; l >= 1; l--) panel.AddLine(Column(t, 0), Logarithms(Column(t, l)), FigurePalette.Layer(l, Depth), 1.8f);
        float room = labelled ? TickRoom : 0;
        panel.Render(canvas, new SKRect(left - room, top, left + width, top + RowHeight), new Margins(6 + room, 6, 20, 22));
    }

    private static void Finals(SKCanvas canvas, IReadOnlyList<NormTrajectory> trained, IReadOnlyList<StationaryWeightNorms> stationary, float top)
    {
        AxisRange y = Norms(trained.SelectMany(t => Enumerable.Range(1, Depth).Select(t.Final)).Concat(stationary.SelectMany(s => s.Norms)));
        float half = (FigureDrawing.FullWidth - Left - TickRoom - 4) / 2;
        double[] deltas = [.. trained.Select(t => Math.Log10(Math.Max(t.Delta, DeltaZero)))];
        using var byDelta = new PlotPanel("λ' = λ, at the end of training", "δ", "");
        byDelta.SetAxes(Deltas(trained), y);
        using var byRatio = new PlotPanel("δ = 0, stationary points", "feature penalty λ'/λ", "");
        byRatio.SetAxes(AxisRange.Logarithmic(stationary.Min(s => s.Ratio), stationary.Max(s => s.Ratio), ticks: 7), y);
        byRatio.HideTicks(x: false, y: true);
        for (int l = Depth; l >= 1; l--)
        {
            int layer = l;
            string colour = FigurePalette.Layer(l, Depth);
            double[] finals = [.. trained.Select(t => Math.Log10(t.Final(layer)))];
            byDelta.AddLine([.. deltas.SkipLast(1)], [.. finals.SkipLast(1)], colour, 1.6f);
            byDelta.AddMarkers(deltas, finals, colour, 5.5f);
            double[] ratios = [.. stationary.Select(s => Math.Log10(s.Ratio))], norms = [.. stationary.Select(s => Math.Log10(s.Norms[layer - 1]))];
            byRatio.AddLine(ratios, norms, colour, 1.6f);
            byRatio.AddMarkers(ratios, norms, colour, 5.5f);
        }
        byDelta.Render(canvas, new SKRect(Left, top, Left + TickRoom + half, top + FinalHeight), new Margins(6 + TickRoom, 8, 42, 22));
        byRatio.Render(canvas, new SKRect(Left + TickRoom + half, top, Left + TickRoom + (2 * half), top + FinalHeight), new Margins(6, 8, 42, 22));
    }

    private static void Upright(SKCanvas canvas, string text, float middle)
    {
        canvas.Save();
        canvas.RotateDegrees(-90, 14, middle);
        FigureText.Write(canvas, text, 14, middle, align: SKTextAlign.Center);
        canvas.Restore();
    }

    /// <summary>Two decades at least around 1, so that there are labels.</summary>
    private static AxisRange Norms(IEnumerable<double> values) => SeriesExtent.Logarithmic(values.Append(0.1).Append(10), plainLabels: false, ticks: 5)!;

    /// <summary>A logarithmic axis whose first tick stands for δ = 0.</summary>
    private static AxisRange Deltas(IReadOnlyList<NormTrajectory> trained)
    {
        double last = Math.Log10(trained.Max(t => t.Delta));
        var ticks = new NumericManual();
        ticks.AddMajor(Math.Log10(DeltaZero), "0");
        for (int e = -2; e <= last; e++) ticks.AddMajor(e, NumberText.Power(e));
        return new AxisRange(Math.Log10(DeltaZero) - 0.15, last + 0.15, ticks);
    }

    private static double[] Column(NormTrajectory t, int column) => [.. Enumerable.Range(0, t.Norms.Rows).Select(i => t.Norms[i, column])];

    private static double[] Logarithms(double[] values) => [.. values.Select(v => v > 0 ? Math.Log10(v) : double.NaN)];
}
