using RankCollapse.Experiments;
using RankCollapse.Experiments.Figure5;
using RankCollapse.LinearAlgebra;

namespace RankCollapse.Tests.Experiments.Figure5;

public sealed class WeightNormsVerdictsTests
{
    [Fact]
    public void Claims_OfVanishingResidualWeights_AreReproduced()
    {
        List<NormTrajectory> trained = [Trained(10, 4, inner: 1, 3), Trained(1, 5, inner: 0.1, 3), Trained(0, 6, inner: 1e-4, 3)];
        Assert.All(WeightNormsVerdicts.Judge(trained, [Stationary(1, 0.5), Stationary(1e-6, 1e-3)]), v => Assert.Equal(VerdictOutcome.Reproduced, v.Outcome));
    }

    [Fact]
    public void ResidualWeights_ThatVanishWithTheFeaturePenalty_AreReproducedUnderIt()
    {
        ClaimVerdict vanishing = WeightNormsVerdicts.Judge(Lasting(), [Stationary(1, 1), Stationary(1e-6, 1e-4)])[0];
        Assert.Equal(VerdictOutcome.ReproducedUnder, vanishing.Outcome);
        Assert.Equal("reproduced under λ'/λ = 10⁻⁶, a vanishing feature penalty", vanishing.InWords);
    }

    [Fact]
    public void ResidualWeights_ThatStay_AreNotReproduced() =>
        Assert.Equal(VerdictOutcome.NotReproduced, WeightNormsVerdicts.Judge(Lasting(), [Stationary(1, 1), Stationary(1e-6, 1)])[0].Outcome);

    [Fact]
    public void StationaryPoints_ThatAreNotStationary_DoNotCount()
    {
        ClaimVerdict vanishing = WeightNormsVerdicts.Judge(Lasting(), [Stationary(1, 1), Stationary(1e-6, 1e-5) with { RelativeGradient = 0.1 }])[0];
        Assert.Equal(VerdictOutcome.NotReproduced, vanishing.Outcome);
        Assert.True(double.IsNaN(vanishing.UnderCondition!.Value));
    }

    [Fact]
    public void Growth_AsDeltaFalls_IsNotReproduced()
    {
        IReadOnlyList<ClaimVerdict> verdicts = WeightNormsVerdicts.Judge([Trained(10, 4, 1, 3), Trained(0, 1, 2, 3)], [Stationary(1, 1), Stationary(0.1, 1)]);
        Assert.Equal(VerdictOutcome.NotReproduced, verdicts[2].Outcome);
        Assert.Equal(1, verdicts[2].AsStated.Value, 12);
    }

    [Fact]
    public void ResidualWeights_AreHeldAgainstTheLastLayer_AndNotTheFirstWhichGrows()
    {
        StationaryWeightNorms small = Stationary(1e-6, 0.025) with { Norms = [86, 0.025, 0.025, 0.025, 0.025, 0.31] };
        IReadOnlyList<ClaimVerdict> verdicts = WeightNormsVerdicts.Judge(Lasting(), [Stationary(1, 1), small]);
        Assert.Equal(VerdictOutcome.NotReproduced, verdicts[0].Outcome);
        Assert.Equal(0.025 / 0.31, verdicts[0].UnderCondition!.Value, 12);
    }

    [Fact]
    public void FirstAndLastLayers_AreJudgedWhereTheInnerOnesVanish()
    {
        StationaryWeightNorms small = Stationary(1e-6, 1e-4) with { Norms = [2, 1e-4, 1e-4, 1e-4, 1e-4, 0.3] };
        ClaimVerdict stay = WeightNormsVerdicts.Judge(Lasting(), [Stationary(1, 1), small])[3];
        Assert.Equal(0.1, stay.AsStated.Value, 12);
        Assert.Equal("reproduced under λ' = λ, where the inner ones do not vanish", stay.InWords);
    }

    [Fact]
    public void Picture_IsSound() => FigurePictures.RequireSound(WeightNormsFigure.Draw("title", Lasting(), [Stationary(1, 1), Stationary(1e-6, 1e-4)]));

    [Fact]
    public void Figure_HasAPanelForEachDeltaAndTwoForTheEnds() =>
        Assert.Equal(4, WeightNormsFigure.Draw("title", Lasting(), [Stationary(1, 1), Stationary(1e-6, 1e-4)]).Panels.Count());

    internal static List<NormTrajectory> Lasting() => [Trained(10, 4, 2, 3), Trained(0, 5, 1, 3)];

    /// <summary>Two records: the start, and the end with the norms given.</summary>
    private static NormTrajectory Trained(double delta, double first, double inner, double last) =>
        new(delta, Matrix.FromEntries(2, 7, (i, l) => (i, l) switch { (0, 0) => 0, (0, _) => 10, (_, 0) => 1, (_, 1) => first, (_, 6) => last, _ => inner }));

    internal static StationaryWeightNorms Stationary(double ratio, double inner) => new(ratio, 1, [2, inner, inner, inner, inner, 3], 1e-6);
}
