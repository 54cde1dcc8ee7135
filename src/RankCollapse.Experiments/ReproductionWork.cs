using System.Runtime.ExceptionServices;
using RankCollapse.Sweeps;

namespace RankCollapse.Experiments;

/// <summary>The figures of a reproduction on their way: sweeps and the cells of this process, and each figure concluded as soon as its last cell is stored.</summary>
internal sealed class ReproductionWork
{
    private readonly FigureWork[] _works;
    private readonly int _threads;
    private readonly ReproductionOptions _options;
    private readonly ReproductionTally _tally;
    private readonly List<Exception> _failures = [];
    private readonly Lock _finishing = new();

    /// <summary>Opens the folders of all figures.</summary>
    public ReproductionWork(IReadOnlyList<Experiment> experiments, ReproductionSettings settings, string path, ReproductionOptions options, int threads)
    {
        _options = options;
        _threads = threads;
        _works = [.. experiments.Select(experiment => new FigureWork(experiment, settings, path, options, threads))];
        _tally = new ReproductionTally(_works, threads, options.Progress);
    }

    /// <summary>The results of the figures that are written, in order.</summary>
    public IReadOnlyList<FigureResult> Results => [.. _works.Select(work => work.Result).OfType<FigureResult>()];

    /// <summary>Computes all; a figure that fails does not keep the others from their end.</summary>
    /// <exception cref="OperationCanceledException">It was stopped.</exception>
    /// <exception cref="RankCollapseException">A cell failed.</exception>
    public void Run(CancellationToken cancellation)
    {
        _tally.Tell();
        using (new Timer(_ => _tally.Tell(), state: null, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1)))
        {
            foreach (FigureWork work in _works) Conclude(work);
            if (_options.Engine is null)
            {
                Try(() => RunHere(_ => true, cancellation));
            }
            else
            {
                Action[] sweeps = [.. _works.Where(FigureSweep.IsOf).Select<FigureWork, Action>(work => () => Try(() => RunSweep(work, _options.Engine, cancellation)))];
                Action rest = () => Try(() => RunHere(cell => cell.Trial is null, cancellation));
                // While a cluster works, this machine is free; otherwise one thing comes after the other.
                if (_options.Engine.Slurm is not null) Task.WaitAll([.. sweeps.Append(rest).Select(action => Task.Factory.StartNew(action, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default))], CancellationToken.None);
                else foreach (Action action in sweeps.Append(rest)) action();
            }
        }
        if (_failures.Count > 0) ExceptionDispatchInfo.Throw(_failures.Find(failure => failure is OperationCanceledException) ?? _failures[0]);
    }

    private void RunSweep(FigureWork work, SweepEngine engine, CancellationToken cancellation)
    {
        new FigureSweep(work, _tally).Run(engine, _options.Warning, cancellation);
        Conclude(work);
    }

    private void RunHere(Func<ExperimentCell, bool> isWanted, CancellationToken cancellation)
    {
        (FigureWork, ExperimentCell)[] cells = [.. _works.SelectMany(work => work.Missing.Where(isWanted).Select(cell => (work, cell)))];
        new CellQueue(cells, _threads, _tally, Conclude).Run(cancellation);
    }

    private void Conclude(FigureWork work)
    {
        if (work.TryConclude() is not { } result) return;
        lock (_finishing) _options.Finished?.Invoke(result);
    }

    private void Try(Action action)
    {
        try
        {
            action();
        }
        catch (Exception e)
        {
            lock (_failures) _failures.Add(e);
        }
    }
}
