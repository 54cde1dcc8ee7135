using RankCollapse.LinearAlgebra;

namespace RankCollapse.Models.Compression;

/// <summary>W ≈ Up·Down for each group of a layer.</summary>
/// <param name="Rank">r.</param>
/// <param name="Up">p×r for each group.</param>
/// <param name="Down">r×q for each group.</param>
internal sealed record LayerFactors(int Rank, IReadOnlyList<Matrix> Up, IReadOnlyList<Matrix> Down)
{
    /// <summary>What is added to the bias, g·p numbers, for the mean of what the factors lose; null where there is no bias.</summary>
    public IReadOnlyList<double>? BiasChange { get; init; }

    /// <summary>‖W − Up·Down‖_F over all groups, computed from the products.</summary>
    /// <param name="layer">W.</param>
    public double ErrorOf(LayerBlocks layer)
    {
        ArgumentNullException.ThrowIfNull(layer);
        double sum = 0;
        for (int g = 0; g < Up.Count; g++)
        {
            Matrix difference = Product.Multiply(Up[g], Down[g]);
            System.Numerics.Tensors.TensorPrimitives.Subtract(layer.Blocks[g].AsSpan(), difference.AsSpan(), difference.AsSpan());
            sum += Reduction.SumOfSquares(difference.AsSpan());
        }
        return Math.Sqrt(sum);
    }

    /// <summary>The factors with every number changed by a function, such as rounding to a type.</summary>
    public LayerFactors Map(Func<double, double> change)
    {
        return this with { Up = [.. Up.Select(Changed)], Down = [.. Down.Select(Changed)] };

        Matrix Changed(Matrix a) => Matrix.FromEntries(a.Rows, a.Columns, (i, j) => change(a[i, j]));
    }
}
