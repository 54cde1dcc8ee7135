using System.Numerics.Tensors;
using RankCollapse.LinearAlgebra;
using RankCollapse.Networks;

namespace RankCollapse.Training;

/// <summary>The parameters of a network in single precision, in the order of <see cref="Network.Parameters"/>.</summary>
internal sealed class SingleParameters
{
    private readonly SingleMatrix[] _weights;
    private readonly SingleMatrix?[] _biases;

    /// <summary>Reserves the memory.</summary>
    /// <param name="specification">The network's shape.</param>
    public SingleParameters(NetworkSpecification specification)
    {
        Values = new float[Network.CountParameters(specification)];
        _weights = new SingleMatrix[specification.Depth];
        _biases = new SingleMatrix?[specification.Depth];
        int offset = 0;
        for (int l = 1; l <= specification.Depth; l++)
        {
            _weights[l - 1] = new SingleMatrix(Values, offset, specification.Width(l), specification.Width(l - 1));
            offset += _weights[l - 1].Length;
            if (!specification.HasBias) continue;
            _biases[l - 1] = new SingleMatrix(Values, offset, specification.Width(l), 1);
            offset += specification.Width(l);
        }
    }

    /// <summary>All parameters.</summary>
    public float[] Values { get; }

    /// <summary>W_l; a view.</summary>
    public SingleMatrix Weights(int layer) => _weights[layer - 1];

    /// <summary>b_l, n_l×1; a view; null for a network without biases.</summary>
    public SingleMatrix? Bias(int layer) => _biases[layer - 1];

    /// <summary>Takes parameters, rounded.</summary>
    public void TakeFrom(Network network) => TensorPrimitives.ConvertTruncating<double, float>(network.Parameters, Values);

    /// <summary>Gives the parameters, exactly.</summary>
    public void GiveTo(Network network) => TensorPrimitives.ConvertTruncating<float, double>(Values, network.Parameters);
}
