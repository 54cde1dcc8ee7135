using RankCollapse.Collapse;
using RankCollapse.LinearAlgebra;

namespace RankCollapse.Theory.Certificates;

/// <summary>
/// What collapse of layer l itself says about W_l, which Theorem 3.4 does not look at: with Z = Z^{l−1}, P = W_l·Z and P_C the cluster means of P in the
/// samples' places, W_l = P_C·Z⁺ + (P − P_C)·Z⁺ + W_l·(I − Z·Z⁺), where the first term has rank at most |C| and the last is the residual's part outside of Z.
/// </summary>
/// <remarks>
/// Theorem 3.4 looks at layers before l. For the first layer these are the inputs, which do not collapse; here Z^1 is what collapses.
/// λ_l·W_l·(I − Z·Z⁺) = (∇_{W_l}L_0 + λ_l·W_l)·(I − Z·Z⁺), because ∇_{W_l}L_0 = E·Zᵀ. The identity holds for any matrix in the place of Z⁺.
/// </remarks>
/// <param name="PartitionName"><c>classes</c>, or <c>clusters of layer l</c>.</param>
/// <param name="ClusterCount">|C|, at most K.</param>
/// <param name="Wcss">The within-cluster sum of squares of the preactivations P = W_l·Z^{l−1}, over N.</param>
/// <param name="Within">‖(P − P_C)·Z^{l−1,+}‖_F, P_C the cluster means in the samples' places.</param>
/// <param name="Outside">‖W_l·(I − Z^{l−1}·Z^{l−1,+})‖_F, 0 at stationary points.</param>
/// <param name="Bound">√(Within² + Outside²), which the distance of W_l from rank K does not exceed.</param>
/// <param name="RoundingAllowance">What rounding may add.</param>
public sealed record OwnLayerBound(string PartitionName, int ClusterCount, double Wcss, double Within, double Outside, double Bound, double RoundingAllowance)
{
    /// <summary>√ε: smaller singular values of Z are left to the last term, so that the rounding of the products with Z⁺ stays far below W.</summary>
    private static readonly double Cutoff = Math.Sqrt(Tolerances.MachineEpsilon);

    /// <summary>The bound √(‖(P − P_C)·Z⁺‖² + ‖W_l·(I − Z·Z⁺)‖²) on the distance of W_l from rank |C|.</summary>
    /// <param name="weights">W_l.</param>
    /// <param name="before">Z^{l−1}.</param>
    /// <param name="name">What the partition is called.</param>
    /// <param name="partition">C.</param>
    internal static OwnLayerBound Compute(Matrix weights, Matrix before, string name, Partition partition)
    {
        PseudoInverse inverse = PseudoInverse.Compute(before, Cutoff);
        Matrix produced = Product.Multiply(weights, before);
        Matrix spread = ClassCentroids.Compute(produced, partition).Deviations;
        double wcss = Reduction.SumOfSquares(spread.AsSpan());
        double within = Frobenius.Norm(Product.Multiply(spread, inverse.Inverse));
        double outside = Frobenius.Distance(weights, Product.Multiply(produced, inverse.Inverse));
        double amplification = inverse.Rank == 0 ? 0 : Frobenius.Norm(produced) / inverse.SingularValues[inverse.Rank - 1];
        double allowance = (Tolerances.Decomposition(before.Rows, before.Columns) * amplification)
            + (Tolerances.Decomposition(weights.Rows, weights.Columns) * Frobenius.Norm(weights));
        double bound = Reduction.Norm([within, outside]);
        return new OwnLayerBound(name, partition.NonEmptyCount, wcss / before.Columns, within, outside, bound, allowance);
    }
}
