using System.Numerics.Tensors;
using CsCheck;
using RankCollapse.LinearAlgebra;
using RankCollapse.Tests.LinearAlgebra;
using RankCollapse.Theory.Forecasts;
using static RankCollapse.Tests.Theory.Instances;

namespace RankCollapse.Tests.Theory.Forecasts;

public sealed class CoupledChainTests
{
    /// <summary>Three classes: L, r, whether inner layers have skips, t and the eigenvalues of H.</summary>
    private static readonly Gen<(int Depth, double R, bool IsResidual, double[] Targets, double[] Couplings)> Problems =
        Gen.Select(Gen.Int[2, 6], Logarithmic(1e-2, 3), Gen.Bool, Gen.Double[1, 4].Array[3], Gen.Double[0.05, 1.05].Array[3]);

    /// <summary>The same with H turned out of the classes' directions, a layer before the last and a direction of change.</summary>
    private static readonly Gen<(Matrix Coupling, double R, bool IsResidual, CoupledChain Chain, int Layer, Matrix Direction)> Directions =
        from p in Problems
        from vectors in Matrices.Orthonormal(3, 3)
        from layer in Gen.Int[1, p.Depth - 1]
        from direction in Matrices.OfEntries(3, 3)
        let coupling = Symmetric(Matrices.Compose(vectors, p.Couplings, vectors))
        select (coupling, p.R, p.IsResidual, CoupledChain.Solve(p.Depth, p.R, coupling, p.IsResidual, p.Targets), layer, direction);

    [Fact]
    public void Cost_OfDiagonalCoupling_IsThatOfTheScalarChains() =>
        Problems.Sample(
            p =>
            {
                Matrix coupling = Matrix.FromEntries(3, 3, (i, j) => i == j ? p.Couplings[i] : 0);
                double sum = p.Targets.Select((target, k) => ScalarChain.Solve(p.Depth, p.R, p.Couplings[k], p.IsResidual, target).Cost).Sum();
                return Math.Abs(CoupledChain.Solve(p.Depth, p.R, coupling, p.IsResidual, p.Targets).Cost - sum) <= 1e-10 * sum;
            },
            iter: 200);

    [Fact]
    public void Cost_IsThatOfTheFeatures() =>
        Directions.Sample(
            d => Math.Abs(CostOf(d.Chain, d.Coupling, d.R, d.IsResidual, d.Layer, d.Direction, 0) - d.Chain.Cost) <= 1e-9 * d.Chain.Cost,
            iter: 200);

    [Fact]
    public void Cost_IsStationary() =>
        Directions.Sample(
            d =>
            {
                double ahead = CostOf(d.Chain, d.Coupling, d.R, d.IsResidual, d.Layer, d.Direction, 1e-5);
                double behind = CostOf(d.Chain, d.Coupling, d.R, d.IsResidual, d.Layer, d.Direction, -1e-5);
                return Math.Abs((ahead - behind) / 2e-5) <= 1e-6 * d.Chain.Cost;
            },
            iter: 300);

    [Fact]
    public void Cost_OfNearbyChains_IsNotLower() =>
        Directions.Sample(
            d => CostOf(d.Chain, d.Coupling, d.R, d.IsResidual, d.Layer, d.Direction, 1e-5) >= d.Chain.Cost * (1 - 1e-9),
            iter: 300);

    private static Matrix Symmetric(Matrix a) => Matrix.FromEntries(a.Rows, a.Columns, (i, j) => 0.5 * (a[i, j] + a[j, i]));

    /// <summary>The cost of A_1 … A_L with one of them moved, from weights of least norm.</summary>
    private static double CostOf(CoupledChain chain, Matrix coupling, double r, bool isResidual, int layer, Matrix direction, double step)
    {
        int depth = chain.Features.Length - 1;
        Matrix[] a = [.. chain.Features];
        a[layer] = a[layer].Copy();
        TensorPrimitives.MultiplyAdd(direction.AsSpan(), step, a[layer].AsSpan(), a[layer].AsSpan());
        double cost = 0.5 * TensorPrimitives.Dot<double>(Product.Multiply(a[1], coupling).AsSpan(), a[1].AsSpan());
        for (int l = 1; l <= depth; l++)
        {
            cost += 0.5 * r * TensorPrimitives.SumOfSquares<double>(a[l].AsSpan());
            if (l == 1) continue;
            Matrix w = Product.Multiply(a[l], PseudoInverse.Compute(a[l - 1]).Inverse);
            if (isResidual && l < depth) for (int i = 0; i < 3; i++) w[i, i] -= 1;
            cost += 0.5 * TensorPrimitives.SumOfSquares<double>(w.AsSpan());
        }
        return cost;
    }
}
