using RankCollapse.Models.Reading;

namespace RankCollapse.Models.Weights;

/// <summary>What a layer does with its weights.</summary>
public enum LayerKind
{
    /// <summary>A matrix times a vector; also stacks of them.</summary>
    Linear,

    /// <summary>Rows of a table, looked up by number.</summary>
    Embedding,

    /// <summary>A convolution over one, two or three dimensions.</summary>
    Convolution,

    /// <summary>The adjoint of a convolution (ConvTranspose), which enlarges.</summary>
    TransposedConvolution,

    /// <summary>The gates of a recurrent layer, stacked.</summary>
    Recurrent,
}

/// <summary>How the numbers of a tensor lie with respect to the layer's matrix.</summary>
public enum WeightLayout
{
    /// <summary>[out, in, …], as PyTorch and ONNX's Conv store weights; with more than one stack, [stack, out, in].</summary>
    OutputFirst,

    /// <summary>[in, out], as ONNX's MatMul and TensorFlow's dense layers store weights.</summary>
    InputFirst,

    /// <summary>[…, in, out]: kernels of TensorFlow and Keras.</summary>
    ChannelsLast,
}

/// <summary>A layer of a model: a tensor, and how it acts as a matrix.</summary>
public sealed record WeightLayer
{
    /// <summary>The tensor's name, which is the layer's; features are joined by it.</summary>
    public required string Name { get; init; }

    /// <summary>The tensor.</summary>
    public required TensorEntry Tensor { get; init; }

    /// <summary>What the layer does.</summary>
    public required LayerKind Kind { get; init; }

    /// <summary>How its numbers lie.</summary>
    public required WeightLayout Layout { get; init; }

    /// <summary>The groups of a convolution; the layer's matrix is then block-diagonal with as many blocks. 1 for other layers.</summary>
    public int Groups { get; init; } = 1;

    /// <summary>What says so: the operation of the graph, or the tensor's name and shape.</summary>
    public required string Evidence { get; init; }

    /// <summary>The graph's nodes that use the tensor, for ONNX.</summary>
    public IReadOnlyList<string> Nodes { get; init; } = [];

    /// <summary>The values that those nodes compute, for ONNX; features of the layer are measured there.</summary>
    public IReadOnlyList<string> Outputs { get; init; } = [];

    /// <summary>The layer of which this one is a part that is named on its own, such as the queries of a fused product; null for whole layers.</summary>
    public string? PartOf { get; init; }

    /// <summary>Tensors that are applied to the stored numbers; null where these are the weights.</summary>
    internal AppliedConvention? Applied { get; init; }
}

/// <summary>The layers of a model, and the tensors that are none.</summary>
/// <param name="Layers">In the model's order.</param>
/// <param name="Skipped">Every other tensor, with its reason.</param>
public sealed record LayersFound(IReadOnlyList<WeightLayer> Layers, IReadOnlyList<SkippedTensor> Skipped);
