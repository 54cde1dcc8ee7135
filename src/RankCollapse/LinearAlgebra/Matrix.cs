using System.Diagnostics;
using System.Numerics.Tensors;

namespace RankCollapse.LinearAlgebra;

/// <summary>
/// A dense matrix of doubles, stored row by row without gaps, over an array of its own or over a part of a larger one.
/// </summary>
/// <remarks>
/// Views share memory: the weights of a network are matrices over one parameter vector. Samples are columns everywhere.
/// Matrices with no rows or no columns are allowed.
/// </remarks>
[DebuggerDisplay("{Rows}×{Columns}")]
public sealed class Matrix
{
    /// <summary>Doubles in a cache line.</summary>
    private const int LineLength = 64 / sizeof(double);

    /// <summary>Arrays of 85,000 bytes or more are not moved.</summary>
    private const int LargeLength = 85_000 / sizeof(double);

    private readonly double[] _storage;
    private readonly int _offset;

    /// <summary>Creates a zero matrix.</summary>
    /// <param name="rows">The number of rows, at least 0.</param>
    /// <param name="columns">The number of columns, at least 0.</param>
    public Matrix(int rows, int columns)
        : this(OnCacheLine(CheckedLength(rows, columns), out int offset), offset, rows, columns)
    {
    }

    /// <summary>Creates a matrix over existing storage; nothing is copied.</summary>
    /// <param name="storage">The array that holds the entries row by row from <paramref name="offset"/>.</param>
    /// <param name="offset">The index of the first entry.</param>
    /// <param name="rows">The number of rows, at least 0.</param>
    /// <param name="columns">The number of columns, at least 0.</param>
    /// <exception cref="ShapeMismatchException">The storage is too short.</exception>
    public Matrix(double[] storage, int offset, int rows, int columns)
    {
        ArgumentNullException.ThrowIfNull(storage);
        int length = CheckedLength(rows, columns);
        if (offset < 0 || offset > storage.Length - length)
            throw new ShapeMismatchException($"A {rows}×{columns} matrix needs {length} entries from index {offset}, but the array has {storage.Length}.");
        _storage = storage;
        _offset = offset;
        Rows = rows;
        Columns = columns;
    }

    /// <summary>The number of rows.</summary>
    public int Rows { get; }

    /// <summary>The number of columns.</summary>
    public int Columns { get; }

    /// <summary>The number of entries, Rows·Columns.</summary>
    public int Length => Rows * Columns;

    /// <summary>The entry in row <paramref name="row"/> and column <paramref name="column"/>, both from 0.</summary>
    public double this[int row, int column]
    {
        get => _storage[IndexOf(row, column)];
        set => _storage[IndexOf(row, column)] = value;
    }

    /// <summary>Creates the identity, or with unequal sizes the matrix with ones on its main diagonal.</summary>
    public static Matrix Identity(int rows, int columns)
    {
        var result = new Matrix(rows, columns);
        for (int i = 0; i < Math.Min(rows, columns); i++) result[i, i] = 1;
        return result;
    }

    /// <summary>Creates the square identity.</summary>
    public static Matrix Identity(int size) => Identity(size, size);

    /// <summary>Creates a matrix from rows of equal length.</summary>
    /// <exception cref="ShapeMismatchException">The rows differ in length.</exception>
    public static Matrix FromRows(params double[][] rows)
    {
        ArgumentNullException.ThrowIfNull(rows);
        int columns = rows.Length == 0 ? 0 : rows[0].Length;
        var result = new Matrix(rows.Length, columns);
        for (int i = 0; i < rows.Length; i++)
        {
            if (rows[i].Length != columns)
                throw new ShapeMismatchException($"Row {i} has {rows[i].Length} entries, but row 0 has {columns}.");
            rows[i].CopyTo(result.Row(i));
        }
        return result;
    }

    /// <summary>Creates a matrix whose entry (i, j) is <paramref name="entry"/>(i, j).</summary>
    public static Matrix FromEntries(int rows, int columns, Func<int, int, double> entry)
    {
        ArgumentNullException.ThrowIfNull(entry);
        var result = new Matrix(rows, columns);
        for (int i = 0; i < rows; i++)
            for (int j = 0; j < columns; j++)
                result[i, j] = entry(i, j);
        return result;
    }

    /// <summary>All entries, row by row; writing to the span writes to the matrix.</summary>
    public Span<double> AsSpan() => _storage.AsSpan(_offset, Length);

    /// <summary>The entries of one row; writing to the span writes to the matrix.</summary>
    public Span<double> Row(int row)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(row);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(row, Rows);
        return _storage.AsSpan(_offset + (row * Columns), Columns);
    }

    /// <summary>A copy of one column.</summary>
    public double[] Column(int column)
    {
        var result = new double[Rows];
        for (int i = 0; i < Rows; i++) result[i] = this[i, column];
        return result;
    }

    /// <summary>A copy with storage of its own.</summary>
    public Matrix Copy()
    {
        var result = new Matrix(Rows, Columns);
        AsSpan().CopyTo(result.AsSpan());
        return result;
    }

    /// <summary>factor·A, with storage of its own.</summary>
    internal Matrix Scaled(double factor)
    {
        Matrix result = Copy();
        TensorPrimitives.Multiply(result.AsSpan(), factor, result.AsSpan());
        return result;
    }

    /// <summary>Copies all entries to a matrix of the same size.</summary>
    /// <exception cref="ShapeMismatchException">The sizes differ.</exception>
    public void CopyTo(Matrix destination)
    {
        ArgumentNullException.ThrowIfNull(destination);
        if (destination.Rows != Rows || destination.Columns != Columns)
            throw new ShapeMismatchException($"Cannot copy a {Rows}×{Columns} matrix to a {destination.Rows}×{destination.Columns} one.");
        AsSpan().CopyTo(destination.AsSpan());
    }

    /// <summary>The transpose, as a copy.</summary>
    public Matrix Transpose()
    {
        var result = new Matrix(Columns, Rows);
        const int Block = 16;
        ReadOnlySpan<double> source = AsSpan();
        Span<double> target = result.AsSpan();
        for (int i0 = 0; i0 < Rows; i0 += Block)
            for (int j0 = 0; j0 < Columns; j0 += Block)
                for (int i = i0; i < Math.Min(i0 + Block, Rows); i++)
                    for (int j = j0; j < Math.Min(j0 + Block, Columns); j++)
                        target[(j * Rows) + i] = source[(i * Columns) + j];
        return result;
    }

    /// <summary>Writes row order[k] to column k, counted from a first one, of a matrix with as many rows as this one has columns, or more.</summary>
    internal void TransposeTo(ReadOnlySpan<int> order, Matrix target, int firstColumn = 0)
    {
        const int Block = 16;
        for (int k0 = 0; k0 < order.Length; k0 += Block)
            for (int i0 = 0; i0 < Columns; i0 += Block)
                for (int i = i0; i < Math.Min(i0 + Block, Columns); i++)
                {
                    Span<double> row = target.Row(i)[firstColumn..];
                    for (int k = k0; k < Math.Min(k0 + Block, order.Length); k++) row[k] = _storage[_offset + (order[k] * Columns) + i];
                }
    }

    /// <summary>The part of rows [row, row + rows) and columns [column, column + columns), as a copy.</summary>
    public Matrix Block(int row, int column, int rows, int columns)
    {
        var result = new Matrix(rows, columns);
        for (int i = 0; i < rows; i++) Row(row + i).Slice(column, columns).CopyTo(result.Row(i));
        return result;
    }

    /// <summary>A view of rows [row, row + rows); memory is shared.</summary>
    public Matrix RowView(int row, int rows)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(row);
        ArgumentOutOfRangeException.ThrowIfNegative(rows);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(row, Rows - rows);
        return new Matrix(_storage, _offset + (row * Columns), rows, Columns);
    }

    /// <inheritdoc/>
    public override string ToString() => $"{Rows}×{Columns} matrix";

    /// <summary>
    /// Zeros from an offset that lies on a cache line, which vectors of 512 bits should not cross; only for large arrays, which the collector leaves in place.
    /// </summary>
    private static unsafe double[] OnCacheLine(int length, out int offset)
    {
        offset = 0;
        if (length < LargeLength || length > Array.MaxLength - LineLength) return new double[length];
        var storage = new double[length + LineLength - 1];
        fixed (double* start = storage) offset = (int)(-((nint)start / sizeof(double)) & (LineLength - 1));
        return storage;
    }

    private static int CheckedLength(int rows, int columns)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(rows);
        ArgumentOutOfRangeException.ThrowIfNegative(columns);
        long length = (long)rows * columns;
        if (length > Array.MaxLength)
            throw new InvalidInputException(
                $"A {rows}×{columns} matrix has {length} entries, more than one array can hold ({Array.MaxLength}); use fewer samples or smaller widths.");
        return (int)length;
    }

    private int IndexOf(int row, int column)
    {
        if ((uint)row >= (uint)Rows || (uint)column >= (uint)Columns)
            throw new ArgumentOutOfRangeException(nameof(row), $"Entry ({row}, {column}) lies outside a {Rows}×{Columns} matrix.");
        return _offset + (row * Columns) + column;
    }
}
