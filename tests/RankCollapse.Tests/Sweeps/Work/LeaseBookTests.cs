using RankCollapse.Sweeps.Storage;
using RankCollapse.Sweeps.Work;

namespace RankCollapse.Tests.Sweeps.Work;

public sealed class LeaseBookTests
{
    [Theory]
    [InlineData("*")]
    [InlineData("../../outside")]
    [InlineData("")]
    public void WorkerWhoseNameIsAPathOrAPattern_IsNobody(string worker)
    {
        using var folder = new TemporaryFolder();
        SweepFolder sweep = SampleSweep.Create(folder, $$"""{ "settings": { {{SampleSweep.Tiny}} } }""");
        string trial = sweep.ReadPlan().Trials[0].Id;
        File.WriteAllText(Path.Combine(sweep.LeasesPath, trial), $"{worker}\n1\n");
        Assert.Equal("", new LeaseBook(sweep).Read(trial)!.Worker);
    }

    [Fact]
    public void ATrial_IsGivenToOneWorkerOnly()
    {
        using var folder = new TemporaryFolder();
        SweepFolder sweep = SampleSweep.Create(folder, $$"""{ "settings": { {{SampleSweep.Tiny}} }, "seeds": 50 }""");
        var book = new LeaseBook(sweep);
        int claims = 0;
        Parallel.ForEach(Enumerable.Range(0, 400), new ParallelOptions { MaxDegreeOfParallelism = 8 }, i =>
        {
            string trial = sweep.ReadPlan().Trials[i % 50].Id;
            if (book.TryClaim(trial, $"worker-{i}", 1)) Interlocked.Increment(ref claims);
        });
        Assert.Equal(50, claims);
        Assert.Equal(50, book.List().Count);
    }

    [Fact]
    public void ClaimsOfATrialThatIsGivenBackMeanwhile_DoNotFail()
    {
        using var folder = new TemporaryFolder();
        SweepFolder sweep = SampleSweep.Create(folder, $$"""{ "settings": { {{SampleSweep.Tiny}} } }""");
        string trial = sweep.ReadPlan().Trials[0].Id;
        var book = new LeaseBook(sweep);
        Parallel.For(0, 4, worker =>
        {
            for (int i = 0; i < 2_000; i++)
            {
                if (book.TryClaim(trial, $"worker-{worker}", 1)) book.Release(trial, $"worker-{worker}");
            }
        });
        Assert.Empty(book.List());
    }

    [Fact]
    public void OnlyItsWorker_GivesALeaseBack()
    {
        using var folder = new TemporaryFolder();
        SweepFolder sweep = SampleSweep.Create(folder, $$"""{ "settings": { {{SampleSweep.Tiny}} } }""");
        string trial = sweep.ReadPlan().Trials[0].Id;
        var book = new LeaseBook(sweep);
        Assert.True(book.TryClaim(trial, "one", 3));
        book.Release(trial, "two");
        Assert.Equal(new Lease(trial, "one", 3), book.Read(trial));
        book.Release(trial, "one");
        Assert.Null(book.Read(trial));
    }

    [Fact]
    public void Break_LeavesALeaseThatWasGivenToAnotherMeanwhile()
    {
        using var folder = new TemporaryFolder();
        SweepFolder sweep = SampleSweep.Create(folder, $$"""{ "settings": { {{SampleSweep.Tiny}} } }""");
        string trial = sweep.ReadPlan().Trials[0].Id;
        var book = new LeaseBook(sweep);
        book.TryClaim(trial, "dead", 1);
        Lease old = book.Read(trial)!;
        Assert.True(book.Break(old));
        Assert.False(book.Break(old));
        book.TryClaim(trial, "young", 2);
        Assert.False(book.Break(old));
        Assert.Equal("young", book.Read(trial)?.Worker);
        Assert.Empty(Directory.GetFiles(sweep.AsidePath));
    }

    [Fact]
    public void ALeaseThatWasTorn_NamesNobodyAndComesBack()
    {
        using var folder = new TemporaryFolder();
        SweepFolder sweep = SampleSweep.Create(folder, $$"""{ "settings": { {{SampleSweep.Tiny}} }, "limits": { "leaseSeconds": 0.01 } }""");
        string trial = sweep.ReadPlan().Trials[0].Id;
        File.WriteAllText(Path.Combine(sweep.LeasesPath, trial), "half a na");
        var dead = new DeadWorkers(sweep, 0.01);
        int returned = 0;
        for (int look = 0; look < 100 && returned == 0; look++)
        {
            returned += dead.Return();
            Thread.Sleep(2);
        }
        Assert.Equal(1, returned);
        Assert.Empty(sweep.ReadFailures(trial));
        Assert.Equal(1, sweep.ReadStatus(sweep.ReadPlan()).Counts[RankCollapse.Sweeps.Plan.TrialState.Pending]);
    }
}
