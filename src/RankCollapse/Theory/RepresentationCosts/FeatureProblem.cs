using System.Diagnostics.CodeAnalysis;
using System.Numerics.Tensors;
using RankCollapse.Collapse;
using RankCollapse.Data;
using RankCollapse.LinearAlgebra;
using RankCollapse.Networks;
using RankCollapse.Training;

namespace RankCollapse.Theory.RepresentationCosts;

/// <summary>
/// A network without biases seen through its features Z^1 … Z^L: what each layer has to produce, A_l = σ_l^{-1}(Z^l), or σ_l^{-1}(Z^l − Z^{l−1}) in
/// inner residual layers, and the weights of least norm that produce it, W_l = A_l·Z^{l−1,+}.
/// </summary>
/// <remarks>The maps between (10) and (11); for residual networks Appendix C. They are inverse to each other where A_l·Z^{l−1,+}·Z^{l−1} = A_l.</remarks>
public sealed class FeatureProblem
{
    /// <summary>Relative residual above which W_l·Z^{l−1} = A_l, and Z^L = Y, count as violated: what products of this size may lose.</summary>
    public const double DefaultTolerance = 1e-8;

    /// <summary>Poses the problem.</summary>
    /// <param name="specification">The shape, without biases.</param>
    /// <param name="data">X, d×N, and Y, K×N.</param>
    /// <exception cref="InvalidInputException">The shape has biases: representation costs are about networks without.</exception>
    /// <exception cref="ShapeMismatchException">Data and shape do not fit.</exception>
    public FeatureProblem(NetworkSpecification specification, DataSet data)
    {
        ArgumentNullException.ThrowIfNull(specification);
        ArgumentNullException.ThrowIfNull(data);
        if (specification.HasBias)
            throw new InvalidInputException("The representation cost is about networks that have no biases; train without bias.") { Settings = ["bias"] };
        Objective.RequireFit(specification, data);
        Specification = specification;
        Data = data;
    }

    /// <summary>The shape.</summary>
    public NetworkSpecification Specification { get; }

    /// <summary>X and Y.</summary>
    public DataSet Data { get; }

    /// <summary>A_l, n_l×N, or why it does not exist: a feature lies outside the range of σ_l, or σ_l has no inverse.</summary>
    /// <param name="features">Z^0 … Z^L.</param>
    /// <param name="layer">l, in 1 … L.</param>
    /// <param name="produced">A_l.</param>
    /// <param name="reason">Why not.</param>
    public bool TryProduce(IReadOnlyList<Matrix> features, int layer, [NotNullWhen(true)] out Matrix? produced, [NotNullWhen(false)] out string? reason)
    {
        RequireFeatures(features);
        Matrix values = features[layer];
        if (Specification.HasSkip(layer))
        {
            values = values.Copy();
            TensorPrimitives.Subtract(values.AsSpan(), features[layer - 1].AsSpan(), values.AsSpan());
        }
        produced = Preimage.Of(Specification.ActivationOf(layer), values, layer, out reason);
        if (produced is not null) return true;
        reason ??= $"Layer {layer} has no preimage.";
        return false;
    }

    /// <summary>The network of least weights that has these features: W_l = A_l·Z^{l−1,+}.</summary>
    /// <param name="features">Z^0 = X, Z^1, …, Z^L.</param>
    /// <param name="tolerance">The relative residual of W_l·Z^{l−1} = A_l that is granted.</param>
    /// <exception cref="InvalidInputException">A layer has no preimage, or no weights produce it; the message names the layer.</exception>
    public Network ToNetwork(IReadOnlyList<Matrix> features, double tolerance = DefaultTolerance)
    {
        var network = new Network(Specification);
        for (int l = 1; l <= Specification.Depth; l++)
        {
            LayerCost cost = Layer(features, l, tolerance);
            if (cost.Weights is null) throw new InvalidInputException($"{cost.Reason} No network has these features.");
            cost.Weights.CopyTo(network.Weights(l));
        }
        return network;
    }

    /// <summary>One layer's W_l = A_l·Z^{l−1,+} with its cost ½‖W_l‖², or why there is none.</summary>
    /// <param name="features">Z^0 = X, Z^1, …, Z^L.</param>
    /// <param name="layer">l, in 1 … L.</param>
    /// <param name="tolerance">The relative residual of W_l·Z^{l−1} = A_l that is granted.</param>
    public LayerCost Layer(IReadOnlyList<Matrix> features, int layer, double tolerance = DefaultTolerance)
    {
        if (!TryProduce(features, layer, out Matrix? produced, out string? reason)) return LayerCost.Infinite(layer, reason);
        PseudoInverse inverse = PseudoInverse.Compute(features[layer - 1]);
        Matrix weights = Product.Multiply(produced, inverse.Inverse);
        double residual = inverse.RelativeResidual(produced);
        if (!(residual <= tolerance))
            return LayerCost.Infinite(layer, $"Layer {layer} is not representable: W·Z^{layer - 1} = σ^{{-1}}(Z^{layer}) leaves a relative residual of "
                + $"{residual:G3}, since Z^{layer - 1} has rank {inverse.Rank} for {features[layer].Columns} samples.", residual);
        return new LayerCost(layer, 0.5 * Reduction.SumOfSquares(weights.AsSpan()), weights, inverse, produced, residual, null);
    }

    internal void RequireFeatures(IReadOnlyList<Matrix> features)
    {
        ArgumentNullException.ThrowIfNull(features);
        int depth = Specification.Depth;
        if (features.Count != depth + 1)
            throw new ShapeMismatchException($"A network of depth {depth} has {depth + 1} feature matrices Z^0 … Z^{depth}, found {features.Count}.");
        for (int l = 0; l <= depth; l++)
        {
            if (features[l].Rows != Specification.Width(l) || features[l].Columns != Data.SampleCount)
                throw new ShapeMismatchException($"Z^{l} is {features[l].Rows}×{features[l].Columns}, but layer {l} has width {Specification.Width(l)} and "
                    + $"there are {Data.SampleCount} samples.");
        }
    }
}

/// <summary>What one layer costs.</summary>
/// <param name="Layer">l.</param>
/// <param name="Value">½‖A_l·Z^{l−1,+}‖²; +∞ outside the representable features.</param>
/// <param name="Weights">W_l, n_l×n_{l−1}; null where the value is +∞.</param>
/// <param name="Inverse">Z^{l−1,+}; null where the value is +∞.</param>
/// <param name="Produced">A_l; null where the value is +∞.</param>
/// <param name="Residual">‖W_l·Z^{l−1} − A_l‖/‖A_l‖; NaN where A_l does not exist.</param>
/// <param name="Reason">Why the value is +∞; null where it is not.</param>
public sealed record LayerCost(int Layer, double Value, Matrix? Weights, PseudoInverse? Inverse, Matrix? Produced, double Residual, string? Reason)
{
    internal static LayerCost Infinite(int layer, string reason, double residual = double.NaN) =>
        new(layer, double.PositiveInfinity, null, null, null, residual, reason);
}
