using System.CommandLine;
using System.Runtime.InteropServices;
using RankCollapse.Cli.Output;
using RankCollapse.Sweeps;
using RankCollapse.Sweeps.Engines.Slurm;
using RankCollapse.Sweeps.Plan;
using RankCollapse.Sweeps.Storage;

namespace RankCollapse.Cli.Commands.Sweeps;

/// <summary>Runs what is left of a sweep on one of the engines; <c>run</c> and <c>resume</c> share it.</summary>
internal sealed record SweepRun
{
    private static readonly string[] Engines = ["local", "slurm"];

    private readonly CommandEnvironment _environment;

    private SweepRun(CommandEnvironment environment) => _environment = environment;

    /// <summary>The engine's name.</summary>
    public required string Engine { get; init; }

    /// <summary>The number of workers that was asked for.</summary>
    public int? Workers { get; init; }

    /// <summary>Whether the result is written as JSON.</summary>
    public bool IsJson { get; init; }

    /// <summary>Reads and checks the options.</summary>
    public static SweepRun Read(ParseResult parsed, CommandEnvironment environment, Option<string> engine, Option<int> workers, Option<bool> json)
    {
        string name = EngineName(parsed, engine);
        int? count = parsed.GetResult(workers) is null ? null : parsed.GetValue(workers);
        if (count < 1) throw new InvalidInputException($"--workers is {count}; expected at least 1.");
        return new SweepRun(environment) { Engine = name, Workers = count, IsJson = parsed.GetValue(json) };
    }

    /// <summary>The engine that an option names.</summary>
    public static string EngineName(ParseResult parsed, Option<string> engine)
    {
        string name = parsed.GetValue(engine) ?? "local";
        return Engines.Contains(name) ? name : throw new InvalidInputException($"The option --engine is '{ErrorText.Printable(name)}'; {NearMatches.Advice(name, Engines)}");
    }

    /// <summary>Runs what is left.</summary>
    /// <param name="folder">The sweep.</param>
    /// <param name="slurm">What is asked of Slurm.</param>
    /// <returns>The exit code.</returns>
    public int Go(SweepFolder folder, SlurmOptions slurm)
    {
        SweepPlan plan = folder.ReadPlan();
        var engine = new SweepEngine { Command = ThisProgram(), Workers = Workers, Slurm = Engine == "slurm" ? slurm : null };
        SweepStatus status = SweepProgress.Show(_environment, plan, progress => engine.Run(folder, progress.Update, progress.Warn, _environment.Cancellation));
        if (IsJson) JsonOutput.Write(_environment.Output, SweepStatusOutput.Document.Write((folder, plan, status)));
        else SweepStatusOutput.Write(_environment.Output, folder, plan, status);
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
