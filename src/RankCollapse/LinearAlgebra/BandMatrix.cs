using System.Numerics.Tensors;

namespace RankCollapse.LinearAlgebra;

/// <summary>A square upper band matrix with b diagonals above the main one, and room for the fill that its reduction to two diagonals makes.</summary>
/// <remarks>Row i holds the columns i − b + 1 … i + 2b − 1, so that a row's part is contiguous.</remarks>
internal sealed class BandMatrix
{
    private readonly double[] _entries;
    private readonly int _size;
    private readonly int _bandwidth;
    private readonly int _stride;

    /// <summary>A zero matrix.</summary>
    public BandMatrix(int size, int bandwidth)
    {
        _size = size;
        _bandwidth = bandwidth;
        _stride = (3 * bandwidth) - 1;
        _entries = new double[(long)size * _stride];
    }

    /// <summary>The entry in row i and column j, within the stored diagonals.</summary>
    public double this[int row, int column]
    {
        get => _entries[IndexOf(row, column)];
        set => _entries[IndexOf(row, column)] = value;
    }

    /// <summary>
    /// Reduces to upper bidiagonal form by reflections of length b that chase the fill down the band, row by row
    /// (Murata and Horikoshi 1975; Grosser and Lang 1999, the second stage); the entries are overwritten.
    /// </summary>
    /// <returns>The diagonal, n long, and the one above it, n − 1 long.</returns>
    public (double[] Diagonal, double[] Above) ToBidiagonal()
    {
        var vector = new double[_bandwidth];
        var sums = new double[2 * _bandwidth];
        for (int i = 0; i < _size - 1 && _bandwidth > 1; i++)
        {
            // In the first round the row is i itself; in later ones the first row of the block above.
            int row = i, from = i + 1;
            while (from < _size)
            {
                int to = Math.Min(from + _bandwidth, _size);
                if (to - from < 2) break;
                EliminateRow(row, from, to, vector);
                EliminateColumn(from, to, vector, sums);
                row = from;
                from = to;
            }
        }
        var diagonal = new double[_size];
        var above = new double[Math.Max(0, _size - 1)];
        for (int i = 0; i < _size; i++)
        {
            diagonal[i] = this[i, i];
            if (i + 1 < _size) above[i] = _bandwidth > 0 ? this[i, i + 1] : 0;
        }
        return (diagonal, above);
    }

    /// <summary>Makes zeros in a row right of column <paramref name="from"/> by a reflection of the columns [from, to).</summary>
    private void EliminateRow(int row, int from, int to, double[] vector)
    {
        int length = to - from;
        Span<double> v = vector.AsSpan(0, length);
        Span<double> target = Part(row, from, to);
        target.CopyTo(v);
        double scale = BlockReflector.MakeReflection(v, out double head);
        target.Clear();
        target[0] = head;
        if (scale == 0) return;
        for (int r = row + 1; r < to; r++)
        {
            Span<double> part = Part(r, from, to);
            TensorPrimitives.MultiplyAdd(v, -scale * TensorPrimitives.Dot<double>(v, part), part, part);
        }
    }

    /// <summary>Makes zeros in the column <paramref name="from"/> below the diagonal by a reflection of the rows [from, to).</summary>
    private void EliminateColumn(int from, int to, double[] vector, double[] sums)
    {
        int length = to - from, end = Math.Min(to + _bandwidth, _size);
        Span<double> v = vector.AsSpan(0, length);
        for (int i = 0; i < length; i++) v[i] = this[from + i, from];
        double scale = BlockReflector.MakeReflection(v, out double head);
        for (int i = 0; i < length; i++) this[from + i, from] = 0;
        this[from, from] = head;
        if (scale == 0) return;
        Span<double> sum = sums.AsSpan(0, end - from - 1);
        sum.Clear();
        for (int i = 0; i < length; i++) TensorPrimitives.MultiplyAdd(Part(from + i, from + 1, end), v[i], sum, sum);
        TensorPrimitives.Multiply(sum, -scale, sum);
        for (int i = 0; i < length; i++)
        {
            Span<double> part = Part(from + i, from + 1, end);
            TensorPrimitives.MultiplyAdd(sum, v[i], part, part);
        }
    }

    private Span<double> Part(int row, int from, int to) => _entries.AsSpan(IndexOf(row, from), to - from);

    private int IndexOf(int row, int column) => checked((row * _stride) + column - row + _bandwidth - 1);
}
