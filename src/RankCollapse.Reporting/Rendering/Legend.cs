using RankCollapse.Reporting.Panels;
using SkiaSharp;

namespace RankCollapse.Reporting.Rendering;

/// <summary>The legend of a figure: an entry for each name of a series, for each kind, and for each reference line, in rows that wrap.</summary>
internal sealed class Legend
{
    private const int MostLayers = 15;
    private const float RowHeight = 17;
    private const float KeyWidth = 24;
    private const float Gap = 14;

    private readonly List<(Series Series, SKPoint At)> _entries = [];

    /// <summary>Places the entries of a figure in rows.</summary>
    public Legend(Figure figure, float width)
    {
        float x = 0, y = 0;
        foreach (Series entry in Entries(figure))
        {
            float length = KeyWidth + FigureText.Measure(FigureText.Cut(entry.Name, width - KeyWidth));
            if (x > 0 && x + length > width) (x, y) = (0, y + RowHeight);
            _entries.Add((entry, new SKPoint(x, y)));
            x += length + Gap;
        }
        Height = _entries.Count == 0 ? 0 : y + RowHeight + 5;
    }

    /// <summary>Its height, the room below included.</summary>
    public float Height { get; }

    /// <summary>Draws it from its top left corner.</summary>
    public void Draw(SKCanvas canvas, float left, float top, float width)
    {
        foreach ((Series entry, SKPoint at) in _entries)
        {
            float x = left + at.X, y = top + at.Y + 8;
            if (entry.Mark == Mark.Bars) MarkDrawing.Markers(canvas, [new(x + 9, y)], Mark.Squares, entry.Colour, 8);
            else if (entry.IsLine) MarkDrawing.Line(
                canvas, [new(x, y), new(x + 18, y)], entry.Colour, (float)(entry.Size ?? 2), entry.Mark == Mark.Dashed);
            else MarkDrawing.Markers(canvas, [new(x + 9, y)], entry.Mark, entry.Colour, entry.Mark == Mark.Dashes ? 5 : 6.5f);
            FigureText.Write(canvas, FigureText.Cut(entry.Name, width - KeyWidth), x + KeyWidth, y + 4);
        }
    }

    /// <summary>The entries: names, kinds, then reference lines.</summary>
    internal static IReadOnlyList<Series> Entries(Figure figure)
    {
        Series[] all = [.. figure.Panels.SelectMany(panel => panel.Series)];
        Series[] names = [.. all.Where(s => s.Name.Length > 0).GroupBy(s => s.Name)
            .Select(g => g.Any(s => s.Colour != g.First().Colour) ? g.First() with { Colour = Palette.Muted } : g.First())];
        bool hasLayers = names.Count(s => s.Name.StartsWith("layer ", StringComparison.Ordinal)) > MostLayers;
        int every = hasLayers ? (int)Math.Ceiling(names.Length / (MostLayers - 1.0)) : 1;
        var kinds = all.Where(s => s.Kind.Length > 0).DistinctBy(s => s.Kind)
            .Select(s => s with { Name = s.Kind, Colour = names.Length > 1 ? Palette.Muted : s.Colour });
        var lines = figure.Panels.SelectMany(panel => panel.Levels.Concat(panel.Marks)).Where(line => line.Name.Length > 0).DistinctBy(line => line.Name);
        return
        [
            .. names.Where((s, i) => i % every == 0 || i == names.Length - 1)
                .Select(s => s.Kind.Length > 0 && names.Length > 1 ? s with { Mark = Mark.Line, Size = null } : s),
            .. kinds,
            .. lines.Select(line => new Series(line.Name, Palette.Reference, [], [], Mark.Dashed) { Size = 1.2 }),
        ];
    }
}
