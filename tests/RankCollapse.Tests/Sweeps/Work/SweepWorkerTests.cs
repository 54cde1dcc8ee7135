using RankCollapse.Sweeps.Plan;
using RankCollapse.Sweeps.Storage;
using RankCollapse.Sweeps.Work;
using RankCollapse.Training;

namespace RankCollapse.Tests.Sweeps.Work;

public sealed class SweepWorkerTests
{
    [Theory]
    [InlineData("summary")]
    [InlineData("metrics")]
    [InlineData("run")]
    public void AWorker_StoresEveryTrialAsUndisturbed(string keep)
    {
        using var folder = new TemporaryFolder();
        SweepFolder sweep = SampleSweep.Create(folder, $$"""{ "settings": { {{SampleSweep.Tiny}} }, "seeds": 5, "limits": { "keep": "{{keep}}" } }""");
        WorkerReport report = SweepWorker.Run(sweep);
        Assert.Equal((5, 0), (report.Done, report.Failed));
        SampleSweep.RequireAllAsUndisturbed(sweep);
        Assert.Empty(Directory.GetFileSystemEntries(sweep.AsidePath));
        Assert.Single(sweep.ListShards());
    }

    [Fact]
    public void ADataFileThatChanges_FailsTrialsInsteadOfChangingTheirResults()
    {
        using var folder = new TemporaryFolder();
        string data = folder.Write("data.csv", string.Join('\n', Enumerable.Range(0, 8).Select(i => $"{i},{i * i},{i % 2}")));
        SweepFolder sweep = SampleSweep.Create(folder, $$"""{ "settings": { "data": "{{data}}", "samples": 8, "classes": 2, "depth": 2, "width": 3, "convention": "mean", "lambda": 1e-2, "maxEpochs": 5 }, "seeds": 4 }""");
        byte[] content = File.ReadAllBytes(data);
        int begun = 0;
        var options = new WorkerOptions
        {
            Attempt = (trial, run, cancellation) =>
            {
                if (++begun == 3) throw new InvalidOperationException("the worker ends here");
                return TrialTraining.Attempt(sweep, trial, run, cancellation);
            },
        };
        Assert.Throws<InvalidOperationException>(() => SweepWorker.Run(sweep, options));
        File.WriteAllText(data, string.Join('\n', Enumerable.Range(0, 8).Select(i => $"{i},{i * i},{1 - (i % 2)}")));
        SweepWorker.Run(sweep);
        SweepPlan plan = sweep.ReadPlan();
        SweepStatus status = sweep.ReadStatus(plan);
        Assert.Equal((2, 2), (status.Counts[TrialState.Done], status.Counts[TrialState.Failed]));
        Trial failed = plan.Trials.First(trial => status.States[trial.Number] == TrialState.Failed);
        TrialFailure failure = Assert.Single(sweep.ReadFailures(failed.Id));
        Assert.Equal(FailureKind.Input, failure.Kind);
        Assert.Contains("is not what it was when the sweep was planned", failure.Reason, StringComparison.Ordinal);

        File.WriteAllBytes(data, content);
        Assert.Equal(2, sweep.ForgiveFailures(plan));
        SweepWorker.Run(sweep);
        SampleSweep.RequireAllAsUndisturbed(sweep);
    }

    [Fact]
    public void TwoWorkersAtATime_DoEveryTrialOnce()
    {
        using var folder = new TemporaryFolder();
        SweepFolder sweep = SampleSweep.Create(folder, $$"""{ "settings": { {{SampleSweep.Tiny}} }, "seeds": 60 }""");
        int attempts = 0;
        WorkerOptions options = Counting(sweep, () => Interlocked.Increment(ref attempts));
        WorkerReport[] reports =
            [.. ParallelEnumerable.Range(0, 3).WithDegreeOfParallelism(3).Select(i => SweepWorker.Run(sweep, options with { Share = i / 3.0 }))];
        Assert.Equal(60, reports.Sum(report => report.Done));
        Assert.Equal(60, attempts);
        SampleSweep.RequireAllAsUndisturbed(sweep);
    }

    [Fact]
    public void WhatIsDone_IsNotDoneAgainWhenTheSweepIsExtended()
    {
        using var folder = new TemporaryFolder();
        SweepFolder sweep = SampleSweep.Create(folder, $$"""{ "settings": { {{SampleSweep.Tiny}} }, "seeds": 3 }""");
        SweepWorker.Run(sweep);
        sweep = SampleSweep.Create(folder, $$"""{ "settings": { {{SampleSweep.Tiny}} }, "seeds": { "from": 1, "to": 4 } }""");
        SweepStatus status = sweep.ReadStatus(sweep.ReadPlan());
        Assert.Equal((2, 2, 1), (status.Counts[TrialState.Done], status.Counts[TrialState.Pending], status.OtherResults));
        int attempts = 0;
        SweepWorker.Run(sweep, Counting(sweep, () => Interlocked.Increment(ref attempts)));
        Assert.Equal(2, attempts);
        Assert.True(sweep.ReadStatus(sweep.ReadPlan()).HasEnded);
    }

    [Fact]
    public void AFailure_IsTriedAgainSomeTimesAndStopsNothing()
    {
        using var folder = new TemporaryFolder();
        SweepFolder sweep = SampleSweep.Create(folder, $$"""{ "settings": { {{SampleSweep.Tiny}} }, "seeds": 4, "limits": { "attempts": 3 } }""");
        int attempts = 0;
        WorkerOptions failing = new()
        {
            Attempt = (trial, options, cancellation) =>
            {
                if (trial.Number != 1) return TrialTraining.Attempt(sweep, trial, options, cancellation);
                attempts++;
                return new AttemptOutcome(null, FailureKind.Error, $"Attempt {attempts} went wrong.");
            },
        };
        WorkerReport report = SweepWorker.Run(sweep, failing);
        Assert.Equal((3, 3, 3), (report.Done, report.Failed, attempts));
        SweepPlan plan = sweep.ReadPlan();
        SweepStatus status = sweep.ReadStatus(plan);
        Assert.Equal(TrialState.Failed, status.States[1]);
        Assert.True(status.HasEnded);
        Assert.Equal(["Attempt 1 went wrong.", "Attempt 2 went wrong.", "Attempt 3 went wrong."],
            sweep.ReadFailures(plan.Trials[1].Id).Select(failure => failure.Reason));
        Assert.Equal(1, sweep.ForgiveFailures(plan));
        Assert.Equal(1, SweepWorker.Run(sweep).Done);
        SampleSweep.RequireAllAsUndisturbed(sweep);
    }

    [Fact]
    public void SettingsThatCannotBeUsed_AreNotTriedAgain()
    {
        using var folder = new TemporaryFolder();
        string file = folder.Write("data.csv", string.Join('\n', Enumerable.Range(0, 8).Select(i => $"{i},{i * i},{i % 2}")));
        SweepFolder sweep = SampleSweep.Create(folder, $$"""{ "settings": { "data": "{{file}}", "samples": 8, "classes": 2, "depth": 2, "width": 3, "convention": "mean", "lambda": 1e-2 }, "seeds": 2 }""");
        File.WriteAllText(file, "no numbers at all");
        WorkerReport report = SweepWorker.Run(sweep);
        Assert.Equal((0, 2), (report.Done, report.Failed));
        SweepPlan plan = sweep.ReadPlan();
        Assert.All(plan.Trials, trial => Assert.Contains("data.csv", Assert.Single(sweep.ReadFailures(trial.Id)).Reason, StringComparison.Ordinal));
        Assert.True(sweep.ReadStatus(plan).HasEnded);
    }

    [Fact]
    public void ATrainingThatDiverges_IsAResultWithItsReason()
    {
        using var folder = new TemporaryFolder();
        string settings = SampleSweep.Tiny.Replace("\"adam\"", "\"sgd\"", StringComparison.Ordinal)
            .Replace("\"maxEpochs\": 20", "\"maxEpochs\": 2000", StringComparison.Ordinal);
        SweepFolder sweep =
            SampleSweep.Create(folder, $$"""{ "settings": { {{settings}}, "activation": "identity" }, "grid": { "learningRate": [1e-3, 1e6] } }""");
        Assert.Equal(2, SweepWorker.Run(sweep).Done);
        TrialResult diverged = sweep.ReadResult(sweep.ReadPlan().Trials[1].Id);
        Assert.Equal(("diverged", TrainingStatus.Diverged), (diverged.Manifest.Status, diverged.Summary.Status));
        Assert.Contains("infinite or not a number in epoch", diverged.Manifest.Reason, StringComparison.Ordinal);
        SampleSweep.RequireAllAsUndisturbed(sweep);
    }

    [Fact]
    public void ATrialThatTakesTooLong_IsStoppedAndFails()
    {
        using var folder = new TemporaryFolder();
        string endless = SampleSweep.Tiny.Replace("\"maxEpochs\": 20", "\"maxEpochs\": 1000000000, \"recordEvery\": 1000000000", StringComparison.Ordinal);
        SweepFolder sweep = SampleSweep.Create(folder, $$"""{ "settings": { {{endless}} }, "limits": { "trialSeconds": 0.3 } }""");
        WorkerReport report = SweepWorker.Run(sweep);
        Assert.Equal((0, 1), (report.Done, report.Failed));
        TrialFailure failure = Assert.Single(sweep.ReadFailures(sweep.ReadPlan().Trials[0].Id));
        Assert.Equal(FailureKind.TimeLimit, failure.Kind);
        Assert.Contains("a trial may take 0.3 s", failure.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void ARequestToStop_GivesTheTrialBackWithACheckpointAndNoFailure()
    {
        using var folder = new TemporaryFolder();
        SweepFolder sweep = SampleSweep.Create(folder, $$"""{ "settings": { {{SampleSweep.Short}} }, "limits": { "keep": "run" } }""");
        Trial trial = Assert.Single(sweep.ReadPlan().Trials);
        using var stop = new CancellationTokenSource();
        WorkerOptions stopping = new()
        {
            Attempt = (one, options, cancellation) => TrialTraining.Attempt(sweep, one, options with
            {
                Progress = state =>
                {
                    if (state.Epoch == 150) stop.Cancel();
                },
            }, cancellation),
        };
        Assert.Equal(0, SweepWorker.Run(sweep, stopping, stop.Token).Done);
        Assert.Empty(sweep.ReadFailures(trial.Id));
        Assert.NotEmpty(Directory.GetFiles(TrialTraining.CheckpointsOf(sweep, trial.Id)));
        long first = 0;
        WorkerOptions going = new()
        {
            Attempt = (one, options, cancellation) => TrialTraining.Attempt(sweep, one, options with { Started = start => first = start.Epoch }, cancellation),
        };
        Assert.Equal(1, SweepWorker.Run(sweep, going).Done);
        Assert.Equal(150, first);
        SampleSweep.RequireAllAsUndisturbed(sweep);
        Assert.Empty(Directory.GetFileSystemEntries(sweep.AsidePath));
    }

    [Fact]
    public void DamagedCheckpoints_MakeATrialBeginAgain()
    {
        using var folder = new TemporaryFolder();
        SweepFolder sweep = SampleSweep.Create(folder, $$"""{ "settings": { {{SampleSweep.Tiny}} } }""");
        string checkpoints = TrialTraining.CheckpointsOf(sweep, sweep.ReadPlan().Trials[0].Id);
        Directory.CreateDirectory(checkpoints);
        File.WriteAllText(Path.Combine(checkpoints, "00000001-epoch-7.checkpoint"), "not a checkpoint");
        Assert.Equal(1, SweepWorker.Run(sweep).Done);
        SampleSweep.RequireAllAsUndisturbed(sweep);
    }

    [Fact]
    public void ACancelledSweep_StopsItsWorkersUntilItIsResumed()
    {
        using var folder = new TemporaryFolder();
        SweepFolder sweep = SampleSweep.Create(folder, $$"""{ "settings": { {{SampleSweep.Short}} }, "seeds": 100 }""");
        WorkerOptions cancelling = new()
        {
            Attempt = (trial, options, cancellation) =>
            {
                sweep.Cancel();
                return TrialTraining.Attempt(sweep, trial, options, cancellation);
            },
        };
        WorkerReport report = SweepWorker.Run(sweep, cancelling);
        SweepPlan plan = sweep.ReadPlan();
        SweepStatus status = sweep.ReadStatus(plan);
        Assert.InRange(report.Done, 0, 90);
        Assert.Equal(100 - report.Done, status.Counts[TrialState.Cancelled]);
        Assert.Equal(0, status.FailedAttempts);
        Assert.Equal(0, SweepWorker.Run(sweep).Done);
        sweep.LiftCancellation();
        Assert.Equal(100 - report.Done, sweep.ReadStatus(plan).Counts[TrialState.Pending]);
    }

    [Fact]
    public void TrialsOfADeadWorker_ComeBackAndTheLostAttemptCountsOnce()
    {
        using var folder = new TemporaryFolder();
        SweepFolder sweep = SampleSweep.Create(folder, $$"""{ "settings": { {{SampleSweep.Tiny}} }, "seeds": 3, "limits": { "leaseSeconds": 0.5 } }""");
        string lost = sweep.ReadPlan().Trials[1].Id;
        WorkerWatchTests.WriteHeartbeat(sweep, "elsewhere", counter: 9);
        Assert.True(new LeaseBook(sweep).TryClaim(lost, "elsewhere", 1));
        Assert.Equal(3, SweepWorker.Run(sweep).Done);
        TrialFailure failure = Assert.Single(sweep.ReadFailures(lost));
        Assert.Equal((FailureKind.WorkerLost, 1, "elsewhere"), (failure.Kind, failure.Attempt, failure.Worker));
        Assert.Equal(2, sweep.ReadResult(lost).Manifest.Attempt);
        SampleSweep.RequireAllAsUndisturbed(sweep);
    }

    [Fact]
    public void AResultThatWasStoredMeanwhile_Stays()
    {
        using var folder = new TemporaryFolder();
        SweepFolder sweep = SampleSweep.Create(folder, $$"""{ "settings": { {{SampleSweep.Tiny}} } }""");
        Trial trial = sweep.ReadPlan().Trials[0];
        // A worker that was believed dead ends the trial while another one trains it.
        WorkerOptions late = new()
        {
            Name = "late",
            Attempt = (one, options, cancellation) =>
            {
                AttemptOutcome outcome = TrialTraining.Attempt(sweep, one, options, cancellation);
                File.Delete(Path.Combine(sweep.LeasesPath, one.Id));
                SweepWorker.Run(sweep, new WorkerOptions { Name = "early" }, CancellationToken.None);
                return outcome;
            },
        };
        SweepWorker.Run(sweep, late);
        Assert.Equal("early", sweep.ReadResult(trial.Id).Manifest.Worker);
        SampleSweep.RequireAllAsUndisturbed(sweep);
    }

    [Fact]
    public async Task AFullDisk_MakesAWorkerWaitAndLosesNothing()
    {
        using var folder = new TemporaryFolder();
        using var disk = new SmallDisk("4m");
        SweepFolder sweep = SampleSweep.Create(folder, $$"""{ "settings": { {{SampleSweep.Tiny}} }, "seeds": 6 }""", Path.Combine(disk.Root, "sweep"));
        disk.Fill();
        var warnings = new List<string>();
        Task<WorkerReport> work = Task.Run(() => SweepWorker.Run(sweep, new WorkerOptions { Warning = warnings.Add }));
        while (warnings.Count == 0 && !work.IsCompleted) await Task.Delay(5);
        Assert.Contains("waiting for space", warnings[0], StringComparison.Ordinal);
        disk.Empty();
        WorkerReport report = await work;
        Assert.Equal((6, 0), (report.Done, report.Failed));
        SampleSweep.RequireAllAsUndisturbed(sweep);
    }

    [Fact]
    public void ADiskThatStaysFull_EndsAWorkerWithAReasonAndTheSweepGoesOnLater()
    {
        using var folder = new TemporaryFolder();
        using var disk = new SmallDisk("4m");
        SweepFolder sweep = SampleSweep.Create(folder, $$"""{ "settings": { {{SampleSweep.Tiny}} }, "seeds": 6 }""", Path.Combine(disk.Root, "sweep"));
        WorkerOptions filling = new()
        {
            PatienceSeconds = 0.3,
            Attempt = (trial, options, cancellation) =>
            {
                AttemptOutcome outcome = TrialTraining.Attempt(sweep, trial, options, cancellation);
                if (trial.Number == 2) disk.Fill();
                return outcome;
            },
        };
        var error = Assert.Throws<ComputationFailedException>(() => SweepWorker.Run(sweep, filling));
        Assert.Contains("free some space and resume", error.Message, StringComparison.Ordinal);
        disk.Empty();
        Assert.Equal(4, SweepWorker.Run(sweep).Done);
        SampleSweep.RequireAllAsUndisturbed(sweep);
        Assert.Equal(0, sweep.ReadStatus(sweep.ReadPlan()).FailedAttempts);
    }

    private static WorkerOptions Counting(SweepFolder sweep, Action count) => new()
    {
        Attempt = (trial, options, cancellation) =>
        {
            count();
            return TrialTraining.Attempt(sweep, trial, options, cancellation);
        },
    };
}
