using System.Text;
using RankCollapse.Reporting.Figures;
using RankCollapse.Reporting.Panels;

namespace RankCollapse.Reporting.Pages;

/// <summary>The colours of figures of any depth as CSS variables named after their light shade, for pages that hold several figures.</summary>
internal static class PageColours
{
    private const int DeepestNetwork = 32;

    private static readonly Lazy<IReadOnlyDictionary<string, string>> DarkShades = new(FindDarkShades);

    /// <summary>The CSS variable for each colour that figures draw with.</summary>
    public static IReadOnlyDictionary<string, string> Variables { get; } = DarkShades.Value.Keys.ToDictionary(light => light, Name);

    /// <summary>Rules that define, for both themes, those variables that a page uses, beside the theme's own.</summary>
    public static string Css(string body)
    {
        var light = new StringBuilder();
        var dark = new StringBuilder();
        foreach ((string lightShade, string darkShade) in DarkShades.Value)
        {
            if (!body.Contains(Name(lightShade), StringComparison.Ordinal)) continue;
            light.Append($"{Name(lightShade)}:{lightShade};");
            dark.Append($"{Name(lightShade)}:{darkShade};");
        }
        return ReportTheme.Css(depth: 1)
            + $":root{{{light}}}\n@media (prefers-color-scheme:dark){{:root:not([data-theme=light]){{{dark}}}}}\n:root[data-theme=dark]{{{dark}}}\n";
    }

    private static string Name(string light) => $"--c-{light[1..]}";

    private static SortedDictionary<string, string> FindDarkShades()
    {
        var shades = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var (_, light, dark) in ReportTheme.FixedColours.Concat(ReportTheme.KindColours)) shades.TryAdd(light, dark);
        for (int depth = 1; depth <= DeepestNetwork; depth++)
        {
            for (int l = 1; l <= depth; l++) shades.TryAdd(FigurePalette.Layer(l, depth), FigurePalette.LayerOnDark(l, depth));
        }
        return shades;
    }
}
