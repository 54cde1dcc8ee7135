using System.Numerics.Tensors;
using RankCollapse.LinearAlgebra;

namespace RankCollapse.Theory;

/// <summary>
/// Lemma B.1: for A ∈ R^{n×N} of rank r, the least ½‖A·B⁺‖² over B ∈ R^{m×N} with A·B⁺B = A and s_i(B)² ≤ C·s_i(A)² for i ≤ r, the set (18).
/// </summary>
/// <remarks>The minimum is rank(A)/(2C), attained by B = √C·O·A with OᵀO = I.</remarks>
public sealed class LocalProblem
{
    private readonly double[] _singularValues;

    /// <summary>Poses the problem.</summary>
    /// <param name="target">A, n×N.</param>
    /// <param name="constant">C > 0.</param>
    /// <exception cref="InvalidInputException">C is not positive, or A is not finite.</exception>
    public LocalProblem(Matrix target, double constant)
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
    public double Value(Matrix features) => 0.5 * TensorPrimitives.SumOfSquares<double>(Product.Multiply(Target, PseudoInverse.Compute(features).Inverse).AsSpan());

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
        double residual = Residuals.Relative(Product.Multiply(Product.Multiply(Target, inverse.Inverse), features), Target);
        if (!(residual <= tolerance))
        {
            reason = $"A·B⁺B differs from A by {residual:G3} relatively: the rows of A do not lie in the row space of B.";
            return false;
        }
        for (int i = 0; i < Rank; i++)
        {
            double ratio = Math.Pow(inverse.SingularValues[i] / _singularValues[i], 2);
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
        return Residuals.Scale(Product.Multiply(orthogonal, Target), Math.Sqrt(Constant));
    }
}

/// <summary>Lemma C.1: ½‖g(A − B)·B⁺‖² with g(A − B)·B⁺B = g(A − B) and g(x) = 0 only for x = 0 has the least value 0, attained by B = A alone.</summary>
public static class LocalResidualProblem
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
        return Residuals.Relative(Product.Multiply(weights, features), difference) <= tolerance
            ? 0.5 * TensorPrimitives.SumOfSquares<double>(weights.AsSpan())
            : double.PositiveInfinity;
    }
}
