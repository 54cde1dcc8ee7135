using System.Reflection;
using RankCollapse.Data;
using RankCollapse.Formats;
using RankCollapse.Networks;
using RankCollapse.Training;

namespace RankCollapse.Runs;

/// <summary>The front door of training: from settings to a run in a folder, and from an interrupted run to the same result.</summary>
/// <remarks>
/// Equal settings give bit-identical results wherever the <see cref="Arithmetic"/> is the same, that is on every 64-bit machine with fused multiply-add,
/// whatever its vectors, threads, system or libraries. A run that is interrupted and resumed ends with the same weights, bit for bit, as one that was not.
/// </remarks>
public static class TrainingRun
{
    /// <summary>Raised with every change of the program that changes what a training results in, so that nothing stale is reused.</summary>
    public const int ResultVersion = 7;

    /// <summary>The version of the program, as written to <c>config.json</c>.</summary>
    public static string ProgramVersion { get; } =
        typeof(TrainingRun).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "unknown";

    /// <summary>Trains a network from its beginning.</summary>
    /// <param name="configuration">The settings; see <see cref="Resolve"/>.</param>
    /// <param name="path">The folder of the run, which is new or empty; null keeps the run in memory, without checkpoints.</param>
    /// <param name="options">What is asked beyond the settings.</param>
    /// <param name="cancellation">Stops the training after the epoch at hand; what was reached is saved, with the status cancelled.</param>
    /// <returns>The run; not reaching the tolerance is a status with advice, not an exception.</returns>
    /// <exception cref="InvalidInputException">Settings, data or folder cannot be used; nothing was written then.</exception>
    public static TrainingRunResult Start(
        RunConfiguration configuration, string? path, TrainingRunOptions? options = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        options ??= new TrainingRunOptions();
        using var threads = new ThreadScope(configuration.Threads);
        using TrainingSession session = Prepare(ref configuration, options);
        RunFolder? folder = null;
        using FolderClaim? claim = path is null ? null : RunFolder.ClaimNew(path);
        if (path is not null)
        {
            folder = Create(path, options, claim!, RunFolder.EstimateBytes(
                session.Initial.Specification, session.Data, configuration.ToSolverSettings().Entry.VectorsPerCheckpoint));
            folder.WriteDataSet(session.Data);
            if (session.TestData is { } test) folder.WriteTestSet(test);
            folder.WriteInitial(session.Initial);
            folder.WriteConfiguration(configuration);
        }
        return session.Train(folder, cancellation);
    }

    /// <summary>Goes on with a run that was interrupted, from its newest good checkpoint.</summary>
    /// <param name="path">The folder of the run.</param>
    /// <param name="change">
    /// Changes the settings that are stored in the folder: the limits on time and gradient, the spacing of records and checkpoints and the threads may change,
    /// and the number of epochs where the learning rate does not depend on it. Null keeps all.
    /// </param>
    /// <param name="options">What is asked beyond the settings.</param>
    /// <param name="cancellation">As for <see cref="Start"/>.</param>
    /// <returns>The run; <see cref="TrainingRunResult.HadEnded"/> says that there was nothing left to do.</returns>
    /// <exception cref="InvalidInputException">There is no run, its files are damaged, a setting changes that may not, its arithmetic is another one, or it has
    /// ended and cannot go on.</exception>
    public static TrainingRunResult Resume(
        string path, Func<RunConfiguration, RunConfiguration>? change = null, TrainingRunOptions? options = null, CancellationToken cancellation = default)
    {
        RunFolder.Open(path);
        using FolderClaim claim = FolderClaim.Take(path);
        var folder = RunFolder.Open(path);
        options ??= new TrainingRunOptions();
        RunConfiguration stored = folder.ReadConfiguration();
        RunConfiguration wanted = change is null ? stored : change(stored);
        wanted.Validate();
        ResumeRules.Require(path, stored, wanted);
        using var threads = new ThreadScope(wanted.Threads);
        DataSet data = folder.ReadDataSet();
        if (folder.ReadSummaryIfEnded() is { } ended)
        {
            if (ResumeRules.IsFinished(ended, wanted, data.OutputDimension)) return ReadEnded(path, folder);
            if (!ResumeRules.CanGoOn(ended.Status, stored))
            {
                string problem = $"The run {path} has ended after {ended.Epochs} epochs and cannot go on: its solver's state was not kept";
                throw new InvalidInputException($"{problem}; start a new run in another folder (out).") { Settings = ["out"] };
            }
        }

        Arithmetic.Require(stored.Arithmetic, $"The run {path}");
        NetworkSpecification specification = wanted.ToSpecification(data.InputDimension, data.OutputDimension);
        RequireMemory(wanted, specification, data);
        using var session = new TrainingSession(wanted, data, folder.ReadInitial(specification), options, folder.ReadTestSet());
        using (Checkpoint? checkpoint = folder.OpenNewestCheckpoint())
        {
            if (checkpoint is not null) session.Load(checkpoint.State, $"The checkpoint {checkpoint.Name} of {path}");
            else options.Warning?.Invoke($"The run {path} has no checkpoint yet; it begins again at epoch 0.");
        }
        folder.RemoveSummary();
        folder.WriteConfiguration(wanted);
        return session.Train(folder, cancellation);
    }

    /// <summary>
    /// Trains a network and keeps the run in memory, but its checkpoints in a folder; goes on from the newest whole one where there is one of the same
    /// settings.
    /// </summary>
    /// <param name="configuration">The settings.</param>
    /// <param name="checkpoints">The folder of the checkpoints; made with the first one, and left to the caller to delete.</param>
    /// <param name="options">What is asked beyond the settings.</param>
    /// <param name="cancellation">As for <see cref="Start"/>; a checkpoint is written then.</param>
    /// <returns>The run, equal to that of an undisturbed training.</returns>
    /// <exception cref="InvalidInputException">Settings or data cannot be used, or the checkpoints are damaged or of another version.</exception>
    public static TrainingRunResult StartOrContinue(
        RunConfiguration configuration, string checkpoints, TrainingRunOptions options, CancellationToken cancellation)
    {
        var folder = new CheckpointFolder(checkpoints);
        using var threads = new ThreadScope(configuration.Threads);
        using TrainingSession session = Prepare(ref configuration, options);
        using (Checkpoint? checkpoint = folder.OpenNewest())
        {
            if (checkpoint is not null) session.Load(checkpoint.State, $"The checkpoint {checkpoint.Name} of {checkpoints}");
        }
        return session.Train(null, cancellation, folder);
    }

    /// <summary>The settings with every default that depends on others filled in: learning rate, feature penalty, spacing of records, version,
    /// arithmetic.</summary>
    public static RunConfiguration Resolve(RunConfiguration configuration, NetworkSpecification specification, DataSet data)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        ArgumentNullException.ThrowIfNull(data);
        return configuration.Resolve() with
        {
            Version = ProgramVersion,
            Arithmetic = Arithmetic.Current,
            RecordEvery = configuration.RecordEvery ?? RecordInterval.For(configuration, specification, data.SampleCount),
        };
    }

    /// <summary>Makes the folder of a run; where that is refused, a folder that was made for it goes.</summary>
    private static RunFolder Create(string path, TrainingRunOptions options, FolderClaim claim, long bytes)
    {
        try
        {
            return RunFolder.Create(path, options.Force, bytes, canResume: options.Initial is null);
        }
        catch
        {
            claim.Dispose();
            RunFolder.RemoveIfEmpty(path);
            throw;
        }
    }

    /// <summary>Checks and resolves the settings, loads the data and draws the initial weights.</summary>
    private static TrainingSession Prepare(ref RunConfiguration configuration, TrainingRunOptions options)
    {
        configuration.Validate();
        DataSet data = DataSource.Load(configuration.ToDataRequest());
        NetworkSpecification specification = configuration.ToSpecification(data.InputDimension, data.OutputDimension);
        RequireMemory(configuration, specification, data);
        configuration = Resolve(configuration, specification, data);
        Network initial = options.Initial?.Invoke(specification, data) ?? Beginning(configuration, specification);
        return new TrainingSession(configuration, data, initial, options, configuration.LoadTestData(data));
    }

    private static Network Beginning(RunConfiguration configuration, NetworkSpecification specification)
    {
        if (configuration.From is { } from) return RunFolder.ReadWeights(from, specification);
        var network = new Network(specification);
        Initialization.Initialize(network, configuration.Init, configuration.Seed);
        return network;
    }

    private static TrainingRunResult ReadEnded(string path, RunFolder folder)
    {
        Run run = RunFolder.Read(path);
        return new TrainingRunResult
        {
            Run = run,
            Folder = folder,
            HadEnded = true,
            Advice = run.Summary.Status.AdviceOf(),
            IsMeasured = double.IsFinite(run.Summary.Objective),
        };
    }

    /// <summary>
    /// The bytes that a training needs: parameters, gradient, the solver's vectors, matrices and copies in memory, and about seven matrices of features in
    /// every layer.
    /// </summary>
    public static double EstimateMemory(RunConfiguration configuration, NetworkSpecification specification, int samples)
    {
        const int MatricesPerLayer = 7;
        double parameters = Network.CountParameters(specification), features = 0;
        SolverSettings solver = configuration.ToSolverSettings();
        int atOnce = solver.IsInParts(samples) ? SampleParts.Size + solver.BatchSize!.Value : samples;
        foreach (int width in specification.Widths) features += (double)width * atOnce;
        double numbers = (parameters * (4 + (2.0 * solver.Entry.VectorsPerCheckpoint))) + (MatricesPerLayer * features)
            + (2.0 * specification.InputDimension * samples) + (solver.Entry.Workspace?.Invoke(specification, samples) ?? 0);
        return sizeof(double) * numbers;
    }

    private static void RequireMemory(RunConfiguration configuration, NetworkSpecification specification, DataSet data)
    {
        double all = EstimateMemory(configuration, specification, data.SampleCount);
        SolverEntry solver = configuration.ToSolverSettings().Entry;
        double own = sizeof(double) * (solver.Workspace?.Invoke(specification, data.SampleCount) ?? 0);
        string what = $"A network of {(double)Network.CountParameters(specification)} parameters on {data.SampleCount} samples", fewer = "fewer samples";
        if (own > 0.5 * all)
            MemoryBudget.Require(all, $"{what} with the kernel matrix and the basis of solver {solver.Name}",
                $"use smaller widths or {fewer}, raise max-memory or choose solver lbfgs");
        MemoryBudget.Require(all, what, $"use smaller widths, fewer layers or {fewer}");
    }
}
