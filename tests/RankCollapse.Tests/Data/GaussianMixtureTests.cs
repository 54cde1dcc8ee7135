using RankCollapse.Data;
using RankCollapse.LinearAlgebra;

namespace RankCollapse.Tests.Data;

public sealed class GaussianMixtureTests
{
    [Fact]
    public void ZeroSigma_PutsEverySampleOnItsMean()
    {
        DataSet data = GaussianMixture.Draw(7, 3, 4, sigma: 0, seed: 5);
        Matrix means = GaussianMixture.DrawMeans(3, 4, seed: 5);
        for (int i = 0; i < 7; i++) Assert.Equal(means.Column(data.Labels[i]), data.Inputs.Column(i));
    }

    [Fact]
    public void Noise_HasTheVarianceOfSigma()
    {
        const double Sigma = 0.3;
        DataSet data = GaussianMixture.Draw(500, 2, 20, Sigma, seed: 1, means: new Matrix(20, 2));
        double variance = data.Inputs.AsSpan().ToArray().Average(x => x * x);
        // The relative standard deviation of a variance of m normal numbers is √(2/m); five of them are allowed.
        Assert.InRange(variance / (Sigma * Sigma), 1 - (5 * Math.Sqrt(2 / 10_000.0)), 1 + (5 * Math.Sqrt(2 / 10_000.0)));
    }

    [Fact]
    public void OtherSigma_ScalesTheSameNoise()
    {
        Matrix means = GaussianMixture.DrawMeans(3, 4, seed: 2);
        Matrix one = GaussianMixture.Draw(9, 3, 4, sigma: 1, seed: 2).Inputs;
        Matrix two = GaussianMixture.Draw(9, 3, 4, sigma: 2, seed: 2).Inputs;
        for (int row = 0; row < 4; row++)
            for (int i = 0; i < 9; i++)
                Assert.Equal(2 * (one[row, i] - means[row, i / 3]), two[row, i] - means[row, i / 3], 12);
    }

    [Fact]
    public void OtherCountOfAClass_LeavesTheOtherClassesAsTheyAre()
    {
        DataSet equal = GaussianMixture.Draw(6, 3, 5, 1, seed: 0);
        DataSet unequal = GaussianMixture.Draw(9, 3, 5, 1, seed: 0, classCounts: [2, 5, 2]);
        Assert.Equal([0, 0, 1, 1, 1, 1, 1, 2, 2], unequal.Labels);
        Assert.Equal(equal.Inputs.Column(0), unequal.Inputs.Column(0));
        Assert.Equal(equal.Inputs.Column(5), unequal.Inputs.Column(8));
    }

    [Fact]
    public void Means_AreIndependentOfInitialisation()
    {
        var initialization = new RandomStream(0, RandomPurpose.Initialization);
        Assert.NotEqual(initialization.NextGaussian(), GaussianMixture.DrawMeans(1, 1, seed: 0)[0, 0]);
    }

    [Theory]
    [InlineData(10, 2, 0, 1.0)]
    [InlineData(10, 2, 3, -1.0)]
    [InlineData(10, 2, 3, double.NaN)]
    [InlineData(10, 2, 3, double.PositiveInfinity)]
    [InlineData(1, 2, 3, 1.0)]
    [InlineData(10, 0, 3, 1.0)]
    [InlineData(2_000_000_000, 2, 2_000_000_000, 1.0)]
    public void NumbersOutOfRange_AreRefused(int samples, int classes, int dimension, double sigma) =>
        Assert.Throws<InvalidInputException>(() => GaussianMixture.Draw(samples, classes, dimension, sigma, seed: 0));

    [Fact]
    public void MeansOfAnotherSize_NameBothSizes()
    {
        var error = Assert.Throws<ShapeMismatchException>(() => GaussianMixture.Draw(10, 2, 3, 1, seed: 0, means: new Matrix(4, 2)));
        Assert.Contains("4×2", error.Message, StringComparison.Ordinal);
        Assert.Contains("3×2", error.Message, StringComparison.Ordinal);
    }
}
