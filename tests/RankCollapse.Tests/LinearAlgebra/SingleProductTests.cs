using System.Runtime.InteropServices;
using RankCollapse.LinearAlgebra;
using RankCollapse.LinearAlgebra.Kernels;
using RankCollapse.LinearAlgebra.Vectors;

namespace RankCollapse.Tests.LinearAlgebra;

/// <summary>Products of floats against those of the same numbers in double precision, and at every vector width against each other.</summary>
public sealed unsafe class SingleProductTests
{
    private static readonly (int Rows, int Columns, int Depth)[] Sizes =
    [
        (1, 1, 1), (7, 15, 3), (8, 16, 8), (9, 17, 25), (24, 48, 31), (25, 49, 8), (3, 130, 5), (61, 47, 420), (33, 50, 1001), (200, 128, 130), (130, 310, 9),
        (50, 5, 0),
    ];

    /// <summary>An entry of depth k is within k + 1 roundings of the exact sum, relative to the sum of absolute values.</summary>
    [Fact]
    public void Products_AreThoseOfDoublesToRounding()
    {
        foreach ((int rows, int columns, int depth) in Sizes)
        {
            SingleMatrix a = Draw(rows, depth, 1), b = Draw(depth, columns, 2), c = Draw(rows, columns, 3), sum = new(rows, columns);
            c.CopyTo(sum);
            SingleProduct.Multiply(a, b, sum, accumulate: true);
            var left = new SingleMatrix(rows, columns);
            SingleProduct.MultiplyTransposedLeft(Transpose(a), b, left);
            var right = new SingleMatrix(rows, columns);
            SingleProduct.MultiplyTransposedRight(a, Transpose(b), right);
            for (int i = 0; i < rows; i++)
            {
                for (int j = 0; j < columns; j++)
                {
                    double exact = 0, size = Math.Abs(c[i, j]);
                    for (int k = 0; k < depth; k++) (exact, size) = (exact + ((double)a[i, k] * b[k, j]), size + Math.Abs((double)a[i, k] * b[k, j]));
                    double tolerance = (depth + 2) * 6e-8 * size;
                    Assert.Equal(exact, left[i, j], tolerance);
                    Assert.Equal(left[i, j], right[i, j]);
                    Assert.Equal(exact + c[i, j], sum[i, j], tolerance);
                }
            }
        }
    }

    [Fact]
    public void Products_AreTheSameBitsAtEveryVectorWidthAndNumberOfThreads()
    {
        int before = Product.MaxThreads;
        foreach ((int rows, int columns, int depth) in Sizes)
        {
            SingleMatrix a = Draw(rows, depth, 4), b = Draw(depth, columns, 5);
            foreach (bool transposed in (bool[])[false, true])
            {
                SingleMatrix factor = transposed ? Transpose(a) : a;
                SingleMatrix[] products = [new(rows, columns), new(rows, columns), new(rows, columns), new(rows, columns)];
                fixed (float* pa = factor.AsSpan(), pb = b.AsSpan(), p0 = products[0].AsSpan(), p1 = products[1].AsSpan(), p2 = products[2].AsSpan())
                fixed (float* p3 = products[3].AsSpan())
                {
                    SingleOperand oa = transposed ? new(pa, 1, rows) : new(pa, depth, 1), ob = new(pb, columns, 1);
                    SingleBlockedProduct<Singles128>.Run(oa, ob, new(p0, columns, 1), rows, columns, depth, false, SingleProductPart.All);
                    SingleBlockedProduct<Singles256>.Run(oa, ob, new(p1, columns, 1), rows, columns, depth, false, SingleProductPart.All);
                    SingleBlockedProduct<Singles512>.Run(oa, ob, new(p2, columns, 1), rows, columns, depth, false, SingleProductPart.All);
                    SingleParallelProduct.Run(oa, ob, new(p3, columns, 1), rows, columns, depth, false, 3);
                }
                foreach (SingleMatrix other in products[1..])
                    Assert.True(MemoryMarshal.AsBytes(products[0].AsSpan()).SequenceEqual(MemoryMarshal.AsBytes(other.AsSpan())),
                        $"{rows}×{columns}, depth {depth}");
            }
        }
        Assert.Equal(before, Product.MaxThreads);
    }

    [Fact]
    public void Sizes_ThatDoNotFit_AreRefused()
    {
        Assert.Throws<ShapeMismatchException>(() => SingleProduct.Multiply(new(2, 3), new(4, 5), new(2, 5)));
        Assert.Throws<ShapeMismatchException>(() => SingleProduct.MultiplyTransposedRight(new(2, 3), new(4, 3), new(2, 5)));
    }

    private static SingleMatrix Draw(int rows, int columns, int seed)
    {
        var stream = new RandomStream(seed, RandomPurpose.Data);
        var matrix = new SingleMatrix(rows, columns);
        foreach (ref float entry in matrix.AsSpan()) entry = (float)stream.NextGaussian();
        return matrix;
    }

    private static SingleMatrix Transpose(SingleMatrix a) => a.Transpose();
}
