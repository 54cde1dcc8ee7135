using System.Numerics.Tensors;
using RankCollapse.LinearAlgebra;
using RankCollapse.Networks;

namespace RankCollapse.Theory.RepresentationCosts;

/// <summary>Which layers a representation cost counts, and how.</summary>
public sealed record RepresentationCostOptions
{
    /// <summary>
    /// The factor of ½‖W_1‖²: 0 in (10), (11) and Appendix C; δ in Section 5.2; 2/λ for the λ of (12) and (27), see <see cref="OfEquation12"/>.
    /// </summary>
    public double FirstLayer { get; init; }

    /// <summary>
    /// l_1 of Remark B.6: terms l = l_1 … l_2 count W_{l+1}; term 0 is the first layer. Null counts from 1, and 0 where <see cref="FirstLayer"/> is not 0.
    /// </summary>
    public int? From { get; init; }

    /// <summary>l_2 of Remark B.6, at most L − 1; null is L − 1.</summary>
    public int? To { get; init; }

    /// <summary>Whether the sum is the one of Remark B.6, (1/L)Σ‖W_{l+1}‖², instead of ½Σ‖W_{l+1}‖².</summary>
    public bool IsDividedByDepth { get; init; }

    /// <summary>The relative residual that counts as interpolating and as representable.</summary>
    public double Tolerance { get; init; } = FeatureProblem.DefaultTolerance;

    /// <summary>Equations (12) and (27): the cost whose first term is (1/λ)‖W_1‖², without the ½ of the others; δ = 2/λ.</summary>
    /// <param name="lambda">λ > 0.</param>
    public static RepresentationCostOptions OfEquation12(double lambda)
    {
        if (!(lambda > 0)) throw new InvalidInputException($"λ of equation (12) is positive, found {lambda}.");
        return new RepresentationCostOptions { FirstLayer = 2 / lambda };
    }

    /// <summary>Remark B.6: the cost L^{[l_1, l_2]} of a part of a deep network, (1/L)Σ‖W_{l+1}‖² over l = l_1 … l_2.</summary>
    public static RepresentationCostOptions OfRemarkB6(int from, int to) => new() { From = from, To = to, IsDividedByDepth = true, FirstLayer = 1 };
}

/// <summary>Equations (10), (11), (12): the representation cost of weights or features; for residual networks that of Appendix C and (27).</summary>
public sealed class RepresentationCost
{
    private RepresentationCost(double value, IReadOnlyList<LayerCost> layers, IReadOnlyList<double> factors, string? reason)
    {
        Value = value;
        Layers = layers;
        Factors = factors;
        Reason = reason;
    }

    /// <summary>The cost; +∞ where Z^L ≠ Y or a layer is not representable.</summary>
    public double Value { get; }

    /// <summary>The layers that were counted, up to the first that is not representable; each with ½‖W_l‖².</summary>
    public IReadOnlyList<LayerCost> Layers { get; }

    /// <summary>What each ½‖W_l‖² of <see cref="Layers"/> was multiplied with.</summary>
    public IReadOnlyList<double> Factors { get; }

    /// <summary>Why the cost is +∞; null where it is finite.</summary>
    public string? Reason { get; }

    /// <summary>Equation (11): the cost of features.</summary>
    /// <param name="problem">Shape and data.</param>
    /// <param name="features">Z^0 = X, Z^1, …, Z^L.</param>
    /// <param name="options">Which cost; (11) by default.</param>
    public static RepresentationCost OfFeatures(FeatureProblem problem, IReadOnlyList<Matrix> features, RepresentationCostOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(problem);
        options ??= new RepresentationCostOptions();
        problem.RequireFeatures(features);
        if (NotInterpolating(problem, features[^1], options) is { } reason) return new RepresentationCost(double.PositiveInfinity, [], [], reason);
        var layers = new List<LayerCost>();
        var factors = new List<double>();
        double sum = 0;
        foreach ((int layer, double factor) in Counted(problem.Specification, options))
        {
            LayerCost cost = problem.Layer(features, layer, options.Tolerance);
            layers.Add(cost);
            factors.Add(factor);
            sum += factor * cost.Value;
            if (cost.Reason is not null) return new RepresentationCost(double.PositiveInfinity, layers, factors, cost.Reason);
        }
        return new RepresentationCost(sum, layers, factors, null);
    }

    /// <summary>Equation (10): the cost of weights, of the norms that they have, which are not below those of (11).</summary>
    /// <param name="problem">Shape and data.</param>
    /// <param name="network">A network of that shape.</param>
    /// <param name="options">Which cost; (10) by default.</param>
    public static double OfWeights(FeatureProblem problem, Network network, RepresentationCostOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(problem);
        ArgumentNullException.ThrowIfNull(network);
        options ??= new RepresentationCostOptions();
        if (NotInterpolating(problem, network.Features(problem.Data.Inputs)[^1], options) is not null) return double.PositiveInfinity;
        return Counted(problem.Specification, options).Sum(c => 0.5 * c.Factor * Reduction.SumOfSquares(network.Weights(c.Layer).AsSpan()));
    }

    /// <summary>The gradient of the cost with respect to Z^1 … Z^L, each n_l×N, or why it does not exist there.</summary>
    /// <remarks>
    /// For W = A·Z⁺ with W·Z = A: ∂(½‖W‖²) = ⟨W·Z^{+T}, ∂A⟩ − ⟨WᵀW·Z^{+T}, ∂Z⟩. A layer's term is smooth where the features before it have full
    /// column rank N, and on the manifold of features of equal rank otherwise; only the first is accepted. Targets are fixed: the entry of Z^L is 0.
    /// </remarks>
    /// <param name="problem">Shape and data.</param>
    /// <param name="features">Z^0 = X, Z^1, …, Z^L.</param>
    /// <param name="options">Which cost; (11) by default.</param>
    /// <param name="reason">Why there is no gradient; null where there is one.</param>
    /// <returns>∂/∂Z^l at index l; entry 0 is empty; null where there is no gradient.</returns>
    public static Matrix[]? Gradient(FeatureProblem problem, IReadOnlyList<Matrix> features, RepresentationCostOptions? options, out string? reason)
    {
        RepresentationCost cost = OfFeatures(problem, features, options);
        reason = cost.Reason;
        if (reason is not null) return null;
        NetworkSpecification specification = problem.Specification;
        var gradient = new Matrix[specification.Depth + 1];
        for (int l = 0; l < gradient.Length; l++) gradient[l] = new Matrix(l == 0 ? 0 : specification.Width(l), l == 0 ? 0 : problem.Data.SampleCount);
        for (int i = 0; i < cost.Layers.Count; i++)
        {
            LayerCost layer = cost.Layers[i];
            int l = layer.Layer;
            if (layer.Inverse!.Rank < problem.Data.SampleCount)
            {
                reason = l == 1
                    ? $"X has rank {layer.Inverse.Rank}, below N = {problem.Data.SampleCount}: next to Z^1 there are features that it cannot produce, where "
                        + "the cost is infinite."
                    : $"Z^{l - 1} has rank {layer.Inverse.Rank}, below N = {problem.Data.SampleCount}: the cost jumps in directions that raise the rank.";
                return null;
            }
            Activation activation = specification.ActivationOf(l);
            if (!activation.IsSmooth)
            {
                reason = $"The activation of layer {l}, {activation.Name}, is not smooth.";
                return null;
            }
            Matrix towards = Product.MultiplyTransposedRight(layer.Weights!, layer.Inverse.Inverse);
            Matrix back = Product.MultiplyTransposedLeft(layer.Weights!, towards).Scaled(cost.Factors[i]);
            double[] value = new double[towards.Length], slope = new double[towards.Length];
            activation.ValueAndFirst(layer.Produced!.AsSpan(), value, slope);
            TensorPrimitives.Divide(towards.AsSpan(), slope, towards.AsSpan());
            TensorPrimitives.Multiply(towards.AsSpan(), cost.Factors[i], towards.AsSpan());
            TensorPrimitives.Add(gradient[l].AsSpan(), towards.AsSpan(), gradient[l].AsSpan());
            if (l == 1) continue;
            if (specification.HasSkip(l)) TensorPrimitives.Add(back.AsSpan(), towards.AsSpan(), back.AsSpan());
            TensorPrimitives.Subtract(gradient[l - 1].AsSpan(), back.AsSpan(), gradient[l - 1].AsSpan());
        }
        gradient[^1].AsSpan().Clear();
        return gradient;
    }

    private static string? NotInterpolating(FeatureProblem problem, Matrix outputs, RepresentationCostOptions options)
    {
        double distance = Frobenius.RelativeDistance(outputs, problem.Data.Targets);
        return distance <= options.Tolerance ? null : $"Z^L differs from Y: the relative distance is {distance:G3}, above {options.Tolerance:G3}.";
    }

    private static IEnumerable<(int Layer, double Factor)> Counted(NetworkSpecification specification, RepresentationCostOptions options)
    {
        int last = options.To ?? specification.Depth - 1;
        int first = options.From ?? (options.FirstLayer == 0 ? 1 : 0);
        if (first < 0 || last > specification.Depth - 1 || first > last + 1)
            throw new InvalidInputException($"The terms of a representation cost of {specification.Depth} layers lie in 0 … {specification.Depth - 1}, found "
                + $"{first} … {last}.");
        double scale = options.IsDividedByDepth ? 2.0 / specification.Depth : 1;
        for (int term = first; term <= last; term++) yield return (term + 1, term == 0 ? scale * options.FirstLayer : scale);
    }
}
