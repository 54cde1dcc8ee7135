using RankCollapse.Sweeps.Plan;
using RankCollapse.Sweeps.Storage;
using RankCollapse.Sweeps.Work;

namespace RankCollapse.Sweeps.Engines.Local;

/// <summary>Runs a sweep on this machine: worker processes of one core each, started again when one is lost.</summary>
public sealed class LocalEngine : Engine
{
    /// <summary>What a worker needs beside its trial.</summary>
    private const double BytesOfAWorker = 150e6;

    /// <inheritdoc/>
    public override string Name => "local";

    /// <inheritdoc/>
    public override string Help => "processes on this machine";

    /// <inheritdoc/>
    public override IReadOnlyList<EngineOption> Options { get; } = [WorkerCount.Option];

    /// <inheritdoc/>
    public override int WorkersFor(SweepPlan plan, EngineSettings asked) => WorkerCount.For(plan, asked, BytesOfAWorker);

    /// <inheritdoc/>
    public override SweepStatus Run(SweepFolder folder, EngineRequest request, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(folder);
        ArgumentNullException.ThrowIfNull(request);
        SweepPlan plan = folder.ReadPlan();
        return new LocalRun(folder, plan, request).Run(WorkerCount.For(plan, request, BytesOfAWorker), cancellation);
    }
}
