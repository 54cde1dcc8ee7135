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

/// <summary>
/// Theorem 3.4: dist(W_l, rank ≤ K) ≤ (‖R‖ + r_l)/λ_l for every j &lt; l and every partition into at most K sets, at any point, stationary or not, and
/// with ½·N·M_{l,j}·WCSS_j in place of ‖R‖.
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
        var layers = new LayerCertificateBuilder[depth + 1];
        double[] noise = GradientNoise.Of(network, pass, data.Targets, coefficients);
        for (int l = 1; l <= depth; l++) layers[l] = new LayerCertificateBuilder(l, rank, network.Weights(l), pass, coefficients.WeightFactorOf(l), noise[l]);
        for (int j = 0; j < depth; j++)
        {
            if (options.HasCurvatureBound) AddHull(network, data, settings.Loss, coefficients, pass.Features[j], j, layers);
            foreach ((string name, Partition partition) in Partitions(pass.Features[j], data, j, rank, options))
            {
                AddBounds(network, data, settings.Loss, coefficients, pass.Features[j], j, name, partition, options, layers);
                if (j > 0) layers[j].AddOwn(pass.Features[j - 1], name, partition);
            }
        }
        return new LowRankCertificate([.. layers.Skip(1).Select(l => l.ToCertificate())]);
    }

    private static IEnumerable<(string Name, Partition Partition)> Partitions(
        Matrix features, DataSet data, int layer, int rank, LowRankCertificateOptions options)
    {
        Partition? classes = data.Labels.Length == 0 ? null : new Partition(data.Labels, data.OutputDimension);
        if (classes is not null && classes.NonEmptyCount <= rank) yield return ("classes", classes);
        var search = new TotalClusterVariationOptions { Restarts = options.Restarts, Seed = options.Seed, HasSharpLowerBound = false };
        Partition best = TotalClusterVariation.Compute(features, data.Targets, rank, classes, search).Partition;
        if (classes is null || classes.NonEmptyCount > rank || !best.GroupsLike(classes)) yield return ($"clusters of layer {layer}", best);
    }

    /// <summary>N·M_{l,j} over a ball that holds all features and targets, and so their hull, as the theorem has it.</summary>
    private static void AddHull(
        Network network, DataSet data, Loss loss, ObjectiveCoefficients coefficients, Matrix features, int from, LayerCertificateBuilder[] layers)
    {
        var whole = new Partition(new int[data.SampleCount], 1);
        var centre = CentroidLoss.Compute(network, data, loss, coefficients, features, from, whole);
        double[] curvature = CurvatureBound.Compute(network, loss, coefficients, centre, Radii(features, data.Targets, whole), out _);
        for (int l = from + 1; l < layers.Length; l++) layers[l].AddHull(from, data.SampleCount * curvature[l]);
    }

    private static void AddBounds(
        Network network, DataSet data, Loss loss, ObjectiveCoefficients coefficients, Matrix features, int from, string name, Partition partition,
        LowRankCertificateOptions options, LayerCertificateBuilder[] layers)
    {
        int depth = network.Specification.Depth, samples = data.SampleCount;
        var centroids = CentroidLoss.Compute(network, data, loss, coefficients, features, from, partition);
        double wcss = WithinClusterSumOfSquares.Of(features, data.Targets, partition);
        double[] curvature = new double[depth + 1], sampled = new double[depth + 1];
        Array.Fill(curvature, double.NaN);
        Array.Fill(sampled, double.NaN);
        string? reason = null;
        if (options.HasCurvatureBound)
            curvature = CurvatureBound.Compute(network, loss, coefficients, centroids, Radii(features, data.Targets, partition), out reason);
        if (options.CurvatureSamples > 0)
        {
            var stream = new RandomStream(options.Seed, RandomPurpose.Sampling, 1000 + from);
            var tail = new NetworkTail(network, loss, coefficients, from);
            sampled = CurvatureSample.Compute(tail, features, data.Targets, partition, depth, options.CurvatureSamples, stream);
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
