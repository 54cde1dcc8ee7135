using System.Text.RegularExpressions;
using System.Xml.Linq;
using RankCollapse.Reporting;
using RankCollapse.Reporting.Panels;
using RankCollapse.Reporting.Rendering;
using RankCollapse.Runs;
using RankCollapse.Tests.Experiments;
using RankCollapse.Tests.House;

namespace RankCollapse.Tests.Reporting;

/// <summary>
/// A figure of every kind: what it says and with which colours is held in <c>Figures.txt</c>, and the page of all of them can be kept to be looked at.
/// </summary>
/// <remarks>
/// <c>RANKCOLLAPSE_REWRITE=1</c> writes <c>Figures.txt</c> anew; <c>RANKCOLLAPSE_GALLERY=FILE</c> keeps the page.
/// </remarks>
public sealed partial class FigureGalleryTests
{
    private static readonly Lazy<IReadOnlyList<Figure>> Figures = new(SampleFigures.All);

    [Fact]
    public void Page_HasEveryFigureAtTwoWidthsOnTwoPapers()
    {
        using var folder = new TemporaryFolder();
        string path = Environment.GetEnvironmentVariable("RANKCOLLAPSE_GALLERY") is { Length: > 0 } kept ? kept : folder.File("gallery.html");
        FigureGallery.Write(Figures.Value, path);
        string page = File.ReadAllText(path);
        Assert.Equal(2 * Figures.Value.Count, Occurrences(page, "class=\"sheet light\""));
        Assert.Equal(2 * Figures.Value.Count, Occurrences(page, "class=\"sheet dark\""));
        string[] identifiers = [.. Identifier().Matches(page).Select(match => match.Value)];
        Assert.Equal(identifiers.Length, identifiers.Distinct().Count());
    }

    [Fact]
    public void Figures_OfEveryKind_AreSoundAtTheWidthOfAColumn()
    {
        foreach (Figure figure in Figures.Value)
        {
            FigureDrawing drawing = FigureRenderer.Draw(figure with { Width = Figure.ColumnWidth });
            XElement svg = XElement.Parse(drawing.ToSvgFile());
            foreach (XAttribute attribute in svg.Descendants().Attributes().Where(a => a.Name.LocalName != "href"))
                Assert.DoesNotContain("NaN", attribute.Value, StringComparison.Ordinal);
            Assert.All(svg.Descendants().Where(e => e.Name.LocalName == "path"), path => Assert.NotEqual("", path.Attribute("d")?.Value));
            Assert.Equal(Figure.ColumnWidth, drawing.Width);
        }
    }

    [Fact]
    public void Texts_OfEveryKind_HaveNoMarkupAndNoIdentifiers()
    {
        foreach (Figure figure in Figures.Value)
        {
            XElement svg = XElement.Parse(FigureRenderer.Draw(figure).ToSvgFile());
            foreach (string text in svg.Descendants().Where(e => e.Name.LocalName is "text" or "title" or "desc").Select(e => e.Value))
                Assert.DoesNotMatch(@"[_^{}]|λ'|[a-z][A-Z]|\de-\d", text);
        }
    }

    [Fact]
    public void Alternative_OfFiguresOfRuns_TellsWhatThereIsToSee() =>
        Assert.All(Figures.Value.Take(18), figure => Assert.True(figure.Finding.Length > 20, figure.Name));

    [Fact]
    public void Structure_OfEveryKind_IsAsItWas()
    {
        string golden = Path.Combine(SourceTree.Root, "tests", "RankCollapse.Tests", "Reporting", "Figures.txt");
        string found = string.Concat(Figures.Value.Select(Structure));
        if (Environment.GetEnvironmentVariable("RANKCOLLAPSE_REWRITE") is "1") File.WriteAllText(golden, found);
        // Where products are not fused, numbers have other digits.
        if (Arithmetic.Current.IsFused) Assert.Equal(File.ReadAllText(golden), found);
    }

    // What is written in a figure, in order, and its colours.
    private static string Structure(Figure figure)
    {
        FigureDrawing drawing = FigureRenderer.Draw(figure);
        XElement svg = XElement.Parse(drawing.ToSvgFile());
        string texts = string.Join(" | ", svg.Descendants().Where(e => e.Name.LocalName == "text").Select(e => e.Value.Trim()));
        string colours = string.Join(' ', svg.Descendants().Attributes().Where(a => a.Name.LocalName is "fill" or "stroke").Select(a => Palette.NameOf(a.Value))
            .OfType<string>().Distinct().Order(StringComparer.Ordinal));
        return $"{figure.Name}, {drawing.Width} wide: {drawing.Description}\n  {texts}\n  {colours}\n";
    }

    private static int Occurrences(string text, string part) => text.Split(part).Length - 1;

    [GeneratedRegex("(?<= id=\")[^\"]+")]
    private static partial Regex Identifier();
}
