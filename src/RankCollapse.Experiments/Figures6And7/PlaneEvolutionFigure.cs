using RankCollapse.LinearAlgebra;
using RankCollapse.Reporting.Figures;
using RankCollapse.Reporting.Panels;
using RankCollapse.Reporting.Rendering;
using SkiaSharp;

namespace RankCollapse.Experiments.Figures6And7;

/// <summary>Figure 7's picture and chart: the features of all layers in random planes at six moments, coloured by class.</summary>
internal static class PlaneEvolutionFigure
{
    /// <summary>The picture's file name.</summary>
    public const string Name = "random-planes";

    private const string Title = "Features of all layers in random planes during training";
    private const float DotSize = 2.4f;

    /// <summary>The size where so few dots are left that they do not cover each other.</summary>
    private const float LoneDotSize = 3.6f;

    /// <summary>Dots closer than this, in units of 1/96 inch, are drawn once.</summary>
    private const float Distinct = 0.25f;

    private static readonly LegendKey[] Keys = [LegendKey.Dot, LegendKey.Triangle, LegendKey.Square];

    /// <summary>The picture.</summary>
    public static FigureDrawing Draw(TrainingMoments moments, int[] labels)
    {
        var mosaic = new MomentMosaic(moments);
        string reading = $"All {labels.Length} samples, orthogonally projected to a random plane for the data X and for each of the layers 1 … {moments.All[0].Planes.Count - 1}, from left to right and from top to bottom; a colour for each class, each panel on its own scale around 0. Collapsed classes are single points.";
        return new(FigureDrawing.FullWidth, mosaic.Height + 26, Title, reading, canvas =>
        {
            mosaic.Draw(canvas, moments, (moment, layer, area) => Panel(canvas, moment.Planes[layer], labels, area));
            float x = 2;
            foreach (int k in labels.Distinct().Order())
            {
                string text = FormattableString.Invariant($"class {k}");
                Entry(k, text).DrawKey(canvas, x - 5, mosaic.Height + 12);
                FigureText.Write(canvas, text, x + 11, mosaic.Height + 16);
                x += 11 + FigureText.Measure(text) + 10;
            }
        });
    }

    /// <summary>The same data for the page.</summary>
    public static FigureChart Chart(TrainingMoments moments, int[] labels)
    {
        int[] classes = [.. labels.Distinct().Order()];
        return new FigureChart(Name,
        [
            .. moments.All.SelectMany((moment, m) => moment.Planes.Select((plane, l) => new ChartPanel
            {
                Title = l == 0 ? "data X" : $"layer {l}",
                XLabel = "first coordinate",
                YLabel = "second coordinate",
                Moment = m,
                HasEqualAxes = true,
                Series =
                [
                    .. classes.Select(k => new ChartSeries
                    {
                        Name = FormattableString.Invariant($"class {k}"),
                        Toggle = FormattableString.Invariant($"class {k}"),
                        Colour = FigurePalette.Kind(k),
                        Mark = Entry(k, "").Key == LegendKey.Dot ? SeriesMark.Dots : SeriesMark.Triangles,
                        X = Of(plane, 0, labels, k),
                        Y = Of(plane, 1, labels, k),
                    }),
                ],
            })),
        ])
        {
            Moments = [.. moments.All.Select((moment, m) => $"{MomentMosaic.Title(moments, m)}: {MomentMosaic.Subtitle(moment)}")],
        };
    }

    private static double[] Of(Matrix plane, int row, int[] labels, int kind) =>
        [.. Enumerable.Range(0, labels.Length).Where(i => labels[i] == kind).Select(i => plane[row, i])];

    private static LegendEntry Entry(int kind, string text) => new(text, FigurePalette.Kind(kind), Keys[kind / FigurePalette.KindCount % Keys.Length]);

    private static void Panel(SKCanvas canvas, Matrix plane, int[] labels, SKRect area)
    {
        using (var frame = new SKPaint { Color = SKColor.Parse(FigurePalette.Grid), Style = SKPaintStyle.Stroke, StrokeWidth = 0.8f, IsAntialias = true })
        {
            canvas.DrawLine(area.MidX, area.Top, area.MidX, area.Bottom, frame);
            canvas.DrawLine(area.Left, area.MidY, area.Right, area.MidY, frame);
            canvas.DrawRect(area, frame);
        }
        double half = 1.1 * plane.AsSpan().ToArray().Max(Math.Abs);
        if (!(half > 0)) return;
        SKPoint Place(int i) => new(Round(area.MidX + (float)(plane[0, i] / half * (area.Width / 2))), Round(area.MidY - (float)(plane[1, i] / half * (area.Height / 2))));
        var groups = Enumerable.Range(0, labels.Length).GroupBy(i => labels[i]).OrderBy(group => group.Key).Select(group => (Class: group.Key, Points: group.Select(Place).Distinct().ToArray())).ToList();
        float size = groups.Sum(group => group.Points.Length) <= 2 * groups.Count ? LoneDotSize : DotSize;
        foreach (var (kind, points) in groups) Dots(canvas, points, Entry(kind, ""), size);
    }

    private static float Round(float position) => MathF.Round(position / Distinct) * Distinct;

    private static void Dots(SKCanvas canvas, SKPoint[] points, LegendEntry entry, float size)
    {
        using var paint = new SKPaint { Color = SKColor.Parse(entry.Colour), IsAntialias = true };
        if (entry.Key == LegendKey.Dot)
        {
            // Points with round caps are a fraction of what circles take in an SVG file.
            paint.StrokeCap = SKStrokeCap.Round;
            paint.StrokeWidth = size;
            canvas.DrawPoints(SKPointMode.Points, points, paint);
            return;
        }
        using var path = new SKPath();
        float half = 0.6f * size;
        foreach (SKPoint p in points) path.AddPoly([new(p.X, p.Y - half), new(p.X + half, p.Y + half), new(p.X - half, p.Y + half)], close: true);
        canvas.DrawPath(path, paint);
    }
}
