using System.Numerics.Tensors;
using RankCollapse.LinearAlgebra;

namespace RankCollapse.Tests.LinearAlgebra;

public sealed class BlockedCholeskyTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(5)]
    [InlineData(95)]
    [InlineData(96)]
    [InlineData(97)]
    [InlineData(300)]
    public void Factor_ReproducesTheMatrix_AndSolves(int size)
    {
        var stream = new RandomStream(size, RandomPurpose.Sampling);
        Matrix a = Product.Gram(RandomMatrix.Gaussian(size + 10, size, stream)), factor = a.Copy();
        Assert.True(BlockedCholesky.TryFactor(factor));
        for (int i = 0; i < size; i++) factor.Row(i)[(i + 1)..].Clear();
        Matrix product = Product.MultiplyTransposedRight(factor, factor);
        double largest = TensorPrimitives.MaxMagnitude<double>(a.AsSpan());
        for (int i = 0; i < a.Length; i++) Assert.Equal(a.AsSpan()[i], product.AsSpan()[i], 1e-14 * size * Math.Abs(largest));

        double[] x = [.. Enumerable.Range(0, size).Select(_ => stream.NextGaussian())];
        double[] b = Product.Multiply(a, new Matrix(x, 0, size, 1)).AsSpan().ToArray();
        BlockedCholesky.Solve(factor, b);
        double condition = SingularValueDecomposition.SingularValues(a) is var s ? s[0] / s[^1] : 0;
        for (int i = 0; i < size; i++) Assert.Equal(x[i], b[i], 1e-14 * condition * size);

        Matrix inverse = new(size, size), onThreads = new(size, size), scratch = new(size, size);
        BlockedCholesky.Inverse(factor, inverse, scratch);
        Product.MaxThreads = 2;
        BlockedCholesky.Inverse(factor, onThreads, scratch);
        Product.MaxThreads = 1;
        Assert.Equal(inverse.AsSpan(), onThreads.AsSpan());
        Matrix identity = Product.Multiply(a, inverse);
        for (int i = 0; i < size; i++)
            for (int j = 0; j < size; j++)
                Assert.Equal(i == j ? 1 : 0, identity[i, j], 1e-14 * condition * size);
    }

    [Theory]
    [InlineData(3, 1)]
    [InlineData(150, 120)]
    public void Indefinite_IsReported(int size, int place)
    {
        Matrix a = Matrix.Identity(size);
        a[place, place] = -1e-3;
        Assert.False(BlockedCholesky.TryFactor(a));
        a = Matrix.Identity(size);
        a[place, place] = double.NaN;
        Assert.False(BlockedCholesky.TryFactor(a));
    }
}
