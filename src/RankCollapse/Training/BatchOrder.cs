using RankCollapse.LinearAlgebra;

namespace RankCollapse.Training;

/// <summary>Which samples are in which mini-batch: all of them in an order drawn anew for every epoch, cut into parts of B.</summary>
/// <remarks>It depends on seed and epoch alone.</remarks>
internal sealed class BatchOrder
{
    private readonly int[] _order;
    private readonly int _size;
    private readonly long _seed;
    private long _epoch = -1;

    /// <summary>Prepares the order.</summary>
    /// <param name="samples">N.</param>
    /// <param name="size">B, at most N.</param>
    /// <param name="dropsLast">Whether the N mod B samples that are left at the end of an epoch are not used in it.</param>
    /// <param name="seed">The seed.</param>
    /// <exception cref="InvalidInputException">There are fewer samples than B.</exception>
    public BatchOrder(int samples, int size, bool dropsLast, long seed)
    {
        if (size < 1 || size > samples)
        {
            throw new InvalidInputException($"batch-size is {size}, but there are {samples} samples; it must lie between 1 and {samples}.")
            {
                Settings = ["batch-size"],
            };
        }
        _order = [.. Enumerable.Range(0, samples)];
        _size = size;
        _seed = seed;
        Rest = dropsLast ? 0 : samples % size;
        Count = (samples / size) + (Rest > 0 ? 1 : 0);
    }

    /// <summary>The number of batches in an epoch.</summary>
    public long Count { get; }

    /// <summary>The samples of the last batch of an epoch where they are fewer than B; else 0.</summary>
    public int Rest { get; }

    /// <summary>The samples of a batch; the next call overwrites them.</summary>
    /// <param name="step">The number of batches before this one, from the first epoch on.</param>
    public ReadOnlySpan<int> Of(long step)
    {
        (long epoch, long number) = Math.DivRem(step, Count);
        if (epoch != _epoch) Draw(epoch);
        return _order.AsSpan((int)number * _size, number == Count - 1 && Rest > 0 ? Rest : _size);
    }

    /// <summary>The order of an epoch; with a single batch it would change rounding alone, and is that of the data.</summary>
    private void Draw(long epoch)
    {
        _epoch = epoch;
        if (Count == 1 && Rest == 0 && _size == _order.Length) return;
        for (int i = 0; i < _order.Length; i++) _order[i] = i;
        new RandomStream(_seed, RandomPurpose.Batches, unchecked((int)epoch)).Shuffle<int>(_order);
    }
}
