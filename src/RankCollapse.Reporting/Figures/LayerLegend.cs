using RankCollapse.Reporting.Panels;
using RankCollapse.Reporting.Rendering;

namespace RankCollapse.Reporting.Figures;

/// <summary>The legend of series by layer; deep networks show every so many layers so that it fits.</summary>
internal static class LayerLegend
{
    private const int MostEntries = 12;

    /// <summary>The entries for these layers of a network of depth L.</summary>
    public static List<LegendEntry> Entries(IReadOnlyList<int> layers, int depth, LegendKey key = LegendKey.Line)
    {
        int every = Math.Max(1, (int)Math.Ceiling(layers.Count / (double)MostEntries));
        return [.. layers.Where((_, i) => i % every == 0 || i == layers.Count - 1).Select(l => new LegendEntry($"layer {l}", FigurePalette.Layer(l, depth), key))];
    }
}
