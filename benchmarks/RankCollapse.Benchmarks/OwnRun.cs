using RankCollapse.LinearAlgebra;
using RankCollapse.Networks;
using RankCollapse.Training;
using RankCollapse.Training.SecondOrder;

namespace RankCollapse.Benchmarks;

/// <summary>A training of our own with its clocks running; the solver's preparation counts, and in the first run the program's compilation.</summary>
internal static class OwnRun
{
    /// <summary>Trains until a relative gradient or a limit.</summary>
    /// <param name="problem">The problem.</param>
    /// <param name="seconds">The limit.</param>
    /// <param name="tolerance">The relative gradient.</param>
    /// <param name="clock">The clock of the limit.</param>
    /// <param name="threads">Threads inside a product.</param>
    /// <param name="watch">Puts something around the preconditioner.</param>
    /// <param name="missing">Asked where the gradient is small enough: what is missing besides.</param>
    /// <param name="look">Is shown the solver at each point, with the clocks stopped.</param>
    public static (TrainingCurve Curve, long Products) Train(
        BenchmarkProblem problem,
        double seconds,
        double tolerance,
        Clock clock,
        int threads = 1,
        Func<IPreconditioner, IPreconditioner>? watch = null,
        Func<Solver, string?>? missing = null,
        Action<Solver, CurvePoint>? look = null)
    {
        Product.MaxThreads = threads;
        Objective objective = problem.Objective();
        Network network = problem.Start();
        var points = new List<CurvePoint>();
        Seconds start = OwnClock.Now();
        var solver = new GaussNewtonSolver(objective, network, watch);
        using var limit = new CancellationTokenSource();
        void Note(TrainingState state)
        {
            Seconds now = OwnClock.Now();
            points.Add(new CurvePoint(now - start, state.Value.Total,
                Math.Min(state.Value.Total, points.Count > 0 ? points[^1].Lowest : double.PositiveInfinity), state.Gradient.Relative));
            if (points[^1].At.On(clock) >= seconds) limit.Cancel();
            look?.Invoke(solver, points[^1]);
            start -= now - OwnClock.Now();
        }

        using var trainer = new Trainer(
            solver,
            new TrainingOptions { GradientTolerance = tolerance, Missing = missing, MaxEpochs = 1_000_000, RecordEvery = 1_000_000 },
            new TrainingObserver { Progress = Note, Record = state => { if (state.Epoch == 0) Note(state); } });
        TrainingResult result = trainer.Run(limit.Token);
        return (new TrainingCurve("RankCollapse gauss-newton", "gauss-newton", null, points,
            result.Status == TrainingStatus.Cancelled ? "time-limit" : result.Status.ToString().ToLowerInvariant()), solver.HessianProducts);
    }
}
