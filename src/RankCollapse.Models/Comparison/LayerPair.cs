using RankCollapse.Collapse;
using RankCollapse.LinearAlgebra;
using RankCollapse.Models.Reading;
using RankCollapse.Models.Weights;

namespace RankCollapse.Models.Comparison;

/// <summary>Something of a model or of its base that has no partner to be compared with.</summary>
/// <param name="Name">Its name.</param>
/// <param name="IsOfBase">Whether it is of the base.</param>
/// <param name="Reason">Why there is none, as the end of a sentence that begins with the name.</param>
public sealed record UnmatchedTensor(string Name, bool IsOfBase, string Reason);

/// <summary>A layer of a model and the same one of its base.</summary>
/// <param name="Layer">The model's.</param>
/// <param name="Base">The base's.</param>
internal sealed record LayerPair(WeightLayer Layer, WeightLayer Base)
{
    /// <summary>The shape of the layer's matrices with outputs as rows.</summary>
    public BlockShape Shape { get; } = ShapeOf(Layer);

    /// <summary>Pairs the layers of two models; those whose shapes differ are no pairs.</summary>
    public static (IReadOnlyList<LayerPair> Pairs, IReadOnlyList<UnmatchedTensor> Unmatched) Find(LayersFound model, LayersFound basis)
    {
        IReadOnlyList<WeightLayer> layers = model.Layers, others = basis.Layers;
        var found = NamePairs.Find([.. layers.Select(NamesOf)], [.. others.Select(NamesOf)]);
        var pairs = new List<LayerPair>();
        List<UnmatchedTensor> unmatched =
        [
            .. found.Left.Select(left => new UnmatchedTensor(layers[left.Item].Name, IsOfBase: false, left.Reason)),
            .. found.Right.Select(right => new UnmatchedTensor(others[right.Other].Name, IsOfBase: true, right.Reason)),
        ];
        foreach ((int i, int j) in found.Pairs)
        {
            LayerPair pair = Alike(layers[i], others[j]);
            if (pair.Shape == ShapeOf(pair.Base)) pairs.Add(pair);
            else
                unmatched.Add(new UnmatchedTensor(pair.Layer.Name, IsOfBase: false, $"it is {pair.Shape}, and {ShapeOf(pair.Base)} in the base"
                    + $"{(pair.Base.Name == pair.Layer.Name ? "" : $" ({ErrorText.Printable(pair.Base.Name)})")}"));
        }
        return (pairs, unmatched);
    }

    /// <summary>The numbers of a layer as matrices with outputs as rows, whatever the order in the file.</summary>
    public static IReadOnlyList<Matrix> Blocks(ModelTensors model, WeightLayer layer)
    {
        IEnumerable<Matrix> blocks = LayerMatrices.Blocks(layer, LayerMatrices.Read(model, layer), ConvolutionView.Unfolded);
        return [.. IsTransposed(layer) ? blocks.Select(block => block.Transpose()) : blocks];
    }

    /// <summary>Files without a graph do not say groups: where one of both says them, they hold for the other.</summary>
    private static LayerPair Alike(WeightLayer layer, WeightLayer other)
    {
        bool isConvolution = layer.Kind == other.Kind && layer.Kind is LayerKind.Convolution or LayerKind.TransposedConvolution;
        if (!isConvolution || layer.Groups == other.Groups || !layer.Tensor.Shape.SequenceEqual(other.Tensor.Shape)) return new LayerPair(layer, other);
        int groups = Math.Max(layer.Groups, other.Groups);
        return new LayerPair(layer with { Groups = groups }, other with { Groups = groups });
    }

    private static bool IsTransposed(WeightLayer layer) =>
        layer.Layout == WeightLayout.InputFirst && layer.Kind is not (LayerKind.Convolution or LayerKind.TransposedConvolution);

    private static BlockShape ShapeOf(WeightLayer layer)
    {
        BlockShape shape = LayerMatrices.Shape(layer, ConvolutionView.Unfolded, fourierSize: 1);
        return IsTransposed(layer) ? new BlockShape(shape.Columns, shape.Rows, shape.Count) : shape;
    }

    /// <summary>
    /// A layer's name, and that of the module by the names that exporters give to nodes: /encoder/layers.0/linear/MatMul is encoder.layers.0.linear.weight.
    /// </summary>
    public static IReadOnlyList<string> NamesOf(WeightLayer layer)
    {
        IEnumerable<string> modules = layer.Nodes.Where(node => node.StartsWith('/') && node.LastIndexOf('/') > 0)
            .Select(node => $"{node[1..node.LastIndexOf('/')].Replace('/', '.')}.weight");
        return [.. modules.Prepend(layer.Name).Distinct(StringComparer.Ordinal)];
    }
}
