using SkiaSharp;

namespace RankCollapse.Reporting.Panels;

/// <summary>The colours of figures: Okabe and Ito (2008) for kinds, viridis for layers in order, cividis for heat maps; all safe for colour-blind readers.</summary>
internal static class FigurePalette
{
    /// <summary>Text and frames.</summary>
    public const string Ink = "#1b2026";

    /// <summary>Tick labels and secondary text.</summary>
    public const string Muted = "#5a6470";

    /// <summary>Grid lines.</summary>
    public const string Grid = "#e4e7eb";

    /// <summary>Reference lines, such as K.</summary>
    public const string Reference = "#8a94a0";

    /// <summary>The page.</summary>
    public const string Paper = "#ffffff";

    private static readonly string[] OkabeIto = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#b8a800"];
    private static readonly string[] Viridis = ["#440154", "#482475", "#414487", "#355f8d", "#2a788e", "#21918c", "#22a884", "#44bf70", "#7ad151", "#bddf26", "#fde725"];
    private static readonly string[] Cividis = ["#00224e", "#123570", "#3b496c", "#575d6d", "#707173", "#8a8678", "#a59c74", "#c3b369", "#e1cc55", "#fee838"];

    /// <summary>The number of different colours for kinds; later kinds repeat them with another marker.</summary>
    public static int KindCount => OkabeIto.Length;

    /// <summary>The colour of the i-th kind, from 0.</summary>
    public static string Kind(int index) => OkabeIto[index % OkabeIto.Length];

    /// <summary>The colour of layer l of L on a light page.</summary>
    public static string Layer(int layer, int depth) => Interpolate(Viridis, depth == 1 ? 0.3 : 0.86 * (layer - 1) / (depth - 1));

    /// <summary>The colour of layer l of L on a dark page.</summary>
    public static string LayerOnDark(int layer, int depth) => Interpolate(Viridis, depth == 1 ? 0.7 : 0.34 + (0.66 * (layer - 1) / (depth - 1)));

    /// <summary>The colour of a heat map's value, clamped to 0 … 1.</summary>
    public static SKColor Heat(double value) => SKColor.Parse(Interpolate(Cividis, double.IsNaN(value) ? 0 : Math.Clamp(value, 0, 1)));

    private static string Interpolate(string[] anchors, double position)
    {
        double scaled = position * (anchors.Length - 1);
        int left = Math.Min((int)scaled, anchors.Length - 2);
        double fraction = scaled - left;
        SKColor a = SKColor.Parse(anchors[left]);
        SKColor b = SKColor.Parse(anchors[left + 1]);
        return FormattableString.Invariant($"#{Mix(a.Red, b.Red, fraction):x2}{Mix(a.Green, b.Green, fraction):x2}{Mix(a.Blue, b.Blue, fraction):x2}");
    }

    private static byte Mix(byte a, byte b, double fraction) => (byte)Math.Round(a + (fraction * (b - a)));
}
