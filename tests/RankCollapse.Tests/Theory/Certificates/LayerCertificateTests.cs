using RankCollapse.Theory.Certificates;

namespace RankCollapse.Tests.Theory.Certificates;

public sealed class LayerCertificateTests
{
    [Fact]
    public void TightBound_IsTheLeastProjectedOne()
    {
        LayerCertificate layer = Of([Bound(0, 4, 3), Bound(1, 5, 2)], own: null);
        Assert.Equal((2, 1), (layer.TightBound, layer.TightFrom));
        Assert.Equal(0, layer.Best!.From);
    }

    [Theory]
    [InlineData(1.5, 1.5, 2)]
    [InlineData(2.5, 2, 1)]
    public void TightBound_IsTheLayersOwnWhereThatIsLower(double own, double bound, int from)
    {
        LayerCertificate layer = Of([Bound(0, 4, 3), Bound(1, 5, 2)], own);
        Assert.Equal((bound, from), (layer.TightBound, layer.TightFrom));
    }

    [Fact]
    public void Ratios_AreBoundsOverTheDistance()
    {
        LayerCertificate layer = Of([Bound(0, 4, 3), Bound(1, 5, 2)], own: null);
        Assert.Equal((8, 4, 12), (layer.Ratio, layer.TightRatio, layer.CurvatureRatio));
    }

    [Fact]
    public void Bounds_OfAnUnpenalisedLayer_DoNotExist()
    {
        LayerCertificate layer = Of([], own: null);
        Assert.Null(layer.TightBound);
        Assert.Null(layer.TightFrom);
        Assert.Null(layer.Ratio);
        Assert.Null(layer.CurvatureRatio);
    }

    private static LayerBound Bound(int from, double exact, double projected) =>
        new(from, "classes", 2, new Lemma33Remainder(1, 1, 1, 1, null), exact, exact, projected / 2, projected / 2, projected, exact + 2);

    private static LayerCertificate Of(IReadOnlyList<LayerBound> bounds, double? own) => new()
    {
        Layer = 2,
        Rank = 2,
        Distance = 0.5,
        WeightNorm = 1,
        Lambda = 1,
        StationarityResidual = 0,
        RelativeStationarityResidual = 0,
        Bounds = bounds,
        Own = own is { } bound ? new OwnLayerBound("classes", 2, 0, bound, 0, bound, 0) : null,
        RoundingAllowance = 0,
        Holds = true,
    };
}
