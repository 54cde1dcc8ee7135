using RankCollapse.Reporting.Figures;
using RankCollapse.Reporting.Panels;
using RankCollapse.Reporting.Rendering;
using RankCollapse.Theory.Forecasts;
using ScottPlot.TickGenerators;
using SkiaSharp;

namespace RankCollapse.Experiments.Figure2;

/// <summary>The constant C of Theorem 4.2: √C of every intermediate layer against λ'/λ, against δ, and over first-order training.</summary>
internal static class ConstantFigure
{
    private const int Height = 262;
    private const int Depth = LayerSpectra.Depth;
    private const int CurvePoints = 61;
    private const double SmallestRatio = 1e-3;

    /// <summary>√C_1 … √C_{L−1} at δ = 0 by the penalised recursion, 1/w_{l+1}.</summary>
    /// <param name="ratio">λ'/λ in the convention of sums.</param>
    /// <param name="samples">N, for the targets' size √(N/K).</param>
    public static double[] RootsAtDeltaZero(double ratio, int samples)
    {
        ScalarChain chain = ScalarChain.Solve(Depth, ratio, 0, isResidual: false, Math.Sqrt((double)samples / LayerSpectra.Classes));
        return [.. LayerSpectra.Intermediate.Select(l => 1 / chain.Weights[l + 1])];
    }

    /// <summary>The λ'/λ at which C = 1 in a layer at δ = 0, by bisection in the recursion: √C falls as λ'/λ grows.</summary>
    public static double RatioWhereCIsOne(int layer, int samples)
    {
        double low = Math.Log(1e-6), high = Math.Log(1e3);
        for (int i = 0; i < 60; i++)
        {
            double middle = 0.5 * (low + high);
            if (RootsAtDeltaZero(Math.Exp(middle), samples)[layer - 1] > 1) low = middle;
            else high = middle;
        }
        return Math.Exp(0.5 * (low + high));
    }

    /// <summary>Draws it.</summary>
    public static FigureDrawing Draw(SpectraData data)
    {
        const string Reading = "√C of the intermediate layers by least squares of s(Z^l) against Theorem 4.2's prediction; the dashed line is C = 1. Left, stationary points with δ = 0 against the feature penalty: curves, the penalised recursion; dots, trained. Middle, λ' = 0 against δ. Right, over the epochs of a first-order training from orthogonal weights with λ' = λ; dots at the right edge, the stationary point.";
        return new FigureDrawing(FigureDrawing.FullWidth, Height, "Where C = 1 appears", Reading, canvas =>
        {
            List<LegendEntry> legend = LayerLegend.Entries([.. LayerSpectra.Intermediate], LayerSpectra.Depth - 1);
            legend.Add(new LegendEntry("trained to a stationary point", FigurePalette.Muted, LegendKey.Dot));
            FigureText.LegendRow(canvas, 40, 10, legend);
            AxisRange y = Roots(data);
            float width = (FigureDrawing.FullWidth - 22 - 30 - 6) / 3f;
            AtDeltaZero(canvas, data, y, new SKRect(22, 22, 52 + width, Height));
            WithoutFeaturePenalty(canvas, data, y, new SKRect(52 + width, 22, 52 + (2 * width), Height));
            OverEpochs(canvas, data, y, new SKRect(52 + (2 * width), 22, 52 + (3 * width), Height));
            canvas.Save();
            canvas.RotateDegrees(-90, 14, 122);
            FigureText.Write(canvas, "√C of the layer", 14, 122, align: SKTextAlign.Center);
            canvas.Restore();
        });
    }

    /// <summary>The same data for an interactive chart.</summary>
    public static FigureChart Chart(SpectraData data)
    {
        var zero = data.AtDeltaZero;
        IReadOnlyList<LayerSpectra> free = data.Of(SpectrumFamily.Free);
        double[] ratios = Ratios();
        double[] epochs = Epochs(data);
        return new FigureChart("fig2-constant",
        [
            Panel("δ = 0", "λ'/λ", [.. LayerSpectra.Intermediate.SelectMany(l => (ChartSeries[])[
                Series(l, "recursion", ratios, [.. ratios.Select(r => RootsAtDeltaZero(r, data.Samples)[l - 1])], SeriesMark.Line),
                Series(l, "trained", [.. zero.Select(p => p.Ratio)], [.. zero.Select(p => p.Spectra.RootOfC(l))], SeriesMark.Dots)])]),
            Panel("λ' = 0", "δ", [.. LayerSpectra.Intermediate.Select(l => Series(l, "trained", [.. free.Select(s => s.Delta)], [.. free.Select(s => s.RootOfC(l))], SeriesMark.Dots))]),
            Panel("first-order training, λ' = λ", "epoch", [.. LayerSpectra.Intermediate.Select(l => Series(l, "Adam", epochs, Column(data, l), SeriesMark.Line))]),
        ]);
    }

    private static ChartPanel Panel(string title, string xLabel, IReadOnlyList<ChartSeries> series) =>
        new() { Title = title, XLabel = xLabel, YLabel = "√C", IsXLogarithmic = true, IsYLogarithmic = true, Level = 1, Series = series };

    private static string LayerColour(int layer) => FigurePalette.Layer(layer, LayerSpectra.Depth - 1);

    private static ChartSeries Series(int layer, string what, IReadOnlyList<double> x, IReadOnlyList<double> y, SeriesMark mark) =>
        new() { Name = $"layer {layer}, {what}", Toggle = $"layer {layer}", Colour = LayerColour(layer), X = x, Y = y, Mark = mark };

    private static void AtDeltaZero(SKCanvas canvas, SpectraData data, AxisRange y, SKRect area)
    {
        using var panel = new PlotPanel("δ = 0, stationary", "feature penalty λ'/λ", "");
        panel.SetAxes(AxisRange.Logarithmic(SmallestRatio, 1, ticks: 4), y);
        panel.AddLevel(0);
        double[] ratios = Ratios();
        foreach (int l in LayerSpectra.Intermediate)
        {
            panel.AddLine(Logarithms(ratios), Logarithms(ratios.Select(r => RootsAtDeltaZero(r, data.Samples)[l - 1])), LayerColour(l), 1.6f);
            panel.AddMarkers(Logarithms(data.AtDeltaZero.Select(p => p.Ratio)), Logarithms(data.AtDeltaZero.Select(p => p.Spectra.RootOfC(l))), LayerColour(l), 5.5f);
        }
        panel.Render(canvas, area, new Margins(36, 8, 42, 22));
    }

    private static void WithoutFeaturePenalty(SKCanvas canvas, SpectraData data, AxisRange y, SKRect area)
    {
        IReadOnlyList<LayerSpectra> free = data.Of(SpectrumFamily.Free);
        using var panel = new PlotPanel("λ' = 0, stationary", "δ", "");
        panel.SetAxes(AxisRange.Logarithmic(free.Min(s => s.Delta), free.Max(s => s.Delta), ticks: 4), y);
        panel.HideTicks(x: false, y: true);
        panel.AddLevel(0);
        foreach (int l in LayerSpectra.Intermediate)
        {
            double[] deltas = Logarithms(free.Select(s => s.Delta));
            panel.AddLine(deltas, Logarithms(free.Select(s => s.RootOfC(l))), LayerColour(l), 1.6f);
            panel.AddMarkers(deltas, Logarithms(free.Select(s => s.RootOfC(l))), LayerColour(l), 5.5f);
        }
        panel.Render(canvas, area, new Margins(8, 8, 42, 22));
    }

    private static void OverEpochs(SKCanvas canvas, SpectraData data, AxisRange y, SKRect area)
    {
        double[] epochs = Epochs(data);
        LayerSpectra stationary = data.Of(SpectrumFamily.AsPrinted).MinBy(s => Math.Abs(s.Delta - 0.1))!;
        double end = 3 * epochs[^1];
        using var panel = new PlotPanel("Adam, λ' = λ, δ = 0.1", "epochs", "");
        panel.SetAxes(AxisRange.Logarithmic(1, end, ticks: 5), y);
        panel.HideTicks(x: false, y: true);
        panel.AddLevel(0);
        foreach (int l in LayerSpectra.Intermediate)
        {
            panel.AddLine(Logarithms(epochs), Logarithms(Column(data, l)), LayerColour(l), 1.8f);
            panel.AddMarkers([Math.Log10(end)], [Math.Log10(stationary.RootOfC(l))], LayerColour(l), 5.5f);
        }
        panel.Render(canvas, area, new Margins(8, 8, 42, 22));
    }

    private static AxisRange Roots(SpectraData data)
    {
        double[] all = [.. data.Spectra.SelectMany(s => LayerSpectra.Intermediate.Select(s.RootOfC)), .. LayerSpectra.Intermediate.SelectMany(l => Column(data, l)), .. RootsAtDeltaZero(SmallestRatio, data.Samples)];
        double low = Math.Log10(all.Where(double.IsFinite).Min()) - 0.06, high = Math.Log10(all.Where(double.IsFinite).Max()) + 0.06;
        var ticks = new NumericManual();
        foreach (double value in (ReadOnlySpan<double>)[0.25, 0.5, 1, 2, 4, 8])
        {
            if (Math.Log10(value) >= low && Math.Log10(value) <= high) ticks.AddMajor(Math.Log10(value), FigureNumbers.Plain(value));
        }
        return new AxisRange(low, high, ticks);
    }

    private static double[] Ratios() => [.. Enumerable.Range(0, CurvePoints).Select(i => SmallestRatio * Math.Pow(1 / SmallestRatio, (double)i / (CurvePoints - 1)))];

    // Epoch 0 has no place on a logarithmic axis; it is in the table.
    private static double[] Epochs(SpectraData data) => Column(data, 0);

    private static double[] Column(SpectraData data, int column) => [.. Enumerable.Range(1, data.FirstOrder.Rows - 1).Select(i => data.FirstOrder[i, column])];

    private static double[] Logarithms(IEnumerable<double> values) => [.. values.Select(v => v > 0 ? Math.Log10(v) : double.NaN)];
}
