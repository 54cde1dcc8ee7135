using System.Text.RegularExpressions;
using RankCollapse.Sweeps.Work;

namespace RankCollapse.Sweeps.Engines.Slurm;

/// <summary>What is asked of Slurm for each array of tasks.</summary>
public sealed partial record SlurmOptions
{
    /// <summary>Reads what is asked.</summary>
    public SlurmOptions(EngineSettings asked)
    {
        ArgumentNullException.ThrowIfNull(asked);
        Tasks = asked.Whole("tasks") ?? Tasks;
        Time = asked.Text("time");
        Partition = asked.Text("partition");
        Memory = asked.Text("memory");
        Options = asked.Texts("options") ?? [];
        Setup = asked.Texts("setup") ?? [];
        Command = asked.Texts("command");
        Bin = asked.Text("bin");
        PollSeconds = asked.Number("pollSeconds") ?? PollSeconds;
    }

    /// <summary>All that can be asked.</summary>
    public static IReadOnlyList<EngineOption> Table { get; } =
    [
        EngineOption.Whole("tasks", 1, 100_000, "the most tasks at a time [16]"),
        EngineOption.Text(
            "time", "the time limit of a task, as for sbatch [the partition's]",
            time => SlurmScript.SecondsOf(time) is not null
                || time is "INFINITE" or "UNLIMITED", "minutes, hours:minutes:seconds or days-hours, such as \"04:00:00\""),
        EngineOption.Text(
            "partition", "the partition [the cluster's default]", name => name.Length > 0 && !name.Any(char.IsWhiteSpace), "a name without blanks"),
        EngineOption.Text(
            "memory", "the memory of a task, as for sbatch [the cluster's default]", IsMemory, "a whole number with K, M, G or T, such as \"2G\""),
        EngineOption.Texts("options", "more options of sbatch", IsForOneCluster, "an option that does not choose another cluster: run this there")
            with { NamesPrograms = true },
        EngineOption.Texts(
            "setup", "lines of the script before the worker begins", IsForTheShell, "a line for the shell; what sbatch is told stands in options")
            with { NamesPrograms = true },
        EngineOption.Texts("command", "the program on a node [the one that runs now]") with { NamesPrograms = true },
        EngineOption.Text("bin", "the folder of Slurm's commands [found as a shell does]") with { NamesPrograms = true },
        EngineOption.Number("pollSeconds", 0.1, "seconds between two looks at the queue [15]"),
    ];

    /// <summary>The most tasks at work at a time.</summary>
    public int Tasks { get; init; } = 16;

    /// <summary>The time limit of a task, as Slurm writes it, such as <c>02:00:00</c>; null for the partition's.</summary>
    public string? Time { get; init; }

    /// <summary>The partition; null for the cluster's default.</summary>
    public string? Partition { get; init; }

    /// <summary>Memory of a task, as Slurm writes it, such as <c>2G</c>; null for the cluster's default.</summary>
    public string? Memory { get; init; }

    /// <summary>More options of <c>sbatch</c>, such as <c>--account=physics</c>.</summary>
    public IReadOnlyList<string> Options { get; init; } = [];

    /// <summary>Lines of the script before the work begins, such as <c>module load dotnet</c>.</summary>
    public IReadOnlyList<string> Setup { get; init; } = [];

    /// <summary>The command that runs this program on a node; null for the one that runs now.</summary>
    public IReadOnlyList<string>? Command { get; init; }

    /// <summary>The folder of Slurm's commands; null finds them as a shell does.</summary>
    public string? Bin { get; init; }

    /// <summary>Seconds between two looks at the queue.</summary>
    public double PollSeconds { get; init; } = 15;

    /// <summary>Jobs of other clusters would not be found again by the questions that are asked of this one.</summary>
    private static bool IsForOneCluster(string option) => !ChoosesCluster().IsMatch(option);

    /// <summary>Beginnings of <c>--clusters</c>, and <c>-M</c>, also after letters that take no value.</summary>
    [GeneratedRegex(@"^(-{2}clu(s(t(e(rs?)?)?)?)?(=|$)|-[hHIkOQsuvVW]*M)")]
    private static partial Regex ChoosesCluster();

    /// <summary>Lines for sbatch among those of the script would choose what the options may not.</summary>
    private static bool IsForTheShell(string line) => !line.StartsWith("#SBATCH", StringComparison.Ordinal);

    private static bool IsMemory(string memory) =>
        memory.TrimEnd('K', 'M', 'G', 'T') is { Length: > 0 } number && memory.Length - number.Length <= 1 && number.All(char.IsAsciiDigit);
}
