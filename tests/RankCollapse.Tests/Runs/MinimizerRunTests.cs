using RankCollapse.LinearAlgebra;
using RankCollapse.Runs;
using RankCollapse.Theory.Minimizers;

namespace RankCollapse.Tests.Runs;

public sealed class MinimizerRunTests
{
    private static readonly RunConfiguration Configuration = RunConfiguration.FromJson(
        """{ "data": "gaussian-mixture", "samples": 12, "classes": 3, "dimension": 20, "depth": 3, "width": [12], "activation": "asinh" }"""u8.ToArray(),
        "config.json");

    [Fact]
    public void Run_HasTheFeaturesOfTheMinimizer()
    {
        using var folder = new TemporaryFolder();
        GlobalMinimizer found = MinimizerRun.Write(Configuration, folder.File("run"), 0.5);
        Run run = RunFolder.Read(folder.File("run"));
        Matrix[] features = run.Trained.Features(run.DataSet.Inputs);
        for (int l = 1; l <= 3; l++) Assert.True(Frobenius.RelativeDistance(features[l], found.Features[l]) < 1e-8, $"layer {l}");
        Assert.Equal(6, found.Value, 1e-12);
        Assert.Equal(0, run.Summary.Epochs);
    }

    [Fact]
    public void Minimizer_ThatNoNetworkHas_LeavesNoRun()
    {
        using var folder = new TemporaryFolder();
        Assert.Throws<InvalidInputException>(() => MinimizerRun.Write(Configuration with { Dimension = 5 }, folder.File("run")));
        Assert.False(Directory.Exists(folder.File("run")));
    }
}
