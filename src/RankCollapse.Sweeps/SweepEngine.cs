using RankCollapse.Sweeps.Engines.Local;
using RankCollapse.Sweeps.Engines.Slurm;
using RankCollapse.Sweeps.Plan;
using RankCollapse.Sweeps.Storage;

namespace RankCollapse.Sweeps;

/// <summary>What runs the trials of a sweep: worker processes on this machine, or a Slurm cluster. A sweep may go on with another one at any time.</summary>
public sealed record SweepEngine
{
    /// <summary>The command that runs this program, such as <c>dotnet RankCollapse.Cli.dll</c>; arguments are added to it.</summary>
    public required IReadOnlyList<string> Command { get; init; }

    /// <summary>Worker processes on this machine; null takes as many as cores and memory allow.</summary>
    public int? Workers { get; init; }

    /// <summary>What is asked of Slurm; null runs on this machine.</summary>
    public SlurmOptions? Slurm { get; init; }

    /// <summary>Checks that Slurm answers, where it is asked for, before anything is changed on the disk.</summary>
    /// <exception cref="InvalidInputException">It does not, or its commands are not there.</exception>
    public void RequireUsable()
    {
        if (Slurm is not { } slurm) return;
        (SlurmAnswer answer, _, string message) = new SlurmClient(slurm.Bin).MaxArraySize();
        if (answer != SlurmAnswer.Known) throw new InvalidInputException($"Slurm does not answer{(message.Length > 0 ? $": {message.TrimEnd('.')}" : "")}; try again when it does, or choose --engine local.");
    }

    /// <summary>Runs what is left of a sweep: a cancellation is lifted, and what is damaged is made again.</summary>
    /// <param name="folder">The sweep.</param>
    /// <param name="progress">Called now and then with the state of all trials; may be null.</param>
    /// <param name="warning">Called with a sentence about what is odd; may be null.</param>
    /// <param name="cancellation">Stops workers of this machine after their epoch at hand, with checkpoints; tasks of Slurm go on.</param>
    /// <returns>Where all trials stand at the end.</returns>
    /// <exception cref="InvalidInputException">The plan cannot be read, or Slurm's commands are not there or refuse.</exception>
    /// <exception cref="ComputationFailedException">Worker after worker, or array after array, ends without a trial.</exception>
    public SweepStatus Run(SweepFolder folder, Action<SweepStatus>? progress = null, Action<string>? warning = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(folder);
        SweepPlan plan = folder.ReadPlan();
        folder.LiftCancellation();
        foreach (string damaged in folder.PutDamagedAside(plan)) warning?.Invoke(damaged);
        if (folder.CountLeanResults(plan) is > 0 and var lean)
            warning?.Invoke($"{lean} of the results were made when less was kept, and stay as they are; delete their folders below {folder.ResultsPath} to have them made again.");
        if (Slurm is { } slurm)
            return SlurmEngine.Run(folder, slurm with { Command = slurm.Command ?? Command }, new SlurmEngineOptions { Progress = progress, Warning = warning }, cancellation);
        SweepStatus status = LocalEngine.Run(folder, new LocalEngineOptions { Command = Command, Workers = Workers, Progress = progress, Warning = warning }, cancellation);
        if (status.HasEnded && SlurmArrays.Read(folder).FirstOrDefault(array => !array.HasEnded) is { } array)
            warning?.Invoke($"{array.Describe()}: as far as was seen it is still in the queue of the cluster, where it will find nothing to do; rankcollapse sweep cancel {folder.Path} ends it.");
        return status;
    }
}
