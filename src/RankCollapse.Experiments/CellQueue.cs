using System.Collections.Concurrent;

namespace RankCollapse.Experiments;

/// <summary>Computes the missing cells of several figures, one thread a cell, figure by figure and the longest cells first; concludes each figure as soon as it can.</summary>
internal sealed class CellQueue(IReadOnlyList<FigureWork> works, int threads, ReproductionTally tally, Action<FigureResult>? onFinished)
{
    private readonly HashSet<FigureWork> _concluded = [];
    private readonly Lock _finishing = new();

    /// <summary>Computes and concludes all.</summary>
    /// <exception cref="OperationCanceledException">It was stopped.</exception>
    public void Run(CancellationToken cancellation)
    {
        (FigureWork Work, ExperimentCell Cell)[] open = [.. works.SelectMany(work => work.Missing.Where(work.IsMissing).Select(cell => (work, cell)))];
        tally.Tell();
        foreach (FigureWork work in works.Where(work => work.IsReady)) Conclude(work);
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

    private void Compute(FigureWork work, ExperimentCell cell, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        tally.Begin(work, cell);
        double? seconds = null;
        try
        {
            seconds = work.Compute(cell, cancellation);
        }
        finally
        {
            tally.End(work, cell, seconds);
        }
        if (work.IsReady) Conclude(work);
    }

    private void Conclude(FigureWork work)
    {
        lock (_concluded)
        {
            if (!_concluded.Add(work)) return;
        }
        FigureResult result = work.Conclude();
        lock (_finishing) onFinished?.Invoke(result);
    }
}
