using RankCollapse.Data;
using RankCollapse.LinearAlgebra;
using RankCollapse.Networks;

namespace RankCollapse.Theory.RepresentationCosts;

/// <summary>What Section 4 measures of one layer l of a network.</summary>
/// <param name="Layer">l, in 1 … L.</param>
/// <param name="WeightCost">½‖W_l‖² of (10).</param>
/// <param name="FeatureCost">½‖σ_l^{-1}(Z^l)·Z^{l−1,+}‖² of (11), not above it; null where σ_l^{-1}(Z^l) does not exist.</param>
/// <param name="CostUpTo">(1/L)Σ‖W_{m+1}‖² over m = 1 … l − 1, the share of the first layers in Remark B.6; 0 for l = 1.</param>
/// <param name="CostFrom">(1/L)Σ‖W_{m+1}‖² over m = l − 1 … L − 1, without W_1.</param>
/// <param name="Constraints">(I), (II) and (III) at l; null for l = L.</param>
/// <param name="Constants">s_k(Z^l)²/s_k(σ_{l+1}^{-1}(Z^{l+1}))² for k = 1 … rank(Y), the C of each direction; empty for l = L or without preimage.</param>
public sealed record RepresentationLayer(
    int Layer, double WeightCost, double? FeatureCost, double CostUpTo, double CostFrom, LayerConstraints? Constraints, IReadOnlyList<double> Constants);

/// <summary>Representation costs and constraints of a network as it is, whether or not it interpolates: Z^L = f(X) takes the place of Y.</summary>
public sealed class RepresentationMeasurement
{
    private RepresentationMeasurement(double distance, FeatureConstraints constraints, IReadOnlyList<RepresentationLayer> layers) =>
        (InterpolationDistance, Constraints, Layers) = (distance, constraints, layers);

    /// <summary>‖Z^L − Y‖/‖Y‖; the costs (10) to (12) are +∞ where it is not 0, and their sums are those of the network's own outputs.</summary>
    public double InterpolationDistance { get; }

    /// <summary>Definition 4.1 for the C that was asked.</summary>
    public FeatureConstraints Constraints { get; }

    /// <summary>Layers 1 … L.</summary>
    public IReadOnlyList<RepresentationLayer> Layers { get; }

    /// <summary>(10), and for residual networks the cost of Appendix C: ½Σ‖W_l‖² over l = 2 … L.</summary>
    public double OfWeights => Layers.Skip(1).Sum(l => l.WeightCost);

    /// <summary>(11): ½Σ‖σ_l^{-1}(Z^l)·Z^{l−1,+}‖² over l = 2 … L; null where a term does not exist.</summary>
    public double? OfFeatures => Layers.Skip(1).Any(l => l.FeatureCost is null) ? null : Layers.Skip(1).Sum(l => l.FeatureCost);

    /// <summary>(12), and (27) for residual networks: (11) and (1/λ)‖σ_1^{-1}(Z^1)·X⁺‖², with λ = 2/δ; null where a term does not exist.</summary>
    /// <param name="delta">δ of Section 5.2.</param>
    public double? OfFeaturesWithFirst(double delta) => OfFeatures + (delta * Layers[0].FeatureCost);

    /// <summary>Measures a network.</summary>
    /// <param name="network">The network, without biases.</param>
    /// <param name="data">X and Y.</param>
    /// <param name="constant">C of Definition 4.1, positive.</param>
    /// <exception cref="InvalidInputException">The network has biases, or C is not positive.</exception>
    public static RepresentationMeasurement Of(Network network, DataSet data, double constant = 1)
    {
        ArgumentNullException.ThrowIfNull(network);
        ArgumentNullException.ThrowIfNull(data);
        NetworkSpecification specification = network.Specification;
        var problem = new FeatureProblem(specification, data);
        Matrix[] features = network.Features(data.Inputs);
        var constraints = FeatureConstraints.Check(problem, features, constant);
        int depth = specification.Depth, rank = NumericalRank.Of(data.Targets);
        double[] weights = [.. Enumerable.Range(1, depth).Select(l => 0.5 * Reduction.SumOfSquares(network.Weights(l).AsSpan()))];
        var layers = new List<RepresentationLayer>();
        for (int l = 1; l <= depth; l++)
        {
            double upTo = 2.0 / depth * weights.Take(l).Skip(1).Sum(), from = 2.0 / depth * weights.Skip(Math.Max(1, l - 1)).Sum();
            double? cost = problem.TryProduce(features, l, out _, out _) ? LeastCost(network.Weights(l), features[l - 1]) : null;
            layers.Add(new RepresentationLayer(
                l, weights[l - 1], cost, upTo, from, l < depth ? constraints.Layers[l - 1] : null,
                l < depth ? Ratios(problem, features, l, rank) : []));
        }
        return new RepresentationMeasurement(Frobenius.RelativeDistance(features[^1], data.Targets), constraints, layers);
    }

    /// <summary>½‖A·Z⁺‖² for A = W·Z: that of W·Z·Z⁺, by orthonormal columns that span those of Z, since Z⁺ would enlarge rounding.</summary>
    private static double LeastCost(Matrix weights, Matrix before)
    {
        var svd = SingularValueDecomposition.Thin(before);
        int rank = NumericalRank.Of(svd.Values, Tolerances.PseudoInverseCutoff(before.Rows, before.Columns));
        return 0.5 * Reduction.SumOfSquares(Product.Multiply(weights, svd.Left.Block(0, 0, svd.Left.Rows, rank)).AsSpan());
    }

    private static double[] Ratios(FeatureProblem problem, Matrix[] features, int layer, int rank)
    {
        if (!problem.TryProduce(features, layer + 1, out Matrix? produced, out _)) return [];
        double[] found = SingularValueDecomposition.SingularValues(features[layer]), wanted = SingularValueDecomposition.SingularValues(produced);
        int count = Math.Min(rank, Math.Min(NumericalRank.Of(found), NumericalRank.Of(wanted)));
        return [.. Enumerable.Range(0, count).Select(i => found[i] / wanted[i] * (found[i] / wanted[i]))];
    }
}
