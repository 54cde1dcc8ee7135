using RankCollapse.LinearAlgebra;
using RankCollapse.Networks;

namespace RankCollapse.Collapse;

/// <summary>The singular values of Z^l that theory predicts from the next layer, beside those that were found.</summary>
/// <remarks>
/// Feedforward, Theorem 4.2: s(Z^l) = √C·s(σ_{l+1}^{-1}(Z^{l+1})).
/// Inner residual layers, Theorem C.2: Z^{l+1} − Z^l = 0, so that s(Z^l) = s(Z^{l+1}).
/// The theorems speak of global minimisers under hypotheses; those that the network does not meet are listed, and the numbers given all the same.
/// </remarks>
public sealed record PredictedSingularValues
{
    private PredictedSingularValues()
    {
    }

    /// <summary>l, in 1 … L.</summary>
    public required int Layer { get; init; }

    /// <summary>The prediction for C = 1, descending, as many as Z^l has singular values; null where there is none.</summary>
    public IReadOnlyList<double>? Values { get; private init; }

    /// <summary>Why there is no prediction; null where there is one.</summary>
    public string? Reason { get; private init; }

    /// <summary>The theorem that predicts.</summary>
    public string Source { get; private init; } = "Theorem 4.2";

    /// <summary>√C fitted by least squares, ⟨s, p⟩/⟨p, p⟩; null where there is no prediction or it is 0.</summary>
    public double? FittedRootOfC { get; private init; }

    /// <summary>The <see cref="SpectralDistance"/> of s from p, for C = 1; null where there is no prediction or it is 0.</summary>
    public double? Distance { get; private init; }

    /// <summary>The same from √C·p with the fitted C; null where √C is 0.</summary>
    public double? FittedDistance { get; private init; }

    /// <summary>‖Z^{l+1} − Z^l‖_F/‖Z^{l+1}‖_F where layer l + 1 is an inner residual layer, which Theorem C.2 says is 0; otherwise null.</summary>
    public double? RelativeIncrement { get; private init; }

    /// <summary>The hypotheses of the theorem that this network does not meet; empty when it meets all.</summary>
    public IReadOnlyList<string> UnmetHypotheses { get; private init; } = [];

    /// <summary>Predicts layer l from layer l + 1.</summary>
    /// <param name="specification">The network's shape.</param>
    /// <param name="features">Z^0 … Z^L.</param>
    /// <param name="layer">l, in 1 … L; the last layer has no prediction.</param>
    /// <param name="singularValues">s(Z^l) where they are known already; otherwise they are computed.</param>
    /// <exception cref="ShapeMismatchException">There are not L + 1 feature matrices.</exception>
    public static PredictedSingularValues Predict(
        NetworkSpecification specification, IReadOnlyList<Matrix> features, int layer, IReadOnlyList<double>? singularValues = null)
    {
        ArgumentNullException.ThrowIfNull(specification);
        ArgumentNullException.ThrowIfNull(features);
        ArgumentOutOfRangeException.ThrowIfLessThan(layer, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(layer, specification.Depth);
        if (features.Count != specification.Depth + 1)
            throw new ShapeMismatchException(
                $"A network of depth {specification.Depth} has {specification.Depth + 1} feature matrices Z^0 … Z^L, found {features.Count}.");
        if (layer == specification.Depth) return Of(specification, layer, features[layer].Columns, [], null, null, null);
        Matrix next = features[layer + 1];
        bool hasSkip = specification.HasSkip(layer + 1);
        string? reason = null;
        Matrix? origin = hasSkip ? next : Preimage.Of(specification.ActivationOf(layer + 1), next, layer + 1, out reason);
        return Of(
            specification, layer, next.Columns, singularValues is null ? SingularValueDecomposition.SingularValues(features[layer]) : [.. singularValues],
            origin is null ? null : SingularValueDecomposition.SingularValues(origin), reason, hasSkip ? Increment(features[layer], next) : null);
    }

    /// <summary>The prediction that belongs to singular values.</summary>
    /// <param name="specification">The network's shape.</param>
    /// <param name="layer">l, in 1 … L.</param>
    /// <param name="samples">N.</param>
    /// <param name="found">s(Z^l).</param>
    /// <param name="predicted">The singular values of what σ_{l+1} was applied to, or of Z^{l+1} where layer l + 1 has a skip; null where there are
    /// none.</param>
    /// <param name="reason">Why there are none.</param>
    /// <param name="increment">‖Z^{l+1} − Z^l‖_F/‖Z^{l+1}‖_F where layer l + 1 has a skip.</param>
    internal static PredictedSingularValues Of(
        NetworkSpecification specification, int layer, int samples, double[] found, double[]? predicted, string? reason, double? increment)
    {
        string source = specification.Architecture == Architecture.Residual ? "Theorem C.2" : "Theorem 4.2";
        if (layer == specification.Depth) reason = "The last layer has no layer after it to predict it from.";
        if (predicted is null) return new PredictedSingularValues { Layer = layer, Source = source, Reason = reason };
        Array.Resize(ref predicted, found.Length);
        double squared = 0, inner = 0;
        for (int i = 0; i < found.Length; i++) (squared, inner) = (squared + (predicted[i] * predicted[i]), inner + (predicted[i] * found[i]));
        double? root = squared > 0 ? inner / squared : null;
        return new PredictedSingularValues
        {
            Layer = layer,
            Source = source,
            Values = predicted,
            FittedRootOfC = root,
            Distance = SpectralDistance.Of(found, predicted),
            FittedDistance = root is > 0 ? SpectralDistance.Of(found, predicted, root.Value) : null,
            RelativeIncrement = increment,
            UnmetHypotheses = [.. Unmet(specification, samples)],
        };
    }

    private static double? Increment(Matrix before, Matrix after)
    {
        double difference = 0, size = 0;
        ReadOnlySpan<double> from = before.AsSpan(), to = after.AsSpan();
        for (int i = 0; i < to.Length; i++)
        {
            difference += (to[i] - from[i]) * (to[i] - from[i]);
            size += to[i] * to[i];
        }
        return size > 0 ? Math.Sqrt(difference / size) : null;
    }

    private static IEnumerable<string> Unmet(NetworkSpecification specification, int samples)
    {
        bool isResidual = specification.Architecture == Architecture.Residual;
        if (specification.HasBias) yield return "the layers have no biases";
        for (int l = 1; l <= specification.Depth; l++)
        {
            Activation activation = specification.ActivationOf(l);
            if (!activation.FixesZero) yield return $"σ_{l}(x) = 0 only for x = 0 ({activation.Name} does not fix 0)";
            else if (!activation.IsHomeomorphism) yield return $"σ_{l} is a homeomorphism ({activation.Name} is not)";
        }
        for (int l = 2; l < specification.Depth || (l == specification.Depth && !isResidual); l++)
        {
            int before = specification.Width(l - 1), width = specification.Width(l);
            if (isResidual ? width != before : width > before)
                yield return $"n_{l} {(isResidual ? "=" : "≤")} n_{l - 1} (found {width} and {before})";
        }
        if (specification.Width(1) < samples) yield return $"n_1 ≥ N (found {specification.Width(1)} and {samples})";
    }
}
