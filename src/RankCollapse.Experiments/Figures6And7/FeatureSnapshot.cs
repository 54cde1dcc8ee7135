using RankCollapse.Collapse;
using RankCollapse.LinearAlgebra;

namespace RankCollapse.Experiments.Figures6And7;

/// <summary>
/// What Figures 6 and 7 show of the features of all layers at one moment: Gram matrices of some samples, all samples in a plane, and the distance from block
/// structure.
/// </summary>
/// <param name="Epoch">The epoch.</param>
/// <param name="Objective">J.</param>
/// <param name="MeanTcv">The mean TCV of the hidden layers.</param>
/// <param name="Grams">Z^{l,T}Z^l of the pictured samples, l = 0 … L.</param>
/// <param name="Planes">B^l Z^l, 2×N, l = 0 … L.</param>
/// <param name="Deviations">The relative distance of Z^{l,T}Z^l from block structure (Proposition D.1), of all samples.</param>
/// <param name="Spreads">The largest distance of a projected sample from its class's mean, relative to the largest of any projected sample from 0.</param>
internal sealed record FeatureSnapshot(long Epoch, double Objective, double MeanTcv, IReadOnlyList<Matrix> Grams, IReadOnlyList<Matrix> Planes,
    IReadOnlyList<double> Deviations, IReadOnlyList<double> Spreads)
{
    /// <summary>Samples in a Gram matrix's picture, at most; they are spread evenly over the samples, which are sorted by class.</summary>
    public const int MostPicturedSamples = 80;

    /// <summary>Takes a snapshot.</summary>
    /// <param name="epoch">The epoch.</param>
    /// <param name="objective">J.</param>
    /// <param name="meanTcv">The mean TCV of the hidden layers.</param>
    /// <param name="features">Z^0 … Z^L.</param>
    /// <param name="planes">B^{l,T}, n_l×2 with orthonormal columns, for every layer.</param>
    /// <param name="classes">The classes.</param>
    public static FeatureSnapshot Take(
        long epoch, double objective, double meanTcv, IReadOnlyList<Matrix> features, IReadOnlyList<Matrix> planes, Partition classes)
    {
        int[] pictured = Pictured(classes.SampleCount);
        Matrix[] projections = [.. features.Select((z, l) => Product.MultiplyTransposedLeft(planes[l], z))];
        return new FeatureSnapshot(
            epoch,
            objective,
            meanTcv,
            [.. features.Select(z => Gram(z, pictured))],
            projections,
            [.. features.Select(z => BlockStructure.Measure(z, classes).RelativeDeviation)],
            [.. projections.Select(plane => Spread(plane, classes))]);
    }

    /// <summary>The samples whose inner products are pictured.</summary>
    public static int[] Pictured(int samples)
    {
        int count = Math.Min(samples, MostPicturedSamples);
        return [.. Enumerable.Range(0, count).Select(i => (int)((long)i * samples / count))];
    }

    private static Matrix Gram(Matrix features, int[] samples)
    {
        Matrix chosen = Matrix.FromEntries(features.Rows, samples.Length, (i, j) => features[i, samples[j]]);
        return Product.MultiplyTransposedLeft(chosen, chosen);
    }

    private static double Spread(Matrix plane, Partition classes)
    {
        Matrix deviations = ClassCentroids.Compute(plane, classes).Deviations;
        double largest = 0, farthest = 0;
        for (int i = 0; i < plane.Columns; i++)
        {
            largest = Math.Max(largest, Math.Sqrt((plane[0, i] * plane[0, i]) + (plane[1, i] * plane[1, i])));
            farthest = Math.Max(farthest, Math.Sqrt((deviations[0, i] * deviations[0, i]) + (deviations[1, i] * deviations[1, i])));
        }
        return largest > 0 ? farthest / largest : 0;
    }
}
