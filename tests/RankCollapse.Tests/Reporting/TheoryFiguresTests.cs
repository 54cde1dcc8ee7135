using System.Xml.Linq;
using RankCollapse.Collapse.Metrics;
using RankCollapse.LinearAlgebra;
using RankCollapse.Networks;
using RankCollapse.Reporting;
using RankCollapse.Reporting.Figures;
using RankCollapse.Reporting.Fonts;
using RankCollapse.Runs;
using RankCollapse.Tests.Theory;
using RankCollapse.Theory.Forecasts;
using RankCollapse.Theory.Paths;
using RankCollapse.Theory.RepresentationCosts;
using RankCollapse.Training;

namespace RankCollapse.Tests.Reporting;

public sealed class TheoryFiguresTests
{
    private static CollapsePath Path()
    {
        RandomStream stream = Instances.Stream(3);
        FeatureProblem problem = Instances.Square(stream, 4, 5, 2, Activation.Parse("asinh"));
        return CollapsePath.Compute(problem, Instances.Interpolating(problem, stream), new CollapsePathOptions { SamplesPerLayer = 16 });
    }

    [Fact]
    public void PathFigure_HasAPieceForEachSegmentAndItsTableEverySample()
    {
        CollapsePath path = Path();
        var pieces = PathFigure.Pieces(path).ToList();
        Assert.Equal(6, pieces.Count);
        Assert.Equal(Enumerable.Range(0, 6).Select(i => (1 + (i / 2), i % 2 == 0 ? PathSegment.BrockettFlow : PathSegment.SingularValues)),
            pieces.Select(p => (p[^1].Layer, p[^1].Segment)));
        for (int i = 1; i < pieces.Count; i++) Assert.Equal(pieces[i - 1][^1], pieces[i][0]);
        using var folder = new TemporaryFolder();
        IReadOnlyList<string> files = TheoryFigures.WritePath(path, folder.File("figures"));
        AssertDrawn(files);
        string[] rows = File.ReadAllLines(files[2]);
        Assert.Equal(1 + path.Samples.Count + path.RankDrops.Count, rows.Length);
    }

    [Fact]
    public void MovingCost_TogetherWithTheOthers_IsTheCost()
    {
        CollapsePath path = Path();
        foreach (IGrouping<int, PathSample> layer in path.Samples.SkipLast(1).GroupBy(s => s.Layer))
        {
            double rest = layer.First().Cost - layer.First().MovingCost;
            Assert.All(layer, s => Assert.Equal(rest, s.Cost - s.MovingCost, 1e-9 * s.Cost));
        }
    }

    [Fact]
    public void ForecastFigure_OfARun_ComparesEveryLayer()
    {
        Run run = SampleRuns.Collapsed();
        LayerSummary[] layers = [.. run.Summary.Layers];
        Forecast Of(string source, double factor, bool hasFirst) => new()
        {
            Source = source,
            Layers = [.. layers.Select(
                l => new ForecastLayer(l.Layer, [.. l.FeatureSingularValues.Take(2).Select(s => factor * s)],
                l.Layer == 1 && !hasFirst ? null : [.. l.WeightSingularValues.Take(2).Select(s => factor * s)]))],
            ObjectivePerLambda = 1,
            Objective = 1,
            Seconds = 0,
        };
        Forecast[] forecasts = [Of("penalised recursion", 1.01, false), Of("centroid problem", 1, true)];
        using var folder = new TemporaryFolder();
        IReadOnlyList<string> files = TheoryFigures.WriteForecast(forecasts, run.Summary, folder.File("figures"));
        AssertDrawn(files);
        Assert.Equal(1 + (8 * layers.Length) - 2, File.ReadAllLines(files[2]).Length);
        Assert.Equal(0, forecasts[1].Layers[0].FeatureDistance([.. layers[0].FeatureSingularValues.Take(2)]));
        Assert.Null(forecasts[0].Layers[0].WeightDistance(layers[0].WeightSingularValues));
        Assert.Throws<InvalidInputException>(() => TheoryFigures.WriteForecast([], run.Summary, folder.File("figures")));
        Assert.Throws<ShapeMismatchException>(() => TheoryFigures.WriteForecast([forecasts[0] with { Layers = [] }], run.Summary, folder.File("figures")));
    }

    [Fact]
    public void StabilityFigure_OfAFamily_IsDrawn()
    {
        FeatureProblem problem = Instances.Square(Instances.Stream(4), 3, 6, 2, Activation.Tanh);
        var family = StabilityFamily.Follow(problem.Specification, problem.Data, new ObjectiveSettings(), [1e-1, 1e-3]);
        using var folder = new TemporaryFolder();
        IReadOnlyList<string> files = TheoryFigures.WriteStability(family, folder.File("figures"));
        AssertDrawn(files);
        Assert.Equal(7, File.ReadAllLines(files[2]).Length);
    }

    private static void AssertDrawn(IReadOnlyList<string> files)
    {
        Assert.Equal(3, files.Count);
        Assert.All(files, file => Assert.True(new FileInfo(file).Length > 100, file));
        XElement svg = XElement.Load(files[0]);
        foreach (XAttribute attribute in svg.DescendantsAndSelf().Attributes().Where(a => a.Name.LocalName is not ("href" or "id")))
            Assert.DoesNotContain("nan", attribute.Value, StringComparison.OrdinalIgnoreCase);
        foreach (char c in svg.Descendants().Where(e => e.Name.LocalName == "text").SelectMany(e => e.Value).Where(c => !char.IsWhiteSpace(c)).Distinct())
            Assert.True(FigureFont.Regular.ContainsGlyph(c) && FigureFont.SemiBold.ContainsGlyph(c), $"U+{(int)c:X4} {c}");
    }
}
