using System.Buffers;
using System.Numerics.Tensors;
using RankCollapse.LinearAlgebra.Kernels;

namespace RankCollapse.LinearAlgebra;

/// <summary>
/// A = L·Lᵀ for symmetric positive definite matrices, on our own products: left-looking by blocks of columns,
/// with the triangular solves of a block done through the inverse of its small diagonal factor.
/// </summary>
internal static unsafe class BlockedCholesky
{
    private const int LargestBlock = 96;

    /// <summary>Columns of an inverse factor that are computed together; a multiple of the lanes and of the rows that are added at a time.</summary>
    private const int StripWidth = 64;

    /// <summary>Overwrites the lower triangle of A by L; what is above the diagonal is not read, and spoilt near it.</summary>
    /// <returns>Whether A is numerically positive definite; if not, A is spoilt.</returns>
    public static bool TryFactor(Matrix a) => Factor(a) == 0;

    /// <summary>The same.</summary>
    /// <returns>0, or k when the leading k×k block is not positive definite.</returns>
    public static int Factor(Matrix a)
    {
        int n = a.Rows, size = Math.Min(n, n <= 512 ? 32 : LargestBlock);
        double[] negated = ArrayPool<double>.Shared.Rent(size * n), panel = ArrayPool<double>.Shared.Rent(size * n);
        var inverse = new double[size * size];
        int failed = 0;
        fixed (double* pa = a.AsSpan(), pNegated = negated, pInverse = inverse, pPanel = panel)
        {
            for (int j = 0; j < n; j += size)
            {
                int width = Math.Min(size, n - j), below = n - j - width;
                var block = new Operand(pa + ((nint)j * n) + j, n, 1);
                if (j > 0)
                {
                    for (int i = 0; i < width; i++) TensorPrimitives.Negate(a.Row(j + i)[..j], negated.AsSpan(i * j, j));
                    Product.Run(new Operand(pa + ((nint)j * n), n, 1), new Operand(pNegated, 1, j), block, n - j, width, j, accumulate: true);
                }
                failed = FactorSmall(block, width);
                if (failed > 0)
                {
                    failed += j;
                    break;
                }
                if (below == 0) continue;
                InvertSmall(block, width, pInverse);
                Operand target = block.From(width, 0);
                Product.Run(target, new Operand(pInverse, 1, width), new Operand(pPanel, width, 1), below, width, width, accumulate: false);
                for (int i = 0; i < below; i++)
                    new ReadOnlySpan<double>(pPanel + (i * width), width).CopyTo(new Span<double>(target.Start + ((nint)i * n), width));
            }
        }
        ArrayPool<double>.Shared.Return(negated);
        ArrayPool<double>.Shared.Return(panel);
        return failed;
    }

    /// <summary>Overwrites b by the solution x of L·Lᵀ·x = b.</summary>
    public static void Solve(Matrix factor, Span<double> b)
    {
        int n = factor.Rows;
        for (int i = 0; i < n; i++)
        {
            ReadOnlySpan<double> row = factor.Row(i);
            b[i] = (b[i] - Reduction.Dot(row[..i], b[..i])) / row[i];
        }
        for (int i = n - 1; i >= 0; i--)
        {
            ReadOnlySpan<double> row = factor.Row(i);
            b[i] /= row[i];
            TensorPrimitives.MultiplyAdd(row[..i], -b[i], b[..i], b[..i]);
        }
    }

    /// <summary>A^{-1} from L, symmetric, written in full.</summary>
    /// <param name="factor">L, n×n; what is above its diagonal is not read.</param>
    /// <param name="inverse">A^{-1}, n×n; overwritten.</param>
    /// <param name="scratch">n×n; overwritten by L^{-1}.</param>
    public static void Inverse(Matrix factor, Matrix inverse, Matrix scratch)
    {
        int n = factor.Rows;
        Parallel.For(0, (n + StripWidth - 1) / StripWidth, new ParallelOptions { MaxDegreeOfParallelism = Product.MaxThreads }, strip =>
        {
            fixed (double* l = factor.AsSpan(), inverted = scratch.AsSpan()) InvertStrip(new Operand(l, n, 1), n, inverted, strip * StripWidth);
        });
        Product.Gram(scratch, inverse);
    }

    private static int FactorSmall(Operand a, int size)
    {
        for (int i = 0; i < size; i++)
        {
            double* row = a.Start + (i * a.RowStride);
            for (int j = 0; j < i; j++)
            {
                double* other = a.Start + (j * a.RowStride);
                row[j] = (row[j] - MatrixVector.Dot(row, other, j)) / other[j];
            }
            double pivot = row[i] - MatrixVector.Dot(row, row, i);
            if (!(pivot > 0) || double.IsInfinity(pivot)) return i + 1;
            row[i] = Math.Sqrt(pivot);
        }
        return 0;
    }

    /// <summary>L^{-1}, row by row, with zeros above the diagonal.</summary>
    private static void InvertSmall(Operand l, int size, double* inverse)
    {
        for (int first = 0; first < size; first += StripWidth) InvertStrip(l, size, inverse, first);
    }

    /// <summary>Some columns of L^{-1}, which depend on no others: few enough that they stay in the cache.</summary>
    private static void InvertStrip(Operand l, int size, double* inverse, int first)
    {
        int width = Math.Min(StripWidth, size - first);
        double* strip = inverse + first;
        for (int i = 0; i < size; i++)
        {
            // Row i of L^{-1} is (e_i − Σ_{j<i} L_ij · row j) / L_ii.
            double* entries = l.Start + (i * l.RowStride), row = strip + ((nint)i * size);
            new Span<double>(row, width).Clear();
            if (i < first) continue;
            int length = Math.Min(i - first, width);
            MatrixVector.AddRows(strip + ((nint)first * size), size, i - first, length, entries + first, row);
            MatrixVector.Scale(row, length, -1 / entries[i], row);
            if (length < width) row[length] = 1 / entries[i];
        }
    }
}
