using RankCollapse.Reporting.Figures;
using RankCollapse.Reporting.Panels;
using RankCollapse.Reporting.Rendering;
using ScottPlot;
using SkiaSharp;

namespace RankCollapse.Experiments.Figure2;

/// <summary>The pictures of Figures 2 and 4: trained singular values as lines, Theorem 4.2's prediction as dots.</summary>
internal static class SpectraFigure
{
    private const int Shown = 15;
    private const int Columns = 4;

    /// <summary>Smaller singular values are left out of the charts: they are the rounding of 0 at a stationary point.</summary>
    private const double ChartFloor = 1e-2;

    private const float Left = 22;
    private const float TickRoom = 34;
    private const float RowHeight = 158;
    private const float RowTitle = 20;

    /// <summary>Figure 2: a row for each choice of penalties, a panel for each of at most four δ.</summary>
    public static FigureDrawing DrawFamilies(SpectraData data)
    {
        SpectrumFamily[] families = [SpectrumFamily.AsPrinted, SpectrumFamily.Means, SpectrumFamily.Free];
        List<(string Title, IReadOnlyList<LayerSpectra> Spectra)> rows = [.. families.Select(family => (family.Title, OfThePaper(data.Of(family))))];
        const string Reading = "Lines, the singular values of the features of layers 1 to 4 of trained, stationary networks; dots of the same colour, what Theorem 4.2 predicts from the next layer with C = 1. Rows differ in the feature penalty λ', columns in δ. Lines end where values fall below the axis: the rank.";
        return Draw("Singular values of the features against Theorem 4.2, for several penalties", Reading, rows, withForecast: false);
    }

    /// <summary>Figure 4: all δ with the printed penalties, and the forecast.</summary>
    public static FigureDrawing DrawAll(SpectraData data)
    {
        IReadOnlyList<LayerSpectra> printed = data.Of(SpectrumFamily.AsPrinted);
        List<(string Title, IReadOnlyList<LayerSpectra> Spectra)> rows = [.. printed.Chunk(Columns).Select(chunk => ("", (IReadOnlyList<LayerSpectra>)chunk))];
        const string Reading = "Lines, the singular values of the features of layers 1 to 4 of trained, stationary networks with λ' = λ in the convention of sums; dots of the same colour, what Theorem 4.2 predicts from the next layer with C = 1; crosses, our forecast from the centroid problem, before training.";
        return Draw("Singular values of the features for every δ", Reading, rows, withForecast: true);
    }

    /// <summary>The same data for an interactive chart.</summary>
    public static FigureChart Chart(SpectraData data)
    {
        double[] index = [.. Enumerable.Range(1, Shown).Select(i => (double)i)];
        IReadOnlyList<ChartPanel> panels =
        [
            .. new[] { SpectrumFamily.AsPrinted, SpectrumFamily.Means, SpectrumFamily.Free }.SelectMany(family => data.Of(family).Select(s => new ChartPanel
            {
                Title = $"{family.Short}, δ = {FigureNumbers.Plain(s.Delta)}",
                XLabel = "index",
                YLabel = "singular value",
                IsYLogarithmic = true,
                Series =
                [
                    .. LayerSpectra.Intermediate.SelectMany(l => (ChartSeries[])[
                        Series(l, "trained", index, s.Trained(l), SeriesMark.Line),
                        Series(l, "Theorem 4.2", index, s.Predicted(l), SeriesMark.Dots),
                        Series(l, "forecast", index, s.Centroid(l), SeriesMark.Dashed)]),
                ],
            })),
        ];
        return new FigureChart("fig2", panels);
    }

    private static string LayerColour(int layer) => FigurePalette.Layer(layer, LayerSpectra.Depth - 1);

    private static ChartSeries Series(int layer, string what, double[] index, double[] values, SeriesMark mark)
    {
        int count = Math.Min(index.Length, values.Length);
        return new ChartSeries { Name = $"layer {layer}, {what}", Toggle = $"layer {layer}", Colour = LayerColour(layer), Mark = mark, X = index[..count], Y = [.. values.Take(count).Select(v => v >= ChartFloor ? v : double.NaN)] };
    }

    private static FigureDrawing Draw(string title, string reading, List<(string Title, IReadOnlyList<LayerSpectra> Spectra)> rows, bool withForecast)
    {
        float titleHeight = rows.Any(row => row.Title.Length > 0) ? RowTitle : 0;
        int height = (int)(26 + (rows.Count * (RowHeight + titleHeight)) + 22);
        return new FigureDrawing(FigureDrawing.FullWidth, height, title, reading, canvas =>
        {
            FigureText.LegendRow(canvas, 40, 10, Legend(withForecast));
            IEnumerable<double> leading = rows.SelectMany(row => row.Spectra).SelectMany(s => LayerSpectra.Intermediate.SelectMany(l => s.Trained(l)[..LayerSpectra.Classes].Concat(s.Predicted(l)[..LayerSpectra.Classes])));
            AxisRange y = SeriesExtent.Logarithmic(leading.Append(0.3), plainLabels: true, ticks: 4)!;
            AxisRange x = AxisRange.Linear(0.3, Shown + 0.4, ticks: 4, wholeOnly: true);
            float width = (FigureDrawing.FullWidth - Left - TickRoom - 4) / Columns;
            for (int r = 0; r < rows.Count; r++)
            {
                float top = 24 + (r * (RowHeight + titleHeight));
                if (rows[r].Title.Length > 0) FigureText.Write(canvas, rows[r].Title, Left + TickRoom + 6, top + 14, FigureText.LabelSize, FigurePalette.Muted, bold: true);
                for (int i = 0; i < rows[r].Spectra.Count; i++)
                    Panel(canvas, rows[r].Spectra[i], x, y, new SKRect(Left + TickRoom + (i * width), top + titleHeight, Left + TickRoom + ((i + 1) * width), top + titleHeight + RowHeight), labelled: i == 0, withForecast);
            }
            FigureText.Write(canvas, "index i of the singular value", Left + TickRoom + (Columns * width / 2), height - 8, align: SKTextAlign.Center);
            canvas.Save();
            float middle = 24 + ((height - 46) / 2f);
            canvas.RotateDegrees(-90, 14, middle);
            FigureText.Write(canvas, "singular value of the features, s_i(Z)", 14, middle, align: SKTextAlign.Center);
            canvas.Restore();
        });
    }

    private static void Panel(SKCanvas canvas, LayerSpectra spectra, AxisRange x, AxisRange y, SKRect area, bool labelled, bool withForecast)
    {
        using var panel = new PlotPanel($"δ = {FigureNumbers.Plain(spectra.Delta)}", "", "");
        panel.SetAxes(x, y);
        panel.HideTicks(x: false, y: !labelled);
        foreach (int l in LayerSpectra.Intermediate)
        {
            string colour = LayerColour(l);
            double[] index = [.. Enumerable.Range(1, Shown).Select(i => (double)i)];
            panel.AddLine(index, Heights(spectra.Trained(l), y, falls: true), colour, 1.8f);
            panel.AddMarkers(index, Heights(spectra.Predicted(l), y, falls: false), colour, 4.2f);
            if (withForecast) panel.AddMarkers(index, Heights(spectra.Centroid(l), y, falls: false), FigurePalette.Ink, 5f, MarkerShape.Eks);
        }
        float room = labelled ? TickRoom : 0;
        panel.Render(canvas, new SKRect(area.Left - room, area.Top, area.Right, area.Bottom), new Margins(6 + room, 6, 22, 22));
    }

    /// <summary>log₁₀ of the first values; below the axis the first one ends the line at the axis, the others are gaps.</summary>
    private static double[] Heights(double[] values, AxisRange y, bool falls)
    {
        var heights = new double[Shown];
        Array.Fill(heights, double.NaN);
        for (int i = 0; i < Math.Min(Shown, values.Length); i++)
        {
            double height = values[i] > 0 ? Math.Log10(values[i]) : double.NegativeInfinity;
            if (height >= y.Minimum)
            {
                heights[i] = height;
                continue;
            }
            if (falls) heights[i] = y.Minimum;
            break;
        }
        return heights;
    }

    private static List<LegendEntry> Legend(bool withForecast)
    {
        List<LegendEntry> entries = LayerLegend.Entries([.. LayerSpectra.Intermediate], LayerSpectra.Depth - 1);
        entries.Add(new LegendEntry("Theorem 4.2, C = 1", FigurePalette.Muted, LegendKey.Dot));
        if (withForecast) entries.Add(new LegendEntry("our forecast", FigurePalette.Ink, LegendKey.Cross));
        return entries;
    }

    private static IReadOnlyList<LayerSpectra> OfThePaper(IReadOnlyList<LayerSpectra> spectra)
    {
        LayerSpectra[] inPaper = [.. spectra.Where(s => s.Delta is 10 or 5 or 2 or 0.1)];
        return [.. (inPaper.Length == Columns ? inPaper : [.. inPaper.Append(spectra[^1]).Distinct()]).Take(Columns)];
    }
}
