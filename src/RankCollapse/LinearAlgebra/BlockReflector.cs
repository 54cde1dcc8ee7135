using System.Buffers;
using RankCollapse.LinearAlgebra.Kernels;

namespace RankCollapse.LinearAlgebra;

/// <summary>
/// Up to b Householder reflections at once, H = H_1 H_2 ⋯ = I − Vᵀ·T·V with V's rows the vectors and T upper triangular
/// (the compact WY form, Schreiber and Van Loan 1989), applied by matrix products.
/// </summary>
internal sealed unsafe class BlockReflector
{
    /// <summary>Rows that are reduced one by one before the rest of a block is.</summary>
    private const int Inner = 8;

    private readonly Matrix _vectors;
    private readonly Matrix _factor;
    private readonly Matrix _triangle;
    private readonly double[] _scales;
    private readonly double[] _products;
    private readonly double[] _work;
    private int _count;
    private int _length;

    /// <summary>Makes room for blocks of up to <paramref name="size"/> vectors of up to <paramref name="length"/> entries.</summary>
    public BlockReflector(int size, int length)
    {
        _vectors = new Matrix(size, length);
        _factor = new Matrix(size, size);
        _triangle = new Matrix(size, size);
        _scales = new double[size];
        _products = new double[size * size];
        _work = new double[2 * size * Inner];
    }

    /// <summary>The lower triangular L of P = L·Hᵀ: L[i, j] for j ≤ i.</summary>
    public double Triangle(int row, int column) => _triangle[row, column];

    /// <summary>Reduces the rows of a block to lower triangular form: P·H = L.</summary>
    /// <param name="block">The first entry of P.</param>
    /// <param name="count">Rows of P.</param>
    /// <param name="length">Columns of P, at least 1.</param>
    public void Reduce(Operand block, int count, int length)
    {
        _count = Math.Min(count, length);
        _length = length;
        fixed (double* vectors = _vectors.AsSpan(), products = _products)
        {
            Copy(block, count, length, vectors);
            for (int from = 0; from < count; from += Inner)
            {
                int to = Math.Min(from + Inner, count);
                for (int j = from; j < to; j++) Reflect(vectors, j, to, products);

                // The rows after these few by products.
                int reflections = Math.Min(to, length) - from, after = count - to;
                if (reflections <= 0 || after == 0) continue;
                double* first = vectors + ((nint)from * length) + from;
                MakeFactor(first, from, reflections, length - from, products);
                fixed (double* factor = _factor.AsSpan(), work = _work)
                {
                    Apply(new Operand(first, length, 1), new Operand(factor + ((nint)from * _factor.Columns) + from, 1, _factor.Columns),
                        new Operand(first + ((nint)(to - from) * length), length, 1), after, reflections, length - from, work);
                }
            }
            MakeFactor(vectors, 0, _count, _length, products);
        }
    }

    /// <summary>The reflection that reduces row j, applied to the rows from there to <paramref name="to"/>.</summary>
    private void Reflect(double* vectors, int j, int to, double* products)
    {
        int length = _length;
        double* row = vectors + ((nint)j * length);
        int known = Math.Min(j, length);
        for (int i = 0; i < known; i++) _triangle[j, i] = row[i];
        if (j >= length) return;
        new Span<double>(row, known).Clear();
        double scale = MatrixVector.MakeReflection(row + j, length - j, out double head);
        _triangle[j, j] = head;
        _scales[j] = scale;
        if (scale == 0) return;
        double* below = row + length + j;
        MatrixVector.Multiply(below, length, to - j - 1, length - j, row + j, products);
        for (int i = 0; i < to - j - 1; i++) products[i] *= -scale;
        MatrixVector.AddOuter(below, length, to - j - 1, length - j, products, row + j);
    }

    /// <summary>Takes vectors that are known: the first entries of the given rows, with the zeros and ones written out, and their scales.</summary>
    public void Take(Operand rows, int count, int length, ReadOnlySpan<double> scales)
    {
        _count = count;
        _length = length;
        for (int i = 0; i < count; i++)
            new ReadOnlySpan<double>(rows.Start + (i * rows.RowStride), length).CopyTo(_vectors.AsSpan().Slice(i * length, length));
        scales[..count].CopyTo(_scales);
        fixed (double* vectors = _vectors.AsSpan(), products = _products) MakeFactor(vectors, 0, count, length, products);
    }

    /// <summary>C := C·H, or C·Hᵀ, for C rows × length.</summary>
    public void ApplyRight(Operand c, int rows, bool transposed = false)
    {
        double[] work = ArrayPool<double>.Shared.Rent(2 * rows * _count);
        int size = _factor.Columns;
        fixed (double* pv = _vectors.AsSpan(), pw = work, pt = _factor.AsSpan())
            Apply(new Operand(pv, _length, 1), transposed ? new Operand(pt, size, 1) : new Operand(pt, 1, size), c, rows, _count, _length, pw);
        ArrayPool<double>.Shared.Return(work);
    }

    /// <summary>C := C·(I + Vᵀ·F·V) with room for two C·Vᵀ.</summary>
    private static void Apply(Operand v, Operand factor, Operand c, int rows, int count, int length, double* work)
    {
        var projected = new Operand(work, count, 1);
        var scaled = new Operand(work + ((nint)rows * count), count, 1);
        Product.Run(c, new Operand(v.Start, 1, v.RowStride), projected, rows, count, length, accumulate: false);
        Product.Run(projected, factor, scaled, rows, count, count, accumulate: false);
        Product.Run(scaled, v, c, rows, length, count, accumulate: true);
    }

    /// <summary>C := Hᵀ·C, or H·C, for C length × columns.</summary>
    public void ApplyLeft(Operand c, int columns, bool transposed = true)
    {
        double[] work = ArrayPool<double>.Shared.Rent(2 * columns * _count);
        fixed (double* pv = _vectors.AsSpan(), pw = work, pt = _factor.AsSpan())
        {
            var projected = new Operand(pw, columns, 1);
            var scaled = new Operand(pw + ((nint)columns * _count), columns, 1);
            int size = _factor.Columns;
            Product.Run(new Operand(pv, _length, 1), c, projected, _count, columns, _length, accumulate: false);
            Product.Run(transposed ? new Operand(pt, size, 1) : new Operand(pt, 1, size), projected, scaled, _count, columns, _count, accumulate: false);
            Product.Run(new Operand(pv, 1, _length), scaled, c, _length, columns, _count, accumulate: true);
        }
        ArrayPool<double>.Shared.Return(work);
    }

    /// <summary>Rows one after the other; columns of a matrix in strips, so that each line of memory is fetched once.</summary>
    private static void Copy(Operand block, int count, int length, double* rows)
    {
        if (block.ColumnStride == 1)
        {
            for (int i = 0; i < count; i++)
                new ReadOnlySpan<double>(block.Start + (i * block.RowStride), length).CopyTo(new Span<double>(rows + ((nint)i * length), length));
            return;
        }
        const int Strip = 16;
        for (int from = 0; from < length; from += Strip)
        {
            int to = Math.Min(from + Strip, length);
            for (int i = 0; i < count; i++)
                for (int j = from; j < to; j++)
                    rows[((nint)i * length) + j] = block.Start[(i * block.RowStride) + (j * block.ColumnStride)];
        }
    }

    /// <summary>
    /// (−T)ᵀ of the vectors from the given one on, row by row: T_jj = scale_j and T_{1…j−1,j} = −scale_j·T·(V·v_j). The sign spares a pass in every product.
    /// </summary>
    private void MakeFactor(double* vectors, int first, int count, int length, double* products)
    {
        Product.RunPart(new Operand(vectors, _length, 1), new Operand(vectors, 1, _length), new Operand(products, count, 1), count, count, length,
            accumulate: false, ProductPart.Lower);
        int size = _factor.Columns;
        fixed (double* factor = _factor.AsSpan())
        {
            double* start = factor + ((nint)first * size) + first;
            for (int j = 0; j < count; j++)
            {
                double* row = start + ((nint)j * size);
                new Span<double>(row, count).Clear();
                MatrixVector.AddRows(start, size, j, j, products + ((nint)j * count), row);
                MatrixVector.Scale(row, j, -_scales[first + j], row);
                row[j] = -_scales[first + j];
            }
        }
    }
}
