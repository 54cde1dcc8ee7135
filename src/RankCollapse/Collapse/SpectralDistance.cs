namespace RankCollapse.Collapse;

/// <summary>The one distance of singular values from those that were predicted: ‖s − p‖/‖p‖ in the Euclidean norm over all values.</summary>
/// <remarks>
/// It weighs each value by its size, so that what is left of collapse counts as little as it is, and the largest error of a leading value bounds it from below.
/// </remarks>
public static class SpectralDistance
{
    /// <summary>The distance of one spectrum from another.</summary>
    /// <param name="found">s, descending.</param>
    /// <param name="predicted">p, descending; the shorter of both counts as filled up with zeros, as the spectrum of a matrix of lower rank.</param>
    /// <param name="factor">A factor of p, such as √C.</param>
    /// <returns>At least 0; null where p is 0.</returns>
    public static double? Of(IReadOnlyList<double> found, IReadOnlyList<double> predicted, double factor = 1)
    {
        ArgumentNullException.ThrowIfNull(found);
        ArgumentNullException.ThrowIfNull(predicted);
        double difference = 0, size = 0;
        for (int i = 0; i < Math.Max(found.Count, predicted.Count); i++)
        {
            double s = i < found.Count ? found[i] : 0, p = i < predicted.Count ? factor * predicted[i] : 0;
            difference += (s - p) * (s - p);
            size += p * p;
        }
        return size == 0 ? null : Math.Sqrt(difference / size);
    }
}
