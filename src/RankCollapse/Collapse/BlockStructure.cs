using RankCollapse.LinearAlgebra;

namespace RankCollapse.Collapse;

/// <summary>Proposition D.1: Z satisfies NC1 exactly when G = ZᵀZ has block structure, G_ij = α_{k(i)k(j)}; this is how far G is from it.</summary>
/// <remarks>
/// The nearest block-constant matrix averages G over its blocks: with M the centroids and E the deviations, the distance is
/// ‖G − PGP‖_F² = 2‖M̃ᵀE‖_F² + ‖EᵀE‖_F², M̃ the centroids repeated. It is computed from E, without the N×N matrix and without cancellation.
/// </remarks>
public sealed class BlockStructure
{
    private BlockStructure(Matrix blockValues, double deviation, double gramNorm)
    {
        BlockValues = blockValues;
        Deviation = deviation;
        GramNorm = gramNorm;
    }

    /// <summary>α_{kl} = ⟨z̄_k, z̄_l⟩, K×K, the values of the nearest block-constant matrix.</summary>
    public Matrix BlockValues { get; }

    /// <summary>The Frobenius distance of G from the nearest block-constant matrix.</summary>
    public double Deviation { get; }

    /// <summary>‖G‖_F.</summary>
    public double GramNorm { get; }

    /// <summary>Deviation / ‖G‖_F, in [0, 1]; 0 for Z = 0, which has block structure.</summary>
    public double RelativeDeviation => GramNorm == 0 ? 0 : Deviation / GramNorm;

    /// <summary>Measures the deviation.</summary>
    /// <param name="features">Z, n×N, samples as columns in any order.</param>
    /// <param name="partition">The classes.</param>
    /// <exception cref="ShapeMismatchException">The numbers of samples differ.</exception>
    public static BlockStructure Measure(Matrix features, Partition partition) => Measure(ClassCentroids.Compute(features, partition));

    /// <summary>Measures the deviation of features whose centroids are known.</summary>
    public static BlockStructure Measure(ClassCentroids centroids)
    {
        ArgumentNullException.ThrowIfNull(centroids);
        Matrix means = centroids.Centroids, deviations = centroids.Deviations;
        Matrix blocks = Product.Gram(means);
        Matrix cross = Product.MultiplyTransposedLeft(means, deviations);
        Matrix inner = deviations.Rows <= deviations.Columns
            ? Product.OuterGram(deviations)
            : Product.Gram(deviations);
        ReadOnlySpan<int> sizes = centroids.Partition.Sizes;
        double crossSum = 0, blockSum = 0;
        for (int k = 0; k < sizes.Length; k++)
        {
            crossSum += sizes[k] * Reduction.SumOfSquares(cross.Row(k));
            for (int l = 0; l < sizes.Length; l++) blockSum += (double)sizes[k] * sizes[l] * blocks[k, l] * blocks[k, l];
        }
        double squared = (2 * crossSum) + Reduction.SumOfSquares(inner.AsSpan());
        return new BlockStructure(blocks, Math.Sqrt(squared), Math.Sqrt(squared + blockSum));
    }

    /// <summary>Measures the deviation of features of which means and scatter are known.</summary>
    /// <remarks>With S = N·Σ_W, ‖EᵀE‖_F = ‖S‖_F and ‖M̃ᵀE‖_F² = Σ_k N_k·z̄_kᵀ·S·z̄_k.</remarks>
    /// <param name="moments">Counts, means and scatter of the classes.</param>
    public static BlockStructure Measure(ClassScatter moments)
    {
        ArgumentNullException.ThrowIfNull(moments);
        double[] variances = moments.DirectionalVariances(moments.Means);
        double inner = Reduction.Norm(moments.Scatter.AsSpan()), squared = inner * inner, sum = 0;
        Matrix blocks = Product.OuterGram(moments.Means);
        for (int k = 0; k < blocks.Rows; k++)
        {
            squared += 2 * moments.Counts[k] * moments.Count * variances[k];
            for (int l = 0; l < blocks.Rows; l++) sum += (double)moments.Counts[k] * moments.Counts[l] * blocks[k, l] * blocks[k, l];
        }
        return new BlockStructure(blocks, Math.Sqrt(squared), Math.Sqrt(squared + sum));
    }
}
