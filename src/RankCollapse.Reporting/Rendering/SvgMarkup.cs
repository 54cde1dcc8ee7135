using System.Globalization;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using RankCollapse.Reporting.Fonts;
using RankCollapse.Reporting.Panels;

namespace RankCollapse.Reporting.Rendering;

/// <summary>Finishes the SVG that the canvas writes: size in millimetres, description, font, short numbers, unique identifiers, themed colours.</summary>
public static partial class SvgMarkup
{
    private static readonly XNamespace Svg = "http://www.w3.org/2000/svg";
    private static readonly XNamespace Link = "http://www.w3.org/1999/xlink";

    /// <summary>A file of its own: fixed colours on white, the font embedded.</summary>
    internal static string ForFile(string raw, FigureDrawing drawing)
    {
        XElement root = Finish(raw, drawing, "f");
        root.SetAttributeValue("width", Millimetres(drawing.Width));
        root.SetAttributeValue("height", Millimetres(drawing.Height));
        root.AddFirst(new XElement(Svg + "style", FigureFont.EmbeddedFaceRules));
        XElement paper = new(Svg + "rect", new XAttribute("width", drawing.Width), new XAttribute("height", drawing.Height),
            new XAttribute("fill", Palette.Light(Palette.Paper)));
        root.Elements(Svg + "style").First().AddAfterSelf(paper);
        return "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n" + root.ToString(SaveOptions.DisableFormatting) + "\n";
    }

    /// <summary>An element inside a page, whose colours follow the page's theme.</summary>
    internal static string ForPage(string raw, FigureDrawing drawing, string prefix)
    {
        XElement root = Finish(raw, drawing, prefix);
        root.SetAttributeValue("width", null);
        root.SetAttributeValue("height", null);
        FollowTheme(root);
        return root.ToString(SaveOptions.DisableFormatting);
    }

    /// <summary>An element inside a page from a file that <see cref="ForFile"/> made.</summary>
    /// <param name="file">The file's text.</param>
    /// <param name="prefix">A prefix that makes the element's identifiers unique in the page.</param>
    /// <exception cref="System.Xml.XmlException">It is no SVG file.</exception>
    public static string FromFile(string file, string prefix)
    {
        XElement root = XElement.Parse(file);
        root.SetAttributeValue("width", null);
        root.SetAttributeValue("height", null);
        // The page has the font, and its own paper.
        root.Elements(Svg + "style").Remove();
        root.Elements(Svg + "rect").FirstOrDefault(rect => (string?)rect.Attribute("fill") == Palette.Light(Palette.Paper))?.Remove();
        foreach (XAttribute attribute in root.DescendantsAndSelf().Attributes().ToList())
        {
            attribute.Value = attribute.Name.LocalName switch
            {
                "id" => $"{prefix}-{attribute.Value}",
                "aria-labelledby" => string.Join(' ', attribute.Value.Split(' ').Select(id => $"{prefix}-{id}")),
                "href" when attribute.Value.StartsWith('#') => $"#{prefix}-{attribute.Value[1..]}",
                _ => attribute.Value.Replace("url(#", $"url(#{prefix}-", StringComparison.Ordinal),
            };
        }
        FollowTheme(root);
        return root.ToString(SaveOptions.DisableFormatting);
    }

    private static void FollowTheme(XElement root)
    {
        foreach (XAttribute paint in root.DescendantsAndSelf().Attributes().Where(a => a.Name.LocalName is "fill" or "stroke"))
        {
            if (Palette.NameOf(paint.Value.ToLowerInvariant()) is { } name) paint.Value = Palette.Paint(name);
        }
    }

    private static XElement Finish(string raw, FigureDrawing drawing, string prefix)
    {
        XElement root = XElement.Parse(WithStableIdentifiers(raw));
        root.SetAttributeValue("viewBox", $"0 0 {drawing.Width} {drawing.Height}");
        root.SetAttributeValue("role", "img");
        root.SetAttributeValue("aria-labelledby", $"{prefix}-title {prefix}-description");
        foreach (XElement element in root.Descendants().ToList())
            FinishElement(element, prefix);
        root.Descendants(Svg + "g").Where(g => !g.HasElements && !g.HasAttributes).Remove();
        root.AddFirst(
            new XElement(Svg + "title", new XAttribute("id", $"{prefix}-title"), drawing.Title),
            new XElement(Svg + "desc", new XAttribute("id", $"{prefix}-description"), drawing.Description));
        return root;
    }

    private static void FinishElement(XElement element, string prefix)
    {
        if (element.Name == Svg + "text") element.Value = element.Value.Trim();
        foreach (XAttribute attribute in element.Attributes().ToList())
        {
            switch (attribute.Name.LocalName)
            {
                case "id":
                    attribute.Value = $"{prefix}-{attribute.Value}";
                    break;
                case "clip-path" or "fill" or "mask" or "stroke":
                    attribute.Value = NamedColour(attribute.Value.Replace("url(#", $"url(#{prefix}-", StringComparison.Ordinal));
                    break;
                case "href" when attribute.Value.StartsWith('#'):
                    attribute.Value = $"#{prefix}-{attribute.Value[1..]}";
                    break;
                case "href":
                    // The short name is understood by every current browser and vector editor.
                    element.SetAttributeValue("href", attribute.Value);
                    if (attribute.Name.Namespace == Link) attribute.Remove();
                    break;
                case "x" or "y" when element.Name == Svg + "text":
                    // The canvas places every glyph; the start is enough, and keeps text whole when it is searched or edited.
                    attribute.Value = LongNumber().Replace(attribute.Value.Split(',')[0].Trim(), Shorten);
                    break;
                case "d" or "stroke-width" or "x" or "y" or "points" or "transform" or "width" or "height"
                    or "cx" or "cy" or "rx" or "ry" or "r" or "x1" or "x2" or "y1" or "y2":
                    attribute.Value = LongNumber().Replace(attribute.Value, Shorten);
                    break;
                case "font-family":
                    // The canvas names the face; SVG wants the family and its weight.
                    if (attribute.Value.Contains("Semi", StringComparison.Ordinal)) element.SetAttributeValue("font-weight", 600);
                    attribute.Value = $"{FigureFont.Family}, sans-serif";
                    break;
            }
        }
    }

    // The canvas counts clip paths through the whole process; counted in the figure, the same figure is the same file.
    private static string WithStableIdentifiers(string raw)
    {
        var numbers = new Dictionary<string, int>(StringComparer.Ordinal);
        return CanvasIdentifier().Replace(raw, match =>
        {
            if (!numbers.TryGetValue(match.Value, out int number)) numbers.Add(match.Value, number = numbers.Count);
            return FormattableString.Invariant($"i{number}");
        });
    }

    // The canvas writes a few colours by name; the page's themes know them as numbers.
    private static string NamedColour(string value) => value switch
    {
        "black" => "#000000",
        "white" => "#ffffff",
        _ when ShortColour().IsMatch(value) => $"#{value[1]}{value[1]}{value[2]}{value[2]}{value[3]}{value[3]}".ToLowerInvariant(),
        _ => value.StartsWith('#') ? value.ToLowerInvariant() : value,
    };

    private static string Shorten(Match match) =>
        Math.Round(double.Parse(match.Value, CultureInfo.InvariantCulture), 2).ToString("0.##", CultureInfo.InvariantCulture);

    private static string Millimetres(double units) => (units * 25.4 / 96).ToString("0.##", CultureInfo.InvariantCulture) + "mm";

    [GeneratedRegex(@"-?\d+\.\d{3,}(e-?\d+)?")]
    private static partial Regex LongNumber();

    [GeneratedRegex(@"\b(cl|img)_[0-9a-f]+\b", RegexOptions.ExplicitCapture)]
    private static partial Regex CanvasIdentifier();

    [GeneratedRegex(@"^#[0-9a-fA-F]{3}$")]
    private static partial Regex ShortColour();
}
