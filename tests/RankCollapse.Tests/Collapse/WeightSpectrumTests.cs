using CsCheck;
using RankCollapse.Collapse;
using RankCollapse.LinearAlgebra;

namespace RankCollapse.Tests.Collapse;

public sealed class WeightSpectrumTests
{
    private static readonly Gen<double[]> Values = Gen.Double[1e-3, 10].Array[1, 30].Select(values => values.OrderDescending().ToArray());

    [Fact]
    public void EqualValues_HaveFullRanksAndNoPowerLaw()
    {
        WeightSpectrum spectrum = Of(6, 8, 2, 2, 2, 2, 2, 2);
        Assert.Equal(6, spectrum.StableRank, 1e-14);
        Assert.Equal(6, spectrum.EffectiveRank, 1e-13);
        Assert.Equal(1, spectrum.EigenvalueEntropy!.Value, 1e-14);
        Assert.Equal(Math.Sqrt(24), spectrum.FrobeniusNorm, 1e-14);
        Assert.Null(spectrum.PowerLaw);
        Assert.Equal([6, 6, 6], spectrum.EnergyRanks.Select(rank => rank.Rank));
    }

    [Fact]
    public void RankOne_IsSeenByEveryMeasure()
    {
        WeightSpectrum spectrum = Of(3, 5, 7, 0, 0);
        Assert.Equal(1, spectrum.StableRank, 1e-15);
        Assert.Equal(1, spectrum.EffectiveRank, 1e-15);
        Assert.Null(spectrum.EigenvalueEntropy);
        Assert.All((double[])[1e-2, 1e-3, 1e-5], tolerance => Assert.Equal(1, spectrum.NumericalRank(tolerance)));
        Assert.Equal(0, spectrum.TailEnergy(1));
        Assert.All(spectrum.EnergyRanks, rank => Assert.Equal((1, 15 - 8), (rank.Rank, (int)rank.ParametersSaved!)));
    }

    [Fact]
    public void ZeroWeights_HaveNoSizeAndNoRank()
    {
        WeightSpectrum spectrum = Of(2, 2, 0, 0);
        Assert.Equal(
            (0, 0, 0, 0, 0), (spectrum.SpectralNorm, spectrum.StableRank, spectrum.EffectiveRank, spectrum.ValuesAboveEdge, spectrum.EnergyRanks[0].Rank));
        Assert.Null(spectrum.TailEnergy(1));
    }

    [Fact]
    public void Measures_ScaleAsTheyShould() => Gen.Select(Values, Gen.Double[1e-3, 1e3]).Sample((values, factor) =>
    {
        WeightSpectrum one = Of(30, 40, values), other = Of(30, 40, Array.ConvertAll(values, value => value * factor));
        Assert.Equal(one.SpectralNorm * factor, other.SpectralNorm, 1e-12 * other.SpectralNorm);
        Assert.Equal(one.MarchenkoPasturEdge * factor, other.MarchenkoPasturEdge, 1e-12 * other.MarchenkoPasturEdge);
        Assert.Equal(one.StableRank, other.StableRank, 1e-12 * one.StableRank);
        Assert.Equal(one.EffectiveRank, other.EffectiveRank, 1e-12 * one.EffectiveRank);
        Assert.True(one.StableRank <= values.Length * (1 + 1e-14) && one.EffectiveRank <= values.Length * (1 + 1e-14));
        Assert.True(one.StableRank >= 1 && one.EffectiveRank >= 1 - 1e-14);
    });

    [Fact]
    public void EnergyRank_IsTheFewestValuesThatSuffice() => Values.Sample(values =>
    {
        double total = values.Sum(value => value * value);
        foreach (double level in EnergyRank.Levels)
        {
            int rank = EnergyRank.Of([values], new BlockShape(40, 50, 1), level, isFactored: true).Rank;
            Assert.True(values.Take(rank).Sum(value => value * value) >= level * total * (1 - 1e-12));
            Assert.True(values.Take(rank - 1).Sum(value => value * value) < level * total * (1 + 1e-12));
        }
    });

    [Fact]
    public void Factors_SaveNothingWhereTheyWouldBeLarger()
    {
        // Break-even is 2.4 of 6; block 1 keeps 1 value and saves 24 − 10, block 2 keeps 4 and saves nothing.
        double[][] blocks = [[10, 0.01, 0.01, 0.01], [9, 9, 9, 9]];
        EnergyRank rank = EnergyRank.Of(blocks, new BlockShape(4, 6, 2), 0.99, isFactored: true);
        Assert.Equal((5, 14L), (rank.Rank, rank.ParametersSaved!.Value));
        Assert.Null(EnergyRank.Of(blocks, new BlockShape(4, 6, 2), 0.99, isFactored: false).ParametersSaved);
    }

    [Fact]
    public void GaussianWeights_EndAtTheMarchenkoPasturEdge()
    {
        Matrix noise = RandomMatrix.Gaussian(300, 200, new RandomStream(4, RandomPurpose.Sampling));
        WeightSpectrum spectrum = WeightSpectrum.Of([SingularValueDecomposition.SingularValues(noise)], new BlockShape(300, 200, 1));
        Assert.InRange(spectrum.SpectralNorm / spectrum.MarchenkoPasturEdge, 0.96, 1.02);
        Assert.InRange(spectrum.ValuesAboveEdge, 0, 2);
    }

    [Fact]
    public void ParetoData_GiveBackTheirExponent()
    {
        var random = new Random(3);
        const double Exponent = 2.7;
        double[] data = [.. Enumerable.Range(0, 4000).Select(_ => 0.5 * Math.Pow(1 - random.NextDouble(), -1 / (Exponent - 1)))];
        PowerLawFit fit = PowerLawFit.Of(data)!;
        Assert.Equal(Exponent, fit.Exponent, 4 * (Exponent - 1) / Math.Sqrt(fit.SampleSize));
        Assert.InRange(fit.KolmogorovSmirnovDistance, 0, 0.03);
        Assert.InRange(fit.SampleSize, 100, 4000);
    }

    [Fact]
    public void PowerLaw_OfKnownData_IsThatOfTheFormulas()
    {
        // With x_min = 1: α = 1 + 6/ln(2·4·8·16·32), and every other x_min is tried too.
        double[] data = [1, 2, 4, 8, 16, 32];
        PowerLawFit fit = PowerLawFit.Of(data)!;
        (double Distance, double Minimum, double Exponent) best = (2, 0, 0);
        foreach (double minimum in data[..^1])
        {
            double[] tail = [.. data.Where(x => x >= minimum)];
            double exponent = 1 + (tail.Length / tail.Sum(x => Math.Log(x / minimum)));
            double distance = tail.Select((x, i) => Math.Abs(1 - Math.Pow(x / minimum, 1 - exponent) - ((double)i / tail.Length))).Max();
            if (distance < best.Distance) best = (distance, minimum, exponent);
        }
        Assert.Equal(best.Minimum, fit.Minimum);
        Assert.Equal(best.Exponent, fit.Exponent, 1e-14);
        Assert.Equal(best.Distance, fit.KolmogorovSmirnovDistance, 1e-14);
    }

    private static WeightSpectrum Of(int rows, int columns, params double[] values) => WeightSpectrum.Of([values], new BlockShape(rows, columns, 1));
}
