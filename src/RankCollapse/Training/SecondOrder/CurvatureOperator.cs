using System.Numerics.Tensors;
using RankCollapse.LinearAlgebra;
using RankCollapse.Networks;

namespace RankCollapse.Training.SecondOrder;

/// <summary>
/// Products of the Hessian of J, or of its Gauss–Newton part, with a direction, at the point of an objective's last gradient.
/// </summary>
/// <remarks>
/// The R-operator (Pearlmutter 1994; Schraudolph 2002): one pass forward for the change of the features along the direction, one backward.
/// With R for the derivative along V: RP^l = V_l Z^{l−1} + W_l RZ^{l−1}, RZ^l = σ'∘RP^l (+ RZ^{l−1} where the layer has a skip). The Gauss–Newton
/// product sends μRZ^l and aD''RZ^L back; the Hessian adds σ''∘RP^l∘∂J/∂Z^l to the errors and the changes of W_l and Z^{l−1} to the products.
/// Nothing that the gradient computed is computed again, and nothing is allocated.
/// </remarks>
internal sealed class CurvatureOperator
{
    private readonly NetworkSpecification _specification;
    private readonly Matrix[] _changes;
    private readonly Matrix[] _preactivationChanges;
    private readonly BackwardPass _backward;

    /// <summary>Reserves the memory of the passes for a shape and a number of samples.</summary>
    public CurvatureOperator(NetworkSpecification specification, int samples)
    {
        _specification = specification;
        _changes = Layers();
        _preactivationChanges = Layers();
        _backward = new BackwardPass(specification, samples, keepsErrors: false);

        Matrix[] Layers() => [new Matrix(0, samples), .. specification.Widths.Select(width => new Matrix(width, samples))];
    }

    /// <summary>result = B·v, with B the Hessian of J or its Gauss–Newton part, penalties included.</summary>
    /// <param name="point">The objective after a gradient at <paramref name="network"/>; it must keep curvature.</param>
    /// <param name="network">Θ.</param>
    /// <param name="v">The direction.</param>
    /// <param name="result">The product.</param>
    /// <param name="full">Whether the Hessian is meant.</param>
    public void Apply(Objective point, Network network, Network v, Network result, bool full)
    {
        Forward(point, network, v);
        ObjectiveCoefficients factors = point.Coefficients;
        Matrix change = _changes[^1], data = _backward.Sensitivities[^1];
        DataTerm.ApplyHessian(point.Settings.Loss, point.Probabilities, point.Data.Targets, factors.DataFactor, change, data, point.SampleWeights);
        for (int l = _specification.Depth; l >= 1; l--)
        {
            Matrix sensitivity = _backward.Sensitivities[l], error = _backward.Errors[l];
            if (point.SampleWeights is { } weights) weights.ThroughActivation(sensitivity, _changes[l], factors.FeatureFactor, point.Slopes[l], error);
            else ElementWise.ThroughActivation(sensitivity.AsSpan(), _changes[l].AsSpan(), factors.FeatureFactor, point.Slopes[l].AsSpan(), error.AsSpan());
            if (full) TensorPrimitives.MultiplyAdd(point.SecondOrderErrors![l].AsSpan(), _preactivationChanges[l].AsSpan(), error.AsSpan(), error.AsSpan());
            _backward.Through(l, network, point, result);
            if (full && l > 1)
            {
                Product.MultiplyTransposedLeft(v.Weights(l), point.Errors[l], _backward.Sensitivities[l - 1], accumulate: true);
                Product.MultiplyTransposedRight(point.Errors[l], _changes[l - 1], result.Weights(l), accumulate: true);
            }
            TensorPrimitives.MultiplyAdd(v.Weights(l).AsSpan(), factors.WeightFactorOf(l), result.Weights(l).AsSpan(), result.Weights(l).AsSpan());
            if (result.Bias(l) is not { } bias) continue;
            for (int i = 0; i < bias.Rows; i++) bias[i, 0] += factors.BiasFactor * v.Bias(l)![i, 0];
        }
    }

    /// <summary>The change of the outputs along a direction, J·v, K×N; valid until the next call.</summary>
    public Matrix OutputChange(Objective point, Network network, Network v)
    {
        Forward(point, network, v);
        return _changes[^1];
    }

    /// <summary>The changes of the preactivations of a layer along the direction of the last product or change of outputs, n_l×N.</summary>
    public Matrix PreactivationChange(int layer) => _preactivationChanges[layer];

    /// <summary>result = Jᵀ·t: what the outputs' sensitivities t, K×N, send back to the parameters, without penalties.</summary>
    /// <param name="point">As for <see cref="Apply"/>.</param>
    /// <param name="network">Θ.</param>
    /// <param name="t">K×N.</param>
    /// <param name="result">The product.</param>
    /// <param name="addErrors">Adds what comes back from the preactivations of a layer besides, n_l×N.</param>
    /// <param name="features">
    /// For each layer A_l·Z^{l−1} in place of Z^{l−1}, so that the weights' part of the product comes multiplied by the symmetric A_l from the right.
    /// </param>
    public void PullBack(
        Objective point, Network network, Matrix t, Network result, Action<int, Matrix>? addErrors = null, IReadOnlyList<Matrix>? features = null)
    {
        t.CopyTo(_backward.Sensitivities[^1]);
        for (int l = _specification.Depth; l >= 1; l--)
        {
            TensorPrimitives.Multiply(_backward.Sensitivities[l].AsSpan(), point.Slopes[l].AsSpan(), _backward.Errors[l].AsSpan());
            addErrors?.Invoke(l, _backward.Errors[l]);
            _backward.Through(l, network, point, result, features?[l]);
        }
    }

    private void Forward(Objective point, Network network, Network v)
    {
        for (int l = 1; l <= _specification.Depth; l++)
        {
            Matrix change = _preactivationChanges[l];
            bool accumulate = false;
            if (v.Bias(l) is { } bias)
            {
                for (int i = 0; i < change.Rows; i++) change.Row(i).Fill(bias[i, 0]);
                accumulate = true;
            }
            Product.Multiply(v.Weights(l), point.Features[l - 1], change, accumulate);
            if (l > 1) Product.Multiply(network.Weights(l), _changes[l - 1], change, accumulate: true);
            TensorPrimitives.Multiply(change.AsSpan(), point.Slopes[l].AsSpan(), _changes[l].AsSpan());
            if (_specification.HasSkip(l)) TensorPrimitives.Add(_changes[l].AsSpan(), _changes[l - 1].AsSpan(), _changes[l].AsSpan());
        }
    }
}
