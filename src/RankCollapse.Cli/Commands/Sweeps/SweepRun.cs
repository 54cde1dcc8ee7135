using System.Runtime.InteropServices;
using RankCollapse.Cli.Output;
using RankCollapse.Experiments.Running;
using RankCollapse.Sweeps.Engines;
using RankCollapse.Sweeps.Plan;
using RankCollapse.Sweeps.Storage;
using RankCollapse.Sweeps.Work;

namespace RankCollapse.Cli.Commands.Sweeps;

/// <summary>Runs what is left of a sweep on one of the engines; <c>run</c> and <c>resume</c> share it.</summary>
internal static class SweepRun
{
    /// <summary>Runs what is left.</summary>
    /// <param name="environment">Where output goes.</param>
    /// <param name="folder">The sweep.</param>
    /// <param name="engine">What trains.</param>
    /// <param name="asked">What is asked of it.</param>
    /// <param name="json">Whether the end is written as JSON.</param>
    /// <returns>The exit code.</returns>
    public static int Go(CommandEnvironment environment, SweepFolder folder, Engine engine, EngineSettings asked, bool json)
    {
        SweepPlan plan = folder.ReadPlan();
        var request = new EngineRequest { Command = ThisProgram(), Asked = asked, Recordings = ExperimentCatalogue.Recordings };
        SweepStatus status = SweepProgress.Show(
            environment, plan, progress =>
                SweepEngines.Run(engine, folder, request with { Progress = progress.Update, Warning = progress.Warn }, environment.Cancellation));
        if (json) JsonOutput.Write(environment.Output, SweepStatusOutput.Document.Write((folder, plan, status)));
        else SweepStatusOutput.Write(environment.Output, folder, plan, status);
        return status.Counts[TrialState.Done] == plan.Trials.Count ? ExitCode.Done : ExitCode.NotReached;
    }

    /// <summary>The command line that runs this program, whatever host runs it now.</summary>
    public static IReadOnlyList<string> ThisProgram()
    {
        string assembly = typeof(SweepRun).Assembly.Location;
        string host = Environment.ProcessPath ?? "";
        if (Path.GetFileNameWithoutExtension(host) is "rankcollapse" or "RankCollapse.Cli") return [host];
        if (Path.GetFileNameWithoutExtension(host) == "dotnet") return [host, assembly];
        // Another program hosts the command, such as a test: the runtime's own host runs it.
        string runtime = RuntimeEnvironment.GetRuntimeDirectory();
        string dotnet = Path.GetFullPath(Path.Combine(runtime, "..", "..", "..", OperatingSystem.IsWindows() ? "dotnet.exe" : "dotnet"));
        return [File.Exists(dotnet) ? dotnet : "dotnet", assembly];
    }
}
