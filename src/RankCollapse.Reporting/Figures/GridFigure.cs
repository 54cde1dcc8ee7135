using RankCollapse.Reporting.Panels;
using RankCollapse.Reporting.Rendering;
using RankCollapse.Reporting.Text;
using SkiaSharp;

namespace RankCollapse.Reporting.Figures;

/// <summary>A heat map of one number over two settings: a cell for each pair of values.</summary>
internal sealed record GridFigure
{
    private const float ScaleRoom = 96;
    private const float MostCellHeight = 44;
    private const float LeastCellHeight = 4;
    private const float MostGridHeight = 460;
    private const float TopRoom = 26;
    private const double LogarithmicFrom = 50;

    /// <summary>The title above the map.</summary>
    public required string Title { get; init; }

    /// <summary>The setting from left to right.</summary>
    public required string XName { get; init; }

    /// <summary>Its values.</summary>
    public required IReadOnlyList<string> XLabels { get; init; }

    /// <summary>The setting from below upwards.</summary>
    public required string YName { get; init; }

    /// <summary>Its values.</summary>
    public required IReadOnlyList<string> YLabels { get; init; }

    /// <summary>What the colours mean.</summary>
    public required string ValueName { get; init; }

    /// <summary>The number of each pair, by Y and X: null where there is no run, NaN where no run has a finite value.</summary>
    public required double?[,] Values { get; init; }

    /// <summary>Whether colours follow the logarithm; null takes it where all are positive and span a factor of 50.</summary>
    public bool? IsLogarithmic { get; init; }

    /// <summary>The picture.</summary>
    public FigureDrawing Draw()
    {
        var known = Values.Cast<double?>().Where(v => v is { } value && double.IsFinite(value)).Select(v => v!.Value).ToList();
        bool isLogarithmic = IsLogarithmic ?? (known.Count > 0 && known.Min() > 0 && known.Max() / known.Min() >= LogarithmicFrom);
        if (isLogarithmic) known.RemoveAll(v => v <= 0);
        (double low, double high) = known.Count == 0 ? (0, 1) : (Scaled(known.Min(), isLogarithmic), Scaled(known.Max(), isLogarithmic));
        float left = Math.Min(190, 34 + YLabels.Max(label => FigureText.Measure(label, FigureText.TickSize)));
        float width = FigureDrawing.FullWidth - left - ScaleRoom;
        float cellHeight = Math.Clamp(MostGridHeight / YLabels.Count, LeastCellHeight, MostCellHeight);
        float height = cellHeight * YLabels.Count;
        var grid = SKRect.Create(left, TopRoom, width, height);
        float longest = XLabels.Max(label => FigureText.Measure(label, FigureText.TickSize));
        bool isTurned = longest > 2.5 * (width / XLabels.Count) || (XLabels.Count <= 24 && longest > (width / XLabels.Count) - 4);
        float below = 12 + (isTurned ? longest : 10) + 24;
        return new FigureDrawing(FigureDrawing.FullWidth, (int)Math.Ceiling(TopRoom + height + below), Title, $"A heat map of {ValueName} over {XName} and {YName}.", canvas =>
        {
            FigureText.Write(canvas, Title, left, 15, FigureText.TitleSize, bold: true);
            Cells(canvas, grid, isLogarithmic, low, high);
            Labels(canvas, grid, isTurned);
            FigureText.Write(canvas, XName, grid.MidX, grid.Bottom + below - 6, align: SKTextAlign.Center);
            Upwards(canvas, YName, 14, grid.MidY, SKTextAlign.Center, FigureText.LabelSize, FigurePalette.Ink);
            Scale(canvas, SKRect.Create(grid.Right + 16, grid.Top, 12, Math.Max(60, Math.Min(height, 220))), known.Count > 0, isLogarithmic, low, high);
        });
    }

    private static double Scaled(double value, bool isLogarithmic) => isLogarithmic ? Math.Log10(value) : value;

    private static double Position(double scaled, double low, double high) => high > low ? (scaled - low) / (high - low) : 0.5;

    private void Cells(SKCanvas canvas, SKRect grid, bool isLogarithmic, double low, double high)
    {
        float width = grid.Width / XLabels.Count, height = grid.Height / YLabels.Count;
        bool hasNumbers = width >= 34 && height >= 15;
        float gap = Math.Min(width, height) > 12 ? 1 : 0;
        using var paint = new SKPaint { IsAntialias = gap > 0 };
        for (int y = 0; y < YLabels.Count; y++)
        {
            for (int x = 0; x < XLabels.Count; x++)
            {
                if (Values[y, x] is not { } value) continue;
                var cell = SKRect.Create(grid.Left + (x * width), grid.Bottom - ((y + 1) * height), width - gap, height - gap);
                bool isShown = double.IsFinite(value) && (!isLogarithmic || value > 0);
                double position = isShown ? Position(Scaled(value, isLogarithmic), low, high) : 0;
                paint.Color = isShown ? FigurePalette.Heat(position) : SKColor.Parse(FigurePalette.Grid);
                canvas.DrawRect(cell, paint);
                if (!hasNumbers) continue;
                string text = double.IsFinite(value) ? NumberText.Short(value, 2) : "–";
                if (FigureText.Measure(text, FigureText.TickSize) > width - 4) continue;
                string colour = isShown && position < 0.5 ? FigurePalette.Paper : FigurePalette.Ink;
                FigureText.Write(canvas, text, cell.MidX, cell.MidY + 3.5f, FigureText.TickSize, colour, align: SKTextAlign.Center);
            }
        }
    }

    private void Labels(SKCanvas canvas, SKRect grid, bool isTurned)
    {
        float width = grid.Width / XLabels.Count, height = grid.Height / YLabels.Count;
        float needed = isTurned ? 13 : XLabels.Max(label => FigureText.Measure(label, FigureText.TickSize)) + 6;
        int everyX = Math.Max(1, (int)Math.Ceiling(needed / width)), everyY = Math.Max(1, (int)Math.Ceiling(13 / height));
        for (int x = 0; x < XLabels.Count; x += everyX)
        {
            float centre = grid.Left + ((x + 0.5f) * width);
            if (isTurned) Upwards(canvas, XLabels[x], centre + 4, grid.Bottom + 8, SKTextAlign.Right, FigureText.TickSize, FigurePalette.Muted);
            else FigureText.Write(canvas, XLabels[x], centre, grid.Bottom + 16, FigureText.TickSize, FigurePalette.Muted, align: SKTextAlign.Center);
        }
        for (int y = 0; y < YLabels.Count; y += everyY)
            FigureText.Write(canvas, YLabels[y], grid.Left - 7, grid.Bottom - ((y + 0.5f) * height) + 3.5f, FigureText.TickSize, FigurePalette.Muted, align: SKTextAlign.Right);
    }

    private void Scale(SKCanvas canvas, SKRect bar, bool hasValues, bool isLogarithmic, double low, double high)
    {
        const int Steps = 64, Ticks = 4;
        using var paint = new SKPaint();
        if (hasValues)
        {
            for (int i = 0; i < Steps; i++)
            {
                paint.Color = FigurePalette.Heat((i + 0.5) / Steps);
                canvas.DrawRect(SKRect.Create(bar.Left, bar.Bottom - ((i + 1) * bar.Height / Steps), bar.Width, (bar.Height / Steps) + 0.5f), paint);
            }
            for (int i = 0; i <= Ticks; i++)
            {
                if (high == low && i != Ticks / 2) continue;
                double value = low + (i * (high - low) / Ticks);
                string text = NumberText.Short(isLogarithmic ? Math.Pow(10, value) : value, 2);
                FigureText.Write(canvas, text, bar.Right + 5, bar.Bottom - (i * (bar.Height - 6) / Ticks), FigureText.TickSize, FigurePalette.Muted);
            }
        }
        else
        {
            FigureText.Write(canvas, "no value", bar.Left, bar.Top + 10, FigureText.TickSize, FigurePalette.Muted);
        }
        Upwards(canvas, ValueName, FigureDrawing.FullWidth - 6, bar.MidY, SKTextAlign.Center, FigureText.LabelSize, FigurePalette.Ink);
        if (!Values.Cast<double?>().Any(v => v is { } value && !(double.IsFinite(value) && (!isLogarithmic || value > 0)))) return;
        paint.Color = SKColor.Parse(FigurePalette.Grid);
        canvas.DrawRect(SKRect.Create(bar.Left, bar.Bottom + 10, 12, 12), paint);
        FigureText.Write(canvas, Values.Cast<double?>().Any(v => v is { } value && !double.IsFinite(value)) ? "no value" : "not positive", bar.Right + 5, bar.Bottom + 20, FigureText.TickSize, FigurePalette.Muted);
    }

    private static void Upwards(SKCanvas canvas, string text, float x, float y, SKTextAlign align, float size, string colour)
    {
        canvas.Save();
        canvas.RotateDegrees(-90, x, y);
        FigureText.Write(canvas, text, x, y, size, colour, align: align);
        canvas.Restore();
    }
}
