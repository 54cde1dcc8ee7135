using CsCheck;
using RankCollapse.Theory.Certificates;

namespace RankCollapse.Tests.Theory.Certificates;

public sealed class Lemma33RemainderTests
{
    private static readonly LowRankCertificateOptions Quick = new() { Restarts = 1, CurvatureSamples = 0 };

    [Fact]
    public void Norm_OfAnyLayerAndPartition_IsNotAboveTheBound() =>
        TrainingPoint.All(0.2).Select(p => LowRankCertificate.Compute(p.Network, p.Data, p.Settings, Quick)).Sample(
            certificate => certificate.Layers.SelectMany(l => l.Bounds).All(b => b.Remainder.Norm <= (b.Remainder.Bound * (1 + 1e-9)) + 1e-12),
            iter: 200);

    [Fact]
    public void Bound_OfCollapsedClusters_IsZeroWhateverTheCurvature()
    {
        Assert.Equal(0, new Lemma33Remainder(0, 0, double.PositiveInfinity, double.NaN, "kinks").Bound);
        Assert.Equal(3, new Lemma33Remainder(0, 2, 3, double.NaN, null).Bound);
    }
}
