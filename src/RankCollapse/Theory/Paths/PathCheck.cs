using System.Diagnostics.CodeAnalysis;
using RankCollapse.LinearAlgebra;
using RankCollapse.Theory.RepresentationCosts;

namespace RankCollapse.Theory.Paths;

/// <summary>Cost and constraints of one layer l = 1 … L − 1, from its features alone.</summary>
/// <param name="Cost">½‖A·Z^{l,+}‖², A = σ_{l+1}^{-1}(Z^{l+1}).</param>
/// <param name="Error">What rounding may have changed it by.</param>
/// <param name="Representability">‖A·Z^{l,+}Z^l − A‖/‖A‖ of (I).</param>
/// <param name="Ratio">max_i s_i(Z^l)²/s_i(A)² of (II).</param>
/// <param name="RankMargin">rank(σ_l^{-1}(Z^l)) − rank(Y) of (III).</param>
internal readonly record struct PathLayerCheck(double Cost, double Error, double Representability, double Ratio, int RankMargin);

/// <summary>The cost (11) and the conditions (I), (II), (III) of features on the path, computed from the features and not from the path's formulas.</summary>
/// <remarks>
/// With Z + E in the place of Z, ‖E‖ ≤ ε_d·s_1 by a backward stable decomposition, A·Z⁺ errs by ε_d·κ/(1 − ε_d·κ) of its norm as long as the rank r of Z
/// is known; κ = s_1/s_r. Preimages err by a few ε of their size, at most s_1·‖A·Z⁺‖, and products by as much: twice ε_d grants all of it.
/// </remarks>
internal sealed class PathCheck
{
    /// <summary>A cost that may be off by more than this share of itself has lost its digits.</summary>
    internal const double LargestError = 1e-3;

    private readonly PathLayerCheck[] _layers;

    private PathCheck(PathLayerCheck[] layers) => _layers = layers;

    /// <summary>Σ ½‖A·Z^{l,+}‖².</summary>
    internal double Cost => _layers.Sum(l => l.Cost);

    /// <summary>What rounding may have changed the cost by.</summary>
    internal double Error => _layers.Sum(l => l.Error);

    /// <summary>The largest residual of (I).</summary>
    internal double Representability => _layers.Max(l => l.Representability);

    /// <summary>The least rank(σ_l^{-1}(Z^l)) − rank(Y) of (III).</summary>
    internal int RankMargin => _layers.Min(l => l.RankMargin);

    /// <summary>Layer l = 1 … L − 1.</summary>
    internal PathLayerCheck Layer(int layer) => _layers[layer - 1];

    /// <summary>min_l 1 − s_i(Z^l)²/(C_l·s_i(A)²) of (II).</summary>
    internal double SingularValueMargin(IReadOnlyList<double> constants) => _layers.Zip(constants, (l, c) => 1 - (l.Ratio / c)).Min();

    /// <summary>Checks features whose layers 1 … L − 1 all have one rank; false, with the layer, where digits do not suffice.</summary>
    /// <param name="problem">Shape and data.</param>
    /// <param name="features">Z^0 … Z^L.</param>
    /// <param name="rank">N on the way, rank(Y) at the end.</param>
    /// <param name="known">What is known of the layers after the one that moves; null where nothing is.</param>
    /// <param name="moving">The layer that moves.</param>
    /// <param name="check">The check.</param>
    /// <param name="reason">Why there is none.</param>
    internal static bool TryOf(
        FeatureProblem problem, IReadOnlyList<Matrix> features, int rank, PathCheck? known, int moving, [NotNullWhen(true)] out PathCheck? check,
        out string reason)
    {
        check = null;
        int depth = problem.Specification.Depth, targetRank = NumericalRank.Of(problem.Data.Targets), last = known is null ? depth - 1 : moving;
        var layers = new PathLayerCheck[depth - 1];
        for (int l = last + 1; l < depth; l++) layers[l - 1] = known!.Layer(l);
        if (!TryValues(problem, features, 1, out _, out double[] before, out reason)) return false;
        for (int l = 1; l <= last; l++)
        {
            if (!TryValues(problem, features, l + 1, out Matrix? produced, out double[] wanted, out reason)) return false;
            if (!TryLayer(features[l], produced, wanted, rank, l, out PathLayerCheck found, out reason)) return false;
            int told = NumericalRank.Of(before, Tolerances.Decomposition(features[l].Rows, features[l].Columns));
            if (told < targetRank)
            {
                reason = $"σ^{{-1}}(Z^{l}) has singular values from {before[0]:G3} down to {before[^1]:G3}, so that rounding hides its rank.";
                return false;
            }
            layers[l - 1] = found with { RankMargin = told - targetRank };
            before = wanted;
        }
        check = new PathCheck(layers);
        return true;
    }

    /// <summary>A_l and its singular values.</summary>
    private static bool TryValues(
        FeatureProblem problem, IReadOnlyList<Matrix> features, int layer, [NotNullWhen(true)] out Matrix? produced, out double[] values, out string reason)
    {
        (produced, values, reason) = (null, [], "");
        if (!IsFinite(features[layer]))
        {
            reason = $"Z^{layer} overflows.";
            return false;
        }
        if (!problem.TryProduce(features, layer, out produced, out string? missing))
        {
            reason = missing;
            return false;
        }
        values = SingularValueDecomposition.SingularValues(produced);
        return true;
    }

    private static bool TryLayer(Matrix z, Matrix produced, double[] wanted, int rank, int layer, out PathLayerCheck found, out string reason)
    {
        (found, reason) = (default, "");
        SingularValueDecomposition svd = SingularValueDecomposition.Thin(z);
        double granted = 2 * Tolerances.Decomposition(z.Rows, z.Columns);
        double condition = svd.Values[0] / svd.Values[rank - 1], loss = granted * condition;
        double relative = 2 * loss / (1 - loss);
        if (!(loss < 1) || !(relative <= LargestError))
        {
            reason = $"the condition number of Z^{layer} is {condition:G3}, and its largest singular value {svd.Values[0]:G3}, so that the cost has lost its "
                + "digits.";
            return false;
        }
        // Beyond the rank there is rounding alone, or the point is not of this rank.
        if (rank < svd.Values.Length && svd.Values[rank] > granted * svd.Values[0])
        {
            reason = $"Z^{layer} has rank {NumericalRank.Of(svd.Values, granted)} where {rank} was expected.";
            return false;
        }
        Matrix weights = Product.Multiply(produced, PseudoInverse.Of(svd, rank));
        double cost = 0.5 * Reduction.SumOfSquares(weights.AsSpan()), ratio = 0;
        double residual = Frobenius.RelativeDistance(Product.Multiply(weights, z), produced);
        int count = Math.Min(rank, NumericalRank.Of(wanted, Tolerances.PseudoInverseCutoff(produced.Rows, produced.Columns)));
        for (int i = 0; i < count; i++) ratio = Math.Max(ratio, Elementary.Power(svd.Values[i] / wanted[i], 2));
        found = new PathLayerCheck(cost, cost * relative, residual, ratio, 0);
        return true;
    }

    private static bool IsFinite(Matrix a)
    {
        foreach (double entry in a.AsSpan())
            if (!double.IsFinite(entry)) return false;
        return true;
    }
}
