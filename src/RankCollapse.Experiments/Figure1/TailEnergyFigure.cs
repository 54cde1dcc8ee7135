using RankCollapse.Reporting;
using RankCollapse.Reporting.Figures;
using RankCollapse.Reporting.Panels;
using RankCollapse.Reporting.Rendering;
using RankCollapse.Reporting.Text;
using SkiaSharp;

namespace RankCollapse.Experiments.Figure1;

/// <summary>Figure 1's picture: a heat map for each layer over λ and σ, with one colour scale.</summary>
internal static class TailEnergyFigure
{
    private const float Left = 22;
    private const float TickRoom = 34;
    private const float PanelHeight = 190;
    private const int Height = 244;
    private const double Darkest = -12;

    private static readonly Margins Frame = new(6, 8, 42, 24);

    /// <summary>Draws it.</summary>
    public static FigureDrawing Draw(string title, IReadOnlyList<TailEnergyGrid> grids)
    {
        const string Reading = "For each weight decay λ and spread σ of the classes, the share of the energy of a trained weight matrix beyond its K = 10 largest singular values, Σ_{j>K} s_j²/Σ s_j², the squared relative distance from rank K; mean over the seeds. One colour scale for all layers, logarithmic; the darkest colour stands for 10⁻¹² and less.";
        return new FigureDrawing(FigureDrawing.FullWidth, Height, title, Reading, canvas =>
        {
            float width = (FigureDrawing.FullWidth - Left - TickRoom - 4) / grids.Count;
            for (int i = 0; i < grids.Count; i++)
                Panel(canvas, grids[i], new SKRect(Left + TickRoom + (i * width), 4, Left + TickRoom + ((i + 1) * width), 4 + PanelHeight), labelled: i == 0);
            canvas.Save();
            canvas.RotateDegrees(-90, 14, 90);
            FigureText.Write(canvas, "spread of classes σ", 14, 90, align: SKTextAlign.Center);
            canvas.Restore();
            Scale(canvas, Left + TickRoom + 6, PanelHeight + 22);
        });
    }

    /// <summary>The same data for an interactive chart.</summary>
    public static FigureChart Chart(IReadOnlyList<TailEnergyGrid> grids) => new("fig1",
    [
        .. grids.Select(grid => new ChartPanel
        {
            Title = $"layer {grid.Layer}",
            XLabel = "weight decay λ",
            YLabel = "spread σ",
            IsXLogarithmic = true,
            IsYLogarithmic = true,
            HeatMap = new ChartHeatMap(grid.Lambdas, grid.Sigmas, [.. grid.Mean.Select(row => (IReadOnlyList<double>)row)], "tail energy Σ_{j>K} s_j²/Σ s_j²", Math.Pow(10, Darkest), 1, IsLogarithmic: true),
        }),
    ]);

    private static void Panel(SKCanvas canvas, TailEnergyGrid grid, SKRect area, bool labelled)
    {
        (double x0, double xStep) = Edges(grid.Lambdas);
        (double y0, double yStep) = Edges(grid.Sigmas);
        int columns = grid.Lambdas.Count, rows = grid.Sigmas.Count;
        using var panel = new PlotPanel($"layer {grid.Layer}", "weight decay λ", "");
        panel.SetAxes(
            new AxisRange(x0, x0 + (columns * xStep), AxisTicks.Logarithmic(x0, x0 + (columns * xStep), most: 5)),
            new AxisRange(y0, y0 + (rows * yStep), AxisTicks.Logarithmic(y0, y0 + (rows * yStep), most: 5)));
        panel.HideTicks(x: false, y: !labelled);
        float room = labelled ? TickRoom : 0;
        panel.Render(canvas, new SKRect(area.Left - room, area.Top, area.Right, area.Bottom), Frame with { Left = Frame.Left + room });
        float width = (area.Width - Frame.Left - Frame.Right) / columns, height = (area.Height - Frame.Top - Frame.Bottom) / rows;
        using var paint = new SKPaint { Style = SKPaintStyle.Fill, IsAntialias = false };
        for (int i = 0; i < rows; i++)
        {
            for (int j = 0; j < columns; j++)
            {
                paint.Color = Colour(grid.Mean[i][j]);
                canvas.DrawRect(area.Left + Frame.Left + (j * width), area.Bottom - Frame.Bottom - ((i + 1) * height), width + 0.3f, height + 0.3f, paint);
            }
        }
        if (grid.Mean.All(row => row.All(value => value == 0)))
            FigureText.Write(canvas, "0: W has K rows", area.Left + Frame.Left + (columns * width / 2), area.Top + Frame.Top + (rows * height / 2) + 4, FigureText.TickSize, "#ffffff", align: SKTextAlign.Center);
    }

    private static void Scale(SKCanvas canvas, float left, float top)
    {
        const int Steps = 120;
        const float Length = 300;
        using var paint = new SKPaint { Style = SKPaintStyle.Fill, IsAntialias = false };
        for (int i = 0; i < Steps; i++)
        {
            paint.Color = FigurePalette.Heat(i / (Steps - 1.0));
            canvas.DrawRect(left + (i * Length / Steps), top, (Length / Steps) + 0.3f, 10, paint);
        }
        for (int e = (int)Darkest; e <= 0; e += 3)
            FigureText.Write(canvas, e == (int)Darkest ? $"≤ {NumberText.Power(e)}" : e == 0 ? "1" : NumberText.Power(e), left + (Length * (float)(1 - (e / Darkest))), top + 25, FigureText.TickSize, FigurePalette.Muted, align: SKTextAlign.Center);
        FigureText.Write(canvas, "energy beyond rank K, mean over seeds", left + Length + 22, top + 10);
    }

    private static SKColor Colour(double tail) => FigurePalette.Heat(tail > 0 ? 1 - (Math.Log10(tail) / Darkest) : 0);

    /// <summary>The lower edge of the first square and the size of a square, in decades.</summary>
    private static (double First, double Step) Edges(IReadOnlyList<double> values)
    {
        double step = Math.Log10(values[^1] / values[0]) / (values.Count - 1);
        return (Math.Log10(values[0]) - (step / 2), step);
    }
}
