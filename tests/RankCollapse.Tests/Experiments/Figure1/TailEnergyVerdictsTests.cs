using RankCollapse.Experiments;
using RankCollapse.Experiments.Figure1;

namespace RankCollapse.Tests.Experiments.Figure1;

public sealed class TailEnergyVerdictsTests
{
    private static readonly double[] Lambdas = [1e-5, 1e-4, 1e-3, 1e-2];
    private static readonly double[] Sigmas = [1e-3, 1e-2, 1e-1, 1];

    [Fact]
    public void Claims_OfTailEnergiesLikeTheTheorems_AreReproduced()
    {
        IReadOnlyList<ClaimVerdict> verdicts = TailEnergyVerdicts.Judge(
            Grids((lambda, sigma) => Math.Min(0.5, 1e-6 * Math.Pow(sigma, 4) * Math.Pow(lambda, -2))), 1e-9, 1e-8);
        Assert.All(verdicts, v => Assert.Equal(VerdictOutcome.Reproduced, v.Outcome));
    }

    [Fact]
    public void Claims_OfTailEnergiesThatDoNotDependOnAnything_AreNotReproduced()
    {
        IReadOnlyList<ClaimVerdict> verdicts = TailEnergyVerdicts.Judge(Grids((_, _) => 0.1), 1e-3, 1e-8);
        Assert.Equal([VerdictOutcome.NotReproduced, VerdictOutcome.NotReproduced, VerdictOutcome.Reproduced, VerdictOutcome.NotReproduced],
            verdicts.Select(v => v.Outcome));
        Assert.Equal(1, verdicts[1].AsStated.Value);
    }

    [Fact]
    public void DecreaseInLambda_ForTightClassesAlone_IsReproducedUnderThem()
    {
        ClaimVerdict falling = TailEnergyVerdicts.Judge(Grids((lambda, sigma) => sigma <= 1e-2 ? 1e-12 / lambda : lambda), 1e-9, 1e-8)[2];
        Assert.Equal(VerdictOutcome.ReproducedUnder, falling.Outcome);
        Assert.Equal(0.5, falling.AsStated.Value);
        Assert.Equal(1, falling.UnderCondition!.Value);
    }

    [Fact]
    public void Slopes_OfAPowerLaw_AreItsExponents()
    {
        string note = TailEnergyVerdicts.Notes(Grids((lambda, sigma) => 1e-3 * Math.Pow(sigma, 3) / lambda), [])[2];
        Assert.Contains("σ^3.0·λ^−1.0", note);
    }

    [Fact]
    public void Picture_IsSound() => FigurePictures.RequireSound(TailEnergyFigure.Draw("title", Grids((lambda, sigma) => sigma * lambda)));

    [Fact]
    public void Figure_HasAHeatMapForEachLayer() =>
        Assert.Equal(4, TailEnergyFigure.Draw("title", Grids((_, sigma) => sigma)).Panels.Count(p => p.Heat is not null));

    /// <summary>Four layers; the last has no tail.</summary>
    internal static List<TailEnergyGrid> Grids(Func<double, double, double> tail) =>
        [.. Enumerable.Range(1, 4)
            .Select(l => new TailEnergyGrid(
            l, Lambdas, Sigmas, [.. Sigmas.Select(sigma => (double[])[.. Lambdas.Select(lambda => l == 4 ? 0 : tail(lambda, sigma))])]))];
}
