using RankCollapse.Data;
using RankCollapse.Formats;
using RankCollapse.Networks;

namespace RankCollapse.Runs;

/// <summary>The folder of a run: everything in it is written under a temporary name, flushed and renamed.</summary>
public sealed class RunFolder
{
    private const string ConfigurationFile = "config.json";
    private const string DataSetFile = "dataset.safetensors";
    private const string InitialFile = "initial.safetensors";

    /// <summary>The name of the file with the trained weights.</summary>
    public const string WeightsFile = "weights.safetensors";
    private const string MetricsFile = "metrics.parquet";
    private const string SummaryFile = "summary.json";
    private const string ReportFile = "report.html";

    private const string DescentFile = "descent.safetensors";
    private const string CheckpointsFolder = "checkpoints";
    private const string FiguresName = "figures";

    private readonly CheckpointFolder _checkpoints;

    private RunFolder(string path)
    {
        Path = path;
        _checkpoints = new CheckpointFolder(File(CheckpointsFolder));
    }

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
    /// <exception cref="InvalidInputException">The folder is not empty, cannot be written or has too little space.</exception>
    public static RunFolder Create(string path, bool force = false, long requiredBytes = 0)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        var folder = new RunFolder(path);
        if (System.IO.File.Exists(path))
            throw new InvalidInputException($"{path} is a file, expected a folder for the run; choose another one (out).") { Settings = ["out"] };
        if (!force && Directory.Exists(path) && Directory.EnumerateFileSystemEntries(path).Any())
        {
            string problem = $"The folder {path} is not empty; choose another one (out), go on with the run in it (resume) or replace it (force).";
            throw new InvalidInputException(problem) { Settings = ["out", "resume", "force"] };
        }
        bool existed = Directory.Exists(path);
        try
        {
            Directory.CreateDirectory(path);
            AtomicFile.WriteInside(folder.File(".writable"), new byte[1]);
            System.IO.File.Delete(folder.File(".writable"));
            folder.RequireSpace(requiredBytes);
            folder.RemoveRun();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidInputException)
        {
            if (!existed && Directory.Exists(path)) Directory.Delete(path);
            if (e is InvalidInputException) throw;
            string problem = $"Cannot write to the run folder {path}: {e.Message.ReplaceLineEndings(" ").TrimEnd('.')}";
            throw new InvalidInputException($"{problem}; choose another one (out).", e) { Settings = ["out"] };
        }
        return folder;
    }

    /// <summary>Opens the folder of an existing run, to resume it or to add to it.</summary>
    /// <exception cref="InvalidInputException">There is no run in the folder.</exception>
    public static RunFolder Open(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (System.IO.File.Exists(path))
            throw new InvalidInputException($"{path} is a file, expected the folder of a run; give the folder that holds {ConfigurationFile}.");
        if (!Directory.Exists(path))
            throw new InvalidInputException($"There is no run folder {path}; train one there (out).") { Settings = ["out"] };
        var folder = new RunFolder(path);
        return System.IO.File.Exists(folder.File(ConfigurationFile))
            ? folder
            : throw new InvalidInputException($"{path} holds no {ConfigurationFile}, so it is not the folder of a run; give the folder that train wrote.");
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
        AtomicFile.WriteInside(File(ConfigurationFile), configuration.ToJson());
    }

    /// <summary>Writes <c>dataset.safetensors</c>.</summary>
    public void WriteDataSet(DataSet data) => DataSetTensors.Write(File(DataSetFile), data);

    /// <summary>Writes the network before training, <c>initial.safetensors</c>.</summary>
    public void WriteInitial(Network network) => NetworkTensors.Write(File(InitialFile), network);

    /// <summary>Writes the trained network, <c>weights.safetensors</c>.</summary>
    public void WriteTrained(Network network) => NetworkTensors.Write(File(WeightsFile), network);

    /// <summary>Writes a network below the saddle that the run reached, <c>descent.safetensors</c>.</summary>
    public void WriteDescent(Network network) => NetworkTensors.Write(DescentPath, network);

    /// <summary>Writes <c>metrics.parquet</c>.</summary>
    public void WriteMetrics(IReadOnlyList<MetricRecord> metrics) => MetricsTable.Write(File(MetricsFile), metrics);

    /// <summary>Writes <c>summary.json</c>; last, because its presence says that the run has finished.</summary>
    public void WriteSummary(RunSummary summary)
    {
        ArgumentNullException.ThrowIfNull(summary);
        AtomicFile.WriteInside(File(SummaryFile), summary.ToJson());
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
            if (Directory.Exists(File(CheckpointsFolder))) Directory.Delete(File(CheckpointsFolder), recursive: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // What the run came to is written already; checkpoints left over do no harm.
        }
    }

    /// <summary>The summary, or null while training has not ended.</summary>
    /// <exception cref="InvalidInputException">The file is damaged.</exception>
    public RunSummary? ReadSummaryIfEnded() => System.IO.File.Exists(File(SummaryFile)) ? RunSummary.ReadFile(File(SummaryFile)) : null;

    /// <summary>Deletes <c>summary.json</c>, which says that training has ended, before it goes on.</summary>
    /// <exception cref="InvalidInputException">It cannot be deleted.</exception>
    public void RemoveSummary()
    {
        try
        {
            System.IO.File.Delete(File(SummaryFile));
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

    /// <summary>Reads <c>metrics.parquet</c>.</summary>
    public IReadOnlyList<MetricRecord> ReadMetrics() => MetricsTable.Read(Existing(MetricsFile));

    private Run Read()
    {
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
        return System.IO.File.Exists(path)
            ? path
            : throw new InvalidInputException($"The run {Path} has no {name}: training did not finish, or the file was removed, or never kept, "
                + "as where a sweep keeps less than whole runs; go on with the run (resume), or train again.")
            { Settings = ["resume"] };
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
        foreach (string file in new[] { SummaryFile, WeightsFile, InitialFile, MetricsFile, DataSetFile, ConfigurationFile, ReportFile, DescentFile })
        {
            System.IO.File.Delete(File(file));
            foreach (string leftover in Directory.GetFiles(Path, file + ".*.tmp")) System.IO.File.Delete(leftover);
        }
        foreach (string folder in new[] { CheckpointsFolder, FiguresName })
        {
            if (Directory.Exists(File(folder))) Directory.Delete(File(folder), recursive: true);
        }
    }
}
