using RankCollapse.LinearAlgebra;
using RankCollapse.Networks;
using RankCollapse.Training;
using RankCollapse.Training.SecondOrder;

namespace RankCollapse.Benchmarks;

/// <summary>A preconditioner whose parts are timed.</summary>
internal sealed class TimedPreconditioner(IPreconditioner inner, Clock clock) : IPreconditioner
{
    /// <summary>Seconds in <see cref="Build"/>.</summary>
    public double Building { get; private set; }

    /// <summary>Seconds in <see cref="Solve"/>.</summary>
    public double Solving { get; private set; }

    /// <summary>Seconds in <see cref="Restore"/>.</summary>
    public double Restoring { get; private set; }

    public CurvatureOperator Passes => inner.Passes;

    public bool ResolvesOutputs => inner.ResolvesOutputs;

    public void Build(Objective point, Network network) => Building += Time(() => inner.Build(point, network));

    public void Solve(Network v, Network result) => Solving += Time(() => inner.Solve(v, result));

    public void Restore(Matrix outputs, Network result) => Restoring += Time(() => inner.Restore(outputs, result));

    private double Time(Action action)
    {
        Seconds start = OwnClock.Now();
        action();
        return (OwnClock.Now() - start).On(clock);
    }
}
