using System.Runtime.ExceptionServices;
using RankCollapse.Sweeps.Plan;
using RankCollapse.Sweeps.Storage;
using RankCollapse.Sweeps.Work;

namespace RankCollapse.Sweeps.Engines.InProcess;

/// <summary>Runs a sweep with threads of this process, each a worker: for libraries and for what is over soon.</summary>
/// <remarks>
/// A trial that goes on long after its time limit can be ended only with the whole process; the same sweep goes on then as after any other end.
/// </remarks>
public sealed class InProcessEngine : Engine
{
    private static readonly TimeSpan BetweenReports = TimeSpan.FromSeconds(1);

    /// <inheritdoc/>
    public override string Name => "in-process";

    /// <inheritdoc/>
    public override string Help => "threads of this process";

    /// <inheritdoc/>
    public override IReadOnlyList<EngineOption> Options { get; } = [WorkerCount.Option];

    /// <inheritdoc/>
    public override int WorkersFor(SweepPlan plan, EngineSettings asked) => WorkerCount.For(plan, asked);

    /// <inheritdoc/>
    public override SweepStatus Run(SweepFolder folder, EngineRequest request, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(folder);
        ArgumentNullException.ThrowIfNull(request);
        SweepPlan plan = folder.ReadPlan();
        new DeadWorkers(folder, plan.Limits.LeaseSeconds).Return();
        var reporting = new Lock();
        SweepStatus Report()
        {
            lock (reporting)
            {
                SweepStatus now = folder.ReadStatus(plan);
                request.Progress?.Invoke(now);
                return now;
            }
        }

        SweepStatus status = Report();
        int left = status.Counts[TrialState.Pending] + status.Counts[TrialState.Leased], count = Math.Min(left, WorkerCount.For(plan, request));
        if (count == 0) return status;
        WorkerOptions OptionsOf(int slot) => new()
        {
            Share = (double)slot / count,
            // One stays to the end, in case another's trial comes back.
            LeavesEarly = slot > 0,
            PatienceSeconds = request.PatienceSeconds ?? WorkerOptions.UsualPatienceSeconds,
            Recordings = request.Recordings,
            Warning = request.Warning,
            Ended = () => Report(),
        };
        Task[] workers = [.. Enumerable.Range(0, count).Select(slot => Task.Factory.StartNew(
            () => SweepWorker.Run(folder, OptionsOf(slot), cancellation), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default))];
        Task all = Task.WhenAll(workers);
        while (Task.WaitAny([all], BetweenReports) < 0) Report();
        if (all.Exception is { } e) ExceptionDispatchInfo.Throw(e.InnerExceptions[0]);
        return Report();
    }
}
