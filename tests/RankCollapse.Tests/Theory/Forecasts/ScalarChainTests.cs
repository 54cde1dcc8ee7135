using CsCheck;
using RankCollapse.Theory.Forecasts;
using static RankCollapse.Tests.Theory.Instances;

namespace RankCollapse.Tests.Theory.Forecasts;

public sealed class ScalarChainTests
{
    /// <summary>L, r, h, whether inner layers have skips, and s_L.</summary>
    private static readonly Gen<(int Depth, double R, double H, bool IsResidual, double Target)> Chains =
        Gen.Select(Gen.Int[2, 12], Logarithmic(1e-4, 10), Gen.OneOf(Gen.Const(0.0), Logarithmic(1e-4, 10)), Gen.Bool, Gen.Double[0.2, 20]);

    /// <summary>The same with a layer before the last.</summary>
    private static readonly Gen<((int Depth, double R, double H, bool IsResidual, double Target) Chain, int Layer)> Layers =
        Chains.SelectMany(c => Gen.Int[1, c.Depth - 1].Select(layer => (c, layer)));

    [Fact]
    public void Chain_EndsAtTheTarget() =>
        Chains.Sample(c => Math.Abs(Solve(c).Features[c.Depth] - c.Target) <= 1e-12 * c.Target, iter: 300);

    [Fact]
    public void Cost_IsThatOfTheFeatures() =>
        Chains.Sample(c => Math.Abs(CostOf(Solve(c), c, 1, 1) - Solve(c).Cost) <= 1e-13 * Solve(c).Cost, iter: 300);

    [Fact]
    public void Cost_OfNearbyChains_IsNotLower() =>
        Gen.Select(Layers, Gen.OneOf(1 - 1e-4, 1 + 1e-4)).Sample(
            (l, factor) =>
            {
                ScalarChain chain = Solve(l.Chain);
                return CostOf(chain, l.Chain, l.Layer, factor) >= chain.Cost * (1 - 1e-14);
            },
            iter: 1000);

    [Fact]
    public void Cost_IsStationary() =>
        Layers.Sample(
            l =>
            {
                ScalarChain chain = Solve(l.Chain);
                double slope = (CostOf(chain, l.Chain, l.Layer, 1 + 1e-5) - CostOf(chain, l.Chain, l.Layer, 1 - 1e-5)) / 2e-5;
                return Math.Abs(slope) <= 1e-7 * chain.Cost;
            },
            iter: 1000);

    private static ScalarChain Solve((int Depth, double R, double H, bool IsResidual, double Target) c) =>
        ScalarChain.Solve(c.Depth, c.R, c.H, c.IsResidual, c.Target);

    /// <summary>The cost of s_1 … s_L with one of them multiplied.</summary>
    private static double CostOf(ScalarChain chain, (int Depth, double R, double H, bool IsResidual, double Target) c, int layer, double factor)
    {
        double[] s = [.. chain.Features];
        s[layer] *= factor;
        double cost = 0.5 * c.H * s[1] * s[1];
        for (int l = 1; l <= c.Depth; l++)
        {
            cost += 0.5 * c.R * s[l] * s[l];
            if (l == 1) continue;
            double w = (s[l] / s[l - 1]) - (c.IsResidual && l < c.Depth ? 1 : 0);
            cost += 0.5 * w * w;
        }
        return cost;
    }
}
