using RankCollapse.Collapse;
using RankCollapse.Data;
using RankCollapse.LinearAlgebra;
using RankCollapse.Networks;
using RankCollapse.Training;

namespace RankCollapse.Theory.Certificates;

/// <summary>
/// Equation (8): the centroid-based loss of layer j, Σ_k N_k·ℓ(f_j(z̄_k^j), ȳ_k) for a partition of the samples, and its gradients, whose rank
/// is at most the number of clusters.
/// </summary>
/// <remarks>
/// ℓ is a·D plus the feature penalties of layers after j, in the convention of the settings, so that with a = 1/N and no feature penalty the
/// factors are the π_k = N_k/N of (8). Weight penalties are left out: they are the same as those of the full loss.
/// </remarks>
public sealed class CentroidLoss
{
    private CentroidLoss(int layer, Matrix centroids, Matrix targets, TailPass pass, double[] sizes, double value)
    {
        Layer = layer;
        Centroids = centroids;
        TargetCentroids = targets;
        Pass = pass;
        Sizes = sizes;
        Value = value;
    }

    /// <summary>j, in 0 … L − 1.</summary>
    public int Layer { get; }

    /// <summary>z̄_k^j as columns, for the clusters that have samples.</summary>
    public Matrix Centroids { get; }

    /// <summary>ȳ_k as columns.</summary>
    public Matrix TargetCentroids { get; }

    /// <summary>The loss, without weight penalties.</summary>
    public double Value { get; }

    internal TailPass Pass { get; }

    /// <summary>N_k of the clusters that have samples.</summary>
    internal double[] Sizes { get; }

    /// <summary>Computes the loss.</summary>
    /// <param name="network">Θ.</param>
    /// <param name="data">The samples.</param>
    /// <param name="settings">The objective.</param>
    /// <param name="layer">j, in 0 … L − 1; 0 takes the inputs.</param>
    /// <param name="partition">The clusters of the N samples.</param>
    /// <exception cref="ShapeMismatchException">Sizes do not fit.</exception>
    public static CentroidLoss Compute(Network network, DataSet data, ObjectiveSettings settings, int layer, Partition partition)
    {
        ArgumentNullException.ThrowIfNull(network);
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentOutOfRangeException.ThrowIfNegative(layer);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(layer, network.Specification.Depth);
        Matrix features = network.Features(data.Inputs)[layer];
        return Compute(network, data, settings.Loss, settings.Coefficients(network.Specification.Depth, data.SampleCount), features, layer, partition);
    }

    /// <summary>∇_{W_l} of the loss, n_l×n_{l−1}, for l > j; its rank is at most the number of clusters.</summary>
    public Matrix Gradient(int layer)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(layer, Layer);
        return Pass.Gradient(layer, Sizes);
    }

    internal static CentroidLoss Compute(
        Network network, DataSet data, Loss loss, ObjectiveCoefficients coefficients, Matrix features, int layer, Partition partition)
    {
        if (partition.SampleCount != data.SampleCount)
            throw new ShapeMismatchException($"The partition has {partition.SampleCount} samples, but the data have {data.SampleCount}.");
        int[] kept = [.. Enumerable.Range(0, partition.ClusterCount).Where(k => partition.Sizes[k] > 0)];
        Matrix centroids = Keep(ClassCentroids.Compute(features, partition).Centroids, kept);
        Matrix targets = Keep(ClassCentroids.Compute(data.Targets, partition).Centroids, kept);
        double[] sizes = [.. kept.Select(k => (double)partition.Sizes[k])];
        TailPass pass = new NetworkTail(network, loss, coefficients, layer).Evaluate(centroids, targets);
        double value = 0;
        for (int k = 0; k < kept.Length; k++)
        {
            // D of one column: the pass knows only the sum.
            Matrix output = Keep(pass.Features[^1], [k]), target = Keep(targets, [k]);
            Matrix sensitivity = new(target.Rows, 1), probabilities = new(target.Rows, loss == Loss.CrossEntropy ? 1 : 0);
            double column = coefficients.DataFactor * DataTerm.Evaluate(loss, output, target, 1, sensitivity, probabilities);
            for (int l = layer + 1; l < pass.Features.Length && coefficients.FeatureFactor != 0; l++)
                column += 0.5 * coefficients.FeatureFactor * Reduction.SumOfSquares(pass.Features[l].Column(k));
            value += sizes[k] * column;
        }
        return new CentroidLoss(layer, centroids, targets, pass, sizes, value);
    }

    private static Matrix Keep(Matrix a, int[] columns) => Matrix.FromEntries(a.Rows, columns.Length, (i, j) => a[i, columns[j]]);
}
