using System.Xml.Linq;
using CsCheck;
using RankCollapse.LinearAlgebra;
using RankCollapse.Reporting;
using RankCollapse.Reporting.Figures;
using RankCollapse.Reporting.Fonts;
using RankCollapse.Reporting.Pages;
using RankCollapse.Reporting.Rendering;
using ScottPlot;

namespace RankCollapse.Tests.Reporting.Figures;

public sealed class FigureTests
{
    [Fact]
    public void Text_OfEveryFigure_IsInTheFont()
    {
        foreach (string kind in (string[])["collapsed", "not collapsed", "diverged", "twelve classes"])
        {
            var run = new RunMeasurements(SampleRuns.All[kind]());
            foreach (RunFigure figure in RunFigure.All)
            {
                string text = XElement.Parse(figure.DrawOrExplain(run).ToSvgFile()).Value + figure.Title + figure.Reading + (figure.Missing(run) is null ? figure.Sentence(run) : "");
                foreach (char c in text.Where(c => !char.IsWhiteSpace(c)).Distinct())
                    Assert.True(FigureFont.Regular.ContainsGlyph(c) && FigureFont.SemiBold.ContainsGlyph(c), $"U+{(int)c:X4} {c} in {figure.Name}");
            }
        }
    }

    [Fact]
    public void Identifiers_OfTwoFiguresInOnePage_Differ()
    {
        var run = new RunMeasurements(SampleRuns.Collapsed());
        IReadOnlyDictionary<string, string> colours = ReportTheme.Variables(run.Depth);
        var identifiers = RunFigure.All.SelectMany(f => XElement.Parse(f.Draw(run, FigureWidth.Full).ToSvgElement(f.Name, colours)).DescendantsAndSelf().Attributes("id")).Select(a => a.Value).ToList();
        Assert.NotEmpty(identifiers);
        Assert.Equal(identifiers.Count, identifiers.Distinct().Count());
    }

    [Fact]
    public void Colours_OfFiguresInThePage_AllFollowTheTheme()
    {
        var run = new RunMeasurements(new SyntheticRun { Depth = 15, Classes = 12, PerClass = 2, Width = 14, Records = 3 }.Build());
        IReadOnlyDictionary<string, string> colours = ReportTheme.Variables(run.Depth);
        foreach (RunFigure figure in RunFigure.All)
        {
            XElement svg = XElement.Parse(figure.Draw(run, FigureWidth.Full).ToSvgElement(figure.Name, colours));
            Assert.All(svg.Descendants().Attributes().Where(a => a.Name.LocalName is "fill" or "stroke"), a => Assert.Matches(@"^(var\(--[a-z0-9-]+\)|none|url\(#.*\))$", a.Value));
        }
    }

    [Fact]
    public void Drawing_IsTheSameEveryTime()
    {
        var run = new RunMeasurements(SampleRuns.NotCollapsed());
        var again = new RunMeasurements(SampleRuns.NotCollapsed());
        foreach (RunFigure figure in RunFigure.All)
            Assert.Equal(Bare(figure.Draw(run, FigureWidth.Column)), Bare(figure.Draw(again, FigureWidth.Column)));
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

    [Fact]
    public void LogarithmicAxis_OfAnyRange_HasLabelsInside() =>
        Gen.Double[-300, 300].Select(Gen.Double[0, 300]).Sample((low, span) =>
        {
            AxisRange axis = AxisRange.Logarithmic(Math.Pow(10, low), Math.Pow(10, Math.Min(low + span, 307)));
            Tick[] major = MajorTicks(axis);
            Assert.InRange(major.Length, 1, 8);
            Assert.All(major, t => Assert.InRange(t.Position, axis.Minimum - 1e-6, axis.Maximum + 1e-6));
        }, iter: 2000);

    [Fact]
    public void LinearAxis_OfAnyRange_HasTwoLabelsOrMore() =>
        Gen.Double[-1, 1].Select(Gen.Double[0.01, 1], Gen.Int[-12, 12]).Sample((low, span, power) =>
        {
            AxisRange axis = AxisRange.Linear(low * Math.Pow(10, power), (low + span) * Math.Pow(10, power));
            Tick[] major = MajorTicks(axis);
            Assert.InRange(major.Length, 2, 8);
            Assert.Equal(major.Length, major.Select(t => t.Label).Distinct().Count());
        }, iter: 2000);

    private static Tick[] MajorTicks(AxisRange axis)
    {
        using Paint paint = Paint.NewDisposablePaint();
        axis.Ticks.Regenerate(new CoordinateRange(axis.Minimum, axis.Maximum), Edge.Bottom, new PixelLength(0), paint, new LabelStyle());
        return [.. axis.Ticks.Ticks.Where(t => t.IsMajor)];
    }

    private static string Bare(FigureDrawing drawing) => XElement.Parse(drawing.ToSvgFile()).ToString();
}
