using System.Buffers;
using RankCollapse.LinearAlgebra.Kernels;

namespace RankCollapse.LinearAlgebra;

/// <summary>
/// Up to b Householder reflections at once, H = H_1 H_2 ⋯ = I − Vᵀ·T·V with V's rows the vectors and T upper triangular
/// (the compact WY form, Schreiber and Van Loan 1989), applied by matrix products.
/// </summary>
internal sealed unsafe class BlockReflector
{
    private readonly Matrix _vectors;
    private readonly Matrix _factor;
    private readonly Matrix _triangle;
    private readonly double[] _scales;
    private readonly double[] _products;
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
            for (int j = 0; j < count; j++)
            {
                double* row = vectors + ((nint)j * length);
                int known = Math.Min(j, length);
                for (int i = 0; i < known; i++) _triangle[j, i] = row[i];
                if (j >= length) continue;
                new Span<double>(row, known).Clear();
                double scale = MatrixVector.MakeReflection(row + j, length - j, out double head);
                _triangle[j, j] = head;
                _scales[j] = scale;
                if (scale == 0) continue;
                double* below = row + length + j;
                MatrixVector.Multiply(below, length, count - j - 1, length - j, row + j, products);
                for (int i = 0; i < count - j - 1; i++) products[i] *= -scale;
                MatrixVector.AddOuter(below, length, count - j - 1, length - j, products, row + j);
            }
        }
        MakeFactor();
    }

    /// <summary>Takes vectors that are known: the first entries of the given rows, with the zeros and ones written out, and their scales.</summary>
    public void Take(Operand rows, int count, int length, ReadOnlySpan<double> scales)
    {
        _count = count;
        _length = length;
        for (int i = 0; i < count; i++)
            new ReadOnlySpan<double>(rows.Start + (i * rows.RowStride), length).CopyTo(_vectors.AsSpan().Slice(i * length, length));
        scales[..count].CopyTo(_scales);
        MakeFactor();
    }

    /// <summary>C := C·H, or C·Hᵀ, for C rows × length.</summary>
    public void ApplyRight(Operand c, int rows, bool transposed = false)
    {
        double[] work = ArrayPool<double>.Shared.Rent(2 * rows * _count);
        fixed (double* pv = _vectors.AsSpan(), pw = work, pt = _factor.AsSpan())
        {
            var projected = new Operand(pw, _count, 1);
            var scaled = new Operand(pw + ((nint)rows * _count), _count, 1);
            int size = _factor.Columns;
            Product.Run(c, new Operand(pv, 1, _length), projected, rows, _count, _length, accumulate: false);
            Product.Run(projected, transposed ? new Operand(pt, 1, size) : new Operand(pt, size, 1), scaled, rows, _count, _count, accumulate: false);
            Product.Run(scaled, new Operand(pv, _length, 1), c, rows, _length, _count, accumulate: true);
        }
        ArrayPool<double>.Shared.Return(work);
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
            Product.Run(transposed ? new Operand(pt, 1, size) : new Operand(pt, size, 1), projected, scaled, _count, columns, _count, accumulate: false);
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

    /// <summary>−T, column by column: T_jj = scale_j and T_{1…j−1,j} = −scale_j·T·(V·v_j). The sign spares a pass in every product.</summary>
    private void MakeFactor()
    {
        _factor.AsSpan().Clear();
        fixed (double* pv = _vectors.AsSpan(), pp = _products)
        {
            Product.RunPart(new Operand(pv, _length, 1), new Operand(pv, 1, _length), new Operand(pp, _count, 1), _count, _count, _length, accumulate: false,
                ProductPart.Lower);
        }
        for (int j = 0; j < _count; j++)
        {
            for (int i = 0; i < j; i++)
            {
                double sum = 0;
                for (int k = i; k < j; k++) sum += _factor[i, k] * _products[(j * _count) + k];
                _factor[i, j] = -_scales[j] * sum;
            }
            _factor[j, j] = -_scales[j];
        }
    }
}
