using RankCollapse.LinearAlgebra;

namespace RankCollapse.Networks;

/// <summary>
/// A network: its shape and its parameters Θ = (W_1, b_1, …, W_L, b_L), which live in one vector; W_l and b_l are views of it.
/// </summary>
public sealed class Network
{
    private readonly Matrix[] _weights;
    private readonly Matrix?[] _biases;

    /// <summary>Creates a network with all parameters 0.</summary>
    /// <param name="specification">The shape.</param>
    public Network(NetworkSpecification specification)
        : this(specification, new double[CountParameters(specification)])
    {
    }

    /// <summary>Creates a network over an existing parameter vector; nothing is copied.</summary>
    /// <param name="specification">The shape.</param>
    /// <param name="parameters">W_1 row by row, b_1, W_2, …; see <see cref="CountParameters"/>.</param>
    /// <exception cref="ShapeMismatchException">The vector's length does not fit.</exception>
    public Network(NetworkSpecification specification, double[] parameters)
    {
        ArgumentNullException.ThrowIfNull(specification);
        ArgumentNullException.ThrowIfNull(parameters);
        int count = CountParameters(specification);
        if (parameters.Length != count)
            throw new ShapeMismatchException($"The network has {count} parameters, but the vector has {parameters.Length}.");
        Specification = specification;
        Parameters = parameters;
        _weights = new Matrix[specification.Depth];
        _biases = new Matrix?[specification.Depth];
        int offset = 0;
        for (int l = 1; l <= specification.Depth; l++)
        {
            int rows = specification.Width(l);
            _weights[l - 1] = new Matrix(parameters, offset, rows, specification.Width(l - 1));
            offset += _weights[l - 1].Length;
            if (!specification.HasBias) continue;
            _biases[l - 1] = new Matrix(parameters, offset, rows, 1);
            offset += rows;
        }
    }

    /// <summary>The shape.</summary>
    public NetworkSpecification Specification { get; }

    /// <summary>All parameters in one vector; writing to it changes the network.</summary>
    public double[] Parameters { get; }

    /// <summary>The number of parameters of a shape.</summary>
    public static int CountParameters(NetworkSpecification specification)
    {
        ArgumentNullException.ThrowIfNull(specification);
        long count = 0;
        for (int l = 1; l <= specification.Depth; l++)
            count += ((long)specification.Width(l) * specification.Width(l - 1)) + (specification.HasBias ? specification.Width(l) : 0);
        if (count > Array.MaxLength)
            throw new InvalidInputException(
                $"The network would have {count} parameters, more than one vector can hold ({Array.MaxLength}); use smaller widths.");
        return (int)count;
    }

    /// <summary>W_l, n_l×n_{l−1}, for l = 1 … L; a view.</summary>
    public Matrix Weights(int layer) => _weights[layer - 1];

    /// <summary>b_l, n_l×1, for l = 1 … L; a view; null for a network without biases.</summary>
    public Matrix? Bias(int layer) => _biases[layer - 1];

    /// <summary>A copy with parameters of its own.</summary>
    public Network Copy() => new(Specification, [.. Parameters]);

    /// <summary>Z^0 = X, Z^1, …, Z^L = f(X), each n_l×N.</summary>
    /// <param name="inputs">X, d×N.</param>
    /// <exception cref="ShapeMismatchException">The number of inputs is not d.</exception>
    public Matrix[] Features(Matrix inputs)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        if (inputs.Rows != Specification.InputDimension)
            throw new ShapeMismatchException(
                $"Layer 1: weights are {Specification.Width(1)}×{Specification.InputDimension} but the inputs have {inputs.Rows} rows.");
        var features = new Matrix[Specification.Depth + 1];
        features[0] = inputs;
        for (int l = 1; l <= Specification.Depth; l++)
        {
            Matrix preactivations = Product.Multiply(Weights(l), features[l - 1]);
            if (Bias(l) is { } bias)
            {
                for (int i = 0; i < preactivations.Rows; i++)
                    System.Numerics.Tensors.TensorPrimitives.Add(preactivations.Row(i), bias[i, 0], preactivations.Row(i));
            }
            Specification.ActivationOf(l).Value(preactivations.AsSpan(), preactivations.AsSpan());
            if (Specification.HasSkip(l))
                System.Numerics.Tensors.TensorPrimitives.Add(preactivations.AsSpan(), features[l - 1].AsSpan(), preactivations.AsSpan());
            features[l] = preactivations;
        }
        return features;
    }
}
