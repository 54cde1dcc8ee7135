using System.Text;
using RankCollapse.Reporting.Figures;
using RankCollapse.Reporting.Panels;

namespace RankCollapse.Reporting.Pages;

/// <summary>The colours of the report as CSS variables, light and dark, and which colour of a figure each stands for.</summary>
internal static class ReportTheme
{
    private static readonly (string Variable, string Light, string Dark)[] Fixed =
    [
        ("--ink", FigurePalette.Ink, "#e8eaed"),
        ("--muted", FigurePalette.Muted, "#a3acb7"),
        ("--grid", FigurePalette.Grid, "#2b3138"),
        ("--reference", FigurePalette.Reference, "#7c8793"),
    ];

    // The palette of kinds, a little lighter where dark pages need it.
    private static readonly string[] KindsOnDark = ["#4aa3df", "#ee7b33", "#2bbd8f", "#d98fbb", "#efb118", "#7cc7f0", "#d3c42c"];

    /// <summary>Ink, grid and their like: variable, light and dark shade.</summary>
    public static IEnumerable<(string Variable, string Light, string Dark)> FixedColours => Fixed;

    /// <summary>The colours of kinds: variable, light and dark shade.</summary>
    public static IEnumerable<(string Variable, string Light, string Dark)> KindColours =>
        Enumerable.Range(0, FigurePalette.KindCount).Select(i => ($"--kind-{i}", FigurePalette.Kind(i), KindsOnDark[i]));

    /// <summary>The CSS variable for each colour that figures of a network of depth L draw with.</summary>
    public static IReadOnlyDictionary<string, string> Variables(int depth)
    {
        var variables = Fixed.ToDictionary(colour => colour.Light, colour => colour.Variable);
        foreach (var (variable, light, _) in KindColours) variables.TryAdd(light, variable);
        for (int l = 1; l <= depth; l++) variables.TryAdd(FigurePalette.Layer(l, depth), $"--layer-{l}");
        return variables;
    }

    /// <summary>Rules that define the variables for both themes.</summary>
    public static string Css(int depth)
    {
        string light = Declarations(depth, dark: false);
        string dark = Declarations(depth, dark: true);
        return $":root{{color-scheme:light;{light}}}\n"
            + $"@media (prefers-color-scheme:dark){{:root:not([data-theme=light]){{color-scheme:dark;{dark}}}}}\n"
            + $":root[data-theme=dark]{{color-scheme:dark;{dark}}}\n";
    }

    private static string Declarations(int depth, bool dark)
    {
        var css = new StringBuilder();
        css.Append(dark
            ? "--paper:#14171a;--raised:#1b1f24;--line:#2f363e;--accent:#6cb4ee;--good:#3fc79a;--near:#efb118;--open:#ee7b33;"
            : "--paper:#ffffff;--raised:#f6f7f9;--line:#dde1e6;--accent:#005f9e;--good:#00795a;--near:#8a5f00;--open:#b34700;");
        foreach (var (variable, lightColour, darkColour) in Fixed.Concat(KindColours)) css.Append($"{variable}:{(dark ? darkColour : lightColour)};");
        for (int l = 1; l <= depth; l++) css.Append($"--layer-{l}:{(dark ? FigurePalette.LayerOnDark(l, depth) : FigurePalette.Layer(l, depth))};");
        return css.ToString();
    }
}
