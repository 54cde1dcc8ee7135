using System.Numerics.Tensors;
using RankCollapse.LinearAlgebra;
using RankCollapse.Networks;

namespace RankCollapse.Theory.Forecasts;

/// <summary>A start for the centroid problem: the network of the penalised recursion, with random orthonormal factors between layers.</summary>
/// <remarks>
/// Z^l·diag(√N_k) = Q_l·diag(s_l)·Vᵀ with V the eigenvectors of H = diag(1/√N_k)·G·diag(1/√N_k), W_l = Q_l·diag(w_l)·Q_{l−1}ᵀ and Q_L = V. Exact for balanced
/// classes and identity activations; elsewhere it is a start near by. Q_l = O_l·V with random O_l, so that all are functions of H itself: the signs of
/// eigenvectors, which rounding chooses, would decide to which of several minima the start leads.
/// </remarks>
internal static class CentroidStart
{
    /// <summary>Fills a network; false where the recursion has no solution or a layer is narrower than K, or nothing or all would be left out.</summary>
    /// <param name="network">The centroid problem's network.</param>
    /// <param name="firstLayer">B with BBᵀ close to G, and the inputs, K×K and invertible.</param>
    /// <param name="problem">The problem.</param>
    /// <param name="ratios">λ, δ and r.</param>
    /// <param name="seed">The seed of the factors.</param>
    /// <param name="isWhole">Whether all directions are there; those that cost more than their targets, λ·J_q > ½a·t², are left out otherwise.</param>
    internal static bool TryFill(
        Network network, CentroidFirstLayer firstLayer, CentroidProblem problem, PenaltyRatios ratios, long seed, bool isWhole = true)
    {
        NetworkSpecification specification = network.Specification;
        double[] sizes = problem.Sizes;
        int count = sizes.Length, depth = specification.Depth;
        if (ratios is { Features: 0, FirstLayer: 0 } || specification.OutputDimension != count || specification.Widths.Min() < count) return false;
        Matrix scaled = firstLayer.ToClasses.Copy();
        for (int k = 0; k < count; k++) TensorPrimitives.Divide(scaled.Row(k), Math.Sqrt(sizes[k]), scaled.Row(k));
        SymmetricEigendecomposition cost = SymmetricEigendecomposition.Decompose(Product.OuterGram(scaled));
        bool isResidual = specification.Architecture == Architecture.Residual;
        double target = Math.Sqrt(sizes.Average());
        ScalarChain[] chains = [.. cost.Values.Select(h => ScalarChain.Solve(depth, ratios.Features, ratios.FirstLayer * Math.Max(h, 0), isResidual, target))];
        bool[] isKept = [.. chains.Select(chain => isWhole || ratios.Lambda * chain.Cost <= 0.5 * problem.Coefficients.DataFactor * target * target)];
        if (!isWhole && (isKept.All(kept => kept) || !isKept.Any(kept => kept))) return false;

        Matrix before = Factor(1);

        // W_1·inputs = P = Q_1·diag(s_1)·Vᵀ·diag(1/√N_k), from which W_1 by the inputs' inverse.
        Matrix right = cost.Vectors.Copy();
        for (int k = 0; k < count; k++) TensorPrimitives.Divide(right.Row(k), Math.Sqrt(sizes[k]), right.Row(k));
        Matrix first = Product.MultiplyTransposedRight(Scale(before, k => isKept[k] ? chains[k].Features[1] : 0), right);
        Product.Multiply(first, PseudoInverse.Compute(firstLayer.Inputs).Inverse, network.Weights(1));
        for (int l = 2; l <= depth; l++)
        {
            Matrix after = l == depth ? cost.Vectors
                : specification.HasSkip(l) ? before
                : Factor(l);
            int layer = l;
            Product.MultiplyTransposedRight(Scale(after, k => isKept[k] ? chains[k].Weights[layer] : 0), before, network.Weights(l));
            before = after;
        }
        return true;

        Matrix Factor(int layer)
        {
            var stream = new RandomStream(seed, RandomPurpose.Initialization, layer);
            return Product.Multiply(RandomMatrix.HaarOrthogonal(specification.Width(layer), count, stream), cost.Vectors);
        }
    }

    private static Matrix Scale(Matrix columns, Func<int, double> factor)
    {
        Matrix scaled = columns.Copy();
        for (int i = 0; i < scaled.Rows; i++)
        {
            Span<double> row = scaled.Row(i);
            for (int k = 0; k < row.Length; k++) row[k] *= factor(k);
        }
        return scaled;
    }
}
