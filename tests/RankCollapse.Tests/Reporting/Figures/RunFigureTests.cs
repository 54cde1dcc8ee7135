using System.Xml.Linq;
using RankCollapse.LinearAlgebra;
using RankCollapse.Reporting.Figures;
using RankCollapse.Reporting.Fonts;
using RankCollapse.Reporting.Panels;
using RankCollapse.Reporting.Rendering;

namespace RankCollapse.Tests.Reporting.Figures;

public sealed class RunFigureTests
{
    [Fact]
    public void Text_OfEveryFigure_IsInTheFont()
    {
        foreach (string kind in (string[])["collapsed", "not collapsed", "diverged", "twelve classes"])
        {
            var run = new RunMeasurements(SampleRuns.All[kind]());
            foreach (RunFigure figure in RunFigure.All)
            {
                string text = XElement.Parse(FigureRenderer.Draw(figure.Of(run)).ToSvgFile()).Value + figure.Title + figure.Reading
                    + (figure.Missing(run) is null ? figure.Sentence(run) : "");
                foreach (char c in text.Where(c => !char.IsWhiteSpace(c)).Distinct())
                    Assert.True(FigureFont.Regular.ContainsGlyph(c) && FigureFont.SemiBold.ContainsGlyph(c), $"U+{(int)c:X4} {c} in {figure.Name}");
            }
        }
    }

    [Fact]
    public void Identifiers_OfTwoFiguresInOnePage_Differ()
    {
        var run = new RunMeasurements(SampleRuns.Collapsed());
        var identifiers = RunFigure.All.SelectMany(
            f => XElement.Parse(FigureRenderer.Draw(f.Of(run)).ToSvgElement(f.Name)).DescendantsAndSelf().Attributes("id")).Select(a => a.Value).ToList();
        Assert.NotEmpty(identifiers);
        Assert.Equal(identifiers.Count, identifiers.Distinct().Count());
    }

    [Fact]
    public void Colours_OfFiguresInThePage_AllFollowTheTheme()
    {
        var run = new RunMeasurements(new SyntheticRun { Depth = 15, Classes = 12, PerClass = 2, Width = 14, Records = 3 }.Build());
        foreach (RunFigure figure in RunFigure.All)
        {
            XElement svg = XElement.Parse(FigureRenderer.Draw(figure.Of(run)).ToSvgElement(figure.Name));
            Assert.All(svg.Descendants().Attributes().Where(a => a.Name.LocalName is "fill" or "stroke"),
                a => Assert.Matches(@"^(var\(--[a-z0-9-]+\)|none|url\(#.*\))$", a.Value));
        }
    }

    [Fact]
    public void Drawing_IsTheSameEveryTime()
    {
        var run = new RunMeasurements(SampleRuns.NotCollapsed());
        var again = new RunMeasurements(SampleRuns.NotCollapsed());
        foreach (RunFigure figure in RunFigure.All)
            Assert.Equal(Bare(figure.Of(run)), Bare(figure.Of(again)));
    }

    [Fact]
    public void Projection_OfCollapsedFeatures_HasOnePointForEachClass()
    {
        var run = new RunMeasurements(SampleRuns.Collapsed());
        Matrix plane = ProjectionsFigure.Project(run, 2)!;
        var points = Enumerable.Range(0, plane.Columns).Select(j => (Math.Round(plane[0, j], 9), Math.Round(plane[1, j], 9))).Distinct();
        Assert.Equal(3, points.Count());
    }

    [Fact]
    public void DistanceFromBlocks_OfCollapsedFeatures_IsZero() =>
        Assert.True(GramMatricesFigure.DistanceFromBlocks(new RunMeasurements(SampleRuns.Collapsed()), 2) < 1e-12);

    private static string Bare(Figure figure) => FigureRenderer.Draw(figure).ToSvgFile();
}
