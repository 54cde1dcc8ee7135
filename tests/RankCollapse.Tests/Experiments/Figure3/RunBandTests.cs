using CsCheck;
using RankCollapse.Experiments.Figure3;

namespace RankCollapse.Tests.Experiments.Figure3;

public sealed class RunBandTests
{
    [Fact]
    public void Band_OfRunsOfDifferentLength_KeepsTheFinalValueOfTheShorterOne()
    {
        var band = RunBand.Over([([0, 1, 2], [4.0, 2.0, 1.0]), ([0, 1.5, 6], [8.0, 6.0, 5.0])], [0, 1, 2, 6]);

        Assert.Equal([4, 2, 1, 1], band.Lower);
        Assert.Equal([8, 8, 6, 5], band.Upper);
        Assert.Equal([6, 5, 3.5, 3], band.Mean);
    }

    [Fact]
    public void Mean_LiesInTheBand() =>
        Gen.Double[0, 1].Array[3, 8].Array[1, 5].Sample(runs =>
        {
            var band = RunBand.Over([.. runs.Select(y => (Enumerable.Range(0, y.Length).Select(i => (double)i).ToArray(), y))], RunBand.Steps(7, 29));
            for (int i = 0; i < band.X.Length; i++) Assert.True(band.Lower[i] <= band.Mean[i] * (1 + 1e-15) && band.Mean[i] <= band.Upper[i] * (1 + 1e-15));
            Assert.Equal(7, band.X[^1]);
        });
}
