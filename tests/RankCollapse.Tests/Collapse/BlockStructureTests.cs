using CsCheck;
using RankCollapse.Collapse;
using RankCollapse.LinearAlgebra;
using RankCollapse.Tests.LinearAlgebra;
using static RankCollapse.Tests.Collapse.Samples;

namespace RankCollapse.Tests.Collapse;

public sealed class BlockStructureTests
{
    [Theory]
    [InlineData(6, 24)]
    [InlineData(40, 24)]
    public void Deviation_EqualsThatOfTheBlockAveragedGramMatrix(int rows, int samples)
    {
        int[] labels = [.. Enumerable.Range(0, samples).Select(i => i < 5 ? 0 : i < 14 ? 1 : 2)];
        Matrix features = Noisy(rows, labels, 3, 0.4, 1);
        Matrix gram = Product.MultiplyTransposedLeft(features, features);
        var sums = new double[3, 3];
        int[] sizes = [5, 9, samples - 14];
        for (int i = 0; i < samples; i++)
            for (int j = 0; j < samples; j++)
                sums[labels[i], labels[j]] += gram[i, j] / (sizes[labels[i]] * sizes[labels[j]]);
        double squared = 0, norm = 0;
        for (int i = 0; i < samples; i++)
            for (int j = 0; j < samples; j++)
            {
                squared += Math.Pow(gram[i, j] - sums[labels[i], labels[j]], 2);
                norm += gram[i, j] * gram[i, j];
            }
        var found = BlockStructure.Measure(features, Classes(labels, 3));
        Assert.Equal(Math.Sqrt(squared), found.Deviation, 1e-12 * found.GramNorm);
        Assert.Equal(Math.Sqrt(norm), found.GramNorm, 1e-12 * found.GramNorm);
        Assert.Equal(sums[0, 2], found.BlockValues[0, 2], 1e-12 * found.GramNorm);
        Assert.InRange(found.RelativeDeviation, 0, 1);
    }

    [Fact]
    public void Deviation_OfCollapsedFeatures_IsExactlyZero()
    {
        int[] labels = Labels(50, 7);
        var found = BlockStructure.Measure(Collapsed(Gaussian(20, 7, 2), labels), Classes(labels, 7));
        Assert.Equal(0, found.RelativeDeviation);
        Assert.Equal(0, BlockStructure.Measure(new Matrix(3, 50), Classes(labels, 7)).RelativeDeviation);
    }

    [Fact]
    public void Deviation_IsInvariantUnderRotationAndOrderAndResolvesTinyNoise()
    {
        int[] labels = Labels(40, 4);
        Matrix features = Noisy(10, labels, 4, 1e-7, 3);
        Matrix rotated = Product.Multiply(RandomMatrix.HaarOrthogonal(10, 10, new RandomStream(1, RandomPurpose.Sampling)), features);
        int[] order = Order(40, 9);
        double expected = BlockStructure.Measure(features, Classes(labels, 4)).RelativeDeviation;
        double found = BlockStructure.Measure(Permute(rotated, order), Classes([.. order.Select(i => labels[i])], 4)).RelativeDeviation;
        Assert.InRange(expected, 1e-9, 1e-6);
        Assert.Equal(expected, found, 1e-7 * expected);
    }

    [Fact]
    public void Deviation_OfRotatedCollapsedFeatures_IsRounding() =>
        Noised.Sample(
            f =>
            {
                Matrix collapsed = Product.Multiply(f.Rotation, Collapsed(f.Centroids, f.Labels));
                return BlockStructure.Measure(collapsed, Classes(f.Labels, f.Centroids.Columns)).RelativeDeviation <= 1e-14;
            },
            iter: 200);

    [Fact]
    public void WithinVariation_IsBoundedByTheDeviation() =>
        Noised.Sample(
            f =>
            {
                // ‖E‖² = tr(EᵀE) ≤ √rank·‖EᵀE‖ ≤ √rank·deviation, E the deviations from the centroids.
                Partition classes = Classes(f.Labels, f.Centroids.Columns);
                double variation = ClassCentroids.Compute(f.Features, classes).WithinVariation;
                double root = Math.Sqrt(Math.Min(f.Features.Rows, f.Features.Columns));
                // Products of n numbers and means of as many as there are samples round by so much of ‖Z‖², which can be all where the noise is small.
                double rounding = (f.Features.Rows + f.Features.Columns + 8) * Math.Pow(2, -53) * Reduction.SumOfSquares(f.Features.AsSpan());
                return variation <= root * ((BlockStructure.Measure(f.Features, classes).Deviation * (1 + 1e-9)) + rounding);
            },
            iter: 300);

    /// <summary>Features of collapsed classes with noise of any size, and a rotation into more rows.</summary>
    private static readonly Gen<(Matrix Centroids, int[] Labels, Matrix Features, Matrix Rotation)> Noised =
        from sizes in Gen.Int[1, 4].Array[1, 4]
        from rows in Gen.Int[1, 6]
        from centroids in Matrices.OfEntries(rows, sizes.Length)
        from noise in Matrices.OfEntries(rows, sizes.Sum())
        from size in Gen.Double[-4, 0].Select(exponent => Math.Pow(10, exponent))
        from rotation in Matrices.Orthonormal(rows + 2, rows)
        let labels = sizes.SelectMany((count, k) => Enumerable.Repeat(k, count)).ToArray()
        let features = Matrix.FromEntries(rows, labels.Length, (i, j) => centroids[i, labels[j]] + (size * noise[i, j]))
        select (centroids, labels, features, rotation);
}
