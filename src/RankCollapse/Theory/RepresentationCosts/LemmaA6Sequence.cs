using System.Numerics.Tensors;
using RankCollapse.LinearAlgebra;

namespace RankCollapse.Theory.RepresentationCosts;

/// <summary>One B_k of the sequence.</summary>
/// <param name="Distance">‖B_k − B̄‖_F.</param>
/// <param name="Residual">‖A·B_k⁺B_k − A‖/‖A‖, 0 to rounding.</param>
/// <param name="Value">‖A·B_k⁺‖².</param>
public readonly record struct LemmaA6Point(double Distance, double Residual, double Value);

/// <summary>Lemma A.6: ‖A·B_k⁺‖² → ∞ along B_k → B̄ when A is representable by every B_k and not by B̄.</summary>
public static class LemmaA6Sequence
{
    /// <summary>
    /// The sequence B_k = B̄ + t_k·E that makes A representable with the least effort: E carries the row directions of A that B̄ lacks into
    /// directions of R^m outside B̄'s column space, so that ‖A·B_k⁺‖² ≥ ‖A(I − B̄⁺B̄)‖²/t_k².
    /// </summary>
    /// <param name="target">A, n×N.</param>
    /// <param name="limit">B̄, m×N.</param>
    /// <param name="steps">t_1, t_2, …, positive.</param>
    /// <exception cref="InvalidInputException">A is representable by B̄, or m leaves no room for the missing directions.</exception>
    public static IReadOnlyList<LemmaA6Point> Along(Matrix target, Matrix limit, IReadOnlyList<double> steps)
    {
        ArgumentNullException.ThrowIfNull(target);
        ArgumentNullException.ThrowIfNull(limit);
        ArgumentNullException.ThrowIfNull(steps);
        PseudoInverse inverse = PseudoInverse.Compute(limit);
        Matrix missing = Product.Multiply(Product.Multiply(target, inverse.Inverse), limit);
        TensorPrimitives.Subtract(target.AsSpan(), missing.AsSpan(), missing.AsSpan());
        if (Frobenius.Norm(missing) <= FeatureProblem.DefaultTolerance * Frobenius.Norm(target))
            throw new InvalidInputException("Lemma A.6 is about limits that violate A·B⁺B = A, but this one satisfies it.");
        SingularValueDecomposition directions = SingularValueDecomposition.Thin(missing);
        int count = NumericalRank.Of(directions.Values, 1e-10);
        if (inverse.Rank + count > limit.Rows)
            throw new InvalidInputException($"B̄ has rank {inverse.Rank} and {limit.Rows} rows: there is no room for the {count} directions that it lacks.");
        Matrix free = SingularValueDecomposition.Full(limit).Left.Block(0, inverse.Rank, limit.Rows, count);
        Matrix extension = Product.Multiply(free, directions.RightTransposed.RowView(0, count));
        var points = new List<LemmaA6Point>();
        foreach (double step in steps)
        {
            Matrix b = limit.Copy();
            TensorPrimitives.MultiplyAdd(extension.AsSpan(), step, b.AsSpan(), b.AsSpan());
            Matrix weights = Product.Multiply(target, PseudoInverse.Compute(b).Inverse);
            double residual = Frobenius.RelativeDistance(Product.Multiply(weights, b), target);
            points.Add(new LemmaA6Point(step * Math.Sqrt(count), residual, Reduction.SumOfSquares(weights.AsSpan())));
        }
        return points;
    }
}
