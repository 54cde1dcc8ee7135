namespace RankCollapse.Collapse;

/// <summary>The rank that keeps a part of a layer's energy, and what factors of that rank save.</summary>
/// <param name="Energy">The part of Σs² that is kept, such as 0.99.</param>
/// <param name="Rank">The fewest singular values, largest first, whose squares sum to at least that part; over all blocks.</param>
/// <param name="ParametersSaved">
/// Σ_blocks max(0, mn − k(m + n)) with k of a block's values among those kept: a block whose factors would be larger stays as it is. Null where the blocks are
/// not the layer's own matrices.
/// </param>
public sealed record EnergyRank(double Energy, int Rank, long? ParametersSaved)
{
    /// <summary>90, 99 and 99.9 %.</summary>
    public static IReadOnlyList<double> Levels { get; } = [0.9, 0.99, 0.999];

    /// <summary>The rank for a part of the energy.</summary>
    /// <param name="blocks">The singular values of each block, descending.</param>
    /// <param name="shape">The blocks' shape.</param>
    /// <param name="energy">In (0, 1].</param>
    /// <param name="isFactored">Whether the blocks are matrices that could be replaced by factors.</param>
    public static EnergyRank Of(IReadOnlyList<double[]> blocks, BlockShape shape, double energy, bool isFactored)
    {
        var values = new double[blocks.Sum(block => block.Length)];
        int[] owners = new int[values.Length], order = new int[values.Length];
        for (int block = 0, start = 0; block < blocks.Count; start += blocks[block++].Length)
        {
            blocks[block].CopyTo(values, start);
            owners.AsSpan(start, blocks[block].Length).Fill(block);
        }
        for (int i = 0; i < order.Length; i++) order[i] = i;
        if (blocks.Count > 1) Array.Sort(order, (i, j) => values[i] == values[j] ? i - j : values[j].CompareTo(values[i]));
        double largest = order.Length == 0 ? 0 : values[order[0]];
        var kept = new int[blocks.Count];
        int rank = 0;
        if (largest > 0)
        {
            // Squares of s/s_1 neither overflow nor vanish together; summed from the smallest.
            double total = 0;
            for (int i = order.Length - 1; i >= 0; i--) total += Square(values[order[i]] / largest);
            double sum = 0;
            while (rank < order.Length && sum < energy * total)
            {
                sum += Square(values[order[rank]] / largest);
                kept[owners[order[rank]]]++;
                rank++;
            }
        }
        if (!isFactored) return new EnergyRank(energy, rank, ParametersSaved: null);
        long full = (long)shape.Rows * shape.Columns;
        return new EnergyRank(energy, rank, kept.Sum(k => Math.Max(0, full - (k * ((long)shape.Rows + shape.Columns)))));
    }

    private static double Square(double value) => value * value;
}
