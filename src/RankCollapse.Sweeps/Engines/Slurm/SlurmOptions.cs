using System.Text.Json;
using System.Text.Json.Nodes;
using RankCollapse.Sweeps.Plan;
using RankCollapse.Sweeps.Specification;

namespace RankCollapse.Sweeps.Engines.Slurm;

/// <summary>What is asked of Slurm for each array of tasks; the part <c>slurm</c> of a specification.</summary>
public sealed record SlurmOptions
{
    private const int MostTasks = 100_000;
    private const double LeastPollSeconds = 0.1;

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

    /// <summary>Reads the part <c>slurm</c> of a specification's file; defaults where there is no such file.</summary>
    /// <exception cref="InvalidInputException">It cannot be used.</exception>
    public static SlurmOptions ReadFrom(string path) => File.Exists(path) ? Read(JsonReading.ReadObject(path), Path.GetFileName(path)) : new SlurmOptions();

    /// <summary>Reads a file that holds such a part alone, as <c>{ "partition": "cpu", "tasks": 50 }</c>.</summary>
    /// <exception cref="InvalidInputException">The file is missing, or something in it cannot be used; the message names the place.</exception>
    public static SlurmOptions ReadPart(string path) => ReadPart(JsonReading.ReadObject(path), Path.GetFileName(path));

    /// <summary>The options as the part of a specification that gives them again.</summary>
    internal JsonObject ToJson()
    {
        var part = new JsonObject { ["tasks"] = Tasks, ["pollSeconds"] = PollSeconds };
        void Add(string name, JsonNode? value)
        {
            if (value is not null) part[name] = value;
        }

        static JsonArray? List(IReadOnlyList<string>? texts) => texts is { Count: > 0 } ? new JsonArray([.. texts.Select(text => (JsonNode)text)]) : null;

        Add("time", Time);
        Add("partition", Partition);
        Add("memory", Memory);
        Add("options", List(Options));
        Add("setup", List(Setup));
        Add("command", List(Command));
        Add("bin", Bin);
        return part;
    }

    /// <summary>Reads the part <c>slurm</c> of a specification; defaults where there is none.</summary>
    internal static SlurmOptions Read(JsonElement root, string file) =>
        root.TryGetProperty("slurm", out JsonElement given) ? ReadPart(given, $"{file}: slurm") : new SlurmOptions();

    private static SlurmOptions ReadPart(JsonElement given, string place)
    {
        var options = new SlurmOptions();
        JsonReading.RequireObject(given, place, "tasks", "time", "partition", "memory", "options", "setup", "command", "bin", "pollSeconds");
        string? Text(string name) => given.TryGetProperty(name, out JsonElement value) ? OneLine(JsonReading.Text(value, $"{place}.{name}"), $"{place}.{name}") : null;
        string? Checked(string name, Func<string, bool> isUsable, string expected) => Text(name) is not { } text || isUsable(text) ? Text(name) : throw JsonReading.Unexpected(given.GetProperty(name), $"{place}.{name}", expected);
        IReadOnlyList<string>? Texts(string name) => given.TryGetProperty(name, out JsonElement value)
            ? [.. JsonReading.List(value, $"{place}.{name}", "a list of texts").Select((one, i) => OneLine(JsonReading.Text(one, $"{place}.{name}[{i + 1}]"), $"{place}.{name}[{i + 1}]"))]
            : null;
        return options with
        {
            Tasks = given.TryGetProperty("tasks", out JsonElement tasks) ? (int)JsonReading.Whole(tasks, $"{place}.tasks", 1, MostTasks) : options.Tasks,
            Time = Checked("time", time => SlurmScript.SecondsOf(time) is not null || time is "INFINITE" or "UNLIMITED", "minutes, hours:minutes:seconds or days-hours, such as \"04:00:00\""),
            Partition = Checked("partition", partition => partition.Length > 0 && !partition.Any(char.IsWhiteSpace), "a name without blanks"),
            Memory = Checked("memory", memory => memory.TrimEnd('K', 'M', 'G', 'T') is { Length: > 0 } number && memory.Length - number.Length <= 1 && number.All(char.IsAsciiDigit), "a whole number with K, M, G or T, such as \"2G\""),
            Options = Texts("options") ?? [],
            Setup = Texts("setup") ?? [],
            Command = Texts("command"),
            Bin = Text("bin"),
            PollSeconds = given.TryGetProperty("pollSeconds", out JsonElement poll)
                ? (JsonReading.Number(given, "pollSeconds", place) is >= LeastPollSeconds and var seconds ? seconds : throw JsonReading.Unexpected(poll, $"{place}.pollSeconds", $"a number of seconds from {LeastPollSeconds}"))
                : options.PollSeconds,
        };
    }

    private static string OneLine(string text, string place) => text.AsSpan().IndexOfAny('\n', '\r', '\0') < 0
        ? text
        : throw new InvalidInputException($"{place} has more than one line; give a line for each.");
}
