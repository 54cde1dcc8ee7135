using System.Numerics.Tensors;
using RankCollapse.LinearAlgebra;
using RankCollapse.Networks;

namespace RankCollapse.Training;

/// <summary>The features of all layers at a network, with the activations' derivatives there; the memory is owned, so that a pass allocates nothing.</summary>
internal sealed class ForwardPass
{
    private readonly NetworkSpecification _specification;
    private readonly Matrix[] _features;
    private readonly Matrix[] _slopes;
    private readonly Matrix[]? _secondDerivatives;

    /// <summary>Reserves the memory for a shape and its inputs.</summary>
    /// <param name="specification">The shape.</param>
    /// <param name="inputs">X, d×N.</param>
    /// <param name="keepsCurvature">Whether second derivatives are kept too.</param>
    public ForwardPass(NetworkSpecification specification, Matrix inputs, bool keepsCurvature)
    {
        _specification = specification;
        _features = Layers(inputs);
        _slopes = Layers(new Matrix(0, 0));
        _secondDerivatives = keepsCurvature ? Layers(new Matrix(0, inputs.Columns)) : null;

        Matrix[] Layers(Matrix first) => [first, .. specification.Widths.Select(width => new Matrix(width, inputs.Columns))];
    }

    /// <summary>Z^0 … Z^L.</summary>
    public IReadOnlyList<Matrix> Features => _features;

    /// <summary>σ'(P^l), n_l×N; entry 0 is empty.</summary>
    public IReadOnlyList<Matrix> Slopes => _slopes;

    /// <summary>σ''(P^l), n_l×N; null where they are not kept.</summary>
    public IReadOnlyList<Matrix>? SecondDerivatives => _secondDerivatives;

    /// <summary>Computes the features, and the derivatives where they are asked for.</summary>
    public void Run(Network network, bool withSlopes)
    {
        ArgumentNullException.ThrowIfNull(network);
        for (int l = 1; l <= _specification.Depth; l++)
        {
            Matrix z = _features[l];
            if (network.Bias(l) is { } bias)
            {
                for (int i = 0; i < z.Rows; i++) z.Row(i).Fill(bias[i, 0]);
                Product.Multiply(network.Weights(l), _features[l - 1], z, accumulate: true);
            }
            else
            {
                Product.Multiply(network.Weights(l), _features[l - 1], z);
            }
            Activation activation = _specification.ActivationOf(l);
            if (withSlopes && _secondDerivatives is { } second) activation.ValueFirstAndSecond(z.AsSpan(), z.AsSpan(), _slopes[l].AsSpan(), second[l].AsSpan());
            else if (withSlopes) activation.ValueAndFirst(z.AsSpan(), z.AsSpan(), _slopes[l].AsSpan());
            else activation.Value(z.AsSpan(), z.AsSpan());
            if (_specification.HasSkip(l)) TensorPrimitives.Add(z.AsSpan(), _features[l - 1].AsSpan(), z.AsSpan());
        }
    }

    /// <summary>The first layer whose features hold a value that is not finite; null if none.</summary>
    public int? FirstNonFiniteLayer()
    {
        for (int l = 1; l <= _specification.Depth; l++)
        {
            foreach (double z in _features[l].AsSpan())
            {
                if (!double.IsFinite(z)) return l;
            }
        }
        return null;
    }
}
