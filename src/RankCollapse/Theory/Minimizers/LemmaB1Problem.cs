using RankCollapse.LinearAlgebra;
using RankCollapse.Theory.RepresentationCosts;

namespace RankCollapse.Theory.Minimizers;

/// <summary>
/// Lemma B.1: for A ∈ R^{n×N} of rank r, the least ½‖A·B⁺‖² over B ∈ R^{m×N} with A·B⁺B = A and s_i(B)² ≤ C·s_i(A)² for i ≤ r, the set (18).
/// </summary>
/// <remarks>The minimum is rank(A)/(2C), attained by B = √C·O·A with OᵀO = I.</remarks>
public sealed class LemmaB1Problem
{
    private readonly double[] _singularValues;

    /// <summary>Poses the problem.</summary>
    /// <param name="target">A, n×N.</param>
    /// <param name="constant">C > 0.</param>
    /// <exception cref="InvalidInputException">C is not positive, or A is not finite.</exception>
    public LemmaB1Problem(Matrix target, double constant)
    {
        ArgumentNullException.ThrowIfNull(target);
        if (!(constant > 0) || double.IsInfinity(constant)) throw new InvalidInputException($"C of Lemma B.1 is positive and finite, found {constant}.");
        Target = target;
        Constant = constant;
        _singularValues = SingularValueDecomposition.SingularValues(target);
        Rank = NumericalRank.Of(_singularValues, Tolerances.PseudoInverseCutoff(target.Rows, target.Columns));
    }

    /// <summary>A.</summary>
    public Matrix Target { get; }

    /// <summary>C.</summary>
    public double Constant { get; }

    /// <summary>r = rank(A).</summary>
    public int Rank { get; }

    /// <summary>rank(A)/(2C).</summary>
    public double Minimum => Rank / (2 * Constant);

    /// <summary>½‖A·B⁺‖², wherever B lies.</summary>
    /// <param name="features">B, m×N.</param>
    public double Value(Matrix features) =>
        0.5 * Reduction.SumOfSquares(Product.Multiply(Target, PseudoInverse.Compute(features).Inverse).AsSpan());

    /// <summary>Whether B lies in the set (18), and if not, why.</summary>
    /// <param name="features">B, m×N with m ≥ n.</param>
    /// <param name="reason">The condition that fails; null where none does.</param>
    /// <param name="tolerance">The relative error granted.</param>
    public bool IsFeasible(Matrix features, out string? reason, double tolerance = FeatureProblem.DefaultTolerance)
    {
        ArgumentNullException.ThrowIfNull(features);
        reason = null;
        if (features.Rows < Target.Rows)
        {
            reason = $"Lemma B.1 needs m ≥ n, but B has {features.Rows} rows and A has {Target.Rows}.";
            return false;
        }
        PseudoInverse inverse = PseudoInverse.Compute(features);
        double residual = Frobenius.RelativeDistance(Product.Multiply(Product.Multiply(Target, inverse.Inverse), features), Target);
        if (!(residual <= tolerance))
        {
            reason = $"A·B⁺B differs from A by {residual:G3} relatively: the rows of A do not lie in the row space of B.";
            return false;
        }
        for (int i = 0; i < Rank; i++)
        {
            double ratio = Elementary.Power(inverse.SingularValues[i] / _singularValues[i], 2);
            if (ratio <= Constant * (1 + tolerance)) continue;
            reason = $"s_{i + 1}(B)² is {ratio:G6} times s_{i + 1}(A)², above C = {Constant:G6}.";
            return false;
        }
        return true;
    }

    /// <summary>√C·O·A, m×N.</summary>
    /// <param name="orthogonal">O, m×n with orthonormal columns.</param>
    /// <exception cref="InvalidInputException">O does not fit A, or its columns are not orthonormal.</exception>
    public Matrix Minimizer(Matrix orthogonal)
    {
        OrthogonalFactor.Require(orthogonal, Target.Rows);
        return Product.Multiply(orthogonal, Target).Scaled(Math.Sqrt(Constant));
    }
}
