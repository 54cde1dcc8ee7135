using RankCollapse.Collapse;
using RankCollapse.Data;
using RankCollapse.LinearAlgebra;
using RankCollapse.Networks;
using RankCollapse.Training;

namespace RankCollapse.Theory.Certificates;

/// <summary>How certificates are computed.</summary>
public sealed record LowRankCertificateOptions
{
    /// <summary>K, the rank that weights are compared with, and the most clusters; null is the number of outputs.</summary>
    public int? Rank { get; init; }

    /// <summary>Descents from K-means++ seeds when partitions are searched at each layer.</summary>
    public int Restarts { get; init; } = 4;

    /// <summary>Points at which M is sampled for each layer and partition; 0 leaves it out.</summary>
    public int CurvatureSamples { get; init; } = 16;

    /// <summary>Whether M is bounded; it takes a decomposition per layer and partition.</summary>
    public bool HasCurvatureBound { get; init; } = true;

    /// <summary>The seed of partitions and samples.</summary>
    public long Seed { get; init; }
}

/// <summary>Lemma 3.3 and Theorem 3.4 for one layer l, one layer j &lt; l and one partition.</summary>
/// <param name="From">j.</param>
/// <param name="PartitionName"><c>classes</c>, or <c>clusters of layer j</c> for the best partition found there.</param>
/// <param name="ClusterCount">|C|, at most K.</param>
/// <param name="Wcss">WCSS_j(C), equation (6).</param>
/// <param name="RemainderNorm">‖R‖_F, R = ∇_{W_l}L_0 − ∇_{W_l}L_0^{j,C}, computed exactly.</param>
/// <param name="ExactBound">(‖R‖ + r_l)/λ_l.</param>
/// <param name="SharpBound">‖∇_{W_l}L_0 + λ_l·W_l − R‖/λ_l, which is not above <paramref name="ExactBound"/>.</param>
/// <param name="ProjectedRemainder">‖(I − QQᵀ)·R·(I − VVᵀ)‖_F, where Q spans the columns of the centroid gradient and V the rows of QᵀW_l, at most K each.</param>
/// <param name="ProjectedResidual">‖(I − QQᵀ)·(∇_{W_l}L_0 + λ_l·W_l)·(I − VVᵀ)‖_F.</param>
/// <param name="ProjectedBound">(<paramref name="ProjectedRemainder"/> + <paramref name="ProjectedResidual"/>)/λ_l, which is not above <paramref name="ExactBound"/>.</param>
/// <param name="Curvature">A bound of N·M_{l,j}(Θ, C), M in the paper's normalisation where a = 1/N; +∞ where there is none, NaN where it was left out.</param>
/// <param name="SampledCurvature">The largest N·M that was sampled; NaN where it was left out.</param>
/// <param name="CurvatureReason">Why the bound is +∞; null where it is finite.</param>
/// <param name="RemainderBound">½·N·M·WCSS, Lemma 3.3 with the constant of its proof.</param>
/// <param name="CurvatureBound">(½·N·M·WCSS + r_l)/λ_l, Theorem 3.4.</param>
public sealed record LayerBound(
    int From, string PartitionName, int ClusterCount, double Wcss, double RemainderNorm, double ExactBound, double SharpBound,
    double ProjectedRemainder, double ProjectedResidual, double ProjectedBound, double Curvature, double SampledCurvature, string? CurvatureReason, double RemainderBound, double CurvatureBound);

/// <summary>What collapse of a layer itself says about its weights: W_l·Z^{l−1} takes at most K values but for its spread within clusters.</summary>
/// <param name="PartitionName"><c>classes</c>, or <c>clusters of layer l</c>.</param>
/// <param name="ClusterCount">|C|, at most K.</param>
/// <param name="Wcss">The within-cluster sum of squares of the preactivations P = W_l·Z^{l−1}, over N.</param>
/// <param name="Within">‖(P − P_C)·Z^{l−1,+}‖_F, P_C the cluster means in the samples' places.</param>
/// <param name="Outside">‖W_l·(I − Z^{l−1}·Z^{l−1,+})‖_F, 0 at stationary points.</param>
/// <param name="Bound">√(Within² + Outside²), which the distance of W_l from rank K does not exceed.</param>
/// <param name="RoundingAllowance">What rounding may add.</param>
public sealed record OwnLayerBound(string PartitionName, int ClusterCount, double Wcss, double Within, double Outside, double Bound, double RoundingAllowance);

/// <summary>What Theorem 3.4 says about one layer at this point, and whether it holds.</summary>
public sealed record LayerCertificate
{
    /// <summary>l.</summary>
    public required int Layer { get; init; }

    /// <summary>K.</summary>
    public required int Rank { get; init; }

    /// <summary>The distance of W_l from the matrices of rank at most K, √Σ_{i>K} s_i(W_l)².</summary>
    public required double Distance { get; init; }

    /// <summary>‖W_l‖_F.</summary>
    public required double WeightNorm { get; init; }

    /// <summary>λ_l.</summary>
    public required double Lambda { get; init; }

    /// <summary>r_l = ‖∇_{W_l}L_0 + λ_l·W_l‖_F, how far equation (4) is from holding.</summary>
    public required double StationarityResidual { get; init; }

    /// <summary>r_l/max(‖∇_{W_l}L_0‖, λ_l‖W_l‖); 0 where all vanish, null where λ_l = 0 and it would be 1 at every point.</summary>
    public required double? RelativeStationarityResidual { get; init; }

    /// <summary>Every j and partition that was tried; empty where λ_l = 0.</summary>
    public required IReadOnlyList<LayerBound> Bounds { get; init; }

    /// <summary>The bound from the layer's own collapse, which Theorem 3.4 does not look at; null for the last layer and where λ_l = 0.</summary>
    public OwnLayerBound? Own { get; init; }

    /// <summary>What rounding may add to the exact bound: the product that makes the centroid gradient, norms and singular values.</summary>
    public required double RoundingAllowance { get; init; }

    /// <summary>Why there is no bound; null where there is one.</summary>
    public string? Reason { get; init; }

    /// <summary>The bound with the least exact remainder; null where there is none.</summary>
    public LayerBound? Best => Bounds.MinBy(b => b.ExactBound);

    /// <summary>The bound with the least M·TCV; null where there is none.</summary>
    public LayerBound? BestByCurvature => Bounds.Where(b => !double.IsNaN(b.CurvatureBound)).MinBy(b => b.CurvatureBound);

    /// <summary>The bound with the least projected remainder and residual; null where there is none.</summary>
    public LayerBound? BestProjected => Bounds.MinBy(b => b.ProjectedBound);

    /// <summary>The least of the projected bounds and the layer's own; null where there is none.</summary>
    public double? TightBound => BestProjected is { } projected ? Math.Min(projected.ProjectedBound, Own?.Bound ?? double.PositiveInfinity) : null;

    /// <summary>Tight bound over distance; null where there is no bound or the distance is 0.</summary>
    public double? TightRatio => TightBound is { } tight && Distance > 0 ? tight / Distance : null;

    /// <summary>Exact bound over distance; null where there is no bound or the distance is 0.</summary>
    public double? Ratio => Best is { } best && Distance > 0 ? best.ExactBound / Distance : null;

    /// <summary>Whether every bound, and Lemma 3.3 for every j and partition, holds to rounding; true where there is none.</summary>
    /// <remarks>Lemma 3.3 compares two gradients, and is granted the errors of both; near interpolation f − Y is rounding.</remarks>
    public required bool Holds { get; init; }
}

/// <summary>
/// Certificates of low rank, Theorem 3.4: dist(W_l, rank ≤ K) ≤ (‖R‖ + r_l)/λ_l for every j &lt; l and every partition into at most K sets, at any
/// point, stationary or not, and with ½·N·M_{l,j}·WCSS_j in place of ‖R‖.
/// </summary>
/// <remarks>
/// λ_l·W_l = (∇L_0 + λ_l·W_l) − R − ∇L_0^{j,C} and the last term has rank at most K. As an identity of matrices this holds for the gradients as
/// they were computed, whatever their errors; only the rounding of the last product and of norms is added. Feature penalties stay inside L_0:
/// those of layers ≥ l pass through centroids as the loss does. Parts of R and of the residual in the columns of ∇L_0^{j,C} or in the rows that
/// W_l has there do not raise the rank: the projected bound leaves them out.
/// </remarks>
public sealed class LowRankCertificate
{
    private LowRankCertificate(IReadOnlyList<LayerCertificate> layers) => Layers = layers;

    /// <summary>Layers 1 … L.</summary>
    public IReadOnlyList<LayerCertificate> Layers { get; }

    /// <summary>Whether every layer's certificate holds.</summary>
    public bool Holds => Layers.All(l => l.Holds);

    /// <summary>Computes the certificates of a network.</summary>
    /// <param name="network">Θ, feedforward or residual, with or without biases.</param>
    /// <param name="data">The samples; their labels, where there are any, give the partition into classes.</param>
    /// <param name="settings">The objective whose stationary points are meant.</param>
    /// <param name="options">K and how hard to search.</param>
    /// <exception cref="InvalidInputException">K is below 1.</exception>
    public static LowRankCertificate Compute(Network network, DataSet data, ObjectiveSettings settings, LowRankCertificateOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(network);
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(settings);
        options ??= new LowRankCertificateOptions();
        int depth = network.Specification.Depth, rank = options.Rank ?? data.OutputDimension;
        if (rank < 1) throw new InvalidInputException($"The rank of a certificate is at least 1, found {rank}.");
        ObjectiveCoefficients coefficients = settings.Coefficients(depth, data.SampleCount);
        TailPass pass = new NetworkTail(network, settings.Loss, coefficients, 0).Evaluate(data.Inputs, data.Targets);
        var layers = new LayerWork[depth + 1];
        double[] noise = GradientNoise.Of(network, pass, data.Targets, coefficients);
        for (int l = 1; l <= depth; l++) layers[l] = new LayerWork(l, rank, network.Weights(l), pass, coefficients.WeightsOf(l), noise[l]);
        for (int j = 0; j < depth; j++)
        {
            foreach ((string name, Partition partition) in Partitions(pass.Features[j], data, j, rank, options))
            {
                AddBounds(network, data, settings.Loss, coefficients, pass.Features[j], j, name, partition, options, layers);
                if (j > 0) layers[j].AddOwn(pass.Features[j - 1], name, partition);
            }
        }
        return new LowRankCertificate([.. layers.Skip(1).Select(l => l.ToCertificate())]);
    }

    private static IEnumerable<(string Name, Partition Partition)> Partitions(Matrix features, DataSet data, int layer, int rank, LowRankCertificateOptions options)
    {
        Partition? classes = data.Labels.Length == 0 ? null : new Partition(data.Labels, data.OutputDimension);
        if (classes is not null && classes.NonEmptyCount <= rank) yield return ("classes", classes);
        var search = new TotalClusterVariationOptions { Restarts = options.Restarts, Seed = options.Seed, HasSharpLowerBound = false };
        Partition best = TotalClusterVariation.Compute(features, data.Targets, rank, classes, search).Partition;
        if (classes is null || classes.NonEmptyCount > rank || !best.GroupsLike(classes)) yield return ($"clusters of layer {layer}", best);
    }

    private static void AddBounds(
        Network network, DataSet data, Loss loss, ObjectiveCoefficients coefficients, Matrix features, int from, string name, Partition partition,
        LowRankCertificateOptions options, LayerWork[] layers)
    {
        int depth = network.Specification.Depth, samples = data.SampleCount;
        var centroids = CentroidLoss.Compute(network, data, loss, coefficients, features, from, partition);
        double wcss = WithinClusterSumOfSquares.Of(features, data.Targets, partition);
        double[] curvature = new double[depth + 1], sampled = new double[depth + 1];
        Array.Fill(curvature, double.NaN);
        Array.Fill(sampled, double.NaN);
        string? reason = null;
        if (options.HasCurvatureBound)
            curvature = Certificates.CurvatureBound.Compute(network, loss, coefficients, centroids, Radii(features, data.Targets, partition), out reason);
        if (options.CurvatureSamples > 0)
        {
            var stream = new RandomStream(options.Seed, RandomPurpose.Sampling, 1000 + from);
            sampled = CurvatureSample.Compute(new NetworkTail(network, loss, coefficients, from), features, data.Targets, partition, depth, options.CurvatureSamples, stream);
        }
        for (int l = from + 1; l <= depth; l++)
            layers[l].Add(from, name, centroids, wcss, samples * curvature[l], samples * sampled[l], reason);
    }

    /// <summary>ρ_k of the clusters that have samples.</summary>
    private static double[] Radii(Matrix features, Matrix targets, Partition partition)
    {
        Matrix z = ClassCentroids.Compute(features, partition).Deviations, y = ClassCentroids.Compute(targets, partition).Deviations;
        var squares = new double[partition.ClusterCount];
        for (int i = 0; i < features.Columns; i++)
        {
            double sum = 0;
            for (int r = 0; r < z.Rows; r++) sum += z[r, i] * z[r, i];
            for (int r = 0; r < y.Rows; r++) sum += y[r, i] * y[r, i];
            int k = partition.Clusters[i];
            squares[k] = Math.Max(squares[k], sum);
        }
        return [.. Enumerable.Range(0, squares.Length).Where(k => partition.Sizes[k] > 0).Select(k => Math.Sqrt(squares[k]))];
    }
}
