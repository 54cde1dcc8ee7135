using RankCollapse.Formats;
using RankCollapse.Sweeps.Plan;
using RankCollapse.Sweeps.Storage;
using RankCollapse.Sweeps.Work;

namespace RankCollapse.Sweeps.Engines;

/// <summary>The table of engines, and what is the same for all of them.</summary>
public static class SweepEngines
{
    /// <summary>All engines; the first is the usual one.</summary>
    public static Registry<Engine> All { get; } = new(
        "engine",
        engine => engine.Name,
        new Local.LocalEngine(),
        new Slurm.SlurmEngine(),
        new InProcess.InProcessEngine());

    /// <summary>Runs what is left of a sweep: a cancellation is lifted, and what is damaged is made again.</summary>
    /// <param name="engine">What trains.</param>
    /// <param name="folder">The sweep.</param>
    /// <param name="request">What is asked of the engine, and who wants to hear of it.</param>
    /// <param name="cancellation">Stops workers of this machine after their epoch at hand, with checkpoints; what works elsewhere goes on.</param>
    /// <returns>Where all trials stand at the end.</returns>
    /// <exception cref="InvalidInputException">The plan cannot be read, or the engine is not there or refuses.</exception>
    /// <exception cref="ComputationFailedException">The engine cannot go on, such as where worker after worker ends without a trial.</exception>
    public static SweepStatus Run(Engine engine, SweepFolder folder, EngineRequest request, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(engine);
        ArgumentNullException.ThrowIfNull(folder);
        ArgumentNullException.ThrowIfNull(request);
        SweepPlan plan = folder.ReadPlanToWork();
        using IDisposable saving = Cancellation.Saving();
        using (folder.Claim(cancellation))
        {
            FileSteps.Guard(folder.Path, () =>
            {
                folder.LiftCancellation();
                engine.Remember(folder, request.Asked);
                foreach (string damaged in folder.PutDamagedAside(plan)) request.Warning?.Invoke(damaged);
            });
        }
        if (folder.CountLeanResults(plan) is > 0 and var lean)
        {
            request.Warning?.Invoke($"{lean} of the results were made when less was kept, and stay as they are; "
                + $"delete their folders below {folder.ResultsPath} to have them made again.");
        }
        SweepStatus status = FileSteps.Guard(folder.Path, () => engine.Run(folder, request, cancellation));
        if (status.HasEnded && !engine.WorksElsewhere && ActiveJobsOf(folder).FirstOrDefault() is { } job)
        {
            request.Warning?.Invoke($"{job.Description}: as far as was seen it is still in its queue, where it will find nothing to do; "
                + $"rankcollapse sweep cancel {folder.Path} ends it.");
        }
        return status;
    }

    /// <summary>What engines began elsewhere for a sweep and may still be at work.</summary>
    public static IEnumerable<EngineJob> ActiveJobsOf(SweepFolder folder) => All.SelectMany(engine => engine.JobsOf(folder)).Where(job => !job.HasEnded);

    /// <summary>Ends what engines began elsewhere for a sweep.</summary>
    /// <returns>What could not be confirmed to have ended, each in words.</returns>
    public static IReadOnlyList<string> Cancel(SweepFolder folder, CancellationToken cancellation = default) =>
        [.. All.SelectMany(engine => engine.Cancel(folder, cancellation))];
}
