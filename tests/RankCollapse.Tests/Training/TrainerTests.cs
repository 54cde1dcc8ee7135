using RankCollapse.Networks;
using RankCollapse.Training;
using RankCollapse.Training.Solving;

namespace RankCollapse.Tests.Training;

public sealed class TrainerTests
{
    public static TheoryData<string> Solvers => ["adam", "cosine", "momentum", "batches", "lbfgs"];

    [Theory]
    [MemberData(nameof(Solvers))]
    public void Resumed_InTheMiddle_EndsAtTheSameBits(string name)
    {
        (Solver whole, _) = New(name);
        using var straight = new Trainer(whole, Epochs(61));
        TrainingResult expected = straight.Run();

        foreach (int cut in (int[])[0, 1, 23, 50])
        {
            (Solver first, _) = New(name);
            using var before = new Trainer(first, Epochs(cut));
            before.Run();
            using var file = new MemoryStream();
            using (var writer = new BinaryWriter(file, System.Text.Encoding.UTF8, leaveOpen: true)) before.Save(writer);
            file.Position = 0;

            // Another start, so that nothing but the file can carry the state over.
            (Solver second, TrainingProblem problem) = New(name);
            Array.Fill(problem.Network.Parameters, 0.1);
            using var after = new Trainer(second, Epochs(61));
            using (var reader = new BinaryReader(file)) after.Load(reader);
            Assert.Equal(cut, after.Epoch);
            Assert.Equal(before.Seconds, after.Seconds);
            TrainingResult result = after.Run();
            Assert.Equal(whole.Network.Parameters, second.Network.Parameters);
            Assert.Equal(expected.Final.Value, result.Final.Value);
            Assert.Equal(expected.Final.Gradient, result.Final.Gradient);
            Assert.Equal(expected.Final.Epoch, result.Final.Epoch);
            Assert.Equal(whole.GradientEvaluations, second.GradientEvaluations);
            Assert.True(result.Final.Seconds >= before.Seconds);
        }
    }

    [Fact]
    public void Load_OfAnotherNetworksState_IsRefused()
    {
        (Solver small, _) = New("adam", width: 5);
        using var from = new Trainer(small, Epochs(3));
        from.Run();
        using var file = new MemoryStream();
        using (var writer = new BinaryWriter(file, System.Text.Encoding.UTF8, leaveOpen: true)) from.Save(writer);
        file.Position = 0;
        (Solver large, _) = New("adam");
        using var to = new Trainer(large, Epochs(3));
        using var reader = new BinaryReader(file);
        string message = Assert.Throws<InvalidInputException>(() => to.Load(reader)).Message;
        Assert.Contains($"{small.Network.Parameters.Length}", message, StringComparison.Ordinal);
        Assert.Contains($"{large.Network.Parameters.Length}", message, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Solvers))]
    public void SameSeed_GivesTheSameBits_OnAnyNumberOfThreads(string name)
    {
        (Solver one, _) = New(name, width: 170);
        using (var trainer = new Trainer(one, Epochs(4))) trainer.Run();
        RankCollapse.LinearAlgebra.Product.MaxThreads = 2;
        (Solver two, _) = New(name, width: 170);
        using (var trainer = new Trainer(two, Epochs(4))) trainer.Run();
        Assert.Equal(one.Network.Parameters, two.Network.Parameters);
    }

    /// <summary>After a warm-up, epochs with snapshots and without anyone listening allocate nothing.</summary>
    [Theory]
    [InlineData("adam", false)]
    [InlineData("momentum", false)]
    [InlineData("lbfgs", false)]
    [InlineData("adam", true)]
    public void Epochs_AllocateNothing(string name, bool isObserved)
    {
        long records = 0;
        TrainingObserver? observer = isObserved ? new TrainingObserver { Record = s => records += s.Epoch, Progress = s => records += s.Epoch } : null;
        Allocated(100);
        long few = Allocated(100), many = Allocated(700);
        // The result and its advice are text of a length that varies by a few characters.
        Assert.InRange(many - few, -512, 512);

        long Allocated(int epochs)
        {
            (Solver solver, _) = New(name);
            using var trainer = new Trainer(solver, Epochs(epochs) with { RecordEvery = isObserved ? 10 : long.MaxValue }, observer);
            long before = GC.GetAllocatedBytesForCurrentThread();
            trainer.Run();
            return GC.GetAllocatedBytesForCurrentThread() - before;
        }
    }

    /// <summary>A rate that is far too large diverges within a few epochs; the state kept is that of a run stopped one epoch earlier.</summary>
    [Theory]
    [InlineData("momentum", 3.0)]
    [InlineData("momentum", 1e160)]
    [InlineData("adam", 1e200)]
    [InlineData("batches", 1.0)]
    public void Diverged_KeepsTheStateBeforeTheFailure(string name, double rate)
    {
        (Solver solver, _) = New(name, rate: rate, activation: Activation.Identity);
        var recorded = new List<long>();
        using var trainer = new Trainer(solver, Epochs(2000) with { RecordEvery = 7 }, new TrainingObserver { Record = s => recorded.Add(s.Epoch) });
        TrainingResult result = trainer.Run();
        Assert.Equal(TrainingStatus.Diverged, result.Status);
        long last = result.Final.Epoch;
        Assert.Contains($"epoch {last + 1} ", result.Advice!.Text, StringComparison.Ordinal);
        Assert.Equal(last, recorded[^1]);
        Assert.Equal(recorded.Distinct(), recorded);

        (Solver earlier, _) = New(name, rate: rate, activation: Activation.Identity);
        using var shorter = new Trainer(earlier, Epochs(last));
        TrainingResult expected = shorter.Run();
        Assert.Equal(TrainingStatus.MaxEpochs, expected.Status);
        Assert.Equal(earlier.Network.Parameters, solver.Network.Parameters);
        Assert.Equal(earlier.Gradient.Parameters, solver.Gradient.Parameters);
        Assert.Equal(expected.Final.Value, result.Final.Value);
        Assert.Equal(expected.Final.Gradient, result.Final.Gradient);
        Assert.Contains(StepOutcome.NonFinite, Enumerable.Range(0, (int)earlier.StepsPerEpoch).Select(_ => earlier.Step()));
    }

    [Fact]
    public void Diverged_AfterSeveralSnapshots_KeepsTheStateBeforeTheFailure()
    {
        // Not far above the largest stable rate of a linear layer the divergence takes hundreds of epochs.
        foreach (double rate in (double[])[0.7, 1, 2, 4])
        {
            (Solver solver, _) = New("plain", rate: rate, activation: Activation.Identity, depth: 1);
            using var trainer = new Trainer(solver, Epochs(20_000));
            TrainingResult result = trainer.Run();
            if (result.Status != TrainingStatus.Diverged || result.Final.Epoch < 120) continue;
            (Solver earlier, _) = New("plain", rate: rate, activation: Activation.Identity, depth: 1);
            using var shorter = new Trainer(earlier, Epochs(result.Final.Epoch));
            shorter.Run();
            Assert.Equal(earlier.Network.Parameters, solver.Network.Parameters);
            Assert.Equal(StepOutcome.NonFinite, earlier.Step());
            return;
        }
        Assert.Fail("No rate diverged slowly.");
    }

    [Fact]
    public void NoStepThatDecreases_IsAStall_WithAdviceThatNamesTheTolerance()
    {
        TrainingProblem problem = TrainingProblem.Clusters(lambda: 1e-3);
        using var trainer = new Trainer(new StuckSolver(problem.Objective(), problem.Network), Epochs(10));
        TrainingResult result = trainer.Run();
        Assert.Equal((TrainingStatus.Stalled, 1L), (result.Status, result.Final.Epoch));
        Assert.Equal(["gradient-tolerance"], result.Advice!.Settings);
    }

    [Fact]
    public void NotFiniteAtTheStart_IsDiverged_WithTheLayer()
    {
        (Solver solver, TrainingProblem problem) = New("adam");
        problem.Network.Weights(2)[0, 0] = double.NaN;
        using var trainer = new Trainer(solver, Epochs(5));
        TrainingResult result = trainer.Run();
        Assert.Equal((TrainingStatus.Diverged, 0L), (result.Status, result.Final.Epoch));
        Assert.Contains("layer 2", result.Advice!.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Converged_StopsAtTheFirstEpochWithinTheTolerance()
    {
        (Solver solver, _) = New("momentum", rate: 0.3);
        var sizes = new List<double>();
        var observer = new TrainingObserver { Progress = s => sizes.Add(s.Gradient.Relative) };
        using var trainer = new Trainer(solver, Epochs(100_000) with { GradientTolerance = 1e-3 }, observer);
        TrainingResult result = trainer.Run();
        Assert.Equal(TrainingStatus.Converged, result.Status);
        Assert.Null(result.Advice);
        Assert.Equal(sizes.Count, result.Final.Epoch);
        Assert.All(sizes.SkipLast(1), s => Assert.True(s > 1e-3));
        Assert.True(sizes[^1] <= 1e-3);
    }

    [Theory]
    [InlineData(0, 3)]
    [InlineData(7, 3)]
    [InlineData(9, 3)]
    public void MaxEpochs_IsExact_AndStatesAreRecordedOnce(int epochs, int every)
    {
        (Solver solver, _) = New("adam");
        var recorded = new List<long>();
        var seen = new List<long>();
        var observer = new TrainingObserver { Record = s => recorded.Add(s.Epoch), Progress = s => seen.Add(s.Epoch) };
        using var trainer = new Trainer(solver, Epochs(epochs) with { RecordEvery = every }, observer);
        TrainingResult result = trainer.Run();
        Assert.Equal(TrainingStatus.MaxEpochs, result.Status);
        Assert.NotNull(result.Advice);
        Assert.Equal(epochs, result.Final.Epoch);
        Assert.Equal(Enumerable.Range(1, epochs).Select(e => (long)e), seen);
        Assert.Equal(Enumerable.Range(0, epochs + 1).Where(e => e % every == 0 || e == epochs).Select(e => (long)e), recorded);
    }

    [Fact]
    public void TimeLimit_StopsInTime()
    {
        (Solver solver, _) = New("adam");
        using var trainer = new Trainer(solver, Epochs(long.MaxValue) with { MaxSeconds = 0.1 });
        TrainingResult result = trainer.Run();
        Assert.Equal(TrainingStatus.TimeLimit, result.Status);
        Assert.InRange(result.Final.Seconds, 0.1, 20);
    }

    [Fact]
    public void Cancelled_StopsAfterTheEpoch_AndCanGoOn()
    {
        (Solver solver, _) = New("adam");
        using var source = new CancellationTokenSource();
        using var trainer = new Trainer(solver, Epochs(100), new TrainingObserver
        {
            Progress = s =>
            {
                if (s.Epoch == 13) source.Cancel();
            },
        });
        TrainingResult result = trainer.Run(source.Token);
        Assert.Equal((TrainingStatus.Cancelled, 13L), (result.Status, result.Final.Epoch));
        (Solver shorter, _) = New("adam");
        using var stopped = new Trainer(shorter, Epochs(13));
        stopped.Run();
        Assert.Equal(shorter.Network.Parameters, solver.Network.Parameters);
    }

    [Fact]
    public void Seconds_CountTrainingAlone()
    {
        (Solver solver, _) = New("adam");
        using var trainer = new Trainer(solver, Epochs(5));
        Assert.Equal(0, trainer.Seconds);
        trainer.Run();
        double after = trainer.Seconds;
        Thread.Sleep(5);
        Assert.Equal(after, trainer.Seconds);
    }

    [Fact]
    public void Checkpoints_ComeWhenDue_AndHoldTheStateOfTheirEpoch()
    {
        (Solver solver, _) = New("adam");
        var epochs = new List<long>();
        using var trainer = new Trainer(solver, Epochs(10) with { CheckpointSeconds = 0 }, new TrainingObserver { Checkpoint = t => epochs.Add(t.Epoch) });
        trainer.Run();
        Assert.Equal(Enumerable.Range(1, 10).Select(e => (long)e), epochs);
    }

    [Fact]
    public void OptionsThatMakeNoSense_AreRefused()
    {
        (Solver solver, _) = New("adam");
        foreach (TrainingOptions bad in (TrainingOptions[])[
            new() { RecordEvery = 0 }, new() { MaxEpochs = -1 }, new() { MaxSeconds = -1 }, new() { MaxSeconds = double.NaN },
            new() { GradientTolerance = double.NaN }, new() { GradientTolerance = -1 }])
        {
            Assert.Throws<InvalidInputException>(() => new Trainer(solver, bad));
        }
    }

    private static TrainingOptions Epochs(long count) => new() { MaxEpochs = count, GradientTolerance = 0, RecordEvery = 10 };

    private static (Solver Solver, TrainingProblem Problem) New(string name, double rate = 1e-2, Activation? activation = null, int width = 12, int depth = 3)
    {
        TrainingProblem problem = TrainingProblem.Clusters(width: width, depth: depth, hasBias: true);
        if (activation is not null)
        {
            NetworkSpecification old = problem.Network.Specification;
            var specification = new NetworkSpecification(old.InputDimension, old.Widths, hasBias: true, hiddenActivation: activation);
            problem = problem with { Network = new Network(specification, problem.Network.Parameters) };
        }
        Objective objective = problem.Objective();
        Solver solver = name switch
        {
            "adam" => new AdamSolver(objective, problem.Network, new LearningRate(rate, RateSchedule.Constant, 0)),
            "cosine" => new AdamSolver(objective, problem.Network, new LearningRate(rate, RateSchedule.Cosine, 61)),
            "momentum" => new GradientDescentSolver(objective, problem.Network, new LearningRate(rate, RateSchedule.Constant, 0), 0.9),
            "batches" => new GradientDescentSolver(
                objective, problem.Network, new LearningRate(rate, RateSchedule.Constant, 0), 0.9, true, new SampleBatches(objective, 7, false, false, 4)),
            "plain" => new GradientDescentSolver(objective, problem.Network, new LearningRate(rate, RateSchedule.Constant, 0), 0),
            "lbfgs" => new LbfgsSolver(objective, problem.Network, 7),
            _ => throw new ArgumentOutOfRangeException(nameof(name), name, null),
        };
        return (solver, problem);
    }

    private sealed class StuckSolver(Objective objective, Network network) : Solver(objective, network)
    {
        public override StepOutcome Step() => StepOutcome.Stalled;
    }
}
