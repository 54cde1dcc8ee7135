using RankCollapse.LinearAlgebra;

namespace RankCollapse.Data;

/// <summary>Half circles in the plane that reach into one another, which no straight line parts: with K = 2 the two moons of many demonstrations.</summary>
public static class Moons
{
    /// <summary>The number of inputs.</summary>
    public const int Dimension = 2;

    /// <summary>Draws X ∈ R^{2×N} and its one-hot Y ∈ R^{K×N}, sorted by class.</summary>
    /// <remarks>
    /// Moon k is the arc (k − cos πt, s·sin πt + (1 − s)/4), t from 0 to 1 in equal steps, with s = 1 for even k and −1 for odd k: arcs of radius 1 whose
    /// centres are 1 apart, each second one turned over and raised by ½. Noise of N(0, σ²) is added to both coordinates.
    /// </remarks>
    /// <param name="samples">N, at least K.</param>
    /// <param name="classes">K, at least 1.</param>
    /// <param name="sigma">σ, finite and at least 0.</param>
    /// <param name="seed">The seed of the noise.</param>
    /// <param name="classCounts">The number of samples of each class, which sum to N; null for equal counts.</param>
    /// <exception cref="InvalidInputException">A number lies outside its range.</exception>
    public static DataSet Draw(int samples, int classes, double sigma, long seed, IReadOnlyList<int>? classCounts = null)
    {
        if (!double.IsFinite(sigma) || sigma < 0) throw new InvalidInputException($"Sigma of the moons is {sigma}; it must be finite and at least 0.");
        int[] counts = ClassSubsample.Counts(samples, classes, classCounts);
        MemoryBudget.Require(8.0 * (Dimension + (double)classes) * samples, $"Moons of {samples} samples", "ask for fewer samples");
        var inputs = new Matrix(Dimension, samples);
        var labels = new int[samples];
        int column = 0;
        for (int k = 0; k < classes; k++)
        {
            var noise = new RandomStream(seed, RandomPurpose.Data, k + 1);
            double side = k % 2 == 0 ? 1 : -1;
            for (int i = 0; i < counts[k]; i++, column++)
            {
                (double sin, double cos) = Elementary.SinCosPi(counts[k] == 1 ? 0.5 : i / (counts[k] - 1.0));
                labels[column] = k;
                inputs[0, column] = k - cos + (sigma * noise.NextGaussian());
                inputs[1, column] = (side * sin) + ((1 - side) / 4) + (sigma * noise.NextGaussian());
            }
        }
        return DataSet.FromLabels(DataSource.MoonsName, inputs, labels, classes);
    }
}
