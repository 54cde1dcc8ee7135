using RankCollapse.Data;
using RankCollapse.Formats;
using RankCollapse.Networks;

namespace RankCollapse.Runs;

/// <summary>The folder of a run: everything in it is written under a temporary name, flushed and renamed.</summary>
public sealed class RunFolder
{
    private const string ConfigurationFile = "config.json";
    private const string DataSetFile = "dataset.safetensors";
    private const string TestFile = "test.safetensors";
    private const string InitialFile = "initial.safetensors";

    /// <summary>The name of the file with the trained weights.</summary>
    public const string WeightsFile = "weights.safetensors";
    private const string MetricsFile = "metrics.parquet";
    private const string SummaryFile = "summary.json";
    private const string ReportFile = "report.html";

    private const string DescentFile = "descent.safetensors";

    private static readonly string[] AllFiles = [ConfigurationFile, DataSetFile, TestFile, InitialFile, WeightsFile, MetricsFile, SummaryFile, DescentFile];

    private const string CheckpointsFolder = "checkpoints";
    private const string FiguresName = "figures";

    private readonly CheckpointFolder _checkpoints;
    private readonly CoveredFiles _files;

    private RunFolder(string path)
    {
        Path = path;
        _files = new CoveredFiles(path, AllFiles);
        _checkpoints = new CheckpointFolder(File(CheckpointsFolder), () => _files.Identity);
    }

    /// <summary>The files that a run begins with, from which it has its identity.</summary>
    internal static IReadOnlyList<string> Beginning { get; } = [ConfigurationFile, DataSetFile, InitialFile];

    /// <summary>The folder's path, as it was given.</summary>
    public string Path { get; }

    /// <summary>The trained network, once training has ended.</summary>
    public string WeightsPath => File(WeightsFile);

    /// <summary>Where weights below a saddle go, from which a training can begin.</summary>
    public string DescentPath => File(DescentFile);

    /// <summary>Where figures go; made when they are.</summary>
    public string FiguresPath => File(FiguresName);

    /// <summary>Where the report goes.</summary>
    public string ReportPath => File(ReportFile);

    /// <summary>Makes the folder of a new run and tests that it can be written.</summary>
    /// <param name="path">The folder, which does not exist or is empty.</param>
    /// <param name="force">Accepts a folder that is not empty: an earlier run in it is deleted, other files stay.</param>
    /// <param name="requiredBytes">What the run will need on the disk; see <see cref="EstimateBytes"/>.</param>
    /// <param name="canResume">Whether the run that is there may be gone on with, which the error then says.</param>
    /// <exception cref="InvalidInputException">The folder is not empty, cannot be written or has too little space.</exception>
    public static RunFolder Create(string path, bool force = false, long requiredBytes = 0, bool canResume = true)
    {
        ArgumentNullException.ThrowIfNull(path);
        InputFile.RequirePath(path);
        var folder = new RunFolder(path);
        RequireFolder(path);
        if (!force && Directory.Exists(path) && Directory.EnumerateFileSystemEntries(path).Any(entry => !folder.IsOfABeginning(entry)))
        {
            string problem =
                $"The folder {path} is not empty; choose another one (out){(canResume ? ", go on with the run in it (resume)" : "")} or replace the "
                + "run in it (force).";
            throw new InvalidInputException(problem) { Settings = ["out", "resume", "force"] };
        }
        bool existed = Directory.Exists(path);
        try
        {
            FileSteps.MakeFolder(path);
            AtomicFile.WriteInside(folder.File(".writable"), new byte[1]);
            FileSteps.Delete(folder.File(".writable"));
            folder.RequireSpace(requiredBytes);
            folder.RemoveRun();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidInputException)
        {
            if (!existed) RemoveIfEmpty(path);
            if (e is InvalidInputException) throw;
            throw CannotWrite(path, e);
        }
        folder._files.Begin();
        return folder;
    }

    /// <summary>Makes the folder of a new run, where it is missing, and claims it for this process.</summary>
    /// <exception cref="InvalidInputException">Another process has it, or it cannot be written.</exception>
    public static FolderClaim ClaimNew(string path)
    {
        RequireFolder(path);
        bool existed = Directory.Exists(path);
        try
        {
            FileSteps.MakeFolder(path);
            return FolderClaim.Take(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidInputException)
        {
            if (!existed) RemoveIfEmpty(path);
            if (e is InvalidInputException) throw;
            throw CannotWrite(path, e);
        }
    }

    /// <summary>Removes the folder of a run that did not come about.</summary>
    internal static void RemoveIfEmpty(string path)
    {
        if (Directory.Exists(path) && !Directory.EnumerateFileSystemEntries(path).Any()) FileSteps.TryDeleteFolder(path);
    }

    /// <summary>Opens the folder of an existing run, to resume it or to add to it.</summary>
    /// <exception cref="InvalidInputException">There is no run in the folder.</exception>
    public static RunFolder Open(string path)
    {
        RunFolder folder = OpenUnread(path);
        folder._files.Read();
        return folder;
    }

    private static RunFolder OpenUnread(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        InputFile.RequirePath(path);
        if (System.IO.File.Exists(path))
            throw new InvalidInputException($"{path} is a file, expected the folder of a run; give the folder that holds {ConfigurationFile}.");
        if (!Directory.Exists(path))
            throw new InvalidInputException($"There is no run folder {path}; give the folder of a run that was trained.");
        var folder = new RunFolder(path);
        if (!System.IO.File.Exists(folder.File(ConfigurationFile)))
            throw new InvalidInputException($"{path} holds no {ConfigurationFile}, so it is not the folder of a run; give the folder that train wrote.");
        return folder;
    }

    /// <summary>Takes the files of a run as they are now, because somebody changed them on purpose: writes its manifest anew.</summary>
    /// <param name="path">The folder of the run.</param>
    /// <returns>The names of the files that had changed.</returns>
    /// <exception cref="InvalidInputException">There is no run in the folder, another process has it, or it cannot be written.</exception>
    public static IReadOnlyList<string> AcceptChanges(string path) => OpenUnread(path)._files.Accept();

    /// <summary>Checks every file that the manifest names and that is there; a run of an earlier version has none, and is not checked.</summary>
    /// <exception cref="InvalidInputException">A file has another content than was written; the message names it.</exception>
    public void Verify() => _files.Verify();

    /// <summary>Writes files that are made of a run's others, such as its report, and has the manifest cover them.</summary>
    /// <param name="write">Writes them, and gives their paths; what lies outside the folder is not covered.</param>
    /// <exception cref="InvalidInputException">Another process has the folder, or it cannot be written.</exception>
    public void Cover(Func<IReadOnlyList<string>> write)
    {
        ArgumentNullException.ThrowIfNull(write);
        using FolderClaim claim = FolderClaim.Take(Path);
        // Whoever made the folder, nothing is written through its links.
        foreach (string place in (string[])[ReportPath, FiguresPath, .. Directory.Exists(FiguresPath) ? Directory.GetFiles(FiguresPath) : []])
            AtomicFile.RequireInside(place);
        _files.Cover(write);
    }

    /// <summary>Reads a finished run.</summary>
    /// <exception cref="InvalidInputException">
    /// A file is missing or damaged, or the files do not belong together; the message names the file and the way out.
    /// </exception>
    public static Run Read(string path) => Open(path).Read();

    /// <summary>About how many bytes a run will write: data, parameters before and after, checkpoints and 16 MB for metrics.</summary>
    /// <param name="specification">The network's shape.</param>
    /// <param name="data">The data.</param>
    /// <param name="vectorsPerCheckpoint">How many vectors of the parameters' length a checkpoint holds: 3 for Adam, 2m + 2 for L-BFGS with m pairs.</param>
    public static long EstimateBytes(NetworkSpecification specification, DataSet data, int vectorsPerCheckpoint = 3)
    {
        ArgumentNullException.ThrowIfNull(data);
        const int CheckpointsAtOnce = 3;
        const long Metrics = 16 << 20;
        long numbers = (long)data.Inputs.Length + data.Targets.Length + data.Labels.Length
            + ((2L + (CheckpointsAtOnce * (long)vectorsPerCheckpoint)) * Network.CountParameters(specification));
        return (sizeof(double) * numbers) + Metrics;
    }

    /// <summary>Writes <c>config.json</c>.</summary>
    public void WriteConfiguration(RunConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        _files.Put(ConfigurationFile, stream => stream.Write(configuration.ToJson()));
    }

    /// <summary>Writes <c>dataset.safetensors</c>.</summary>
    public void WriteDataSet(DataSet data) => _files.Put(DataSetFile, DataSetTensors.WriterOf(data).Write);

    /// <summary>Writes test data, <c>test.safetensors</c>.</summary>
    public void WriteTestSet(DataSet data) => _files.Put(TestFile, DataSetTensors.WriterOf(data).Write);

    /// <summary>Writes the network before training, <c>initial.safetensors</c>.</summary>
    public void WriteInitial(Network network) => _files.Put(InitialFile, NetworkTensors.WriterOf(network).Write);

    /// <summary>Writes the trained network, <c>weights.safetensors</c>.</summary>
    public void WriteTrained(Network network) => _files.Put(WeightsFile, NetworkTensors.WriterOf(network).Write);

    /// <summary>Writes a network below the saddle that the run reached, <c>descent.safetensors</c>.</summary>
    public void WriteDescent(Network network) => _files.Put(DescentFile, NetworkTensors.WriterOf(network).Write);

    /// <summary>Writes <c>metrics.parquet</c>.</summary>
    public void WriteMetrics(IReadOnlyList<MetricRecord> metrics) => _files.Put(MetricsFile, stream => stream.Write(MetricsTable.ToBytes(metrics)));

    /// <summary>Writes <c>summary.json</c>; last, because its presence says that the run has finished.</summary>
    public void WriteSummary(RunSummary summary)
    {
        ArgumentNullException.ThrowIfNull(summary);
        _files.Put(SummaryFile, stream => stream.Write(summary.ToJson()));
    }

    /// <summary>Writes a state to resume from, with a checksum, and keeps the newest two.</summary>
    /// <param name="name">A short name, such as the epoch; part of the file's name.</param>
    /// <param name="write">Writes the state.</param>
    public void WriteCheckpoint(string name, Action<Stream> write)
    {
        ArgumentNullException.ThrowIfNull(write);
        _checkpoints.Write(name, write);
    }

    /// <summary>Deletes all checkpoints, once a run has ended for good.</summary>
    public void RemoveCheckpoints()
    {
        try
        {
            FileSteps.DeleteFolder(File(CheckpointsFolder));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // What the run came to is written already; checkpoints left over do no harm.
        }
    }

    /// <summary>The summary, or null while training has not ended.</summary>
    /// <exception cref="InvalidInputException">The file is damaged.</exception>
    public RunSummary? ReadSummaryIfEnded() => System.IO.File.Exists(File(SummaryFile)) ? RunSummary.ReadFile(Existing(SummaryFile)) : null;

    /// <summary>Deletes <c>summary.json</c>, which says that training has ended, before it goes on.</summary>
    /// <exception cref="InvalidInputException">It cannot be deleted.</exception>
    public void RemoveSummary()
    {
        try
        {
            FileSteps.Delete(File(SummaryFile));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new InvalidInputException(
                $"Cannot write to the run folder {Path}: {e.Message.ReplaceLineEndings(" ").TrimEnd('.')}; make it writable to go on with its run.", e);
        }
    }

    /// <summary>Opens the newest checkpoint that is whole; null when there is none.</summary>
    /// <exception cref="InvalidInputException">There are checkpoints, but all are damaged.</exception>
    public Checkpoint? OpenNewestCheckpoint() => _checkpoints.OpenNewest();

    /// <summary>Reads <c>config.json</c> and checks its settings.</summary>
    public RunConfiguration ReadConfiguration()
    {
        RunConfiguration configuration = RunConfiguration.ReadFile(Existing(ConfigurationFile));
        try
        {
            configuration.Validate();
        }
        catch (InvalidInputException e)
        {
            throw new InvalidInputException($"{File(ConfigurationFile)}: {e.Message}", e);
        }
        return configuration;
    }

    /// <summary>Reads <c>dataset.safetensors</c>.</summary>
    public DataSet ReadDataSet() => DataSetTensors.Read(Existing(DataSetFile));

    /// <summary>Reads <c>test.safetensors</c>; null where the run has no test data.</summary>
    public DataSet? ReadTestSet() => System.IO.File.Exists(File(TestFile)) ? DataSetTensors.Read(Existing(TestFile)) : null;

    /// <summary>Reads <c>initial.safetensors</c>.</summary>
    public Network ReadInitial(NetworkSpecification specification) => NetworkTensors.Read(Existing(InitialFile), specification);

    /// <summary>Reads the weights to begin with: the trained ones of a run, or those of a file.</summary>
    /// <param name="path">The run's folder, or the file.</param>
    /// <param name="specification">The shape that they need to have.</param>
    /// <exception cref="InvalidInputException">There are none, or they do not fit.</exception>
    public static Network ReadWeights(string path, NetworkSpecification specification) => NetworkTensors.Read(
        Directory.Exists(path) ? Open(path).Existing(WeightsFile)
        : System.IO.File.Exists(path) ? path
        : throw new InvalidInputException($"There is no run or file {path} to take weights from (from); give the folder of a run or a safetensors file.")
        {
            Settings = ["from"],
        },
        specification);

    /// <summary>
    /// Reads what weights to begin with were trained on: the settings of the data, the network and the objective, all others at their defaults.
    /// </summary>
    /// <param name="path">The run's folder, or a file in it.</param>
    /// <returns>Null where the weights are no run's.</returns>
    /// <exception cref="InvalidInputException">The run's settings cannot be read.</exception>
    public static RunConfiguration? ReadProblem(string path)
    {
        string? folder = Directory.Exists(path) ? path : System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(path));
        if (folder is null || !System.IO.File.Exists(System.IO.Path.Combine(folder, ConfigurationFile))) return null;
        RunConfiguration stored = Open(folder).ReadConfiguration();
        return RunSettings.All.Where(setting => setting.Part is SettingPart.Data or SettingPart.Network or SettingPart.Objective)
            .Where(setting => setting.Get(stored) is not null)
            .Aggregate(new RunConfiguration(), (problem, setting) => setting.With(problem, setting.Get(stored)));
    }

    /// <summary>Reads <c>metrics.parquet</c>.</summary>
    public IReadOnlyList<MetricRecord> ReadMetrics() => MetricsTable.Read(Existing(MetricsFile));

    private Run Read()
    {
        Verify();
        RunConfiguration configuration = ReadConfiguration();
        DataSet data = ReadDataSet();
        NetworkSpecification specification = configuration.ToSpecification(data.InputDimension, data.OutputDimension);
        var run = new Run
        {
            Configuration = configuration,
            DataSet = data,
            Initial = ReadInitial(specification),
            Trained = NetworkTensors.Read(Existing(WeightsFile), specification),
            Metrics = ReadMetrics(),
            Summary = RunSummary.ReadFile(Existing(SummaryFile)),
        };
        if (!run.Summary.Layers.Select(layer => layer.Layer).SequenceEqual(Enumerable.Range(1, configuration.Depth)))
            throw new InvalidInputException($"{File(SummaryFile)} describes the layers "
                + $"{ErrorText.Printable(string.Join(", ", run.Summary.Layers.Select(layer => layer.Layer)))}, but {ConfigurationFile} has a depth of "
                + $"{configuration.Depth}; restore the file or train again.");
        return run;
    }

    private string File(string name) => System.IO.Path.Combine(Path, name);

    private string Existing(string name)
    {
        string path = File(name);
        if (System.IO.File.Exists(path))
        {
            _files.Check(name);
            return path;
        }
        throw new InvalidInputException($"The run {Path} has no {name}: training did not finish, or the file was removed, or never kept, "
                + "as where a sweep keeps less than whole runs; go on with the run (resume), or train again.")
        { Settings = ["resume"] };
    }

    private static void RequireFolder(string path)
    {
        InputFile.RequirePath(path);
        if (System.IO.File.Exists(path))
            throw new InvalidInputException($"{path} is a file, expected a folder for the run; choose another one (out).") { Settings = ["out"] };
    }

    private static InvalidInputException CannotWrite(string path, Exception error) =>
        new($"Cannot write to the run folder {path}: {FileSteps.Said(error)}; choose another one (out).", error) { Settings = ["out"] };

    /// <summary>Whether an entry of the folder is all that a run left that was ended before it had a configuration, and could go on.</summary>
    private bool IsOfABeginning(string entry)
    {
        string name = System.IO.Path.GetFileName(entry);
        bool isBegun = System.IO.File.Exists(File(ConfigurationFile));
        return name == FolderClaim.FileName
            || (!isBegun && (name is DataSetFile or TestFile or InitialFile or RunManifest.FileName or ".writable"
                || name.EndsWith(".tmp", StringComparison.Ordinal)));
    }

    private void RequireSpace(long bytes)
    {
        long free = new DriveInfo(System.IO.Path.GetFullPath(Path)).AvailableFreeSpace;
        if (free < bytes)
        {
            string problem = $"The disk of {Path} has {free} bytes free, but the run needs about {bytes}; free some space or choose another folder (out).";
            throw new InvalidInputException(problem) { Settings = ["out"] };
        }
    }

    /// <summary>Deletes what an earlier run left, its summary first, so that an interruption leaves no run that seems whole.</summary>
    private void RemoveRun()
    {
        string[] files = [SummaryFile, WeightsFile, InitialFile, MetricsFile, DataSetFile, TestFile, ConfigurationFile, ReportFile, DescentFile,
            RunManifest.FileName];
        foreach (string file in files) FileSteps.Delete(File(file));
        AtomicFile.RemoveLeftovers(Path);
        foreach (string folder in (string[])[CheckpointsFolder, FiguresName]) FileSteps.DeleteFolder(File(folder));
    }
}
