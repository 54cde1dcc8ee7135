using RankCollapse.Collapse;
using RankCollapse.Data;
using RankCollapse.LinearAlgebra;
using RankCollapse.Networks;
using RankCollapse.Theory.RepresentationCosts;

namespace RankCollapse.Theory.Minimizers;

/// <summary>Which global minimiser to build.</summary>
public sealed record GlobalMinimizerOptions
{
    /// <summary>C of Definition 4.1, positive.</summary>
    public double Constant { get; init; } = 1;

    /// <summary>
    /// O_1 … O_{L−1} at indices 0 … L − 2, O_l of size n_l×n_{l+1} with orthonormal columns; of a residual network only the last is used. Null draws them.
    /// </summary>
    public IReadOnlyList<Matrix>? OrthogonalFactors { get; init; }

    /// <summary>The seed of random factors (uniform on all such matrices).</summary>
    public long Seed { get; init; }

    /// <summary>How often factors are drawn anew when features leave the range of an activation that is not onto R.</summary>
    public int Attempts { get; init; } = 20;
}

/// <summary>
/// Theorem 4.2 and Theorem C.2: the global minimisers of the representation cost. Feedforward, Z^l = √C·O_l·σ_{l+1}^{-1}(Z^{l+1}) from Z^L = Y down, with
/// the value (L − 1)/2·rank(Y)/C; residual, Z^1 = … = Z^{L−1} = √C·O·σ_L^{-1}(Y), with the value rank(Y)/(2C).
/// </summary>
/// <remarks>
/// With an activation that is not onto R, features must stay in its range: the factor O = (I, 0)ᵀ of the paper's proof puts ±√C at entries of Z^{L−1},
/// outside tanh's range for C ≥ 1, while random factors of large width spread them.
/// </remarks>
public sealed class GlobalMinimizer
{
    private GlobalMinimizer(string theorem, Matrix[] features, double value, Network? network, string? reason, IReadOnlyList<string> unmet)
    {
        Theorem = theorem;
        Features = features;
        Value = value;
        Network = network;
        NetworkReason = reason;
        UnmetHypotheses = unmet;
    }

    /// <summary><c>Theorem 4.2</c> or <c>Theorem C.2</c>.</summary>
    public string Theorem { get; }

    /// <summary>Z^0 = X, Z^1, …, Z^L = Y.</summary>
    public IReadOnlyList<Matrix> Features { get; }

    /// <summary>The theorem's minimal value.</summary>
    public double Value { get; }

    /// <summary>The network of least weights with these features; null where X cannot reach Z^1.</summary>
    public Network? Network { get; }

    /// <summary>Why there is no network; null where there is one.</summary>
    public string? NetworkReason { get; }

    /// <summary>The theorem's hypotheses that this configuration does not meet; empty when it meets all.</summary>
    public IReadOnlyList<string> UnmetHypotheses { get; }

    /// <summary>The network of least weights with these features.</summary>
    /// <exception cref="InvalidInputException">There is none; the message says why.</exception>
    public Network RequireNetwork() =>
        Network ?? throw new InvalidInputException($"The minimiser's features exist, but no network has them: {NetworkReason}");

    /// <summary>Builds a minimiser.</summary>
    /// <param name="problem">Shape and data.</param>
    /// <param name="options">C and the orthogonal factors.</param>
    /// <exception cref="InvalidInputException">An activation has no inverse or does not fix 0, widths grow, targets or features leave an activation's range, or
    /// a factor does not fit.</exception>
    public static GlobalMinimizer Construct(FeatureProblem problem, GlobalMinimizerOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(problem);
        options ??= new GlobalMinimizerOptions();
        NetworkSpecification specification = problem.Specification;
        int depth = specification.Depth;
        if (depth < 2) throw new InvalidInputException($"A minimiser of the representation cost needs at least 2 layers, found {depth}.");
        if (!(options.Constant > 0) || double.IsInfinity(options.Constant))
            throw new InvalidInputException($"C is positive and finite, found {options.Constant}.");
        RequireActivations(specification);
        bool isResidual = specification.Architecture == Architecture.Residual;
        for (int l = isResidual ? depth : 2; l <= depth; l++)
        {
            if (specification.Width(l) > specification.Width(l - 1))
                throw new InvalidInputException($"Widths must not grow from layer to layer, but n_{l} = {specification.Width(l)} is above n_{l - 1} = "
                    + $"{specification.Width(l - 1)}.");
        }
        if (options.OrthogonalFactors is { } given && given.Count != depth - 1)
            throw new InvalidInputException($"A network of {depth} layers has {depth - 1} orthogonal factors O_1 … O_{depth - 1}, found {given.Count}.");

        Matrix[]? features = null;
        string? reason = null;
        int attempts = options.OrthogonalFactors is null ? Math.Max(1, options.Attempts) : 1;
        for (int attempt = 0; attempt < attempts && features is null; attempt++) features = Build(problem, options, attempt, out reason);
        if (features is null)
            throw new InvalidInputException($"{reason} Choose larger widths, a smaller C, another seed, or an activation onto R such as asinh.");

        int rank = NumericalRank.Of(problem.Data.Targets);
        double value = (isResidual ? 1 : depth - 1) * rank / (2 * options.Constant);
        (Network? network, string? none) = TryNetwork(problem, features);
        return new GlobalMinimizer(isResidual ? "Theorem C.2" : "Theorem 4.2", features, value, network, none, [.. Unmet(problem, none)]);
    }

    private static Matrix[]? Build(FeatureProblem problem, GlobalMinimizerOptions options, int attempt, out string? reason)
    {
        NetworkSpecification specification = problem.Specification;
        int depth = specification.Depth;
        var features = new Matrix[depth + 1];
        features[0] = problem.Data.Inputs;
        features[depth] = problem.Data.Targets;
        for (int l = depth - 1; l >= 1; l--)
        {
            if (specification.HasSkip(l + 1))
            {
                features[l] = features[l + 1].Copy();
                continue;
            }
            Matrix? produced = Preimage.Of(specification.ActivationOf(l + 1), features[l + 1], l + 1, out reason);
            if (produced is null) return null;
            var stream = new RandomStream(options.Seed, RandomPurpose.Initialization, (attempt * depth) + l);
            Matrix factor = options.OrthogonalFactors is { } given
                ? given[l - 1]
                : RandomMatrix.HaarOrthogonal(specification.Width(l), specification.Width(l + 1), stream);
            if (factor.Rows != specification.Width(l))
                throw new InvalidInputException($"O_{l} has {factor.Rows} rows, but layer {l} has width {specification.Width(l)}.");
            features[l] = new LemmaB1Problem(produced, options.Constant).Minimizer(factor);
        }
        // (III) and W_1 ask for the first layer's preimage too.
        return Preimage.Of(specification.ActivationOf(1), features[1], 1, out reason) is null ? null : features;
    }

    private static void RequireActivations(NetworkSpecification specification)
    {
        for (int l = 1; l <= specification.Depth; l++)
        {
            Activation activation = specification.ActivationOf(l);
            if (!activation.IsHomeomorphism)
                throw new InvalidInputException($"The minimiser needs homeomorphisms, but the activation of layer {l}, {activation.Name}, has no inverse.");
            if (!activation.FixesZero)
                throw new InvalidInputException($"The minimiser needs activations that fix 0, but that of layer {l}, {activation.Name}, does not.");
        }
    }

    private static (Network? Network, string? Reason) TryNetwork(FeatureProblem problem, Matrix[] features)
    {
        try
        {
            return (problem.ToNetwork(features), null);
        }
        catch (InvalidInputException e)
        {
            return (null, e.Message);
        }
    }

    private static IEnumerable<string> Unmet(FeatureProblem problem, string? noNetwork)
    {
        NetworkSpecification specification = problem.Specification;
        DataSet data = problem.Data;
        int samples = data.SampleCount;
        if (specification.Architecture == Architecture.Residual)
        {
            if (specification.Width(1) != samples) yield return $"inner widths are N (found {specification.Width(1)} for {samples} samples)";
        }
        else if (specification.Width(1) < samples)
        {
            yield return $"n_1 ≥ N (found {specification.Width(1)} for {samples} samples)";
        }
        foreach (Activation bounded in specification.HiddenActivations.Where(activation => !activation.IsOntoReals))
            yield return $"activations are homeomorphisms onto R ({bounded.Name} is not), as far as its range does not suffice";
        if (!IsOneHot(data.Targets)) yield return "targets are one-hot";
        if (noNetwork is not null) yield return $"X reaches Z^1: {noNetwork}";
    }

    private static bool IsOneHot(Matrix targets)
    {
        for (int i = 0; i < targets.Columns; i++)
        {
            int ones = 0;
            for (int k = 0; k < targets.Rows; k++)
            {
                if (targets[k, i] == 1) ones++;
                else if (targets[k, i] != 0) return false;
            }
            if (ones != 1) return false;
        }
        return true;
    }
}
