using RankCollapse.LinearAlgebra;

namespace RankCollapse.Data;

/// <summary>The random data of Section 5.1: x_i ~ N(μ_{y_i}, σ²I) around K means, so that TCV_{K,0} is of order σ².</summary>
public static class GaussianMixture
{
    /// <summary>Draws X ∈ R^{n×N} and its one-hot Y ∈ R^{K×N}, sorted by class.</summary>
    /// <remarks>
    /// Means and noise have streams of their own: data sets of one seed that differ in σ only are X = M + σE with the same M and E,
    /// and other counts of a class leave the samples of the others as they are.
    /// </remarks>
    /// <param name="samples">N, at least K.</param>
    /// <param name="classes">K, at least 1.</param>
    /// <param name="dimension">n, at least 1.</param>
    /// <param name="sigma">σ, finite and at least 0; with 0 every sample is its mean.</param>
    /// <param name="seed">The seed of the data.</param>
    /// <param name="means">The means as columns, n×K; null draws them from N(0, I).</param>
    /// <param name="classCounts">The number of samples of each class, which sum to N; null for equal counts.</param>
    /// <exception cref="InvalidInputException">A number lies outside its range.</exception>
    /// <exception cref="ShapeMismatchException">The means are not n×K.</exception>
    public static DataSet Draw(int samples, int classes, int dimension, double sigma, long seed, Matrix? means = null, IReadOnlyList<int>? classCounts = null)
    {
        if (dimension < 1)
            throw new InvalidInputException($"The dimension of the Gaussian mixture is {dimension}; it must be at least 1.");
        if (!double.IsFinite(sigma) || sigma < 0)
            throw new InvalidInputException($"Sigma of the Gaussian mixture is {sigma}; it must be finite and at least 0.");
        int[] counts = ClassSubsample.Counts(samples, classes, classCounts);
        if (means is not null && (means.Rows != dimension || means.Columns != classes))
            throw new ShapeMismatchException(
                $"The means are {means.Rows}×{means.Columns}, but {classes} classes in dimension {dimension} need {dimension}×{classes}.");
        MemoryBudget.Require(8.0 * ((dimension + (double)classes) * samples), $"A Gaussian mixture of {samples} samples in dimension {dimension}",
            "ask for fewer samples or a lower dimension");
        means ??= DrawMeans(classes, dimension, seed);
        var inputs = new Matrix(dimension, samples);
        var labels = new int[samples];
        int column = 0;
        for (int k = 0; k < classes; k++)
        {
            var noise = new RandomStream(seed, RandomPurpose.Data, k + 1);
            for (int i = 0; i < counts[k]; i++, column++)
            {
                labels[column] = k;
                for (int row = 0; row < dimension; row++)
                    inputs[row, column] = means[row, k] + (sigma * noise.NextGaussian());
            }
        }
        return DataSet.FromLabels(DataSource.GaussianMixtureName, inputs, labels, classes);
    }

    /// <summary>The means that <see cref="Draw"/> takes when none are given: n×K, standard normal.</summary>
    public static Matrix DrawMeans(int classes, int dimension, long seed)
    {
        var stream = new RandomStream(seed, RandomPurpose.Data);
        var means = new Matrix(dimension, classes);
        for (int k = 0; k < classes; k++)
            for (int row = 0; row < dimension; row++)
                means[row, k] = stream.NextGaussian();
        return means;
    }
}
