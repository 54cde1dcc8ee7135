using RankCollapse.Experiments;
using RankCollapse.Experiments.Figure1;
using RankCollapse.LinearAlgebra;

namespace RankCollapse.Tests.Experiments;

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
    public void Cells_OfEveryFigure_HaveKeysAndFingerprintsOfTheirOwn(bool isQuick)
    {
        foreach (Experiment experiment in ExperimentCatalogue.Experiments)
        {
            var settings = new ReproductionSettings(isQuick);
            IReadOnlyList<ExperimentCell> cells = experiment.Cells(settings);
            Assert.Equal(cells.Count, cells.Select(c => c.Key).Distinct().Count());
            Assert.All(cells, c => Assert.Matches(@"^[A-Za-z0-9._-]+$", c.Key));
            Assert.Equal(cells.Select(c => c.Fingerprint), experiment.Cells(settings).Select(c => c.Fingerprint));
            Assert.Empty(cells.Select(c => c.Fingerprint).Intersect(experiment.Cells(new ReproductionSettings(isQuick, Seed: 900)).Select(c => c.Fingerprint)));
            Assert.NotEmpty(experiment.Describe(settings));
        }
    }

    [Fact]
    public void Figure1_InFull_IsAGridOfTwelveByTwelveWithThreeSeeds() =>
        Assert.Equal(12 * 12 * 3, new TailEnergyExperiment().Cells(new ReproductionSettings()).Count);

    /// <summary>The same cell twice, bit for bit; the least cells of the quick version of each of these figures.</summary>
    [Theory]
    [InlineData("fig1", "lambda-0.01-sigma-0.001-seed-0")]
    [InlineData("fig2", "sum-delta-10")]
    [InlineData("fig2", "first-order")]
    [InlineData("fig5", "ratio-0.01")]
    public void Cell_ComputedTwice_GivesEqualBits(string figure, string key)
    {
        ExperimentCell cell = ExperimentCatalogue.Find([figure])[0].Cells(new ReproductionSettings(IsQuick: true)).Single(c => c.Key == key);
        CellResult first = cell.Run(CancellationToken.None), second = cell.Run(CancellationToken.None);
        Assert.Equal(first.Matrices.Keys, second.Matrices.Keys);
        foreach ((string name, Matrix matrix) in first.Matrices)
            Assert.Equal(matrix.AsSpan().ToArray().Select(BitConverter.DoubleToInt64Bits), second.Matrices[name].AsSpan().ToArray().Select(BitConverter.DoubleToInt64Bits));
        Assert.Equal(first.Texts, second.Texts);
    }

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
        string[] tables = [.. Directory.GetFiles(folder.File($"one/{figure}"), "*.csv"), .. Directory.GetFiles(folder.File($"one/{figure}"), "*.parquet"), .. Directory.GetFiles(folder.File($"one/{figure}"), "*.svg")];
        Assert.NotEmpty(tables);
        Assert.All(tables, table => Assert.Equal(File.ReadAllBytes(table), File.ReadAllBytes(folder.File($"two/{figure}/{Path.GetFileName(table)}"))));
    }

    [Fact]
    public void Cell_ThatIsStopped_ThrowsInsteadOfGivingAHalfTrainedNetwork()
    {
        using var stopped = new CancellationTokenSource();
        stopped.Cancel();
        foreach (Experiment experiment in ExperimentCatalogue.Find(["fig1", "fig2"]))
        {
            ExperimentCell cell = experiment.Cells(new ReproductionSettings(IsQuick: true))[^1];
            Assert.ThrowsAny<OperationCanceledException>(() => cell.Run(stopped.Token));
        }
    }
}
