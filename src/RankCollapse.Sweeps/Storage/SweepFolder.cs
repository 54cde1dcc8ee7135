using RankCollapse.Formats;
using RankCollapse.Runs;
using RankCollapse.Sweeps.Plan;

namespace RankCollapse.Sweeps.Storage;

/// <summary>The folder of a sweep: all that its workers, on however many machines, know of each other. docs/sweeps.md describes every file.</summary>
public sealed class SweepFolder
{
    /// <summary>The name of the plan, which a folder of a sweep holds.</summary>
    internal const string PlanName = "plan.json";

    private const string SpecificationName = "specification.json";
    private const string CancelledName = "cancelled";

    private SweepFolder(string path) => Path = path;

    /// <summary>The folder's path, as it was given.</summary>
    public string Path { get; }

    /// <summary>The plan: <c>plan.json</c>.</summary>
    public string PlanPath => File(PlanName);

    /// <summary>The specification as it was given, for people: <c>specification.json</c>.</summary>
    public string SpecificationPath => File(SpecificationName);

    /// <summary>Results, one folder each, in 256 folders by the first two digits of their identity.</summary>
    public string ResultsPath => File("results");

    /// <summary>Failed attempts, one small file each, in 256 folders.</summary>
    public string FailuresPath => File("failures");

    /// <summary>Leases, one small file for each trial that a worker has.</summary>
    public string LeasesPath => File("leases");

    /// <summary>Heartbeats, one small file for each worker.</summary>
    public string WorkersPath => File("workers");

    /// <summary>Curves of trials that train at the moment.</summary>
    public string LivePath => File("live");

    /// <summary>Rows of many trials' results, one folder of Parquet files for each time that a worker wrote some.</summary>
    public string ShardsPath => File("shards");

    /// <summary>Checkpoints of trials that have begun, and results and shards that are being written.</summary>
    public string AsidePath => File("aside");

    /// <summary>Result folders that were found damaged.</summary>
    public string DamagedPath => File("damaged");

    /// <summary>Failed attempts that were forgiven by a retry.</summary>
    public string ForgivenPath => File("forgiven");

    /// <summary>What was asked of each engine when it ran last.</summary>
    public string AskedFolder => File("asked");

    /// <summary>There while the sweep is cancelled.</summary>
    public string CancelledPath => File(CancelledName);

    /// <summary>Whether the sweep was cancelled, and not resumed since.</summary>
    public bool IsCancelled => System.IO.File.Exists(CancelledPath);

    /// <summary>Whether a folder is that of a sweep.</summary>
    public static bool IsSweep(string path) => System.IO.File.Exists(System.IO.Path.Combine(path, PlanName));

    /// <summary>Opens the folder of a sweep.</summary>
    /// <exception cref="InvalidInputException">There is no plan in the folder.</exception>
    public static SweepFolder Open(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        InputFile.RequirePath(path);
        var folder = new SweepFolder(path);
        return System.IO.File.Exists(folder.PlanPath)
            ? folder
            : throw new InvalidInputException($"{path} holds no {PlanName}, so it is not the folder of a sweep; begin one there.");
    }

    /// <summary>Where an engine keeps what it began elsewhere.</summary>
    public string EnginePath(string engine) => File(engine);

    /// <summary>What was asked of an engine when it ran last, as JSON.</summary>
    public string AskedPath(string engine) => System.IO.Path.Combine(AskedFolder, engine + ".json");

    /// <summary>Makes the folder of a sweep, or takes an existing one to give it another plan.</summary>
    /// <exception cref="InvalidInputException">The folder holds something else, or cannot be written.</exception>
    public static SweepFolder Create(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        InputFile.RequirePath(path);
        var folder = new SweepFolder(path);
        if (System.IO.File.Exists(path))
            throw new InvalidInputException($"{path} is a file, expected a folder for the sweep; choose another out.") { Settings = ["out"] };
        string[] parts = [folder.ResultsPath, folder.FailuresPath, folder.LeasesPath, folder.WorkersPath, folder.LivePath, folder.ShardsPath, folder.AsidePath,
            folder.AskedFolder];
        // A sweep whose making was cut off, as by a full disk, has parts but no plan.
        if (Directory.Exists(path) && !IsSweep(path)
            && Directory.EnumerateFileSystemEntries(path).Any(entry => !parts.Contains(entry) && !folder.IsOfItsMaking(entry)))
            throw new InvalidInputException($"The folder {path} is not empty and holds no sweep; choose another out.") { Settings = ["out"] };
        try
        {
            foreach (string part in parts.Prepend(path)) FileSteps.MakeFolder(part);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new InvalidInputException($"The folder {path} cannot be made: {e.Message.ReplaceLineEndings(" ").TrimEnd('.')}; choose another "
                + "out.", e)
            { Settings = ["out"] };
        }
        return folder;
    }

    /// <summary>Gives the sweep a plan, its first or another one; results of trials that are in both count for both.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="specification">The specification as it was given; null where a program has made up the trials.</param>
    /// <exception cref="InvalidInputException">The disk is full or the folder cannot be written.</exception>
    public void WritePlan(SweepPlan plan, byte[]? specification = null)
    {
        if (specification is not null) AtomicFile.WriteInside(SpecificationPath, specification);
        PlanFile.Write(PlanPath, plan);
    }

    /// <summary>Gives the sweep a plan unless it is the one that it has, with the same specification, limits and names.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="specification">As for <see cref="WritePlan"/>.</param>
    /// <exception cref="InvalidInputException">
    /// The disk is full or the folder cannot be written, or the plan that is there is of another arithmetic.
    /// </exception>
    public void Adopt(SweepPlan plan, byte[]? specification = null)
    {
        ArgumentNullException.ThrowIfNull(plan);
        // Two that begin at a time do so one after the other: the second finds the plan of the first.
        using FolderClaim claim = Claim(Cancellation.Current);
        SweepPlan? stored = StoredPlan();
        if (stored is not null) Arithmetic.Require(stored.Arithmetic, $"The sweep {Path}");
        bool isSame = stored is not null && stored.Identity == plan.Identity && stored.Limits == plan.Limits && stored.Names.SequenceEqual(plan.Names)
            && (specification is null || HasSpecification(specification));
        if (!isSame) WritePlan(plan, specification);
    }

    /// <summary>Cancels the sweep: workers stop after the epoch at hand, and nothing is begun until it is resumed.</summary>
    /// <exception cref="InvalidInputException">The disk is full or the folder cannot be written.</exception>
    public void Cancel() => AtomicFile.WriteInside(CancelledPath, System.Text.Encoding.ASCII.GetBytes("rankcollapse sweep resume goes on\n"));

    /// <summary>Lifts the cancellation.</summary>
    /// <exception cref="InvalidInputException">The folder cannot be written.</exception>
    public void LiftCancellation() => FileSteps.Guard(CancelledPath, () => FileSteps.Delete(CancelledPath));

    /// <summary>Puts away the failures of trials that have failed for good, so that they are tried again.</summary>
    /// <param name="plan">The plan.</param>
    /// <returns>How many trials.</returns>
    /// <exception cref="InvalidInputException">The disk is full or the folder cannot be written.</exception>
    public int ForgiveFailures(SweepPlan plan)
    {
        SweepStatus status = ReadStatus(plan);
        int forgiven = 0;
        foreach (Trial trial in plan.Trials)
        {
            if (status.States[trial.Number] != TrialState.Failed) continue;
            FileSteps.Guard(Path, () => FailureLog.Forgive(this, trial.Id));
            forgiven++;
        }
        return forgiven;
    }

    /// <summary>
    /// Checks the results of a plan's trials, and puts those aside that are damaged or lack the plan's recording, so that they are made again.
    /// </summary>
    /// <param name="plan">The plan.</param>
    /// <returns>What was found, a sentence for each.</returns>
    public IReadOnlyList<string> PutDamagedAside(SweepPlan plan)
    {
        ArgumentNullException.ThrowIfNull(plan);
        var found = new List<string>();
        string? recording = plan.Limits.Recording is { } name ? ResultFiles.RecordingName(name) : null;
        Parallel.ForEach(SweepStatus.Names(ResultsPath, recurse: true).ToArray(), id =>
        {
            if (plan.Find(id) is null) return;
            try
            {
                if (!ResultFiles.Verify(ResultPath(id)).Files.ContainsKey(recording ?? ResultFiles.SummaryName))
                    throw new InvalidInputException($"The result {ResultPath(id)} holds no {recording}; it is made again.");
            }
            catch (InvalidInputException e)
            {
                FileSteps.MakeFolder(DamagedPath);
                FileSteps.RenameFolder(ResultPath(id), System.IO.Path.Combine(DamagedPath, $"{id}-{Guid.NewGuid():N}"));
                lock (found) found.Add(e.Message);
            }
        });
        return found;
    }

    /// <summary>The number of results of a plan's trials that hold less than it asks to keep, because an earlier plan asked for less.</summary>
    public int CountLeanResults(SweepPlan plan)
    {
        ArgumentNullException.ThrowIfNull(plan);
        string? needed = plan.Limits.Keep switch
        {
            KeptFiles.Metrics => ResultFiles.MetricsName,
            KeptFiles.Run => RunFolder.WeightsFile,
            _ => null,
        };
        return needed is null
            ? 0
            : plan.Trials.Count(trial => HasResult(trial.Id) && !System.IO.File.Exists(System.IO.Path.Combine(ResultPath(trial.Id), needed)));
    }

    /// <summary>Reads the plan.</summary>
    /// <exception cref="InvalidInputException">It is missing or damaged.</exception>
    public SweepPlan ReadPlan() => PlanFile.Read(PlanPath);

    /// <summary>Reads the plan to work on its trials.</summary>
    /// <exception cref="InvalidInputException">It is missing or damaged, or its results are of another arithmetic than those from here would be.</exception>
    internal SweepPlan ReadPlanToWork()
    {
        SweepPlan plan = ReadPlan();
        Arithmetic.Require(plan.Arithmetic, $"The sweep {Path}");
        return plan;
    }

    /// <summary>Looks where every trial of a plan stands, from the names of files alone.</summary>
    /// <exception cref="InvalidInputException">The folder cannot be read.</exception>
    public SweepStatus ReadStatus(SweepPlan plan) => SweepStatus.Read(this, plan);

    /// <summary>The result folder of a trial, whether it is there or not: <c>results/ab/ab…</c>.</summary>
    public string ResultPath(string id) => System.IO.Path.Combine(ResultsPath, id[..2], id);

    /// <summary>Whether a trial's result is stored.</summary>
    public bool HasResult(string id) => Directory.Exists(ResultPath(id));

    /// <summary>Reads a trial's result and checks it against its checksums.</summary>
    /// <exception cref="InvalidInputException">There is none, or it is damaged; the message names the file.</exception>
    public TrialResult ReadResult(string id) => TrialResult.Read(ResultPath(id));

    /// <summary>Reads how a trial's result came about, without a look at its other files.</summary>
    /// <exception cref="InvalidInputException">There is none, or it is damaged.</exception>
    public ResultManifest ReadManifest(string id) => ResultFiles.ReadManifest(System.IO.Path.Combine(ResultPath(id), ResultFiles.ManifestName));

    /// <summary>The failed attempts at a trial since its last retry, oldest first.</summary>
    public IReadOnlyList<TrialFailure> ReadFailures(string id) => FailureLog.Read(this, id);

    /// <summary>The folders of all shards, by name.</summary>
    public IReadOnlyList<string> ListShards()
    {
        if (!Directory.Exists(ShardsPath)) return [];
        string[] shards = Directory.GetDirectories(ShardsPath);
        Array.Sort(shards, StringComparer.Ordinal);
        return shards;
    }

    /// <summary>The workers whose heartbeats are there; a worker that was killed leaves its last one behind.</summary>
    public IReadOnlyList<WorkerHeartbeat> ReadWorkers() => WorkerHeartbeat.ReadAll(WorkersPath);

    /// <summary>
    /// About how long ago a worker gave its last sign of life, by the clocks of this machine and of the file system; zero where its heartbeat is gone.
    /// </summary>
    public TimeSpan SilenceOf(WorkerHeartbeat worker)
    {
        ArgumentNullException.ThrowIfNull(worker);
        var file = new FileInfo(System.IO.Path.Combine(WorkersPath, worker.Worker + ".json"));
        TimeSpan silence = file.Exists ? DateTime.UtcNow - file.LastWriteTimeUtc : TimeSpan.Zero;
        return silence > TimeSpan.Zero ? silence : TimeSpan.Zero;
    }

    /// <summary>
    /// The curve of a trial that trains at the moment, as text: a line of epoch, seconds, objective and relative gradient norm about every second; there only
    /// while it trains.
    /// </summary>
    public string LivePathOf(string id) => System.IO.Path.Combine(LivePath, id + ".csv");

    /// <summary>Claims the folder for changes that processes make one after the other; waits while another one has it.</summary>
    /// <param name="cancellation">Ends the waiting.</param>
    /// <exception cref="InvalidInputException">The folder cannot be written.</exception>
    /// <exception cref="OperationCanceledException">It was stopped.</exception>
    internal FolderClaim Claim(CancellationToken cancellation)
    {
        const int MillisecondsBetweenTries = 50;
        while (true)
        {
            if (FolderClaim.TryTake(Path) is { } claim) return claim;
            cancellation.WaitHandle.WaitOne(MillisecondsBetweenTries);
            cancellation.ThrowIfCancellationRequested();
        }
    }

    /// <summary>Whether an entry is of a sweep that is being made: its claim, its specification, and plan and specification while they are written.</summary>
    private bool IsOfItsMaking(string entry) => entry == SpecificationPath || System.IO.Path.GetFileName(entry) == FolderClaim.FileName
        || (entry.EndsWith(".tmp", StringComparison.Ordinal)
            && (entry.StartsWith(PlanPath + ".", StringComparison.Ordinal) || entry.StartsWith(SpecificationPath + ".", StringComparison.Ordinal)));

    /// <summary>The plan that is there; null for none, and for a damaged one, which is about to be replaced.</summary>
    private SweepPlan? StoredPlan()
    {
        try
        {
            return System.IO.File.Exists(PlanPath) ? ReadPlan() : null;
        }
        catch (InvalidInputException)
        {
            return null;
        }
    }

    private bool HasSpecification(byte[] specification) =>
        new FileInfo(SpecificationPath) is { Exists: true } file && file.Length == specification.Length
        && InputFile.TryReadSmall(SpecificationPath, specification.Length)?.SequenceEqual(specification) == true;

    private string File(string name) => System.IO.Path.Combine(Path, name);
}
