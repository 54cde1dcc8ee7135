using RankCollapse.Collapse;

namespace RankCollapse.Tests.Collapse;

public sealed class SeparationLawTests
{
    [Fact]
    public void Fit_OfAGeometricSequence_FindsItsFactor()
    {
        SeparationLaw law = SeparationLaw.Fit([8, 4, 2, 1, 0.5])!;
        Assert.Equal(0.5, law.Ratio, 1e-14);
        Assert.Equal(8, law.Start, 1e-13);
        Assert.Equal(1, law.RSquared!.Value, 1e-14);
        Assert.Equal(5, law.LayerCount);
    }

    [Fact]
    public void Fit_LeavesOutLayersWithoutALogarithm()
    {
        SeparationLaw law = SeparationLaw.Fit([27, null, 3, 0, 1.0 / 3])!;
        Assert.Equal(1.0 / 3, law.Ratio, 1e-14);
        Assert.Equal(3, law.LayerCount);
    }

    [Fact]
    public void RSquared_IsTheShareThatTheLineExplains()
    {
        // ln D = 0, 1, 1: the line of least squares is 1/6 + x/2, residuals −1/6, 1/3, −1/6.
        SeparationLaw law = SeparationLaw.Fit([1, Math.E, Math.E])!;
        Assert.Equal(Math.Exp(0.5), law.Ratio, 1e-13);
        Assert.Equal(1 - (1.0 / 6 / (2.0 / 3)), law.RSquared!.Value, 1e-13);
        Assert.Null(SeparationLaw.Fit([2, 2, 2])!.RSquared);
    }

    [Fact]
    public void Fit_OfTwoLayers_IsNone() => Assert.Null(SeparationLaw.Fit([2, 1, null]));
}
