using RankCollapse.LinearAlgebra;

namespace RankCollapse.Tests.LinearAlgebra;

/// <summary>What tests ask about matrices.</summary>
internal static class MatrixAssert
{
    internal static double Norm(Matrix a) => a.Length == 0 ? 0 : System.Numerics.Tensors.TensorPrimitives.Norm<double>(a.AsSpan());

    internal static Matrix Difference(Matrix a, Matrix b)
    {
        Assert.Equal((b.Rows, b.Columns), (a.Rows, a.Columns));
        return Matrix.FromEntries(a.Rows, a.Columns, (i, j) => a[i, j] - b[i, j]);
    }

    internal static void Close(Matrix expected, Matrix actual, double tolerance)
    {
        double distance = Norm(Difference(actual, expected));
        Assert.True(distance <= tolerance, $"The matrices are {distance} apart, more than {tolerance}.");
    }

    internal static void OrthonormalColumns(Matrix q) =>
        Close(Matrix.Identity(q.Columns), Product.MultiplyTransposedLeft(q, q),
            Tolerances.Decomposition(q.Rows, q.Columns) * Math.Sqrt(Math.Max(1, q.Columns)));

    internal static Matrix Scale(Matrix a, double[] columnFactors) => Matrix.FromEntries(a.Rows, a.Columns, (i, j) => a[i, j] * columnFactors[j]);

    /// <summary>U·diag(s)·Vᵀ with random orthonormal U and V: a matrix whose singular values are known.</summary>
    internal static Matrix WithSingularValues(int rows, int columns, double[] values, long seed)
    {
        var stream = new RandomStream(seed, RandomPurpose.Sampling);
        Matrix u = RandomMatrix.HaarOrthogonal(rows, values.Length, stream);
        Matrix v = RandomMatrix.HaarOrthogonal(columns, values.Length, stream);
        return Product.MultiplyTransposedRight(Scale(u, values), v);
    }

    internal static Matrix Gaussian(int rows, int columns, long seed) => RandomMatrix.Gaussian(rows, columns, new RandomStream(seed, RandomPurpose.Sampling));
}
