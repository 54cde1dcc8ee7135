using RankCollapse.Collapse;
using RankCollapse.LinearAlgebra;
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
}
