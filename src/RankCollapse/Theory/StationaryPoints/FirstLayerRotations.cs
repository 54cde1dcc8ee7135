using System.Numerics.Tensors;
using RankCollapse.LinearAlgebra;
using RankCollapse.Networks;
using RankCollapse.Training;

namespace RankCollapse.Theory.StationaryPoints;

/// <summary>
/// Rotations of Z^1 where nothing penalises W_1 and the samples' inputs are linearly independent: W_1 reaches every Z^1 then, whatever the activation, so that
/// Z^1 ↦ RZ^1, W_2 ↦ W_2Rᵀ changes neither the features after it nor any penalty.
/// </summary>
/// <remarks>The tangents are δW_1 = (AZ^1 ⊘ σ'(P^1))X⁺ and δW_2 = −W_2A with A skew.</remarks>
internal sealed class FirstLayerRotations
{
    private readonly Matrix _features;
    private readonly Matrix _slopes;
    private readonly Matrix _inverse;
    private readonly Matrix _next;

    private FirstLayerRotations(Objective point, Network network, Matrix inverse)
    {
        (_features, _slopes, _inverse, _next) = (point.Features[1].Copy(), point.Slopes[1].Copy(), inverse, network.Weights(2));
    }

    /// <summary>n_1.</summary>
    public int Width => _features.Rows;

    /// <summary>The rotations at a point; null where they are none.</summary>
    public static FirstLayerRotations? Of(Objective point, Network network)
    {
        const double Independent = 1e-11, LeastSlope = 1e-6;
        NetworkSpecification specification = network.Specification;
        Matrix inputs = point.Data.Inputs;
        if (specification.Depth < 2 || specification.HasSkip(2) || point.Coefficients.WeightFactorOf(1) != 0 || inputs.Rows < inputs.Columns) return null;
        if (specification.IsLinear(1)) return null;
        foreach (double slope in point.Slopes[1].AsSpan())
        {
            if (!(Math.Abs(slope) >= LeastSlope)) return null;
        }
        if (NumericalRank.Of(inputs, Independent) < inputs.Columns) return null;
        return new FirstLayerRotations(point, network, PseudoInverse.Compute(inputs, Independent).Inverse);
    }

    /// <summary>The tangent of E_ij − E_ji.</summary>
    public Network Tangent(NetworkSpecification specification, int i, int j)
    {
        var skew = new Matrix(Width, Width);
        (skew[i, j], skew[j, i]) = (1, -1);
        var direction = new Network(specification);
        Push(skew, direction);
        return direction;
    }

    /// <summary>Takes the tangents out of a direction, by conjugate gradients on the normal equations.</summary>
    public void Remove(Network direction)
    {
        const double ToRounding = 1e-11;
        const int Enough = 100;
        Matrix p = PullBack(direction);
        var image = new Network(direction.Specification);
        double gamma = Reduction.SumOfSquares(p.AsSpan()), size = Reduction.SumOfSquares(direction.Parameters), goal = 0;
        for (int i = 0; i < Enough && gamma > goal; i++)
        {
            Push(p, image);
            double images = Reduction.SumOfSquares(image.Parameters);

            // Below rounding of the direction nothing is left to be found: further steps would only add noise along rotations that change nothing.
            if (i == 0) goal = ToRounding * ToRounding * size * images / Reduction.SumOfSquares(p.AsSpan());
            double alpha = gamma / images;
            if (!double.IsFinite(alpha) || gamma <= goal) return;
            TensorPrimitives.MultiplyAdd(image.Parameters, -alpha, direction.Parameters, direction.Parameters);
            Matrix left = PullBack(direction);
            double next = Reduction.SumOfSquares(left.AsSpan());
            TensorPrimitives.MultiplyAdd(p.AsSpan(), next / gamma, left.AsSpan(), p.AsSpan());
            gamma = next;
        }
    }

    /// <summary>The tangent of a skew A.</summary>
    private void Push(Matrix skew, Network image)
    {
        Matrix turned = Product.Multiply(skew, _features);
        TensorPrimitives.Divide(turned.AsSpan(), _slopes.AsSpan(), turned.AsSpan());
        Product.Multiply(turned, _inverse, image.Weights(1));

        // −W·A = W·Aᵀ for a skew A.
        Product.MultiplyTransposedRight(_next, skew, image.Weights(2));
    }

    /// <summary>The adjoint of <see cref="Push"/>: the skew part of (V_1X⁺ᵀ ⊘ σ')Z^{1,T} + V_2ᵀW_2.</summary>
    private Matrix PullBack(Network direction)
    {
        Matrix at = Product.MultiplyTransposedRight(direction.Weights(1), _inverse);
        TensorPrimitives.Divide(at.AsSpan(), _slopes.AsSpan(), at.AsSpan());
        Matrix whole = Product.MultiplyTransposedRight(at, _features);
        Product.MultiplyTransposedLeft(direction.Weights(2), _next, whole, accumulate: true);
        return Matrix.FromEntries(Width, Width, (i, j) => 0.5 * (whole[i, j] - whole[j, i]));
    }
}
