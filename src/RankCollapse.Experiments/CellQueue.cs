using System.Collections.Concurrent;

namespace RankCollapse.Experiments;

/// <summary>Computes cells of several figures in this process, one thread a cell, figure by figure and the longest cells first.</summary>
/// <param name="cells">The cells that are missing.</param>
/// <param name="threads">Cells at the same time.</param>
/// <param name="tally">Who counts them.</param>
/// <param name="onStored">Called when a cell of a figure is stored.</param>
internal sealed class CellQueue(IReadOnlyList<(FigureWork Work, ExperimentCell Cell)> cells, int threads, ReproductionTally tally, Action<FigureWork> onStored)
{
    /// <summary>Computes all.</summary>
    /// <exception cref="OperationCanceledException">It was stopped.</exception>
    public void Run(CancellationToken cancellation)
    {
        // A partitioner without buffers hands out one cell at a time, in order.
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = threads, CancellationToken = cancellation };
        try
        {
            Parallel.ForEach(Partitioner.Create(cells, EnumerablePartitionerOptions.NoBuffering), parallel, item => Compute(item.Work, item.Cell, cancellation));
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
        onStored(work);
    }
}
