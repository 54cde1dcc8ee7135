using System.Numerics.Tensors;
using RankCollapse.LinearAlgebra.Kernels;

namespace RankCollapse.LinearAlgebra;

/// <summary>
/// A = L·Lᵀ for large symmetric positive definite matrices, on our own products: left-looking by blocks of columns,
/// with the triangular solves of a block done through the inverse of its small diagonal factor.
/// </summary>
internal static unsafe class BlockedCholesky
{
    private const int Block = 96;

    /// <summary>Overwrites the lower triangle of A by L; what is above the diagonal is not read, and spoilt near it.</summary>
    /// <returns>Whether A is numerically positive definite; if not, A is spoilt.</returns>
    public static bool TryFactor(Matrix a)
    {
        int n = a.Rows;
        var negated = new double[Block * n];
        var inverse = new double[Block * Block];
        var panel = new double[n * Block];
        fixed (double* pa = a.AsSpan(), pNegated = negated, pInverse = inverse, pPanel = panel)
        {
            for (int j = 0; j < n; j += Block)
            {
                int width = Math.Min(Block, n - j), below = n - j - width;
                var block = new Operand(pa + ((nint)j * n) + j, n, 1);
                if (j > 0)
                {
                    for (int i = 0; i < width; i++) TensorPrimitives.Negate(a.Row(j + i)[..j], negated.AsSpan(i * j, j));
                    Product.RunPart(new Operand(pa + ((nint)j * n), n, 1), new Operand(pNegated, 1, j), block, n - j, width, j, accumulate: true,
                        ProductPart.All);
                }
                if (!FactorSmall(block, width)) return false;
                if (below == 0) continue;
                InvertSmall(block, width, inverse);
                Operand target = block.From(width, 0);
                Product.RunPart(target, new Operand(pInverse, 1, width), new Operand(pPanel, width, 1), below, width, width, accumulate: false,
                    ProductPart.All);
                for (int i = 0; i < below; i++)
                    new ReadOnlySpan<double>(pPanel + (i * width), width).CopyTo(new Span<double>(target.Start + ((nint)i * n), width));
            }
        }
        return true;
    }

    /// <summary>Overwrites b by the solution x of L·Lᵀ·x = b.</summary>
    public static void Solve(Matrix factor, Span<double> b)
    {
        int n = factor.Rows;
        for (int i = 0; i < n; i++)
        {
            ReadOnlySpan<double> row = factor.Row(i);
            b[i] = (b[i] - TensorPrimitives.Dot(row[..i], b[..i])) / row[i];
        }
        for (int i = n - 1; i >= 0; i--)
        {
            ReadOnlySpan<double> row = factor.Row(i);
            b[i] /= row[i];
            TensorPrimitives.MultiplyAdd(row[..i], -b[i], b[..i], b[..i]);
        }
    }

    /// <summary>A^{-1} from L, symmetric, written in full.</summary>
    public static Matrix Inverse(Matrix factor)
    {
        int n = factor.Rows;
        var inverse = new Matrix(n, n);
        var lower = new double[n * n];
        fixed (double* pf = factor.AsSpan()) InvertSmall(new Operand(pf, n, 1), n, lower);
        Product.Gram(new Matrix(lower, 0, n, n), inverse);
        return inverse;
    }

    private static bool FactorSmall(Operand a, int size)
    {
        for (int i = 0; i < size; i++)
        {
            var row = new Span<double>(a.Start + (i * a.RowStride), size);
            for (int j = 0; j <= i; j++)
            {
                var other = new ReadOnlySpan<double>(a.Start + (j * a.RowStride), size);
                double sum = row[j] - TensorPrimitives.Dot(row[..j], other[..j]);
                if (j < i)
                {
                    row[j] = sum / other[j];
                }
                else
                {
                    if (!(sum > 0) || double.IsInfinity(sum)) return false;
                    row[i] = Math.Sqrt(sum);
                }
            }
        }
        return true;
    }

    /// <summary>L^{-1}, row by row, with zeros above the diagonal.</summary>
    private static void InvertSmall(Operand l, int size, Span<double> inverse)
    {
        inverse[..(size * size)].Clear();
        for (int i = 0; i < size; i++)
        {
            // Row i of L^{-1} is (e_i − Σ_{j<i} L_ij · row j) / L_ii.
            double* entries = l.Start + (i * l.RowStride);
            Span<double> row = inverse.Slice(i * size, size);
            row[i] = 1;
            for (int j = 0; j < i; j++)
            {
                if (entries[j] != 0) TensorPrimitives.MultiplyAdd(inverse.Slice(j * size, j + 1), -entries[j], row[..(j + 1)], row[..(j + 1)]);
            }
            TensorPrimitives.Multiply(row[..(i + 1)], 1 / entries[i], row[..(i + 1)]);
        }
    }
}
