using RankCollapse.Sweeps.Engines;
using RankCollapse.Sweeps.Engines.InProcess;
using RankCollapse.Sweeps.Plan;
using RankCollapse.Sweeps.Storage;
using RankCollapse.Sweeps.Work;

namespace RankCollapse.Tests.Sweeps.Engines.InProcess;

public sealed class InProcessEngineTests
{
    [Fact]
    public void Results_AreThoseOfUndisturbedTrainings()
    {
        using var folder = new TemporaryFolder();
        SweepFolder sweep = SampleSweep.Create(folder, $$"""{ "settings": { {{SampleSweep.Tiny}} }, "seeds": 6, "limits": { "keep": "run" } }""");
        var told = new List<int>();
        SweepStatus status = Run(sweep, new EngineRequest { Asked = SampleSweep.Workers(3), Progress = now => told.Add(now.Counts[TrialState.Done]) });
        Assert.True(status.HasEnded);
        Assert.Equal(told.Order(), told);
        Assert.Equal((0, 6), (told[0], told[^1]));
        SampleSweep.RequireAllAsUndisturbed(sweep);
    }

    [Fact]
    public void ARequestToStop_LeavesTrialsThatGoOnFromTheirCheckpoints()
    {
        using var folder = new TemporaryFolder();
        SweepFolder sweep = SampleSweep.Create(folder, $$"""{ "settings": { {{SampleSweep.Short}} }, "seeds": 6 }""");
        using var stop = new CancellationTokenSource();
        SweepStatus stopped =
            Run(sweep, new EngineRequest
            {
                Asked = SampleSweep.Workers(2),
                Progress = _ => { if (Directory.GetDirectories(sweep.AsidePath, "checkpoints-*").Length > 0) stop.Cancel(); }
            }, stop.Token);
        Assert.False(stopped.HasEnded);
        Assert.Empty(Directory.GetFiles(sweep.LeasesPath));
        Assert.Equal(6, Run(sweep, new EngineRequest()).Counts[TrialState.Done]);
        SampleSweep.RequireAllAsUndisturbed(sweep);
    }

    [Fact]
    public void WhatATrialCannotUse_IsItsFailureAndNotThatOfTheOthers()
    {
        using var folder = new TemporaryFolder();
        string file = folder.Write("data.csv", string.Join('\n', Enumerable.Range(0, 8).Select(i => $"{i},{i * i},{i % 2}")));
        SweepFolder sweep = SampleSweep.Create(folder, $$"""
            { "settings": { {{SampleSweep.Tiny.Replace("\"data\": \"gaussian-mixture\", \"samples\": 12, ", "", StringComparison.Ordinal)}} },
              "union": [ { "settings": { "data": "gaussian-mixture", "samples": 12 }, "seeds": 2 }, { "settings": { "data": "{{file}}", "samples": 8 } } ] }
            """);
        File.AppendAllText(file, "\n1,1,1");
        SweepStatus status = Run(sweep, new EngineRequest());
        Assert.Equal((2, 1), (status.Counts[TrialState.Done], status.Counts[TrialState.Failed]));
    }

    private static SweepStatus Run(SweepFolder sweep, EngineRequest request, CancellationToken cancellation = default) =>
        SweepEngines.Run(new InProcessEngine(), sweep, request, cancellation);
}
