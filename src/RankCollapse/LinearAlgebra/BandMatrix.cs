namespace RankCollapse.LinearAlgebra;

/// <summary>A square upper band matrix with b diagonals above the main one, and room for the fill that its reduction to two diagonals makes.</summary>
/// <remarks>Row i holds the columns i − b + 1 … i + 2b − 1, so that a row's part is contiguous and a column's lies at equal distances.</remarks>
internal sealed unsafe class BandMatrix
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
        var work = new double[2 * _bandwidth];
        fixed (double* entries = _entries, v = vector, sums = work)
        {
            for (int i = 0; i < _size - 1 && _bandwidth > 1; i++)
            {
                // In the first round the row is i itself; in later ones the first row of the block above.
                int row = i, from = i + 1;
                while (from < _size)
                {
                    int to = Math.Min(from + _bandwidth, _size);
                    if (to - from < 2) break;
                    EliminateRow(entries, row, from, to, v, sums);
                    EliminateColumn(entries, from, to, v, sums);
                    row = from;
                    from = to;
                }
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
    private void EliminateRow(double* entries, int row, int from, int to, double* v, double* sums)
    {
        int length = to - from, below = to - row - 1;
        double* target = entries + IndexOf(row, from);
        new ReadOnlySpan<double>(target, length).CopyTo(new Span<double>(v, length));
        double scale = MatrixVector.MakeReflection(v, length, out double head);
        new Span<double>(target, length).Clear();
        target[0] = head;
        if (scale == 0) return;
        double* part = target + _stride - 1;
        MatrixVector.Multiply(part, _stride - 1, below, length, v, sums);
        for (int i = 0; i < below; i++) sums[i] *= -scale;
        MatrixVector.AddOuter(part, _stride - 1, below, length, sums, v);
    }

    /// <summary>Makes zeros in the column <paramref name="from"/> below the diagonal by a reflection of the rows [from, to).</summary>
    private void EliminateColumn(double* entries, int from, int to, double* v, double* sums)
    {
        int length = to - from, right = Math.Min(to + _bandwidth, _size) - from - 1;
        double* target = entries + IndexOf(from, from);
        for (int i = 0; i < length; i++) v[i] = target[(nint)i * (_stride - 1)];
        double scale = MatrixVector.MakeReflection(v, length, out double head);
        for (int i = 0; i < length; i++) target[(nint)i * (_stride - 1)] = 0;
        target[0] = head;
        if (scale == 0) return;
        new Span<double>(sums, right).Clear();
        MatrixVector.AddRows(target + 1, _stride - 1, length, right, v, sums);
        MatrixVector.Scale(sums, right, -scale, sums);
        MatrixVector.AddOuter(target + 1, _stride - 1, length, right, v, sums);
    }

    private int IndexOf(int row, int column) => checked((row * _stride) + column - row + _bandwidth - 1);
}
