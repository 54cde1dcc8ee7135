using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace RankCollapse.Reporting.Panels;

/// <summary>
/// The one table of colours: what each stands for, and its shade on light and on dark paper. Figures name colours; files take the light shade, pages a
/// CSS variable of the same name. Ten colours for kinds, whose least distance for normal sight, protanopia, deuteranopia and tritanopia (Machado et al. 2009)
/// was made large; viridis for layers in order, cividis for heat maps.
/// </summary>
public static partial class Palette
{
    /// <summary>Text, frames, and what matters most.</summary>
    public const string Ink = "ink";

    /// <summary>Tick labels and secondary text.</summary>
    public const string Muted = "muted";

    /// <summary>Grid lines.</summary>
    public const string Grid = "grid";

    /// <summary>Reference lines, such as K, and frames of axes.</summary>
    public const string Reference = "reference";

    /// <summary>The page.</summary>
    public const string Paper = "paper";

    /// <summary>What a trained network has.</summary>
    public const string Trained = "trained";

    /// <summary>What theory says of it.</summary>
    public const string Predicted = "predicted";

    /// <summary>Weights, beside features.</summary>
    public const string Weights = "weights";

    /// <summary>Features, beside weights.</summary>
    public const string Features = "features";

    /// <summary>What is good.</summary>
    public const string Good = "good";

    /// <summary>Text on a dark place of a heat map, in both themes.</summary>
    public const string OnDark = "#fefefe";

    /// <summary>Text on a light place of a heat map, in both themes.</summary>
    public const string OnLight = "#000000";

    private static readonly string[] Viridis =
        ["#440154", "#482475", "#414487", "#355f8d", "#2a788e", "#21918c", "#22a884", "#44bf70", "#7ad151", "#bddf26", "#fde725"];
    private static readonly string[] Cividis = ["#00224e", "#123570", "#3b496c", "#575d6d", "#707173", "#8a8678", "#a59c74", "#c3b369", "#e1cc55", "#fee838"];

    private static readonly (string Name, string Light, string Dark)[] Kinds =
    [
        ("kind-0", "#138edb", "#4d7aee"),
        ("kind-1", "#ae3906", "#f76a1e"),
        ("kind-2", "#0c756a", "#2ab384"),
        ("kind-3", "#ef7d92", "#fa74cd"),
        ("kind-4", "#bfbd15", "#fcda15"),
        ("kind-5", "#66c2eb", "#89ebfe"),
        ("kind-6", "#a9841e", "#e8af44"),
        ("kind-7", "#333773", "#a0cda1"),
        ("kind-8", "#7a38b5", "#926db2"),
        ("kind-9", "#682922", "#ad6954"),
    ];

    private static readonly (string Name, string Light, string Dark)[] Meanings =
    [
        (Ink, "#1b2026", "#e8eaed"),
        (Muted, "#5a6470", "#a3acb7"),
        (Grid, "#e4e7eb", "#2b3138"),
        (Reference, "#8a94a0", "#7c8793"),
        .. Kinds,
        Kinds[0] with { Name = Trained },
        Kinds[1] with { Name = Predicted },
        Kinds[0] with { Name = Weights },
        Kinds[1] with { Name = Features },
        ("raised", "#f6f7f9", "#1b1f24"),
        ("line", "#dde1e6", "#2f363e"),
        ("accent", "#005f9e", "#6cb4ee"),
        (Good, "#00795a", "#3fc79a"),
        ("near", "#8a5f00", "#efb118"),
        ("open", "#b34700", "#ee7b33"),
        (Paper, "#ffffff", "#14171a"),
    ];

    private static readonly Dictionary<string,
        (string Light, string Dark)> Shades = Meanings.ToDictionary(colour => colour.Name, colour => (colour.Light, colour.Dark));
    private static readonly Lazy<Dictionary<string, string>> NamesByShade = new(FindNames);

    /// <summary>The number of different colours for kinds; later kinds repeat them with another marker.</summary>
    public static int KindCount => Kinds.Length;

    /// <summary>The colour of the i-th kind, from 0.</summary>
    public static string Kind(int index) => Kinds[index % Kinds.Length].Name;

    /// <summary>The colour of layer l of L.</summary>
    public static string Layer(int layer, int depth) => string.Create(CultureInfo.InvariantCulture, $"layer-{layer}-of-{depth}");

    /// <summary>The shade of a colour on light paper, such as <c>#0072b2</c>; a shade stands for itself.</summary>
    public static string Light(string colour) => Shade(colour).Light;

    /// <summary>The shade of a colour on dark paper.</summary>
    public static string Dark(string colour) => Shade(colour).Dark;

    /// <summary>What a page paints a colour with: its CSS variable; a shade stands for itself.</summary>
    public static string Paint(string colour)
    {
        ArgumentNullException.ThrowIfNull(colour);
        return colour.StartsWith('#') ? colour : $"var(--{colour})";
    }

    /// <summary>The colour whose light shade this is; null where it is none that follows the theme.</summary>
    internal static string? NameOf(string shade) => NamesByShade.Value.GetValueOrDefault(shade);

    /// <summary>The colour of a heat map's value, clamped to 0 … 1, in both themes.</summary>
    public static string Heat(double value) => Interpolate(Cividis, double.IsNaN(value) ? 0 : Math.Clamp(value, 0, 1));

    /// <summary>The colour of text on a heat map's value: that with more contrast, at least 4.5 to 1.</summary>
    public static string OnHeat(double value) => value < OnLightFrom ? OnDark : OnLight;

    /// <summary>The value of heat maps, 0 … 1, from which dark text has more contrast than light one.</summary>
    public static double OnLightFrom { get; } = Enumerable.Range(0, 201).Select(i => i / 200.0)
        .First(value => Contrast(OnLight, Heat(value)) >= Contrast(OnDark, Heat(value)));

    /// <summary>The contrast of two shades, 1 … 21 (Web Content Accessibility Guidelines 2.2).</summary>
    public static double Contrast(string shade, string other)
    {
        double a = Luminance(shade), b = Luminance(other);
        return (Math.Max(a, b) + 0.05) / (Math.Min(a, b) + 0.05);
    }

    private static double Luminance(string shade)
    {
        double[] linear = [.. Convert.FromHexString(shade.AsSpan(1)).Select(part => part / 255.0)
            .Select(part => part <= 0.04045 ? part / 12.92 : Math.Pow((part + 0.055) / 1.055, 2.4))];
        return (0.2126 * linear[0]) + (0.7152 * linear[1]) + (0.0722 * linear[2]);
    }

    /// <summary>The colours that heat maps' values go through, from the least to the largest.</summary>
    public static IReadOnlyList<string> HeatColours => Cividis;

    /// <summary>Rules that define the variables for both themes; those of layers where the page names them.</summary>
    /// <param name="page">The page's text.</param>
    public static string Css(string page)
    {
        string[] layers = [.. LayerName().Matches(page).Select(match => match.Value).Distinct()];
        string light = Declarations(layers, Light), dark = Declarations(layers, Dark);
        return $":root{{color-scheme:light;{light}}}\n"
            + $"@media (prefers-color-scheme:dark){{:root:not([data-theme=light]){{color-scheme:dark;{dark}}}}}\n"
            + $":root[data-theme=dark]{{color-scheme:dark;{dark}}}\n";
    }

    /// <summary>Rules that define the variables for parts of a page that are light or dark whatever its theme.</summary>
    internal static string Css(string page, string light, string dark)
    {
        string[] layers = [.. LayerName().Matches(page).Select(match => match.Value).Distinct()];
        return $"{light}{{{Declarations(layers, Light)}}}\n{dark}{{{Declarations(layers, Dark)}}}\n";
    }

    private static string Declarations(IEnumerable<string> layers, Func<string, string> shade)
    {
        var css = new StringBuilder();
        foreach (string name in Meanings.Select(colour => colour.Name).Concat(layers)) css.Append($"--{name}:{shade(name)};");
        return css.ToString();
    }

    private static (string Light, string Dark) Shade(string colour)
    {
        ArgumentNullException.ThrowIfNull(colour);
        if (colour.StartsWith('#')) return (colour, colour);
        if (Shades.TryGetValue(colour, out var shades)) return shades;
        Match layer = LayerName().Match(colour);
        if (!layer.Success) throw new ArgumentException($"There is no colour '{colour}'; {NearMatches.Advice(colour, [.. Shades.Keys])}", nameof(colour));
        int l = int.Parse(layer.Groups["layer"].Value, CultureInfo.InvariantCulture),
            depth = int.Parse(layer.Groups["depth"].Value, CultureInfo.InvariantCulture);
        double place = depth <= 1 ? 0.35 : (l - 1.0) / (depth - 1);
        return (Interpolate(Viridis, 0.86 * place), Interpolate(Viridis, 0.34 + (0.66 * place)));
    }

    // Layers of networks of several depths share shades, light and dark alike.
    private static Dictionary<string, string> FindNames()
    {
        const int DeepestNetwork = 32;
        var names = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, light, _) in Meanings) names.TryAdd(light, name);
        for (int depth = 1; depth <= DeepestNetwork; depth++)
        {
            for (int l = 1; l <= depth; l++) names.TryAdd(Light(Layer(l, depth)), Layer(l, depth));
        }
        return names;
    }

    private static string Interpolate(string[] anchors, double position)
    {
        double scaled = position * (anchors.Length - 1);
        int left = Math.Min((int)scaled, anchors.Length - 2);
        byte[] a = Convert.FromHexString(anchors[left].AsSpan(1)), b = Convert.FromHexString(anchors[left + 1].AsSpan(1));
        return "#" + Convert.ToHexStringLower([.. a.Zip(b, (from, to) => (byte)Math.Round(from + ((scaled - left) * (to - from))))]);
    }

    [GeneratedRegex(@"layer-(?<layer>\d+)-of-(?<depth>\d+)", RegexOptions.ExplicitCapture)]
    private static partial Regex LayerName();
}
