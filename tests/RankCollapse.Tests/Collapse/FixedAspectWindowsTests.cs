using RankCollapse.Collapse;
using RankCollapse.LinearAlgebra;

namespace RankCollapse.Tests.Collapse;

public sealed class FixedAspectWindowsTests
{
    [Fact]
    public void Windows_LieWhereTheyAreSaidToLie()
    {
        Matrix wide = RandomMatrix.Gaussian(5, 12, new RandomStream(1, RandomPurpose.Sampling));
        (int Row, int Column)[] places = [(0, 0), (2, 3), (0, 6), (2, 9)];
        double[] expected = [.. places.SelectMany(at => SingularValueDecomposition.SingularValues(wide.Block(at.Row, at.Column, 3, 3)))];
        Assert.Equal(expected, FixedAspectWindows.SingularValues([wide]));
        double[] tall = FixedAspectWindows.SingularValues([wide.Transpose()]);
        for (int i = 0; i < expected.Length; i++) Assert.Equal(expected[i], tall[i], 1e-14 * expected[0]);
    }

    [Fact]
    public void SquaresAndVectors_HaveNone()
    {
        Assert.Empty(FixedAspectWindows.SingularValues([RandomMatrix.Gaussian(5, 5, new RandomStream(1, RandomPurpose.Sampling))]));
        Assert.Empty(FixedAspectWindows.SingularValues([RandomMatrix.Gaussian(1, 5, new RandomStream(1, RandomPurpose.Sampling))]));
    }

    /// <summary>Noise of ratio 8 has a narrow spectrum, whose exponent is far above that of a square; its windows have that of squares.</summary>
    [Fact]
    public void Exponent_OfNoiseDoesNotDependOnTheRatio()
    {
        double[] plain = [.. ((int[])[100, 800]).Select(columns => Of(columns).HillExponent!.Value)];
        double[] windows = [.. ((int[])[100, 800]).Select(columns => Of(columns).HillExponentAtFixedAspect!.Value)];
        Assert.True(plain[1] > 1.5 * plain[0], $"{plain[0]} and {plain[1]}");
        Assert.InRange(windows[1], 0.8 * windows[0], 1.2 * windows[0]);

        static WeightSpectrum Of(int columns)
        {
            Matrix noise = RandomMatrix.Gaussian(100, columns, new RandomStream(7, RandomPurpose.Sampling));
            return WeightSpectrum.Of([SingularValueDecomposition.SingularValues(noise)], new BlockShape(100, columns, 1),
                windows: () => FixedAspectWindows.SingularValues([noise]));
        }
    }
}
