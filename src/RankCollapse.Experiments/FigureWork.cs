using System.Diagnostics;
using RankCollapse.Reporting.Pages;
using RankCollapse.Reporting.Panels;
using RankCollapse.Reporting.Rendering;
using RankCollapse.Runs;

namespace RankCollapse.Experiments;

/// <summary>One figure on its way: its cells, those that are done, and in the end its files.</summary>
internal sealed class FigureWork
{
    private readonly ReproductionSettings _settings;
    private readonly int _threads;
    private readonly bool _isOnCluster;
    private readonly FigureFolder _folder;
    private readonly Dictionary<string, CellResult> _results = new(StringComparer.Ordinal);
    private long _startedAt;
    private bool _isConcluded;

    /// <summary>Opens the figure's folder and reads the cells that are done.</summary>
    /// <exception cref="InvalidInputException">The folder cannot be made.</exception>
    public FigureWork(Experiment experiment, ReproductionSettings settings, string path, ReproductionOptions options, int threads)
    {
        Experiment = experiment;
        _settings = settings;
        _threads = threads;
        _isOnCluster = options.Engine?.Slurm is not null;
        Cells = experiment.Cells(settings);
        _folder = FigureFolder.Open(Path.Combine(path, experiment.Name), settings, Cells, options.Force);
        foreach (ExperimentCell cell in Cells)
        {
            if (_folder.Read(cell) is { } result) _results.Add(cell.Key, result);
        }
        Missing = [.. Cells.Where(cell => !_results.ContainsKey(cell.Key)).OrderByDescending(cell => cell.ExpectedSeconds)];
    }

    /// <summary>The figure.</summary>
    public Experiment Experiment { get; }

    /// <summary>All cells.</summary>
    public IReadOnlyList<ExperimentCell> Cells { get; }

    /// <summary>The cells that had not been computed when the work began, the longest first.</summary>
    public IReadOnlyList<ExperimentCell> Missing { get; }

    /// <summary>The result, once it is written.</summary>
    public FigureResult? Result { get; private set; }

    /// <summary>The folder of the sweep that trains its trials.</summary>
    public string SweepPath => Path.Combine(_folder.FolderPath, FigureFolder.SweepName);

    /// <summary>Starts the clock, unless it runs.</summary>
    public void Begin() => Interlocked.CompareExchange(ref _startedAt, Stopwatch.GetTimestamp(), 0);

    /// <summary>Computes a cell and stores it.</summary>
    /// <returns>The seconds that it took.</returns>
    public double Compute(ExperimentCell cell, CancellationToken cancellation)
    {
        Begin();
        long start = Stopwatch.GetTimestamp();
        CellResult result = cell.Run(cancellation);
        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        Store(cell, result.Timed(seconds));
        return seconds;
    }

    /// <summary>Stores the result of a cell.</summary>
    public void Store(ExperimentCell cell, CellResult result)
    {
        _folder.Write(cell, result);
        lock (_results) _results.Add(cell.Key, result);
    }

    /// <summary>Whether a cell is still to be computed.</summary>
    public bool IsMissing(ExperimentCell cell)
    {
        lock (_results) return !_results.ContainsKey(cell.Key);
    }

    /// <summary>Writes data, pictures and result once all cells are done.</summary>
    /// <returns>The result; null where cells are missing, or another call has it.</returns>
    public FigureResult? TryConclude()
    {
        lock (_results)
        {
            if (_isConcluded || _results.Count < Cells.Count) return null;
            _isConcluded = true;
        }
        Begin();
        ExperimentOutcome outcome = Experiment.Conclude(_settings, _results);
        foreach ((string name, DataTable table) in outcome.Tables) table.Write(_folder.FolderPath, name);
        foreach (Figure figure in outcome.Figures) FigureFiles.Write(figure, Path.Combine(_folder.FolderPath, figure.Name));
        Result = ToResult(outcome);
        Result.Write(_folder.FolderPath);
        return Result;
    }

    private FigureResult ToResult(ExperimentOutcome outcome) => new()
    {
        Name = Experiment.Name,
        Title = Experiment.Title,
        Source = Experiment.Source,
        Claim = Experiment.Claim,
        Verdicts = outcome.Verdicts,
        Notes = outcome.Notes,
        Pictures = [.. outcome.Figures.Select(figure => new FigurePicture(figure.Name, figure.Title, figure.Reading))],
        Data = [.. outcome.Tables.Select(t => new FigureData(t.Key, t.Value.Description, t.Value.Columns.ToDictionary(c => c.Name, c => c.Meaning), t.Value.RowCount))],
        Settings = Experiment.Describe(_settings),
        IsQuick = _settings.IsQuick,
        Seed = _settings.Seed,
        CellCount = Cells.Count,
        Statuses = _results.Values.Where(r => r.Status is not null).GroupBy(r => r.Status!).OrderBy(g => g.Key, StringComparer.Ordinal).ToDictionary(g => g.Key, g => g.Count()),
        CellSeconds = _results.Values.Sum(r => r.Seconds),
        Seconds = Stopwatch.GetElapsedTime(_startedAt).TotalSeconds,
        Threads = _threads,
        IsOnCluster = _isOnCluster && Cells.Any(cell => cell.Trial is not null),
        Command = $"rankcollapse reproduce {Experiment.Name}{(_settings.IsQuick ? " --quick" : "")}{(_settings.Seed == 0 ? "" : $" --seed {_settings.Seed}")}",
        Version = TrainingRun.ProgramVersion,
        Charts = ChartJson.Of(outcome.Figures),
    };
}
