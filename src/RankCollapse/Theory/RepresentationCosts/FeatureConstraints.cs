using RankCollapse.LinearAlgebra;
using RankCollapse.Networks;

namespace RankCollapse.Theory.RepresentationCosts;

/// <summary>The conditions (I), (II) and (III) at one layer l = 1 … L − 1, with margins that are not negative where a condition holds.</summary>
/// <param name="Layer">l.</param>
/// <param name="Representability">‖A·Z^{l,+}Z^l − A‖/‖A‖ for (I), A = σ_{l+1}^{-1}(Z^{l+1}); NaN where A does not exist.</param>
/// <param name="LargestRatio">max_i s_i(Z^l)²/s_i(A)² over i ≤ rank(A), for (II): the least C for which it holds.</param>
/// <param name="SingularValueMargin">1 − LargestRatio/C, for (II) with squares as in (18).</param>
/// <param name="RankMargin">rank(σ_l^{-1}(Z^l)) − rank(Y), for (III); null where the preimage does not exist.</param>
/// <param name="Violations">The conditions that fail, in words; empty when all hold.</param>
public sealed record LayerConstraints(
    int Layer, double Representability, double LargestRatio, double SingularValueMargin, int? RankMargin, IReadOnlyList<string> Violations);

/// <summary>Definition 4.1: whether features lie in the set S of representable features with bounded singular values.</summary>
/// <remarks>
/// (II) is read as in (18), s_i(Z^l)² ≤ C·s_i(σ_{l+1}^{-1}(Z^{l+1}))², because Lemma B.1 is proved for it; Definition 4.1 prints it without squares.
/// For residual networks Theorem C.2 asks (I) of every layer and (II) of Z^{L−1} alone.
/// </remarks>
public sealed class FeatureConstraints
{
    private FeatureConstraints(double constant, IReadOnlyList<LayerConstraints> layers)
    {
        Constant = constant;
        Layers = layers;
    }

    /// <summary>C.</summary>
    public double Constant { get; }

    /// <summary>Layers 1 … L − 1.</summary>
    public IReadOnlyList<LayerConstraints> Layers { get; }

    /// <summary>Whether all conditions hold at all layers.</summary>
    public bool AreSatisfied => Layers.All(l => l.Violations.Count == 0);

    /// <summary>The least C for which (II) holds everywhere it is asked.</summary>
    public double LeastConstant { get; private init; }

    /// <summary>Checks features.</summary>
    /// <param name="problem">Shape and data.</param>
    /// <param name="features">Z^0 = X, Z^1, …, Z^L.</param>
    /// <param name="constant">C > 0.</param>
    /// <param name="tolerance">The relative residual granted to (I), and the relative excess granted to (II).</param>
    public static FeatureConstraints Check(
        FeatureProblem problem, IReadOnlyList<Matrix> features, double constant, double tolerance = FeatureProblem.DefaultTolerance)
    {
        ArgumentNullException.ThrowIfNull(problem);
        problem.RequireFeatures(features);
        if (!(constant > 0)) throw new InvalidInputException($"C of Definition 4.1 is positive, found {constant}.");
        bool isResidual = problem.Specification.Architecture == Architecture.Residual;
        int depth = problem.Specification.Depth, targetRank = NumericalRank.Of(problem.Data.Targets);
        var layers = new List<LayerConstraints>();
        double least = 0;
        for (int l = 1; l < depth; l++)
        {
            var violations = new List<string>();
            if (!problem.TryProduce(features, l + 1, out Matrix? produced, out string? reason))
            {
                layers.Add(new LayerConstraints(l, double.NaN, double.NaN, double.NaN, null, [reason]));
                continue;
            }
            PseudoInverse inverse = PseudoInverse.Compute(features[l]);
            double residual = inverse.RelativeResidual(produced);
            if (!(residual <= tolerance)) violations.Add($"(I) at layer {l}: σ^{{-1}}(Z^{l + 1}) is not representable by Z^{l}, relative residual "
                + $"{residual:G3}");

            double[] wanted = SingularValueDecomposition.SingularValues(produced);
            int rank = NumericalRank.Of(wanted);
            double ratio = 0;
            for (int i = 0; i < Math.Min(rank, inverse.SingularValues.Length); i++)
                ratio = Math.Max(ratio, Elementary.Power(inverse.SingularValues[i] / wanted[i], 2));
            if (!isResidual || l == depth - 1)
            {
                least = Math.Max(least, ratio);
                if (ratio > constant * (1 + tolerance)) violations.Add($"(II) at layer {l}: s_i(Z^{l})² reaches {ratio:G6} times s_i(σ^{{-1}}(Z^{l + 1}))², "
                    + $"above C = {constant:G6}");
            }
            int? margin = null;
            if (!isResidual)
            {
                if (problem.TryProduce(features, l, out Matrix? before, out string? missing)) margin = NumericalRank.Of(before) - targetRank;
                else violations.Add($"(III) at layer {l}: {missing}");
                if (margin < 0) violations.Add($"(III) at layer {l}: rank(σ^{{-1}}(Z^{l})) = {margin + targetRank} is below rank(Y) = {targetRank}");
            }
            layers.Add(new LayerConstraints(l, residual, ratio, 1 - (ratio / constant), margin, violations));
        }
        return new FeatureConstraints(constant, layers) { LeastConstant = least };
    }
}
