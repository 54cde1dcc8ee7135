using RankCollapse.Reporting.Text;
using SkiaSharp;

namespace RankCollapse.Reporting.Fonts;

/// <summary>The font that figures and reports bring with them, so that no font of the machine is needed.</summary>
public static class FigureFont
{
    /// <summary>The family's name in SVG and CSS.</summary>
    public const string Family = "Inter";

    private static readonly Lazy<SKTypeface> RegularFace = new(() => Load("Inter-Regular.otf"));
    private static readonly Lazy<SKTypeface> SemiBoldFace = new(() => Load("Inter-SemiBold.otf"));
    private static readonly Lazy<string> FaceRules = new(() => FaceRule("Inter-Regular.woff2", 400) + FaceRule("Inter-SemiBold.woff2", 600));

    /// <summary>The regular weight.</summary>
    public static SKTypeface Regular => RegularFace.Value;

    /// <summary>The weight of titles.</summary>
    public static SKTypeface SemiBold => SemiBoldFace.Value;

    /// <summary>CSS rules that carry the font inside the document.</summary>
    public static string EmbeddedFaceRules => FaceRules.Value;

    private static SKTypeface Load(string name)
    {
        using Stream stream = EmbeddedText.Open(name);
        using var data = SKData.Create(stream);
        return SKTypeface.FromData(data) ?? throw new ComputationFailedException($"The built-in font {name} could not be read; reinstall the program.");
    }

    private static string FaceRule(string name, int weight)
    {
        string data = Convert.ToBase64String(EmbeddedText.ReadBytes(name));
        return $"@font-face{{font-family:{Family};font-weight:{weight};src:url(data:font/woff2;base64,{data}) format(\"woff2\")}}";
    }
}
