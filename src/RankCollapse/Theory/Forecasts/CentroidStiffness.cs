using System.Numerics.Tensors;
using RankCollapse.LinearAlgebra;
using RankCollapse.Networks;
using RankCollapse.Training;

namespace RankCollapse.Theory.Forecasts;

/// <summary>
/// What a spread of σ_1^{-1}(Z^1) around the class means P costs in the layers after it, per sample and along each direction of P: ½·a_q·d_q² for
/// d = d_q·u_q, P·diag(√N_k) = Σ_q s_q·u_q·v_qᵀ.
/// </summary>
internal sealed class CentroidStiffness
{
    /// <summary>Steps of second differences, relative to the class means: ε^{1/4} balances rounding and the fourth derivative.</summary>
    private const double Step = 1e-4;

    /// <summary>Second derivatives below this share of the data term's are rounding, and count as it.</summary>
    private const double LeastShare = 1e-6;

    private readonly Matrix _right;
    private readonly double[] _roots;

    private CentroidStiffness(double[] values, Matrix right, double[] sizes)
    {
        Values = values;
        _right = right;
        _roots = [.. sizes.Select(Math.Sqrt)];
    }

    /// <summary>a_q, one for each direction.</summary>
    internal double[] Values { get; }

    /// <summary>The same in every direction.</summary>
    internal static CentroidStiffness Uniform(double value, double[] sizes)
    {
        var values = new double[sizes.Length];
        Array.Fill(values, value);
        return new CentroidStiffness(values, Matrix.Identity(sizes.Length), sizes);
    }

    /// <summary>
    /// That of a network of the centroid problem, the classes' average of u_qᵀ·∇²φ·u_q with φ the data term and feature penalties of one sample.
    /// </summary>
    internal static CentroidStiffness Of(CentroidProblem problem, Network network, Matrix inputs)
    {
        double[] sizes = problem.Sizes;
        double samples = sizes.Sum(), coefficient = problem.Coefficients.DataFactor;
        Matrix points = Product.Multiply(network.Weights(1), inputs), weighted = points.Copy();
        for (int i = 0; i < weighted.Rows; i++)
            for (int k = 0; k < sizes.Length; k++) weighted[i, k] *= Math.Sqrt(sizes[k]);
        SingularValueDecomposition directions = SingularValueDecomposition.Thin(weighted);
        Matrix inverse = PseudoInverse.Compute(network.Weights(1)).Inverse;
        double step = Step * Frobenius.Norm(weighted) / Math.Sqrt(samples), centre = Loss(inputs);
        var values = new double[sizes.Length];
        for (int q = 0; q < sizes.Length; q++)
        {
            // Directions that P does not have, in narrow first layers, cannot be spread along.
            Matrix shift = q < directions.Values.Length ? Product.Multiply(inverse, directions.Left.Block(0, q, points.Rows, 1)) : new Matrix(inputs.Rows, 1);
            double value = (Loss(Shifted(shift, step)) + Loss(Shifted(shift, -step)) - (2 * centre)) / (step * step * samples);
            values[q] = value > LeastShare * coefficient ? value : coefficient;
        }
        return new CentroidStiffness(values, Right(directions.RightTransposed, sizes.Length), sizes);

        Matrix Shifted(Matrix shift, double by) => Matrix.FromEntries(inputs.Rows, inputs.Columns, (i, k) => inputs[i, k] + (by * shift[i, 0]));

        double Loss(Matrix at)
        {
            ObjectiveValue value = problem.ObjectiveAt(at).Value(network);
            return value.Total - value.WeightPenalty;
        }
    }

    /// <summary>max_q |a_q − b_q|/b_q over directions in order.</summary>
    internal double DistanceFrom(CentroidStiffness other) => Values.Zip(other.Values, (a, b) => Math.Abs(a - b) / b).Max();

    /// <summary>Π_q = diag(√N_k)·v_q·v_qᵀ·diag(1/√N_k); they add up to I, and P·Π_q is the q-th term of P.</summary>
    internal Matrix Projection(int q) => Sum(i => i == q ? 1 : 0);

    /// <summary>F = Σ_q √a_q·Π_q.</summary>
    internal Matrix Root() => Sum(q => Math.Sqrt(Values[q]));

    private static Matrix Right(Matrix transposed, int count)
    {
        // A first layer narrower than K leaves directions open; any orthonormal ones complete them.
        if (transposed.Rows == count) return transposed.Transpose();
        return SingularValueDecomposition.Full(transposed).RightTransposed.Transpose();
    }

    private Matrix Sum(Func<int, double> factor)
    {
        int count = _roots.Length;
        Matrix scaled = _right.Copy();
        for (int k = 0; k < count; k++)
            for (int q = 0; q < count; q++) scaled[k, q] *= factor(q);
        Matrix sum = Product.MultiplyTransposedRight(scaled, _right);
        for (int k = 0; k < count; k++)
        {
            TensorPrimitives.Multiply(sum.Row(k), _roots[k], sum.Row(k));
            TensorPrimitives.Divide(sum.Row(k), _roots, sum.Row(k));
        }
        return sum;
    }
}
