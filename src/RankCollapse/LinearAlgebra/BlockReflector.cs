using System.Numerics.Tensors;
using RankCollapse.LinearAlgebra.Kernels;

namespace RankCollapse.LinearAlgebra;

/// <summary>
/// Up to b Householder reflections at once, H = H_1 H_2 ⋯ = I − Vᵀ·T·V with V's rows the vectors and T upper triangular
/// (the compact WY form, Schreiber and Van Loan 1989), applied by matrix products.
/// </summary>
internal sealed unsafe class BlockReflector
{
    /// <summary>Below it squares lose digits, and a reflection its orthogonality; what is left of a matrix near 1 is nothing then.</summary>
    private const double SmallestNorm = 1e-140;

    private readonly Matrix _vectors;
    private readonly Matrix _factor;
    private readonly Matrix _triangle;
    private readonly Matrix _work;
    private readonly Matrix _scaledWork;
    private readonly double[] _scales;
    private int _count;
    private int _length;

    /// <summary>Makes room for blocks of up to <paramref name="size"/> vectors of up to <paramref name="length"/> entries.</summary>
    public BlockReflector(int size, int length)
    {
        _vectors = new Matrix(size, length);
        _factor = new Matrix(size, size);
        _triangle = new Matrix(size, size);
        _work = new Matrix(size, length);
        _scaledWork = new Matrix(size, length);
        _scales = new double[size];
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
        Span<double> vectors = _vectors.AsSpan();
        for (int i = 0; i < count; i++)
        {
            Span<double> row = vectors.Slice(i * length, length);
            double* source = block.Start + (i * block.RowStride);
            if (block.ColumnStride == 1) new ReadOnlySpan<double>(source, length).CopyTo(row);
            else for (int j = 0; j < length; j++) row[j] = source[j * block.ColumnStride];
        }
        for (int j = 0; j < count; j++)
        {
            Span<double> row = vectors.Slice(j * length, length);
            int known = Math.Min(j, length);
            for (int i = 0; i < known; i++) _triangle[j, i] = row[i];
            if (j >= length) continue;
            row[..known].Clear();
            Span<double> vector = row[j..];
            double scale = MakeReflection(vector, out double head);
            _triangle[j, j] = head;
            _scales[j] = scale;
            if (scale == 0) continue;
            for (int i = j + 1; i < count; i++)
            {
                Span<double> other = vectors.Slice((i * length) + j, length - j);
                TensorPrimitives.MultiplyAdd(vector, -scale * TensorPrimitives.Dot(vector, other), other, other);
            }
        }
        MakeFactor();
    }

    /// <summary>C := C·H for C rows × length.</summary>
    public void ApplyRight(Operand c, int rows)
    {
        fixed (double* pv = _vectors.AsSpan(), pw = _work.AsSpan(), ps = _scaledWork.AsSpan(), pt = _factor.AsSpan())
        {
            var work = new Operand(pw, _count, 1);
            var scaled = new Operand(ps, _count, 1);
            Product.Run(c, new Operand(pv, 1, _length), work, rows, _count, _length, accumulate: false);
            Product.Run(work, new Operand(pt, _factor.Columns, 1), scaled, rows, _count, _count, accumulate: false);
            Product.Run(scaled, new Operand(pv, _length, 1), c, rows, _length, _count, accumulate: true);
        }
    }

    /// <summary>C := Hᵀ·C for C length × columns.</summary>
    public void ApplyLeft(Operand c, int columns)
    {
        fixed (double* pv = _vectors.AsSpan(), pw = _work.AsSpan(), ps = _scaledWork.AsSpan(), pt = _factor.AsSpan())
        {
            var work = new Operand(pw, columns, 1);
            var scaled = new Operand(ps, columns, 1);
            Product.Run(new Operand(pv, _length, 1), c, work, _count, columns, _length, accumulate: false);
            Product.Run(new Operand(pt, 1, _factor.Columns), work, scaled, _count, columns, _count, accumulate: false);
            Product.Run(new Operand(pv, 1, _length), scaled, c, _length, columns, _count, accumulate: true);
        }
    }

    /// <summary>
    /// Overwrites x by v with v_1 = 1 so that (I − scale·v·vᵀ)·x = head·e_1; scale 0 when x is a multiple of e_1 already, or when its squares vanish beside
    /// those of a matrix whose largest entry is near 1.
    /// </summary>
    internal static double MakeReflection(Span<double> x, out double head)
    {
        head = x[0];
        if (x.Length == 1)
        {
            x[0] = 1;
            return 0;
        }
        double first = x[0], rest = TensorPrimitives.Norm<double>(x[1..]), norm = Math.Sqrt((first * first) + (rest * rest));
        if (rest == 0 || norm < SmallestNorm)
        {
            x.Clear();
            x[0] = 1;
            return 0;
        }
        head = first > 0 ? -norm : norm;
        TensorPrimitives.Divide(x[1..], first - head, x[1..]);
        x[0] = 1;
        return (head - first) / head;
    }

    /// <summary>−T, column by column: T_jj = scale_j and T_{1…j−1,j} = −scale_j·T·(V·v_j). The sign spares a pass in every product.</summary>
    private void MakeFactor()
    {
        _factor.AsSpan().Clear();
        ReadOnlySpan<double> vectors = _vectors.AsSpan();
        Span<double> products = stackalloc double[_count];
        for (int j = 0; j < _count; j++)
        {
            ReadOnlySpan<double> vector = vectors.Slice((j * _length) + j, _length - j);
            for (int i = 0; i < j; i++) products[i] = TensorPrimitives.Dot(vectors.Slice((i * _length) + j, _length - j), vector);
            for (int i = 0; i < j; i++)
            {
                double sum = 0;
                for (int k = i; k < j; k++) sum += _factor[i, k] * products[k];
                _factor[i, j] = -_scales[j] * sum;
            }
            _factor[j, j] = -_scales[j];
        }
    }
}
