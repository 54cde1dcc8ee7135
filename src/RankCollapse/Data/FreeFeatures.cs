using RankCollapse.LinearAlgebra;

namespace RankCollapse.Data;

/// <summary>
/// The data of unconstrained features (Mixon, Parshall and Pi 2020; deep: Tirer and Bruna 2022, Súkeník, Mondelli and Lampert 2023): X = I, so that a linear
/// first layer has as weights the features of all samples, which are free.
/// </summary>
public static class FreeFeatures
{
    /// <summary>Makes X = I ∈ R^{N×N} with one-hot targets, sorted by class.</summary>
    /// <param name="samples">N, at least K.</param>
    /// <param name="classes">K, at least 1.</param>
    /// <param name="classCounts">The number of samples of each class, which sum to N; null for equal counts.</param>
    /// <exception cref="InvalidInputException">A number lies outside its range.</exception>
    public static DataSet Create(int samples, int classes, IReadOnlyList<int>? classCounts = null)
    {
        int[] counts = ClassSubsample.Counts(samples, classes, classCounts);
        MemoryBudget.Require(8.0 * (samples + (double)classes) * samples, $"Unconstrained features of {samples} samples", "ask for fewer samples");
        int[] labels = [.. counts.SelectMany((count, k) => Enumerable.Repeat(k, count))];
        return DataSet.FromLabels(DataSource.FreeName, Matrix.Identity(samples), labels, classes);
    }
}
