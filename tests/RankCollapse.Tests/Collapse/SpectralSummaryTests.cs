using RankCollapse.Collapse;
using RankCollapse.LinearAlgebra;

namespace RankCollapse.Tests.Collapse;

public sealed class SpectralSummaryTests
{
    [Fact]
    public void Ranks_OfScaledPartialIsometry_EqualItsRank()
    {
        Matrix q = RandomMatrix.HaarOrthogonal(9, 4, new RandomStream(1, RandomPurpose.Sampling));
        var found = SpectralSummary.Of(Matrix.FromEntries(9, 4, (i, j) => 1e-200 * q[i, j]));
        Assert.Equal(4, found.NumericalRank());
        Assert.Equal(4, found.StableRank, 1e-12);
        Assert.Equal(4, found.EffectiveRank, 1e-12);
        Assert.Equal(0.5, found.TailEnergy(2)!.Value, 1e-12);
        Assert.Equal(1e-200, found.SpectralNorm, 1e-212);
        Assert.Equal(2e-200, found.FrobeniusNorm, 1e-212);
    }

    [Fact]
    public void Numbers_OfKnownSpectrum_AreRight()
    {
        var found = SpectralSummary.FromSingularValues([4, 2, 1, 0]);
        Assert.Equal(21.0 / 16, found.StableRank, 1e-15);
        Assert.Equal(1.0 / 21, found.TailEnergy(2)!.Value, 1e-15);
        Assert.Equal(0, found.TailEnergy(4));
        Assert.Equal(1, found.TailEnergy(0));
        double entropy = -((4.0 / 7 * Math.Log(4.0 / 7)) + (2.0 / 7 * Math.Log(2.0 / 7)) + (1.0 / 7 * Math.Log(1.0 / 7)));
        Assert.Equal(Math.Exp(entropy), found.EffectiveRank, 1e-14);
        Assert.Equal((2, 3), (found.NumericalRank(0.3), found.NumericalRank(0.1)));
        Assert.Equal(Math.Sqrt(21), found.FrobeniusNorm, 1e-14);
    }

    [Fact]
    public void Ranks_AreOrdered()
    {
        var found = SpectralSummary.Of(Samples.Gaussian(12, 20, 3));
        Assert.True(found.StableRank >= 1 && found.StableRank <= found.EffectiveRank && found.EffectiveRank <= 12);
    }

    [Fact]
    public void Summary_OfZeroAndEmpty_HasRankZeroAndNoTail()
    {
        foreach (SpectralSummary found in (SpectralSummary[])[SpectralSummary.Of(new Matrix(3, 2)), SpectralSummary.Of(new Matrix(0, 2))])
        {
            Assert.Equal((0, 0, 0, 0, 0), (found.NumericalRank(), found.StableRank, found.EffectiveRank, found.SpectralNorm, found.FrobeniusNorm));
            Assert.Null(found.TailEnergy(1));
        }
    }

    [Fact]
    public void FromSingularValues_OfUnsortedOrNegative_IsRefused()
    {
        Assert.Throws<InvalidInputException>(() => SpectralSummary.FromSingularValues([1, 2]));
        Assert.Throws<InvalidInputException>(() => SpectralSummary.FromSingularValues([-1]));
        Assert.Throws<InvalidInputException>(() => SpectralSummary.FromSingularValues([double.NaN]));
    }
}
