using RankCollapse.Reporting.Panels;
using SkiaSharp;

namespace RankCollapse.Reporting.Rendering;

/// <summary>Draws lines and markers, in panels and in legends.</summary>
internal static class MarkDrawing
{
    private const float Dash = 4.5f;
    private const float DashGap = 3.5f;

    /// <summary>Markers closer than this, in units of 1/96 inch, are drawn once.</summary>
    private const float Distinct = 0.25f;

    /// <summary>
    /// A line through points; it is interrupted where one is not finite. The SVG canvas ignores dash patterns, so dashes are drawn one by one.
    /// </summary>
    public static void Line(SKCanvas canvas, IReadOnlyList<SKPoint> points, string colour, float width, bool isDashed)
    {
        using var path = new SKPath();
        bool hasSegments = false;
        for (int i = 0; i < points.Count; i++)
        {
            if (!IsFinite(points[i])) continue;
            if (i > 0 && IsFinite(points[i - 1]))
            {
                path.LineTo(points[i]);
                hasSegments = true;
            }
            else
            {
                path.MoveTo(points[i]);
            }
            bool isAlone = (i == 0 || !IsFinite(points[i - 1])) && (i == points.Count - 1 || !IsFinite(points[i + 1]));
            if (isAlone) Markers(canvas, [points[i]], Mark.Dots, colour, 5);
        }
        if (!hasSegments) return;
        using SKPaint paint = FigureText.Paint(colour, width);
        if (!isDashed)
        {
            canvas.DrawPath(path, paint);
            return;
        }
        using var dashes = new SKPath();
        using var measure = new SKPathMeasure(path);
        do
        {
            for (float at = 0; at < measure.Length; at += Dash + DashGap)
                measure.GetSegment(at, Math.Min(at + Dash, measure.Length), dashes, startWithMoveTo: true);
        }
        while (measure.NextContour());
        canvas.DrawPath(dashes, paint);
    }

    /// <summary>Markers at the points that are finite.</summary>
    public static void Markers(SKCanvas canvas, IEnumerable<SKPoint> places, Mark mark, string colour, float size)
    {
        SKPoint[] drawn = [.. places.Where(IsFinite).Select(p => new SKPoint(Round(p.X), Round(p.Y))).Distinct()];
        if (drawn.Length == 0) return;
        using SKPaint paint = FigureText.Paint(colour, mark is Mark.Crosses or Mark.Rings or Mark.OpenTriangles or Mark.Dashes ? 1.2f : 0);
        float half = size / 2;
        if (mark is Mark.Dots or Mark.DottedLine)
        {
            // Lines of no length with round caps are a fraction of what circles take in an SVG file; the SVG canvas drops points, and lines of length 0.
            const float NoLength = 0.01f;
            paint.Style = SKPaintStyle.Stroke;
            paint.StrokeCap = SKStrokeCap.Round;
            paint.StrokeWidth = size;
            using var points = new SKPath();
            foreach (SKPoint p in drawn)
            {
                points.MoveTo(p);
                points.LineTo(p.X + NoLength, p.Y);
            }
            canvas.DrawPath(points, paint);
            return;
        }
        using var path = new SKPath();
        foreach (SKPoint p in drawn)
        {
            switch (mark)
            {
                case Mark.Rings:
                    path.AddCircle(p.X, p.Y, half);
                    break;
                case Mark.Squares:
                    path.AddRect(SKRect.Create(p.X - half, p.Y - half, size, size));
                    break;
                case Mark.Dashes:
                    path.MoveTo(p.X - size, p.Y);
                    path.LineTo(p.X + size, p.Y);
                    break;
                case Mark.Crosses:
                    path.MoveTo(p.X - half, p.Y - half);
                    path.LineTo(p.X + half, p.Y + half);
                    path.MoveTo(p.X - half, p.Y + half);
                    path.LineTo(p.X + half, p.Y - half);
                    break;
                default:
                    path.AddPoly([new(p.X, p.Y - (1.15f * half)), new(p.X + (1.15f * half), p.Y + half), new(p.X - (1.15f * half), p.Y + half)], close: true);
                    break;
            }
        }
        canvas.DrawPath(path, paint);
    }

    /// <summary>Whether a point can be drawn.</summary>
    public static bool IsFinite(SKPoint point) => float.IsFinite(point.X) && float.IsFinite(point.Y);

    private static float Round(float position) => MathF.Round(position / Distinct) * Distinct;
}
