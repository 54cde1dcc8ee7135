using System.Numerics.Tensors;
using RankCollapse.Collapse;
using RankCollapse.Data;
using RankCollapse.LinearAlgebra;
using RankCollapse.Networks;

namespace RankCollapse.Theory.Certificates;

/// <summary>A number and what bounds it.</summary>
/// <param name="Value">The number; NaN where it does not exist.</param>
/// <param name="Bound">The bound, from above unless said otherwise; ±∞ where it says nothing.</param>
public readonly record struct BoundedNumber(double Value, double Bound);

/// <summary>
/// Neural collapse of networks that end with at least two linear layers q … L, at any point: bounds on NC1, NC2 and NC3 of Z^{L−1} by how near outputs are to
/// targets, how balanced the linear layers are, and how well conditioned they are together (Jacot, Súkeník, Wang and Mondelli 2024, derived anew).
/// </summary>
/// <remarks>
/// With ε_l = ‖W_lW_lᵀ − W_{l+1}ᵀW_{l+1}‖₂, W = W_L, s_i = s_i(W) and P_r the projection on its first r right singular vectors, what Z^{L−1} has outside P_r
/// comes through W_{L−1}, whose square there is at most s_{r+1}² + ε_{L−1}. Deviations from class means, D_l = Z^lΠ, obey
/// ‖D_{L−1}‖² ≤ ‖D_L‖²/s_r² + (s_{r+1}² + ε_{L−1})‖D_{L−2}‖² for every r, and between classes ‖Z^{L−1}(P − J)‖ ≥ ‖Z^L(P − J)‖/s_1: their quotient is NC1.
/// Replacing one W_lW_lᵀ after the other turns MMᵀ, M = W_L⋯W_q, into (WWᵀ)^m, m = L − q + 1, with an error of at most
/// η = Σ_l ‖W_L⋯W_{l+1}‖²·p·max(‖W_l‖, ‖W_{l+1}‖)^{2(p−1)}·ε_l, p = l − q + 1, so that κ(W) ≤ κ̂ = ((s_1(M)² + η)/(s_K(M)² − η))^{1/(2m)}.
/// With the class means Z̄ of Z^{L−1} and Ō = WZ̄ those of the outputs less their bias, κ(Z̄)² ≤ (κ̂·κ(Ō))² + (s_1·t/s_K(Ō))², t = √ε_{L−1}·‖Z̄^{L−2}‖₂ +
/// √K‖b_{L−1}‖, and with Ō = cI + Δ, cK = tr Ō, cos(Z̄, Wᵀ) ≥ cK/√((cK(κ̂ + 1/κ̂)/2 + √K·κ̂‖Δ‖)² + (‖W‖·t_F)²) by Kantorovich's inequality. The derivation is
/// in docs/theory.md.
/// </remarks>
public sealed record BalancedHead
{
    /// <summary>q, the first of the linear layers at the end.</summary>
    public required int First { get; init; }

    /// <summary>L.</summary>
    public required int Last { get; init; }

    /// <summary>ε_l = ‖W_{l+1}ᵀW_{l+1} − W_lW_lᵀ‖₂ for l = q … L − 1.</summary>
    public required IReadOnlyList<double> Imbalances { get; init; }

    /// <summary>‖Z^L − Y‖/‖Y‖.</summary>
    public required double Misfit { get; init; }

    /// <summary>κ(M), the condition number s_1/s_K of W_L⋯W_q.</summary>
    public required double Condition { get; init; }

    /// <summary>κ(W_L), and κ̂.</summary>
    public required BoundedNumber LastCondition { get; init; }

    /// <summary>tr Σ_W/tr Σ_B of Z^{L−1}, samples weighted equally.</summary>
    public required BoundedNumber Nc1 { get; init; }

    /// <summary>κ(Z̄), 1 where class means are an orthogonal frame.</summary>
    public required BoundedNumber Nc2 { get; init; }

    /// <summary>cos(Z̄, W_Lᵀ) = ⟨Z̄, W_Lᵀ⟩/(‖Z̄‖‖W_L‖), 1 where class means are aligned with the last weights; bounded from below.</summary>
    public required BoundedNumber Nc3 { get; init; }

    /// <summary>Why NC2 and NC3 are not bounded; null where they are.</summary>
    public string? Reason { get; init; }

    /// <summary>Whether every number keeps to its bound.</summary>
    public bool Holds => IsBelow(Nc1) && IsBelow(Nc2) && IsBelow(LastCondition) && !(Nc3.Value < Nc3.Bound - Slack);

    /// <summary>Rounding of norms and quotients.</summary>
    private const double Slack = 1e-9;

    /// <summary>Computes the bounds; null where fewer than two linear layers end the network, or a class has no samples.</summary>
    /// <param name="network">Θ.</param>
    /// <param name="data">The samples with labels.</param>
    /// <exception cref="ShapeMismatchException">The data do not fit.</exception>
    public static BalancedHead? Compute(Network network, DataSet data)
    {
        ArgumentNullException.ThrowIfNull(network);
        ArgumentNullException.ThrowIfNull(data);
        NetworkSpecification shape = network.Specification;
        int depth = shape.Depth, head = shape.LinearHead, first = depth - head + 1;
        if (head < 2 || Partition.OfClasses(data) is not { } classes || classes.NonEmptyCount < classes.ClusterCount) return null;
        Matrix[] features = network.Features(data.Inputs);
        ClassCentroids before = ClassCentroids.Compute(features[depth - 2], classes), hidden = ClassCentroids.Compute(features[depth - 1], classes);
        var outputs = ClassCentroids.Compute(features[depth], classes);
        Matrix last = network.Weights(depth);
        int count = classes.ClusterCount;
        double[] imbalances = [.. Enumerable.Range(first, head - 1).Select(l => Imbalance(network, l))];
        double epsilon = imbalances[^1];
        double[] values = SingularValueDecomposition.SingularValues(last);
        double largest = values[0];

        (double condition, double bound) = ConditionBound(network, first, imbalances, count);
        Matrix means = Unbiased(outputs.Centroids, network.Bias(depth)), product = Product.Multiply(last, hidden.Centroids);
        double[] outputValues = SingularValueDecomposition.SingularValues(means), meanValues = SingularValueDecomposition.SingularValues(hidden.Centroids);
        double bias = network.Bias(depth - 1) is { } b ? Frobenius.Norm(b) * Math.Sqrt(count) : 0, root = Math.Sqrt(epsilon);
        double outside = (root * SingularValueDecomposition.SingularValues(before.Centroids)[0]) + bias;
        double outsideNorm = (root * Frobenius.Norm(before.Centroids)) + bias;
        double leastOutput = At(outputValues, count);
        double trace = 0;
        for (int k = 0; k < count; k++) trace += means[k, k];
        Matrix rest = means.Copy();
        for (int k = 0; k < count; k++) rest[k, k] -= trace / count;
        double inside = (0.5 * trace * (bound + (1 / bound))) + (Math.Sqrt(count) * bound * Frobenius.Norm(rest));
        double alignment = 0;
        for (int k = 0; k < count; k++) alignment += product[k, k];
        return new BalancedHead
        {
            First = first,
            Last = depth,
            Imbalances = imbalances,
            Misfit = Frobenius.RelativeDistance(features[depth], data.Targets),
            Condition = condition,
            LastCondition = new BoundedNumber(largest / At(values, count), bound),
            Nc1 = new BoundedNumber(hidden.WithinVariation / hidden.BetweenVariation, Variation(network, features, outputs, before, values, epsilon)),
            Nc2 = new BoundedNumber(
                meanValues[0] / At(meanValues, count), Hypotenuse(bound * outputValues[0] / leastOutput, largest * outside / leastOutput)),
            Nc3 = new BoundedNumber(
                alignment / (Frobenius.Norm(hidden.Centroids) * Frobenius.Norm(last)),
                trace > 0 && double.IsFinite(bound) ? trace / Hypotenuse(inside, Frobenius.Norm(last) * outsideNorm) : double.NegativeInfinity),
            Reason = double.IsFinite(bound) ? null
                : "the linear layers are not balanced enough for their conditioning: NC2 and NC3 are not bounded (weights are balanced where all linear layers "
                    + "have one penalty and features have none)",
        };
    }

    /// <summary>The bound on NC1, the least over r.</summary>
    private static double Variation(
        Network network, Matrix[] features, ClassCentroids outputs, ClassCentroids before, double[] values, double epsilon)
    {
        int depth = network.Specification.Depth;
        Matrix last = network.Weights(depth);

        // Outputs are products that were rounded, and so are deviations from their means.
        double rounding = (last.Columns + 8) * Tolerances.MachineEpsilon * Frobenius.Norm(last) * Frobenius.Norm(features[depth - 1])
            / Math.Sqrt(features[depth].Columns);
        double within = Square(Math.Sqrt(outputs.WithinVariation) + rounding), least = double.PositiveInfinity;
        for (int r = 0; r <= values.Length; r++)
        {
            double inside = r == 0 ? 0 : within / Square(values[r - 1]), next = r < values.Length ? Square(values[r]) : 0;
            least = Math.Min(least, inside + ((next + epsilon) * before.WithinVariation));
        }
        return Square(values[0]) * least / outputs.BetweenVariation;
    }

    /// <summary>κ(M) and κ̂.</summary>
    private static (double Condition, double Bound) ConditionBound(Network network, int first, double[] imbalances, int count)
    {
        int depth = network.Specification.Depth, layers = depth - first + 1;
        double defect = 0;
        Matrix after = network.Weights(depth);
        for (int l = depth - 1; l >= first; l--)
        {
            int power = l - first + 1;
            double size = Math.Max(SpectralNorm(network.Weights(l)), SpectralNorm(network.Weights(l + 1)));
            defect += Square(SpectralNorm(after)) * power * Elementary.Power(size, 2 * (power - 1)) * imbalances[l - first];
            after = Product.Multiply(after, network.Weights(l));
        }
        double[] values = SingularValueDecomposition.SingularValues(after);
        double least = Square(At(values, count)) - defect, largest = Square(values[0]) + defect;
        double bound = least > 0 ? Elementary.Exp(Elementary.Log(largest / least) / (2 * layers)) : double.PositiveInfinity;
        return (values[0] / At(values, count), bound);
    }

    /// <summary>ε_l with what rounding may hide of it.</summary>
    private static double Imbalance(Network network, int layer)
    {
        Matrix outer = Product.OuterGram(network.Weights(layer)), inner = Product.Gram(network.Weights(layer + 1));
        double size = Math.Max(Frobenius.Norm(outer), Frobenius.Norm(inner));
        TensorPrimitives.Subtract(outer.AsSpan(), inner.AsSpan(), outer.AsSpan());
        double[] values = SymmetricEigendecomposition.Eigenvalues(outer);
        return Math.Max(Math.Abs(values[0]), Math.Abs(values[^1])) + (Tolerances.Decomposition(outer.Rows, outer.Rows) * size);
    }

    private static Matrix Unbiased(Matrix means, Matrix? bias) =>
        bias is null ? means : Matrix.FromEntries(means.Rows, means.Columns, (i, k) => means[i, k] - bias[i, 0]);

    private static bool IsBelow(BoundedNumber number) => !(number.Value > number.Bound * (1 + Slack));

    private static double At(double[] values, int count) => values.Length < count ? 0 : values[count - 1];

    private static double SpectralNorm(Matrix a) => SingularValueDecomposition.SingularValues(a)[0];

    private static double Square(double x) => x * x;

    private static double Hypotenuse(double a, double b) => Math.Sqrt(Square(a) + Square(b));
}
