using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using RankCollapse.Formats;
using RankCollapse.Sweeps.Plan;
using RankCollapse.Sweeps.Storage;

namespace RankCollapse.Sweeps.Work;

/// <summary>
/// What runs the trials of a sweep: threads of this process, processes of this machine, a cluster. Another one may go on with a sweep at any time.
/// </summary>
/// <remarks>
/// An engine is a type without state and one line in the table of engines. All that it and others know of a sweep is in the sweep's folder;
/// its part is to see to it that workers work there, and to return when nothing is left.
/// </remarks>
public abstract class Engine
{
    private const string MarkEnding = ".mark";
    private const long LargestFile = 64 << 20;

    /// <summary>Its name on the command line, and that of the part of a specification that says what is asked of it.</summary>
    public abstract string Name { get; }

    /// <summary>What it is in a few words, for help.</summary>
    public abstract string Help { get; }

    /// <summary>What can be asked of it.</summary>
    public virtual IReadOnlyList<EngineOption> Options => [];

    /// <summary>Whether other machines train, so that this one is free meanwhile, and they go on when this process ends.</summary>
    public virtual bool WorksElsewhere => false;

    /// <summary>Reads and checks what is asked of it.</summary>
    /// <param name="part">An object with values of <see cref="Options"/>.</param>
    /// <param name="place">Where it stands, for errors.</param>
    /// <exception cref="InvalidInputException">A name or a value cannot be used; the message names the place.</exception>
    public EngineSettings Read(JsonElement part, string place) => EngineSettings.Read(Options, part, place);

    /// <summary>The same of a file that holds nothing else.</summary>
    /// <exception cref="InvalidInputException">As above, or the file cannot be read.</exception>
    public EngineSettings ReadFile(string path) => Read(JsonReading.ReadObject(path), Path.GetFileName(path));

    /// <summary>The same of values that a program has made up.</summary>
    /// <exception cref="InvalidInputException">As above.</exception>
    public EngineSettings Ask(JsonObject values)
    {
        ArgumentNullException.ThrowIfNull(values);
        return Read(JsonDocument.Parse(values.ToJsonString()).RootElement, Name);
    }

    /// <summary>
    /// What was asked of it when it last ran a sweep, or what the sweep's specification asks where it has not. What names programs is there only where this
    /// user asked for it: a folder may come from anyone.
    /// </summary>
    /// <exception cref="InvalidInputException">A file of the sweep is damaged.</exception>
    public EngineSettings AskedBefore(SweepFolder folder) => AskedBefore(folder, out _);

    /// <summary>The same, with the names of what was left out because it names programs.</summary>
    /// <param name="folder">The sweep.</param>
    /// <param name="leftOut">What the folder asks and this user has not.</param>
    /// <exception cref="InvalidInputException">A file of the sweep is damaged.</exception>
    public EngineSettings AskedBefore(SweepFolder folder, out IReadOnlyList<string> leftOut)
    {
        ArgumentNullException.ThrowIfNull(folder);
        EngineSettings found = EngineSettings.None;
        bool isOwn = false;
        string path = folder.AskedPath(Name);
        if (File.Exists(path))
        {
            byte[] content = InputFile.ReadSmall(path, LargestFile);
            found = Read(JsonReading.ParseObject(content, path), Path.GetFileName(path));
            isOwn = InputFile.TryReadSmall(path + MarkEnding, LargestFile) is { } mark && OwnMark.IsOf(content, mark);
        }
        else if (File.Exists(folder.SpecificationPath) && JsonReading.ReadObject(folder.SpecificationPath).TryGetProperty(Name, out JsonElement part))
        {
            found = Read(part, $"{Path.GetFileName(folder.SpecificationPath)}: {Name}");
        }
        leftOut = isOwn ? [] : [.. Options.Where(option => option.NamesPrograms && found.Names.Contains(option.Name)).Select(option => option.Name)];
        return found.Without(leftOut);
    }

    /// <summary>The most trials at a time.</summary>
    /// <param name="plan">The sweep.</param>
    /// <param name="asked">What is asked of the engine.</param>
    /// <exception cref="InvalidInputException">Not even one trial fits into memory.</exception>
    public abstract int WorkersFor(SweepPlan plan, EngineSettings asked);

    /// <summary>Checks that it can work, before anything is changed on the disk.</summary>
    /// <exception cref="InvalidInputException">It cannot.</exception>
    public virtual void RequireUsable(EngineSettings asked)
    {
    }

    /// <summary>Runs what is left of a sweep until every trial is done or failed, the sweep is cancelled, or a request to stop.</summary>
    /// <param name="folder">The sweep.</param>
    /// <param name="request">What is asked, and who wants to hear of it.</param>
    /// <param name="cancellation">Stops what belongs to this process, with checkpoints.</param>
    /// <returns>Where all trials stand at the end.</returns>
    /// <exception cref="InvalidInputException">The plan cannot be read, or the engine is not there or refuses.</exception>
    /// <exception cref="ComputationFailedException">It cannot go on.</exception>
    public abstract SweepStatus Run(SweepFolder folder, EngineRequest request, CancellationToken cancellation);

    /// <summary>What it began for a sweep elsewhere, oldest first.</summary>
    public virtual IReadOnlyList<EngineJob> JobsOf(SweepFolder folder) => [];

    /// <summary>What a job is in JSON.</summary>
    public virtual JsonShape<EngineJob> JobShape => new JsonShape<EngineJob>().Text("description", job => job.Description)
        .Flag("hasEnded", job => job.HasEnded);

    /// <summary>Ends what it began for a sweep elsewhere.</summary>
    /// <returns>What could not be confirmed to have ended, each in words.</returns>
    public virtual IReadOnlyList<string> Cancel(SweepFolder folder, CancellationToken cancellation) => [];

    /// <summary>Writes down what is asked of it for a sweep.</summary>
    internal void Remember(SweepFolder folder, EngineSettings asked)
    {
        // Folders of earlier versions have none.
        FileSteps.MakeFolder(folder.AskedFolder);
        string path = folder.AskedPath(Name);
        FileSteps.Delete(path + MarkEnding);
        if (asked.IsEmpty)
        {
            FileSteps.Delete(path);
            return;
        }
        byte[] content = asked.ToJson();
        AtomicFile.WriteInside(path, content);
        if (Options.Any(option => option.NamesPrograms && asked.Names.Contains(option.Name)) && OwnMark.Of(content) is { } mark)
            AtomicFile.WriteInside(path + MarkEnding, Encoding.ASCII.GetBytes(mark));
    }
}

/// <summary>What is asked of an engine, and who wants to hear of it.</summary>
public sealed record EngineRequest
{
    /// <summary>
    /// The command that runs this program, such as <c>dotnet RankCollapse.Cli.dll</c>, to which arguments are added; engines that start processes need it.
    /// </summary>
    public IReadOnlyList<string> Command { get; init; } = [];

    /// <summary>What is asked of the engine.</summary>
    public EngineSettings Asked { get; init; } = EngineSettings.None;

    /// <summary>The seconds that workers of this machine wait for space on a full disk; null takes the usual ones.</summary>
    public double? PatienceSeconds { get; init; }

    /// <summary>The recordings that plans may ask for; see <see cref="SweepLimits.Recording"/>.</summary>
    public IReadOnlyList<TrialRecording> Recordings { get; init; } = [];

    /// <summary>Called now and then with the state of all trials; never by two threads at once.</summary>
    public Action<SweepStatus>? Progress { get; init; }

    /// <summary>Called with a sentence about what is odd.</summary>
    public Action<string>? Warning { get; init; }
}

/// <summary>What an engine began elsewhere for a sweep.</summary>
/// <param name="Description">One line for people.</param>
/// <param name="HasEnded">Whether nothing of it can work any more.</param>
/// <param name="IsOdd">Whether it did not end as it should.</param>
public record EngineJob(string Description, bool HasEnded, bool IsOdd);
