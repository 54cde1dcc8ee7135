using RankCollapse.Formats;
using RankCollapse.Sweeps.Plan;
using RankCollapse.Sweeps.Storage;
using RankCollapse.Sweeps.Work;

namespace RankCollapse.Sweeps.Engines.Slurm;

/// <summary>Runs a sweep on a Slurm cluster: job arrays whose tasks are workers on the sweep's folder, which the nodes share.</summary>
public sealed class SlurmEngine : Engine
{
    /// <inheritdoc/>
    public override string Name => SlurmArrays.EngineName;

    /// <inheritdoc/>
    public override string Help => "job arrays of a Slurm cluster";

    /// <inheritdoc/>
    public override IReadOnlyList<EngineOption> Options => SlurmOptions.Table;

    /// <inheritdoc/>
    public override bool WorksElsewhere => true;

    /// <inheritdoc/>
    public override int WorkersFor(SweepPlan plan, EngineSettings asked) => new SlurmOptions(asked).Tasks;

    /// <inheritdoc/>
    public override void RequireUsable(EngineSettings asked)
    {
        (SlurmAnswer answer, _, string message) = new SlurmClient(new SlurmOptions(asked).Bin).MaxArraySize();
        if (answer != SlurmAnswer.Known)
            throw new InvalidInputException(
                $"Slurm does not answer{(message.Length > 0 ? $": {message.TrimEnd('.')}" : "")}; try again when it does, or choose another engine.");
    }

    /// <inheritdoc/>
    public override SweepStatus Run(SweepFolder folder, EngineRequest request, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(folder);
        ArgumentNullException.ThrowIfNull(request);
        var options = new SlurmOptions(request.Asked);
        return new SlurmRun(folder, options with { Command = options.Command ?? request.Command }, request, cancellation).Run();
    }

    /// <inheritdoc/>
    public override IReadOnlyList<EngineJob> JobsOf(SweepFolder folder) => [.. SlurmArrays.Read(folder).Select(array => new SlurmJob(array))];

    /// <inheritdoc/>
    public override JsonShape<EngineJob> JobShape => new JsonShape<EngineJob>()
        .TextOrNull("job", job => ArrayOf(job).Job)
        .Text("token", job => ArrayOf(job).Token)
        .Whole("tasks", job => ArrayOf(job).Tasks)
        .Flag("hasEnded", job => job.HasEnded)
        .TextOrNull("state", job => ArrayOf(job).State)
        .TextOrNull("waitsFor", job => ArrayOf(job).WaitsFor)
        .List("ends", job => ArrayOf(job).Ends ?? [], new JsonShape<SlurmTaskEnd>()
            .Text("task", end => end.Task)
            .Text("exitCode", end => end.ExitCode)
            .Whole("restarts", end => end.Restarts));

    /// <inheritdoc/>
    public override IReadOnlyList<string> Cancel(SweepFolder folder, CancellationToken cancellation)
    {
        const int Looks = 20;
        List<SlurmArray> left = [.. SlurmArrays.Read(folder).Where(array => !array.HasEnded)];
        if (left.Count == 0) return [];
        var slurm = new SlurmClient(new SlurmOptions(AskedBefore(folder)).Bin);
        for (int look = 0; look < Looks && left.Count > 0; look++)
        {
            foreach (SlurmArray array in left.ToArray())
            {
                slurm.Cancel(array.Job, array.Token);
                (SlurmAnswer answer, IReadOnlyList<SlurmTask> tasks) = slurm.TasksNamed(array.Token);
                if (answer != SlurmAnswer.Known || tasks.Any(task => task.IsActive)) continue;
                SlurmArrays.Write(folder, array with { HasEnded = true, State = "cancelled", WaitsFor = null });
                left.Remove(array);
            }
            if (left.Count > 0 && cancellation.WaitHandle.WaitOne(TimeSpan.FromSeconds(1.5))) break;
        }
        return [.. left.Select(array => array.Describe())];
    }

    private static SlurmArray ArrayOf(EngineJob job) => ((SlurmJob)job).Array;

    private sealed record SlurmJob(SlurmArray Array) : EngineJob(Array.Describe(), Array.HasEnded, Array.Ends is not null || Array.Job is null);
}
