using System.Numerics.Tensors;
using RankCollapse.LinearAlgebra;

namespace RankCollapse.Networks;

/// <summary>How weights are drawn before training; W_l has n_l rows (fan-out) and n_{l−1} columns (fan-in).</summary>
public enum InitializationScheme
{
    /// <summary>Orthonormal rows or columns, uniform (Haar) among all such: all singular values are 1.</summary>
    Orthogonal,

    /// <summary>Independent normal entries of standard deviation 1/√n_{l−1}, so that W_l z has about the norm of z per entry (LeCun and others 1998).</summary>
    Gaussian,

    /// <summary>Independent normal entries of standard deviation √(2/(n_{l−1} + n_l)) (Glorot and Bengio 2010).</summary>
    Xavier,

    /// <summary>Independent normal entries of standard deviation √(2/n_{l−1}), for relu and its kin (He and others 2015).</summary>
    He,
}

/// <summary>Seeded initial parameters.</summary>
public static class Initialization
{
    private static readonly (InitializationScheme Scheme, string Name)[] Schemes =
    [
        (InitializationScheme.Orthogonal, "orthogonal"),
        (InitializationScheme.Gaussian, "gaussian"),
        (InitializationScheme.Xavier, "xavier"),
        (InitializationScheme.He, "he"),
    ];

    /// <summary>The names of all schemes: orthogonal, gaussian, xavier, he.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. Schemes.Select(s => s.Name)];

    /// <summary>Reads the name of a scheme, in any case.</summary>
    /// <param name="name">The name.</param>
    /// <exception cref="InvalidInputException">The name is unknown.</exception>
    public static InitializationScheme Parse(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        string wanted = name.Trim().ToLowerInvariant();
        foreach ((InitializationScheme scheme, string known) in Schemes)
        {
            if (known == wanted) return scheme;
        }
        throw new InvalidInputException($"There is no initialisation '{ErrorText.Printable(name)}'; {NearMatches.Advice(wanted, [.. Names])}");
    }

    /// <summary>The name of a scheme in settings and files; <see cref="Parse"/> reads it.</summary>
    /// <param name="scheme">The scheme.</param>
    public static string NameOf(InitializationScheme scheme) => Schemes.First(s => s.Scheme == scheme).Name;

    /// <summary>Overwrites all parameters: random weights, biases 0.</summary>
    /// <remarks>Layer l draws from its own stream of the seed, so that its weights do not depend on the sizes of other layers.</remarks>
    /// <param name="network">The network to fill.</param>
    /// <param name="scheme">How weights are drawn.</param>
    /// <param name="seed">Any number; equal seeds give equal weights.</param>
    public static void Initialize(Network network, InitializationScheme scheme, long seed)
    {
        ArgumentNullException.ThrowIfNull(network);
        for (int l = 1; l <= network.Specification.Depth; l++)
        {
            Matrix weights = network.Weights(l);
            Draw(weights.Rows, weights.Columns, scheme, new RandomStream(seed, RandomPurpose.Initialization, l)).CopyTo(weights);
            network.Bias(l)?.AsSpan().Clear();
        }
    }

    private static Matrix Draw(int rows, int columns, InitializationScheme scheme, RandomStream stream) => scheme switch
    {
        InitializationScheme.Orthogonal => RandomMatrix.HaarOrthogonal(rows, columns, stream),
        InitializationScheme.Gaussian => Normal(rows, columns, Math.Sqrt(1.0 / columns), stream),
        InitializationScheme.Xavier => Normal(rows, columns, Math.Sqrt(2.0 / ((double)rows + columns)), stream),
        InitializationScheme.He => Normal(rows, columns, Math.Sqrt(2.0 / columns), stream),
        _ => throw new ArgumentOutOfRangeException(nameof(scheme), scheme, null),
    };

    private static Matrix Normal(int rows, int columns, double standardDeviation, RandomStream stream)
    {
        Matrix result = RandomMatrix.Gaussian(rows, columns, stream);
        TensorPrimitives.Multiply(result.AsSpan(), standardDeviation, result.AsSpan());
        return result;
    }
}
