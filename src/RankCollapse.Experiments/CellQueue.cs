using System.Collections.Concurrent;
using System.Diagnostics;

namespace RankCollapse.Experiments;

/// <summary>Computes the missing cells of several figures, one thread a cell, figure by figure and the longest cells first; concludes each figure as soon as it can.</summary>
internal sealed class CellQueue(IReadOnlyList<FigureWork> works, int threads, ReproductionOptions options)
{
    /// <summary>How much the expectation counts against what was measured, in expected seconds.</summary>
    private const double TrustInExpectation = 5;

    private readonly Lock _telling = new();
    private readonly ConcurrentDictionary<string, (long StartedAt, double Expected)> _running = new(StringComparer.Ordinal);
    private readonly HashSet<FigureWork> _concluded = [];
    private readonly int _count = works.Sum(work => work.Cells.Count);
    private readonly double _expectedInAll = works.Sum(work => work.Cells.Sum(cell => cell.ExpectedSeconds));
    private int _done = works.Sum(work => work.Cells.Count - work.Missing.Count);
    private double _expectedOpen = works.Sum(work => work.Missing.Sum(cell => cell.ExpectedSeconds));
    private double _expectedDone;
    private double _takenDone;

    /// <summary>Computes and concludes all.</summary>
    /// <exception cref="OperationCanceledException">It was stopped.</exception>
    public void Run(CancellationToken cancellation)
    {
        (FigureWork Work, ExperimentCell Cell)[] open = [.. works.SelectMany(work => work.Missing.Select(cell => (work, cell)))];
        Tell(ended: null);
        using (new Timer(_ => Tell(ended: null), state: null, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1)))
        {
            foreach (FigureWork work in works.Where(work => work.Missing.Count == 0)) Conclude(work);
            // A partitioner without buffers hands out one cell at a time, in order.
            var parallel = new ParallelOptions { MaxDegreeOfParallelism = threads, CancellationToken = cancellation };
            try
            {
                Parallel.ForEach(Partitioner.Create(open, EnumerablePartitionerOptions.NoBuffering), parallel, item => Compute(item.Work, item.Cell, cancellation));
            }
            catch (AggregateException e) when (e.InnerExceptions.Any(inner => inner is OperationCanceledException) || e.InnerExceptions.Count == 1)
            {
                System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(e.InnerExceptions.FirstOrDefault(inner => inner is not OperationCanceledException) ?? e.InnerExceptions[0]);
            }
        }
    }

    private void Compute(FigureWork work, ExperimentCell cell, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        string name = $"{work.Experiment.Name}/{cell.Key}";
        _running[name] = (Stopwatch.GetTimestamp(), cell.ExpectedSeconds);
        double seconds;
        try
        {
            seconds = work.Compute(cell, cancellation);
        }
        finally
        {
            _running.TryRemove(name, out _);
        }
        lock (_telling)
        {
            _done++;
            _expectedOpen -= cell.ExpectedSeconds;
            _expectedDone += cell.ExpectedSeconds;
            _takenDone += seconds;
        }
        Tell(name);
        if (work.IsReady) Conclude(work);
    }

    private void Conclude(FigureWork work)
    {
        lock (_concluded)
        {
            if (!_concluded.Add(work)) return;
        }
        FigureResult result = work.Conclude();
        lock (_telling) options.Finished?.Invoke(result);
    }

    private void Tell(string? ended)
    {
        if (options.Progress is not { } progress) return;
        lock (_telling)
        {
            double pace = (_takenDone + TrustInExpectation) / (_expectedDone + TrustInExpectation);
            double left = Math.Max(0, _expectedOpen) * pace;
            foreach ((_, (long startedAt, double expected)) in _running)
                left -= Math.Min(Stopwatch.GetElapsedTime(startedAt).TotalSeconds, 0.95 * expected * pace);
            double fraction = _expectedInAll > 0 ? 1 - (Math.Max(0, left / pace) / _expectedInAll) : 1;
            progress(new ReproductionProgress(_done, _count, ended, [.. _running.Keys.Order(StringComparer.Ordinal)], _count == _done ? 0 : Math.Max(0, left) / threads, Math.Clamp(fraction, 0, 1)));
        }
    }
}
