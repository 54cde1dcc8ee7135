using System.Diagnostics;
using System.Text.Json.Nodes;
using RankCollapse.Formats;
using RankCollapse.Runs;
using RankCollapse.Sweeps.Engines;
using RankCollapse.Sweeps.Engines.InProcess;
using RankCollapse.Sweeps.Plan;
using RankCollapse.Sweeps.Storage;
using RankCollapse.Sweeps.Work;
using RankCollapse.Training;

namespace RankCollapse.Sweeps;

/// <summary>
/// Trains the same settings from many seeds: a sweep of one thread a member on all cores of this machine, of which a run folder for each member and a summary
/// stay.
/// </summary>
public sealed class TrainingEnsemble
{
    /// <summary>The file of the summary in the ensemble's folder.</summary>
    public const string SummaryFile = Ensemble.SummaryFile;

    /// <summary>The folder of the sweep, there until all members have ended.</summary>
    private const string SweepName = "sweep";

    /// <summary>The largest number of members, to catch mistyped ranges.</summary>
    private const long MostMembers = 1_000_000;

    private readonly RunConfiguration _configuration;
    private readonly string _path;
    private readonly EnsembleOptions _options;
    private readonly SortedDictionary<long, EnsembleMember?> _members = [];
    private readonly List<RunSummary> _summaries = [];
    private readonly HashSet<long> _told = [];

    private TrainingEnsemble(RunConfiguration configuration, string path, EnsembleOptions options)
    {
        _configuration = configuration;
        _path = path;
        _options = options;
    }

    /// <summary>Trains all members; one that fails is reported and does not stop the others.</summary>
    /// <param name="configuration">The settings; <see cref="RunConfiguration.Seed"/> and <see cref="RunConfiguration.Threads"/> are set for each
    /// member.</param>
    /// <param name="firstSeed">The first seed.</param>
    /// <param name="lastSeed">The last seed, included.</param>
    /// <param name="path">The ensemble's folder; member s is the run folder <c>seed-s</c> below it.</param>
    /// <param name="options">What is asked beyond the settings.</param>
    /// <param name="cancellation">Stops all members after their epoch at hand; they can be resumed.</param>
    /// <exception cref="InvalidInputException">Settings, data, seeds or folder cannot be used; nothing was written then.</exception>
    public static EnsembleSummary Start(
        RunConfiguration configuration, long firstSeed, long lastSeed, string path, EnsembleOptions? options = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        ArgumentNullException.ThrowIfNull(path);
        InputFile.RequirePath(path);
        options ??= new EnsembleOptions();
        if (lastSeed < firstSeed || lastSeed - firstSeed >= MostMembers)
            throw new InvalidInputException(
                $"The seeds are {firstSeed}..{lastSeed}; the last must not be below the first, and at most {MostMembers} are trained at once.");
        configuration.Validate();
        using FolderClaim claim = RunFolder.ClaimNew(path);
        if (!options.Resume && !options.Force && Directory.EnumerateFileSystemEntries(path).Any(entry => Path.GetFileName(entry) != FolderClaim.FileName))
        {
            throw new InvalidInputException(
                $"The folder {path} is not empty; choose another out, or give resume to go on with its members or force to replace them.")
            {
                Settings = ["out", "resume", "force"],
            };
        }
        var ensemble = new TrainingEnsemble(configuration, path, options);
        for (long seed = firstSeed; seed <= lastSeed; seed++) ensemble._members[seed] = options.Force ? null : ensemble.Ended(seed);
        return FileSteps.Guard(path, () => ensemble.Train(cancellation));
    }

    private EnsembleSummary Train(CancellationToken cancellation)
    {
        var watch = Stopwatch.StartNew();
        foreach (EnsembleMember ended in _members.Values.OfType<EnsembleMember>().ToArray()) Tell(ended);
        SweepPlan? plan = PlanOfTheRest();
        string sweepPath = Path.Combine(_path, SweepName);
        if (plan is not null)
        {
            if (_options.Force) RemoveEarlier(sweepPath);
            var folder = SweepFolder.Create(sweepPath);
            folder.Adopt(plan);
            folder.ForgiveFailures(plan);
            SweepStatus status = SweepEngines.Run(new InProcessEngine(), folder, Request(folder, plan), cancellation);
            foreach (Trial trial in plan.Trials) Conclude(folder, trial, status.States[trial.Number]);
            if (status.HasEnded) FileSteps.DeleteFolder(sweepPath);
            else folder.WritePlan(PlanOfTheRest() ?? plan);
        }
        RunConfiguration shared = _configuration with { Version = TrainingRun.ProgramVersion, Arithmetic = Arithmetic.Current };
        EnsembleSummary summary = EnsembleSummary.Of(shared, watch.Elapsed.TotalSeconds,
            [.. _members.Values.OfType<EnsembleMember>()], _summaries);
        AtomicFile.WriteInside(Path.Combine(_path, SummaryFile), stream => stream.Write(summary.ToJson()));
        return summary;
    }

    /// <summary>The members that have not ended; null where all have.</summary>
    private SweepPlan? PlanOfTheRest()
    {
        RunConfiguration[] rest = [.. _members.Where(member => member.Value is null or { Error: not null })
            .Select(member => _configuration with { Seed = member.Key, Threads = 1 })];
        return rest.Length == 0 ? null : SweepPlan.Of(Path.GetFileName(Path.GetFullPath(_path)), rest, new SweepLimits { Attempts = 1, Keep = KeptFiles.Run });
    }

    private EngineRequest Request(SweepFolder folder, SweepPlan plan) => new()
    {
        Asked = new InProcessEngine().Ask(_configuration.Threads is { } threads ? new JsonObject { [WorkerCount.Name] = threads } : []),
        Progress = status =>
        {
            foreach (Trial trial in plan.Trials.Where(trial => status.States[trial.Number] == TrialState.Done && !_told.Contains(trial.Configuration.Seed)))
                Tell(MemberOf(trial.Configuration.Seed, folder.ReadResult(trial.Id).Summary));
        },
    };

    private void Tell(EnsembleMember member)
    {
        if (_told.Add(member.Seed)) _options.Finished?.Invoke(member, _told.Count, _members.Count);
    }

    /// <summary>Makes a member's run folder of its result, or says why there is none.</summary>
    private void Conclude(SweepFolder folder, Trial trial, TrialState state)
    {
        long seed = trial.Configuration.Seed;
        if (state == TrialState.Done)
        {
            try
            {
                TakeOver(folder.ResultPath(trial.Id), MemberPath(seed));
                _members[seed] = Ended(seed);
            }
            catch (Exception e) when (e is InvalidInputException or IOException or UnauthorizedAccessException)
            {
                _members[seed] = Failed(seed, e.Message);
            }
        }
        else
        {
            _members[seed] = Failed(seed, folder.ReadFailures(trial.Id) is [.., var last] ? last.Reason : "Stopped on request before it ended.");
        }
        Tell(_members[seed]!);
    }

    /// <summary>Puts the files of a result into a run folder; an earlier run in it is deleted, other files stay.</summary>
    private static void TakeOver(string result, string path)
    {
        var run = RunFolder.Create(path, force: true);
        // The summary comes last: it says that the run is whole.
        foreach (string file in Directory.GetFiles(result).Where(file => Path.GetFileName(file) != ResultFiles.ManifestName)
            .OrderBy(file => Path.GetFileName(file) == ResultFiles.SummaryName))
            FileSteps.Rename(file, Path.Combine(run.Path, Path.GetFileName(file)));
        FileSteps.DeleteFolder(result);
    }

    /// <summary>A member whose run has ended; null where there is none.</summary>
    private EnsembleMember? Ended(long seed)
    {
        if (!Directory.Exists(MemberPath(seed))) return null;
        RunSummary? summary;
        try
        {
            summary = RunFolder.Open(MemberPath(seed)).ReadSummaryIfEnded();
        }
        catch (InvalidInputException)
        {
            // It is damaged, and trained again.
            return null;
        }
        if (summary is null or { Status: TrainingStatus.Cancelled }) return null;
        Arithmetic.Require(summary.Arithmetic, $"The member {MemberPath(seed)}");
        _summaries.Add(summary);
        return MemberOf(seed, summary);
    }

    private void RemoveEarlier(string sweepPath)
    {
        if (Directory.Exists(sweepPath)) FileSteps.DeleteFolder(sweepPath);
        foreach (string member in _members.Keys.Select(MemberPath).Where(Directory.Exists)) RunFolder.Create(member, force: true);
    }

    private string MemberPath(long seed) => Path.Combine(_path, Ensemble.FolderOf(seed));

    private static EnsembleMember MemberOf(long seed, RunSummary summary) =>
        new(seed, Ensemble.FolderOf(seed), summary.Status, summary.Objective, summary.RelativeGradientNorm, summary.Epochs, summary.Seconds, null);

    private static EnsembleMember Failed(long seed, string reason) => new(seed, Ensemble.FolderOf(seed), null, null, null, null, null, reason);
}

/// <summary>What a caller may ask of an ensemble, and wants to hear from it.</summary>
public sealed record EnsembleOptions
{
    /// <summary>Replaces earlier members in the folder.</summary>
    public bool Force { get; init; }

    /// <summary>Goes on with members that were interrupted, and keeps those that ended.</summary>
    public bool Resume { get; init; }

    /// <summary>Called when a member has ended: the member, how many have ended, how many there are; never by two threads at once.</summary>
    public Action<EnsembleMember, int, int>? Finished { get; init; }
}
