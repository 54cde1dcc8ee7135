using RankCollapse.LinearAlgebra;
using RankCollapse.Models.Weights;

namespace RankCollapse.Models.Compression;

/// <summary>Cuts the numbers of a layer into the blocks that are factored: outputs by inputs.</summary>
internal static class LayerCutter
{
    /// <summary>The blocks of a linear layer or a convolution [out, in/groups, …]; the numbers are shared where they lie as wanted.</summary>
    /// <exception cref="InvalidInputException">A block is larger than a matrix can be.</exception>
    public static LayerBlocks Cut(WeightLayer layer, double[] values)
    {
        IReadOnlyList<long> shape = layer.Tensor.Shape;
        int rows = (int)(shape[0] / layer.Groups), columns = (int)(layer.Tensor.Count / shape[0]);
        Matrix[] blocks = [.. Enumerable.Range(0, layer.Groups).Select(g => new Matrix(values, g * rows * columns, rows, columns))];
        return new LayerBlocks(layer.Kind == LayerKind.Linear && layer.Layout == WeightLayout.InputFirst ? [blocks[0].Transpose()] : blocks);
    }
}
