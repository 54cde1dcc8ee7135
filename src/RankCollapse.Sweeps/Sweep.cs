using RankCollapse.Formats;
using RankCollapse.Sweeps.Engines;
using RankCollapse.Sweeps.Engines.InProcess;
using RankCollapse.Sweeps.Plan;
using RankCollapse.Sweeps.Specification;
using RankCollapse.Sweeps.Storage;
using RankCollapse.Sweeps.Work;

namespace RankCollapse.Sweeps;

/// <summary>The front door of sweeps: from a specification to the results of all its trials in a folder.</summary>
public static class Sweep
{
    /// <summary>Runs a sweep, or goes on with one that was interrupted or whose specification has more values now; what is done is not done again.</summary>
    /// <param name="specification">The file of the specification.</param>
    /// <param name="path">The folder of the sweep.</param>
    /// <param name="engine">What trains; null takes threads of this process.</param>
    /// <param name="request">What is asked beyond the specification, and who wants to hear of it.</param>
    /// <param name="cancellation">Stops what belongs to this process, with checkpoints.</param>
    /// <returns>Where all trials stand at the end; <see cref="SweepFolder.ReadResult"/> gives their results.</returns>
    /// <exception cref="InvalidInputException">The specification or the folder cannot be used; nothing was written then.</exception>
    /// <exception cref="ComputationFailedException">The engine cannot go on.</exception>
    public static SweepStatus Run(
        string specification, string path, Engine? engine = null, EngineRequest? request = null, CancellationToken cancellation = default)
    {
        var read = SweepSpecification.Read(specification);
        SweepPlan plan = read.Plan().Plan;
        engine ??= new InProcessEngine();
        request ??= new EngineRequest();
        request = request with { Asked = read.AskedOf(engine).With(request.Asked) };
        engine.RequireUsable(request.Asked);
        return SweepEngines.Run(engine, Begin(path, plan, InputFile.ReadSmall(specification, SweepSpecification.LargestFile)), request, cancellation);
    }

    /// <summary>The number of a plan's trials that a folder has results of already.</summary>
    /// <exception cref="InvalidInputException">The folder holds results of another sweep, and none of this one.</exception>
    public static int CountDone(string path, SweepPlan plan)
    {
        if (!SweepFolder.IsSweep(path)) return 0;
        SweepStatus status = SweepFolder.Open(path).ReadStatus(plan);
        int done = status.Counts[TrialState.Done];
        if (done > 0 || status.OtherResults == 0) return done;
        string results = status.OtherResults == 1 ? "1 result" : $"{status.OtherResults} results";
        throw new InvalidInputException(
            $"{path} holds {results} of another sweep, none of which is one of these trials; choose another out, or delete the folder.")
        {
            Settings = ["out"],
        };
    }

    /// <summary>Makes the folder of a sweep, or gives the one that is there this plan.</summary>
    /// <exception cref="InvalidInputException">The folder holds something else, or cannot be written.</exception>
    public static SweepFolder Begin(string path, SweepPlan plan, byte[] specification)
    {
        CountDone(path, plan);
        var folder = SweepFolder.Create(path);
        folder.Adopt(plan, specification);
        return folder;
    }
}
