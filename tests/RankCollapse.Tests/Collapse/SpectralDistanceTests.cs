using CsCheck;
using RankCollapse.Collapse;

namespace RankCollapse.Tests.Collapse;

public sealed class SpectralDistanceTests
{
    private static readonly Gen<double[]> Spectra = Gen.Double[1e-3, 1e3].Array[1, 8];

    [Fact]
    public void Distance_FromItself_IsZero() => Spectra.Sample(s => Assert.Equal(0, SpectralDistance.Of(s, s)));

    [Fact]
    public void Distance_OfAMultiple_IsTheRelativeDifference() =>
        Spectra.Sample(p => Assert.Equal(0.25, SpectralDistance.Of([.. p.Select(value => 1.25 * value)], p)!.Value, 1e-12));

    [Fact]
    public void Distance_DoesNotDependOnScale() => Gen.Select(Spectra, Spectra).Sample((s, p) =>
        Assert.Equal(SpectralDistance.Of(s, p), SpectralDistance.Of([.. s.Select(value => 8 * value)], [.. p.Select(value => 8 * value)])));

    [Fact]
    public void MissingValues_CountAsZero() => Spectra.Sample(s => Assert.Equal(SpectralDistance.Of([.. s, 0, 0], s), SpectralDistance.Of(s, [.. s, 0, 0])));

    [Fact]
    public void Factor_MultipliesThePrediction() => Assert.Equal(SpectralDistance.Of([3, 1], [4, 2]), SpectralDistance.Of([3, 1], [2, 1], 2));

    [Fact]
    public void Distance_FromZero_DoesNotExist() => Assert.Null(SpectralDistance.Of([1], [0, 0]));
}
