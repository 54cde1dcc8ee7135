using RankCollapse.Sweeps;
using RankCollapse.Sweeps.Plan;
using RankCollapse.Sweeps.Storage;

namespace RankCollapse.Tests.Sweeps;

public sealed class SweepTests
{
    [Fact]
    public void ASpecification_BecomesResults_AndMoreOfThemWithMoreSeeds()
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("sweep"), file = folder.Write("small.json", $$"""{ "settings": { {{SampleSweep.Tiny}} }, "seeds": 2 }""");
        Assert.Equal(2, Sweep.Run(file, path, cancellation: TestContext.Current.CancellationToken).Counts[TrialState.Done]);
        DateTimeOffset[] first = Ends(path);
        folder.Write("small.json", $$"""{ "settings": { {{SampleSweep.Tiny}} }, "seeds": 3 }""");
        Assert.Equal(3, Sweep.Run(file, path, cancellation: TestContext.Current.CancellationToken).Counts[TrialState.Done]);
        Assert.Equal(first, Ends(path).Take(2));
        SampleSweep.RequireAllAsUndisturbed(SweepFolder.Open(path));
    }

    [Fact]
    public void TheFolderOfAnotherSweep_IsRefused()
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("sweep"), file = folder.Write("small.json", $$"""{ "settings": { {{SampleSweep.Tiny}} }, "seeds": 2 }""");
        Sweep.Run(file, path, cancellation: TestContext.Current.CancellationToken);
        string other = folder.Write("other.json", $$"""{ "settings": { {{SampleSweep.Tiny}}, "init": "he" } }""");
        var error = Assert.Throws<InvalidInputException>(() => Sweep.Run(other, path));
        Assert.Contains("holds 2 results of another sweep", error.Message, StringComparison.Ordinal);
    }

    private static DateTimeOffset[] Ends(string path)
    {
        var sweep = SweepFolder.Open(path);
        return [.. sweep.ReadPlan().Trials.Select(trial => sweep.ReadManifest(trial.Id).Ended)];
    }
}
