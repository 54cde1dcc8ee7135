using RankCollapse.LinearAlgebra;

namespace RankCollapse.Collapse.Metrics;

/// <summary>A layer of a model beside the same layer of another one, its base, of which the metrics of changes are computed.</summary>
/// <param name="Spectrum">The singular values of the change ΔW = W − B.</param>
/// <param name="Norm">‖W‖.</param>
/// <param name="BaseNorm">‖B‖.</param>
/// <param name="Subspaces">Singular subspaces of W beside those of B, for each block; none where nothing changed.</param>
/// <param name="Total">‖ΔW‖² of all layers of the model together.</param>
public sealed record MeasuredChange(
    WeightSpectrum Spectrum, double Norm, double BaseNorm, IReadOnlyList<SubspaceComparison> Subspaces, double Total)
{
    /// <summary>Whether W is B, number for number.</summary>
    public bool IsNone => Spectrum.SpectralNorm == 0;

    /// <summary>The mean cos² of the principal angles, from 0 to 1, over the blocks; null where a matrix is 0.</summary>
    internal double? Overlap(Func<SubspaceComparison, IReadOnlyList<double>> angles)
    {
        double[] all = [.. Subspaces.SelectMany(angles)];
        if (IsNone) return 1;
        return all.Length == 0 ? null : all.Sum(angle => Square(Elementary.SinCosPi(angle / Math.PI).Cos)) / all.Length;
    }

    /// <summary>The largest principal angle in degrees; null where a matrix is 0.</summary>
    internal double? LargestAngle(Func<SubspaceComparison, IReadOnlyList<double>> angles)
    {
        if (IsNone) return 0;
        double[] all = [.. Subspaces.SelectMany(angles)];
        return all.Length == 0 ? null : all.Max() * 180 / Math.PI;
    }

    /// <summary>A part of the change, over all blocks; null where nothing changed.</summary>
    internal double? Part(Func<SubspaceComparison, double> part) => IsNone ? null : Subspaces.Sum(part) / Subspaces.Sum(block => block.ChangeEnergy);

    private static double Square(double value) => value * value;
}
