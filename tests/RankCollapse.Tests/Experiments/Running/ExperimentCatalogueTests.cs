using RankCollapse.Experiments;
using RankCollapse.Experiments.Figure1;
using RankCollapse.Experiments.Running;

namespace RankCollapse.Tests.Experiments.Running;

public sealed class ExperimentCatalogueTests
{
    [Fact]
    public void Names_FindTheirFiguresOnceInThePapersOrder()
    {
        Assert.Equal(["fig1", "fig2", "fig5"], ExperimentCatalogue.Find(["fig5", "fig4", "fig2", "fig1"]).Select(e => e.Name));
        Assert.Equal(["fig1", "fig2"], ExperimentCatalogue.Experiments.Select(e => e.Name).Take(2));
        Assert.Equal(ExperimentCatalogue.Experiments, ExperimentCatalogue.Find(["all"]));
        Assert.Contains("'fig5'", Assert.Throws<InvalidInputException>(() => ExperimentCatalogue.Find(["figg5"])).Message);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Trainings_OfEveryFigure_HaveKeysAndIdentitiesOfTheirOwn(bool isQuick)
    {
        foreach (Experiment experiment in ExperimentCatalogue.Experiments)
        {
            var settings = new ReproductionSettings(isQuick);
            IReadOnlyList<FigureTraining> trainings = experiment.Trainings(settings);
            Assert.Equal(trainings.Count, trainings.Select(t => t.Key).Distinct().Count());
            Assert.Equal(trainings.Count, trainings.Select(t => t.Id).Distinct().Count());
            Assert.All(trainings, t => Assert.Matches(@"^[A-Za-z0-9._-]+$", t.Key));
            Assert.Equal(trainings.Select(t => t.Id), experiment.Trainings(settings).Select(t => t.Id));
            Assert.Empty(trainings.Select(t => t.Id).Intersect(experiment.Trainings(new ReproductionSettings(isQuick, Seed: 900)).Select(t => t.Id)));
            Assert.NotEmpty(experiment.Describe(settings));
        }
    }

    [Fact]
    public void Figure1_InFull_IsAGridOfTwelveByTwelveWithThreeSeeds() =>
        Assert.Equal(12 * 12 * 3, new TailEnergyExperiment().Trainings(new ReproductionSettings()).Count);

    /// <summary>A whole quick figure, run twice, a minute each.</summary>
    [Theory]
    [Trait("Category", "Long")]
    [InlineData("fig1")]
    [InlineData("fig5")]
    public void QuickFigure_RunTwice_GivesEqualData(string figure)
    {
        LongTests.Require();
        using var folder = new TemporaryFolder();
        foreach (string run in (string[])["one", "two"])
            Reproduction.Run(ExperimentCatalogue.Find([figure]), new ReproductionSettings(IsQuick: true), folder.File(run));
        string[] tables = [.. Directory.GetFiles(folder.File($"one/{figure}"), "*.csv"), .. Directory.GetFiles(folder.File($"one/{figure}"), "*.parquet"),
            .. Directory.GetFiles(folder.File($"one/{figure}"), "*.svg")];
        Assert.NotEmpty(tables);
        Assert.All(tables, table => Assert.Equal(File.ReadAllBytes(table), File.ReadAllBytes(folder.File($"two/{figure}/{Path.GetFileName(table)}"))));
    }
}
