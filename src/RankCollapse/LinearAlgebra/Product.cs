using RankCollapse.LinearAlgebra.Kernels;
using RankCollapse.LinearAlgebra.Vectors;

namespace RankCollapse.LinearAlgebra;

/// <summary>
/// Matrix products C = A·B, Aᵀ·B, A·Bᵀ and symmetric AᵀA, AAᵀ on register-tiled vector kernels.
/// </summary>
/// <remarks>
/// The destination comes last, is overwritten (or added to, where <c>accumulate</c> says so) and must not share memory with a factor.
/// An entry's sum runs in an order that depends on the depth alone, never on the vector width, the caches or the number of threads,
/// so results are bit-identical on every machine with fused multiply–add. NaN and infinities propagate as in the plain sum, 0·NaN included.
/// </remarks>
public static class Product
{
    /// <summary>A product with fewer multiply–adds than this is not worth a second thread.</summary>
    private const long ParallelThreshold = 4_000_000;

    /// <summary>The most threads inside one product on this flow of control; 1 by default, so that callers parallelise over runs first.</summary>
    public static int MaxThreads
    {
        get => ThreadLimit.Value;
        set
        {
            ArgumentOutOfRangeException.ThrowIfNegativeOrZero(value);
            ThreadLimit.Value = value;
        }
    }

    /// <summary>The vector width in bits that the kernels use on this machine.</summary>
    public static int VectorBits => VectorWidth.Bits;

    /// <summary>Why that width: what the processor has, and how fast it was.</summary>
    public static string VectorChoice => VectorWidth.Reason;

    /// <summary>A·B for A m×k and B k×n.</summary>
    /// <exception cref="ShapeMismatchException">The inner sizes differ.</exception>
    public static Matrix Multiply(Matrix a, Matrix b)
    {
        ArgumentNullException.ThrowIfNull(a);
        ArgumentNullException.ThrowIfNull(b);
        var c = new Matrix(a.Rows, b.Columns);
        Multiply(a, b, c);
        return c;
    }

    /// <summary>Aᵀ·B for A k×m and B k×n.</summary>
    /// <exception cref="ShapeMismatchException">The inner sizes differ.</exception>
    public static Matrix MultiplyTransposedLeft(Matrix a, Matrix b)
    {
        ArgumentNullException.ThrowIfNull(a);
        ArgumentNullException.ThrowIfNull(b);
        var c = new Matrix(a.Columns, b.Columns);
        MultiplyTransposedLeft(a, b, c);
        return c;
    }

    /// <summary>A·Bᵀ for A m×k and B n×k.</summary>
    /// <exception cref="ShapeMismatchException">The inner sizes differ.</exception>
    public static Matrix MultiplyTransposedRight(Matrix a, Matrix b)
    {
        ArgumentNullException.ThrowIfNull(a);
        ArgumentNullException.ThrowIfNull(b);
        var c = new Matrix(a.Rows, b.Rows);
        MultiplyTransposedRight(a, b, c);
        return c;
    }

    /// <summary>C = A·B, or C += A·B.</summary>
    /// <exception cref="ShapeMismatchException">The sizes do not fit.</exception>
    public static void Multiply(Matrix a, Matrix b, Matrix c, bool accumulate = false)
    {
        RequireFit(a, b, c, a.Columns, b.Rows, a.Rows, b.Columns, "A·B");
        Run(a, transposeA: false, b, transposeB: false, c, a.Columns, accumulate, ProductPart.All);
    }

    /// <summary>C = Aᵀ·B, or C += Aᵀ·B.</summary>
    /// <exception cref="ShapeMismatchException">The sizes do not fit.</exception>
    public static void MultiplyTransposedLeft(Matrix a, Matrix b, Matrix c, bool accumulate = false)
    {
        RequireFit(a, b, c, a.Rows, b.Rows, a.Columns, b.Columns, "Aᵀ·B");
        Run(a, transposeA: true, b, transposeB: false, c, a.Rows, accumulate, ProductPart.All);
    }

    /// <summary>C = A·Bᵀ, or C += A·Bᵀ.</summary>
    /// <exception cref="ShapeMismatchException">The sizes do not fit.</exception>
    public static void MultiplyTransposedRight(Matrix a, Matrix b, Matrix c, bool accumulate = false)
    {
        RequireFit(a, b, c, a.Columns, b.Columns, a.Rows, b.Rows, "A·Bᵀ");
        Run(a, transposeA: false, b, transposeB: true, c, a.Columns, accumulate, ProductPart.All);
    }

    /// <summary>The Gram matrix AᵀA, n×n for A k×n; exactly symmetric.</summary>
    public static Matrix Gram(Matrix a)
    {
        ArgumentNullException.ThrowIfNull(a);
        var c = new Matrix(a.Columns, a.Columns);
        Gram(a, c);
        return c;
    }

    /// <summary>C = AᵀA, exactly symmetric.</summary>
    /// <exception cref="ShapeMismatchException">C is not square of A's number of columns.</exception>
    public static void Gram(Matrix a, Matrix c)
    {
        RequireFit(a, a, c, a.Rows, a.Rows, a.Columns, a.Columns, "AᵀA");
        Run(a, transposeA: true, a, transposeB: false, c, a.Rows, accumulate: false, ProductPart.Lower);
        MirrorLower(c);
    }

    /// <summary>Adds the lower triangle of AᵀA to C, on several threads where that pays; what is above the diagonal is not defined then.</summary>
    /// <exception cref="ShapeMismatchException">C is not square of A's number of columns.</exception>
    internal static void AddLowerGram(Matrix a, Matrix c)
    {
        RequireFit(a, a, c, a.Rows, a.Rows, a.Columns, a.Columns, "AᵀA");
        Run(a, transposeA: true, a, transposeB: false, c, a.Rows, accumulate: true, ProductPart.Lower);
    }

    /// <summary>AAᵀ, m×m for A m×k; exactly symmetric.</summary>
    public static Matrix OuterGram(Matrix a)
    {
        ArgumentNullException.ThrowIfNull(a);
        var c = new Matrix(a.Rows, a.Rows);
        OuterGram(a, c);
        return c;
    }

    /// <summary>C = AAᵀ, exactly symmetric.</summary>
    /// <exception cref="ShapeMismatchException">C is not square of A's number of rows.</exception>
    public static void OuterGram(Matrix a, Matrix c)
    {
        RequireFit(a, a, c, a.Columns, a.Columns, a.Rows, a.Rows, "AAᵀ");
        Run(a, transposeA: false, a, transposeB: true, c, a.Columns, accumulate: false, ProductPart.Lower);
        MirrorLower(c);
    }

    private static readonly AsyncLocalThreads ThreadLimit = new();

    private static void RequireFit(Matrix a, Matrix b, Matrix c, int innerA, int innerB, int rows, int columns, string what)
    {
        ArgumentNullException.ThrowIfNull(a);
        ArgumentNullException.ThrowIfNull(b);
        ArgumentNullException.ThrowIfNull(c);
        if (innerA != innerB)
            throw new ShapeMismatchException($"{what}: A is {a.Rows}×{a.Columns} and B is {b.Rows}×{b.Columns}; the inner sizes {innerA} and {innerB} differ.");
        if (c.Rows != rows || c.Columns != columns)
            throw new ShapeMismatchException($"{what} is {rows}×{columns}, but the destination is {c.Rows}×{c.Columns}.");
    }

    private static unsafe void Run(Matrix a, bool transposeA, Matrix b, bool transposeB, Matrix c, int depth, bool accumulate, ProductPart part)
    {
        if (c.Length == 0) return;
        fixed (double* pa = a.AsSpan(), pb = b.AsSpan(), pc = c.AsSpan())
        {
            Operand A = transposeA ? new(pa, 1, a.Columns) : new(pa, a.Columns, 1);
            Operand B = transposeB ? new(pb, 1, b.Columns) : new(pb, b.Columns, 1);
            var C = new Operand(pc, c.Columns, 1);
            if (part == ProductPart.Lower) RunLower(A, B, C, c.Rows, depth, accumulate);
            else Run(A, B, C, c.Rows, c.Columns, depth, accumulate);
        }
    }

    /// <summary>The lower triangle of a square C, on several threads where that pays.</summary>
    private static void RunLower(Operand a, Operand b, Operand c, int size, int depth, bool accumulate)
    {
        // Rows of C at once: few enough that little of the upper triangle is computed, and enough that products are large.
        const int Block = 128;
        if (MaxThreads == 1 || (long)size * size / 2 * depth < ParallelThreshold)
        {
            RunPart(a, b, c, size, size, depth, accumulate, ProductPart.Lower);
            return;
        }
        for (int i = 0; i < size; i += Block)
        {
            int rows = Math.Min(Block, size - i);
            Run(a.From(i, 0), b, c.From(i, 0), rows, i + rows, depth, accumulate);
        }
    }

    /// <summary>C = A·B, or C += A·B, of blocks inside larger matrices: C is rows×columns and A rows×depth; on several threads where that pays.</summary>
    internal static void Run(Operand a, Operand b, Operand c, int rows, int columns, int depth, bool accumulate)
    {
        if (rows == 0 || columns == 0) return;
        int threads = MaxThreads;
        if (threads == 1 || (long)rows * columns * depth < ParallelThreshold) RunPart(a, b, c, rows, columns, depth, accumulate, ProductPart.All);
        else ParallelProduct.Run(a, b, c, rows, columns, depth, accumulate, threads);
    }

    /// <summary>Runs the kernel of this machine's vector width on the calling thread.</summary>
    internal static void RunPart(Operand a, Operand b, Operand c, int rows, int columns, int depth, bool accumulate, ProductPart part)
    {
        switch (VectorWidth.Bits)
        {
            case 512: BlockedProduct<Doubles512>.Run(a, b, c, rows, columns, depth, accumulate, part); break;
            case 256: BlockedProduct<Doubles256>.Run(a, b, c, rows, columns, depth, accumulate, part); break;
            default: BlockedProduct<Doubles128>.Run(a, b, c, rows, columns, depth, accumulate, part); break;
        }
    }

    /// <summary>Copies what is below the diagonal above it.</summary>
    internal static void MirrorLower(Matrix c)
    {
        const int Block = 16;
        Span<double> entries = c.AsSpan();
        int n = c.Rows;
        for (int i0 = 0; i0 < n; i0 += Block)
            for (int j0 = 0; j0 <= i0; j0 += Block)
                for (int i = i0; i < Math.Min(i0 + Block, n); i++)
                    for (int j = j0; j < Math.Min(j0 + Block, i); j++)
                        entries[(j * n) + i] = entries[(i * n) + j];
    }
}
