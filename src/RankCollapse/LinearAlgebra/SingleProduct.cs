using RankCollapse.LinearAlgebra.Kernels;
using RankCollapse.LinearAlgebra.Vectors;

namespace RankCollapse.LinearAlgebra;

/// <summary>
/// Matrix products in single precision, on the kernels of <see cref="Product"/> written for floats; with the same threads, and alike on every machine.
/// </summary>
internal static class SingleProduct
{
    private const long ParallelThreshold = 8_000_000;

    /// <summary>C = A·B, or C += A·B.</summary>
    public static unsafe void Multiply(SingleMatrix a, SingleMatrix b, SingleMatrix c, bool accumulate = false)
    {
        RequireFit(a.Columns, b.Rows, a.Rows, b.Columns, c);
        fixed (float* pa = a.AsSpan(), pb = b.AsSpan(), pc = c.AsSpan())
            Run(new(pa, a.Columns, 1), new(pb, b.Columns, 1), new(pc, c.Columns, 1), c.Rows, c.Columns, a.Columns, accumulate);
    }

    /// <summary>C = Aᵀ·B, or C += Aᵀ·B.</summary>
    public static unsafe void MultiplyTransposedLeft(SingleMatrix a, SingleMatrix b, SingleMatrix c, bool accumulate = false)
    {
        RequireFit(a.Rows, b.Rows, a.Columns, b.Columns, c);
        fixed (float* pa = a.AsSpan(), pb = b.AsSpan(), pc = c.AsSpan())
            Run(new(pa, 1, a.Columns), new(pb, b.Columns, 1), new(pc, c.Columns, 1), c.Rows, c.Columns, a.Rows, accumulate);
    }

    /// <summary>C = A·Bᵀ, or C += A·Bᵀ.</summary>
    public static unsafe void MultiplyTransposedRight(SingleMatrix a, SingleMatrix b, SingleMatrix c, bool accumulate = false)
    {
        RequireFit(a.Columns, b.Columns, a.Rows, b.Rows, c);
        fixed (float* pa = a.AsSpan(), pb = b.AsSpan(), pc = c.AsSpan())
            Run(new(pa, a.Columns, 1), new(pb, 1, b.Columns), new(pc, c.Columns, 1), c.Rows, c.Columns, a.Columns, accumulate);
    }

    /// <summary>Runs the kernel of this machine's vector width on the calling thread.</summary>
    internal static void RunPart(
        SingleOperand a, SingleOperand b, SingleOperand c, int rows, int columns, int depth, bool accumulate, SingleProductPart part)
    {
        switch (VectorWidth.Bits)
        {
            case 512: SingleBlockedProduct<Singles512>.Run(a, b, c, rows, columns, depth, accumulate, part); break;
            case 256: SingleBlockedProduct<Singles256>.Run(a, b, c, rows, columns, depth, accumulate, part); break;
            default: SingleBlockedProduct<Singles128>.Run(a, b, c, rows, columns, depth, accumulate, part); break;
        }
    }

    private static void Run(SingleOperand a, SingleOperand b, SingleOperand c, int rows, int columns, int depth, bool accumulate)
    {
        if (rows == 0 || columns == 0) return;
        int threads = Product.MaxThreads;
        if (threads == 1 || (long)rows * columns * depth < ParallelThreshold) RunPart(a, b, c, rows, columns, depth, accumulate, SingleProductPart.All);
        else SingleParallelProduct.Run(a, b, c, rows, columns, depth, accumulate, threads);
    }

    private static void RequireFit(int innerA, int innerB, int rows, int columns, SingleMatrix c)
    {
        if (innerA != innerB || c.Rows != rows || c.Columns != columns)
            throw new ShapeMismatchException(
                $"A product of {rows}×{innerA} and {innerB}×{columns} matrices was to go to one of {c.Rows}×{c.Columns}; the sizes do not fit.");
    }
}
