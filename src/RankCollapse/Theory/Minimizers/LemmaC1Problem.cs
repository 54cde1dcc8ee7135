using RankCollapse.LinearAlgebra;
using RankCollapse.Theory.RepresentationCosts;

namespace RankCollapse.Theory.Minimizers;

/// <summary>Lemma C.1: ½‖g(A − B)·B⁺‖² with g(A − B)·B⁺B = g(A − B) and g(x) = 0 only for x = 0 has the least value 0, attained by B = A alone.</summary>
public static class LemmaC1Problem
{
    /// <summary>½‖g(A − B)·B⁺‖², or +∞ where g(A − B) is not representable.</summary>
    /// <param name="target">A, n×N.</param>
    /// <param name="features">B, n×N: a skip adds matrices of equal size.</param>
    /// <param name="function">g, entrywise.</param>
    /// <param name="tolerance">The relative residual of the constraint that is granted.</param>
    public static double Value(Matrix target, Matrix features, Func<double, double> function, double tolerance = FeatureProblem.DefaultTolerance)
    {
        ArgumentNullException.ThrowIfNull(target);
        ArgumentNullException.ThrowIfNull(features);
        ArgumentNullException.ThrowIfNull(function);
        if (target.Rows != features.Rows || target.Columns != features.Columns)
            throw new ShapeMismatchException($"A is {target.Rows}×{target.Columns} but B is {features.Rows}×{features.Columns}.");
        Matrix difference = Matrix.FromEntries(target.Rows, target.Columns, (i, j) => function(target[i, j] - features[i, j]));
        Matrix weights = Product.Multiply(difference, PseudoInverse.Compute(features).Inverse);
        return Frobenius.RelativeDistance(Product.Multiply(weights, features), difference) <= tolerance
            ? 0.5 * Reduction.SumOfSquares(weights.AsSpan())
            : double.PositiveInfinity;
    }
}
