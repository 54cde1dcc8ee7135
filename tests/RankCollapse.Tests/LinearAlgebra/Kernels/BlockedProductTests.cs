using System.Runtime.Intrinsics;
using RankCollapse.LinearAlgebra;
using RankCollapse.LinearAlgebra.Kernels;
using RankCollapse.LinearAlgebra.Vectors;
using static RankCollapse.Tests.LinearAlgebra.Kernels.ProductReference;

namespace RankCollapse.Tests.LinearAlgebra.Kernels;

/// <summary>The kernels of every vector width; machines without a width compute it in software.</summary>
public sealed class BlockedProductTests
{
    private static readonly int[] Special = [1, 7, 8, 9, 23, 24, 25];

    public static TheoryData<int, ProductForm> Kernels
    {
        get
        {
            var cases = new TheoryData<int, ProductForm>();
            foreach (int bits in (int[])[128, 256, 512])
                foreach (ProductForm form in Enum.GetValues<ProductForm>())
                    cases.Add(bits, form);
            return cases;
        }
    }

    /// <summary>Rows, columns, depth.</summary>
    private static (int Rows, int Columns, int Depth)[] LargeSizes =>
    [
        (200, 200, 200), (401, 25, 30), (30, 401, 401), (9, 25, 1001), // Depth in several blocks.
        (3, 1300, 5), (10, 1225, 420), // Columns in several blocks, the second with one vector or less than one.
        (150, 30, 2000), (160, 700, 520), (530, 60, 520), // Factors of more than 2^18 entries: packed where strides say so.
    ];

    [Theory]
    [MemberData(nameof(Kernels))]
    public void Product_OfSpecialSizes_IsTheTripleLoop(int bits, ProductForm form)
    {
        foreach (int rows in Special)
            foreach (int columns in Special)
                foreach (int depth in (int[])[0, 1, 8, 25])
                    Check(bits, form, rows, columns, depth, accumulate: (rows + columns + depth) % 2 == 0, border: columns % 2 * 11);
    }

    [Theory]
    [MemberData(nameof(Kernels))]
    public void Product_OfRandomSizes_IsTheTripleLoop(int bits, ProductForm form)
    {
        var stream = new RandomStream(bits + (int)form, RandomPurpose.Sampling);
        for (int i = 0; i < 60; i++)
            Check(bits, form, stream.NextInteger(71), stream.NextInteger(71), stream.NextInteger(71), accumulate: i % 2 == 0, border: i % 3);
    }

    [Theory]
    [MemberData(nameof(Kernels))]
    public void Product_OfLargeSizes_IsTheTripleLoop(int bits, ProductForm form)
    {
        foreach ((int rows, int columns, int depth) in LargeSizes)
            Check(bits, form, rows, columns, depth, accumulate: depth % 2 == 0, border: rows % 3);
    }

    [Theory]
    [InlineData(128)]
    [InlineData(256)]
    [InlineData(512)]
    public void LowerPart_HasTheEntriesOfTheWholeProduct(int bits)
    {
        foreach ((int size, int depth) in ((int, int)[])[(1, 3), (7, 8), (25, 0), (31, 9), (64, 40), (150, 20), (301, 11), (1230, 2)])
        {
            Matrix a = Random(depth, size, size);
            var whole = new Matrix(size, size);
            Run(bits, ProductForm.TransposedLeft, a, a, whole, accumulate: false, ProductPart.All);
            var lower = new BorderedMatrix(new Matrix(size, size));
            Run(bits, ProductForm.TransposedLeft, a, a, lower.Matrix, accumulate: false, ProductPart.Lower);
            lower.AssertBorderIsUntouched();
            for (int i = 0; i < size; i++) Assert.True(whole.Row(i)[..(i + 1)].SequenceEqual(lower.Matrix.Row(i)[..(i + 1)]), $"row {i} of {size}");
        }
    }

    /// <summary>Reads whose results are dropped poison nothing; a page that cannot be read finds them.</summary>
    [Theory]
    [MemberData(nameof(Kernels))]
    public unsafe void Product_ReadsAndWritesNothingPastTheLastEntries(int bits, ProductForm form)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Guard pages are made with Linux's mmap.");
        foreach ((int rows, int columns, int depth) in ((int, int, int)[])[(1, 1, 1), (7, 9, 3), (5, 25, 8), (13, 23, 17), (8, 24, 9), (150, 33, 2000)])
        {
            (Matrix a, Matrix b) = Factors(form, rows, columns, depth, 3);
            using GuardedMemory left = new(a), right = new(b), result = new(new Matrix(rows, columns));
            Run(bits, form, new Stored(left.Start, a.Columns), new Stored(right.Start, b.Columns), new Stored(result.Start, columns), (rows, columns, depth),
                accumulate: true, ProductPart.All);
            AssertClose(form, a, b, null, new Matrix(new Span<double>(result.Start, rows * columns).ToArray(), 0, rows, columns));
        }
    }

    /// <summary>The order of additions is part of every result: it must not follow widths, tiles, caches or packing.</summary>
    [Theory]
    [MemberData(nameof(Kernels))]
    public void Entry_IsTheFusedSumOfEachDepthBlock_BlocksAddedInOrder(int bits, ProductForm form)
    {
        Assert.SkipUnless(Vector256.IsHardwareAccelerated && System.Runtime.Intrinsics.X86.Fma.IsSupported,
            "MultiplyAddEstimate is not fused on this machine.");
        foreach ((int rows, int columns, int depth, int block) in ((int, int, int, int)[])[(61, 75, 500, 500), (9, 131, 530, 272), (70, 10, 1001, 336)])
        {
            (Matrix a, Matrix b) = Factors(form, rows, columns, depth, 4);
            Matrix c = Random(rows, columns, 5), expected = c.Copy();
            Matrix left = form == ProductForm.TransposedLeft ? a.Transpose() : a, right = form == ProductForm.TransposedRight ? b.Transpose() : b;
            for (int i = 0; i < rows; i++)
                for (int j = 0; j < columns; j++)
                    for (int start = 0; start < depth; start += block)
                    {
                        double sum = 0;
                        for (int p = start; p < Math.Min(depth, start + block); p++) sum = Math.FusedMultiplyAdd(left[i, p], right[p, j], sum);
                        expected[i, j] += sum;
                    }
            Run(bits, form, a, b, c, accumulate: true, ProductPart.All);
            Assert.Equal(expected.AsSpan(), c.AsSpan());
        }
    }

    /// <summary>Borders of 0 put each factor at the end of its array; every border is NaN.</summary>
    private static void Check(int bits, ProductForm form, int rows, int columns, int depth, bool accumulate, int border)
    {
        (Matrix a, Matrix b) = Factors(form, rows, columns, depth, (rows * 5000L) + (columns * 71) + depth);
        Matrix before = Random(rows, columns, depth);
        var inA = new BorderedMatrix(a, border + 1, border);
        var inB = new BorderedMatrix(b, border + 3, border);
        var inC = new BorderedMatrix(before, border + 5, border);
        Run(bits, form, inA.Matrix, inB.Matrix, inC.Matrix, accumulate, ProductPart.All);
        AssertClose(form, a, b, accumulate ? before : null, inC.Matrix);
        inA.AssertUnchanged(a);
        inB.AssertUnchanged(b);
        inC.AssertBorderIsUntouched();
    }

    private static unsafe void Run(int bits, ProductForm form, Matrix a, Matrix b, Matrix c, bool accumulate, ProductPart part)
    {
        if (c.Length == 0) return;
        int depth = form == ProductForm.TransposedLeft ? a.Rows : a.Columns;
        fixed (double* pa = a.AsSpan(), pb = b.AsSpan(), pc = c.AsSpan())
            Run(bits, form, new Stored(pa, a.Columns), new Stored(pb, b.Columns), new Stored(pc, c.Columns), (c.Rows, c.Columns, depth), accumulate, part);
    }

    private static unsafe void Run(
        int bits, ProductForm form, Stored a, Stored b, Stored c, (int Rows, int Columns, int Depth) size, bool accumulate, ProductPart part)
    {
        Operand left = form == ProductForm.TransposedLeft ? new(a.Start, 1, a.Stride) : new(a.Start, a.Stride, 1);
        Operand right = form == ProductForm.TransposedRight ? new(b.Start, 1, b.Stride) : new(b.Start, b.Stride, 1);
        var target = new Operand(c.Start, c.Stride, 1);
        switch (bits)
        {
            case 128:
                BlockedProduct<Doubles128>.Run(left, right, target, size.Rows, size.Columns, size.Depth, accumulate, part);
                break;
            case 256:
                BlockedProduct<Doubles256>.Run(left, right, target, size.Rows, size.Columns, size.Depth, accumulate, part);
                break;
            default:
                BlockedProduct<Doubles512>.Run(left, right, target, size.Rows, size.Columns, size.Depth, accumulate, part);
                break;
        }
    }

    /// <summary>Where a stored matrix begins, and how far its rows lie apart.</summary>
    private readonly unsafe struct Stored(double* start, int stride)
    {
        public readonly double* Start = start;
        public readonly int Stride = stride;
    }
}
