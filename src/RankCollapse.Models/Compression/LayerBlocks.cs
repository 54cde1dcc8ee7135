using RankCollapse.LinearAlgebra;

namespace RankCollapse.Models.Compression;

/// <summary>
/// The linear map of a layer as g equal blocks p×q, one for each group of a grouped convolution and one otherwise:
/// outputs of a group by its inputs, where a convolution's inputs are its channels at all places of the kernel.
/// </summary>
/// <remarks>
/// All blocks get the same rank r, because the groups of a convolution have equal sizes. Two layers of g·r·(p + q) numbers take the place of g·p·q.
/// </remarks>
internal sealed class LayerBlocks
{
    /// <summary>Takes the blocks of a layer; nothing is copied.</summary>
    /// <param name="blocks">At least one, all p×q with p, q at least 1; finite.</param>
    /// <exception cref="ShapeMismatchException">The blocks differ in size.</exception>
    public LayerBlocks(IReadOnlyList<Matrix> blocks)
    {
        ArgumentNullException.ThrowIfNull(blocks);
        Blocks = blocks;
        Rows = blocks[0].Rows;
        Columns = blocks[0].Columns;
        foreach (Matrix block in blocks)
        {
            if (block.Rows != Rows || block.Columns != Columns)
                throw new ShapeMismatchException(
                    $"The groups of a layer have the sizes {Rows}×{Columns} and {block.Rows}×{block.Columns}; they must be equal.");
        }
    }

    /// <summary>W of each group.</summary>
    public IReadOnlyList<Matrix> Blocks { get; }

    /// <summary>p, outputs of a group.</summary>
    public int Rows { get; }

    /// <summary>q, inputs of a group.</summary>
    public int Columns { get; }

    /// <summary>g·p·q.</summary>
    public long Parameters => (long)Blocks.Count * Rows * Columns;

    /// <summary>The largest rank at which two layers have fewer parameters than the one, ⌈pq/(p + q)⌉ − 1; 0 where there is none.</summary>
    public int LargestUsefulRank => (int)((((long)Rows * Columns) - 1) / (Rows + Columns));

    /// <summary>g·r·(p + q).</summary>
    public long ParametersAt(int rank) => (long)Blocks.Count * rank * (Rows + Columns);
}
