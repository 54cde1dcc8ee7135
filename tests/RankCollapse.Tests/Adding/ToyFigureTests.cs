using RankCollapse.Experiments.Running;
using RankCollapse.Reporting;
using RankCollapse.Reporting.Figures;
using RankCollapse.Reporting.Panels;
using RankCollapse.Runs;
using RankCollapse.Tests.Experiments;
using RankCollapse.Tests.Reporting;

namespace RankCollapse.Tests.Adding;

/// <summary>A figure is one type, registered by one line.</summary>
public sealed class ToyFigureTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Fact]
    public void FigureOfARun_AppearsAsFilesAndInTheReport()
    {
        Run run = SampleRuns.Collapsed();
        using (RunFigure.All.Register(new ToyRunFigure()))
        {
            IReadOnlyList<string> files = RunFigures.WriteAll(run, _folder.File("figures"));
            Assert.Contains(_folder.File("figures/toy.svg"), files);
            Assert.Contains(_folder.File("figures/toy.png"), files);
            HtmlReport.Write(run, _folder.File("report.html"));
            string page = File.ReadAllText(_folder.File("report.html"));
            Assert.Contains("data-chart=\"toy\"", page, StringComparison.Ordinal);
            Assert.Contains("\"toy\":{", page, StringComparison.Ordinal);
            Assert.Contains("Toys get larger.", page, StringComparison.Ordinal);
        }
        Assert.DoesNotContain("toy", RunFigure.All.Names);
    }

    [Fact]
    public void FigureOfAnExperiment_IsFoundByItsName()
    {
        var toy = new SmallExperiment(name: "toy");
        using (ExperimentCatalogue.Experiments.Register(toy))
        {
            Assert.Same(toy, Assert.Single(ExperimentCatalogue.Find(["toy"])));
            Assert.Contains(toy, ExperimentCatalogue.Find([ExperimentCatalogue.All]));
            Assert.Contains("toy", Assert.Throws<InvalidInputException>(() => ExperimentCatalogue.Find(["toi"])).Message, StringComparison.Ordinal);
        }
    }

    public void Dispose() => _folder.Dispose();

    private sealed class ToyRunFigure : RunFigure
    {
        public override string Name => "toy";

        public override string Title => "Toys";

        public override string Reading => "A line.";

        public override string? Missing(RunMeasurements run) => null;

        public override IReadOnlyList<PanelBlock> Draw(RunMeasurements run) =>
            [new(new Panel { X = Axis.Layer, Y = new Axis("size", Unit: "m"), Series = [new Series("toys", Palette.Trained, [1, 2], [1, 2])] })];

        public override string Sentence(RunMeasurements run) => "Toys get larger.";
    }
}
