using RankCollapse.Formats;
using RankCollapse.Models.Onnx;
using RankCollapse.Models.Reading;

namespace RankCollapse.Models.Weights;

/// <summary>Finds the layers of an ONNX model by what its nodes do with constant tensors.</summary>
/// <remarks>
/// Gemm, MatMul and their fused and quantised forms are linear layers; Conv and ConvTranspose convolutions; Gather on a table of fractions with two dimensions
/// an embedding; LSTM, GRU and RNN hold two recurrent matrices. Identity, Cast, Transpose of two dimensions and DequantizeLinear between a tensor and its node
/// are followed, and before recurrent layers the nodes that reorder gates. A tensor that several nodes use is one layer.
/// </remarks>
internal sealed class GraphLayers
{
    private readonly OnnxModel _model;
    private readonly Dictionary<string, WeightLayer> _layers = new(StringComparer.Ordinal);
    private readonly Dictionary<OnnxGraph, Dictionary<string, Constant>> _constants = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<string, SortedSet<string>> _otherUses = new(StringComparer.Ordinal);
    private OnnxGraph? _graph;

    private GraphLayers(OnnxModel model)
    {
        _model = model;
        foreach (OnnxGraph graph in model.Graphs) _constants.Add(graph, Visit(graph));
    }

    /// <summary>The layers and the rest.</summary>
    public static LayersFound Find(OnnxModel model)
    {
        var found = new GraphLayers(model);
        // Nodes stand in the order of computation, tensors in that of the exporter: some sort them by name.
        return new LayersFound([.. found._layers.Values],
            [.. model.Tensors.Where(tensor => !found._layers.ContainsKey(tensor.Name)).Select(tensor => new SkippedTensor(tensor.Name, found.WhyNot(tensor)))]);
    }

    private string WhyNot(TensorEntry tensor)
    {
        string uses = _otherUses.TryGetValue(tensor.Name, out SortedSet<string>? operations)
            ? $"used by {string.Join(", ", operations.Take(3))}" : "used by no node";
        string what = tensor.Shape.Count switch
        {
            0 => "a single number",
            1 => "one dimension",
            int dimensions => $"{dimensions} dimensions",
        };
        return $"it is no matrix of a layer: {what}, {uses}";
    }

    /// <summary>Visits a graph's nodes; the constants that its own graphs see too are returned.</summary>
    private Dictionary<string, Constant> Visit(OnnxGraph graph)
    {
        var constants = new Dictionary<string, Constant>(StringComparer.Ordinal);
        foreach ((string name, string tensor) in graph.TensorNames)
        {
            if (_model.Contains(tensor)) constants.TryAdd(name, new Constant(_model.Describe(tensor), IsTransposed: false, Quantization: null));
        }
        Constant? At(NodeProto node, int input)
        {
            if (input >= node.Input.Count) return null;
            if (constants.TryGetValue(node.Input[input], out Constant? found)) return found;
            for (OnnxGraph? outer = graph.Parent; outer is not null; outer = outer.Parent)
            {
                if (_constants[outer].TryGetValue(node.Input[input], out found)) return found;
            }
            return null;
        }

        _graph = graph;
        foreach (NodeProto node in graph.Proto.Node)
        {
            if (Pass(node, At) is { } passed)
            {
                foreach (string output in node.Output) constants.TryAdd(output, passed);
                for (int i = 1; i < node.Input.Count; i++)
                {
                    if (At(node, i) is { } beside) Note(beside.Tensor.Name, node.OpType);
                }
                continue;
            }
            int[] weights = WeightInputs(node);
            for (int i = 0; i < node.Input.Count; i++)
            {
                if (At(node, i) is not { } constant) continue;
                if (weights.Contains(i) && Classify(node, i, constant, At) is { } layer) Add(layer, node);
                else Note(constant.Tensor.Name, node.OpType);
            }
        }
        return constants;
    }

    private void Note(string tensor, string operation)
    {
        if (!_otherUses.TryGetValue(tensor, out SortedSet<string>? operations)) _otherUses[tensor] = operations = new SortedSet<string>(StringComparer.Ordinal);
        operations.Add(ErrorText.Printable(operation));
    }

    private void Add(WeightLayer layer, NodeProto node)
    {
        string name = node.Name.Length > 0 ? node.Name : node.OpType;
        if (_layers.TryGetValue(layer.Name, out WeightLayer? known))
            _layers[layer.Name] = known with { Nodes = [.. known.Nodes, name], Outputs = [.. known.Outputs, .. node.Output.Take(1)] };
        else
            _layers[layer.Name] = layer with { Nodes = [name], Outputs = [.. node.Output.Take(1)] };
    }

    /// <summary>A constant that a node only stores in another way; null when the node does something else.</summary>
    private static Constant? Pass(NodeProto node, Func<NodeProto, int, Constant?> at)
    {
        if (at(node, 0) is not { } constant) return null;
        switch (node.OpType)
        {
            case "Identity" or "Cast":
                return constant;
            case "Unsqueeze" or "Slice" or "Concat" or "Split":
                // Exporters of recurrent layers reorder the gates, which are rows, in this way: the singular values stay.
                bool isWhole = node.OpType != "Concat" || Enumerable.Range(1, node.Input.Count - 1).All(i => at(node, i)?.Tensor.Name == constant.Tensor.Name);
                return isWhole && constant.Tensor.Shape.Count is 2 or 3 && ElementBytes.IsFloating(constant.Tensor.Type)
                    ? constant with { IsForGates = true } : null;
            case "Transpose" when constant.Tensor.Shape.Count == 2:
                long[] order = [.. Attribute(node, "perm")?.Ints ?? []];
                return order is [] or [1, 0] ? constant with { IsTransposed = !constant.IsTransposed } : constant;
            case "DequantizeLinear" when at(node, 1) is { } scale && (Attribute(node, "block_size")?.I ?? 0) == 0:
                return constant with { Quantization = new Quantization(scale.Tensor.Name, at(node, 2)?.Tensor.Name, (int)(Attribute(node, "axis")?.I ?? 1)) };
            default:
                return null;
        }
    }

    /// <summary>The inputs of a node that are matrices of a layer.</summary>
    private static int[] WeightInputs(NodeProto node) => node.OpType switch
    {
        "Gemm" or "FusedGemm" => [1],
        "MatMul" or "FusedMatMul" or "MatMulInteger" => [0, 1],
        "DynamicQuantizeMatMul" or "MatMulIntegerToFloat" => [1],
        "QLinearMatMul" or "QGemm" => [3],
        "Conv" or "FusedConv" or "ConvInteger" or "ConvTranspose" => [1],
        "QLinearConv" => [3],
        "Gather" => [0],
        "LSTM" or "GRU" or "RNN" => [1, 2],
        "MatMulNBits" => [1],
        "Attention" when node.Domain == "com.microsoft" => [1],
        _ => [],
    };

    private WeightLayer? Classify(NodeProto node, int input, Constant constant, Func<NodeProto, int, Constant?> at)
    {
        TensorEntry tensor = constant.Tensor;
        if (node.OpType == "MatMulNBits") return FewBits(node, tensor, at);
        Quantization? quantization = constant.Quantization ?? NodeQuantization(node, tensor, at);
        if (!ElementBytes.IsFloating(tensor.Type) && quantization is null) return null;
        if (tensor.Count == 0 || (constant.IsForGates && node.OpType is not ("LSTM" or "GRU" or "RNN"))) return null;
        WeightLayer Layer(LayerKind kind, WeightLayout layout, int groups = 1) =>
            new() { Name = tensor.Name, Tensor = tensor, Kind = kind, Layout = layout, Groups = groups, Evidence = node.OpType, Quantization = quantization };

        switch (node.OpType)
        {
            case "Conv" or "FusedConv" or "ConvInteger" or "QLinearConv" or "ConvTranspose":
                long groups = Attribute(node, "group")?.I ?? 1;
                if (tensor.Shape.Count is < 3 or > 5 || groups < 1 || groups > tensor.Shape[0] || tensor.Shape[0] % groups != 0) return null;
                return Layer(node.OpType == "ConvTranspose" ? LayerKind.TransposedConvolution : LayerKind.Convolution, WeightLayout.OutputFirst, (int)groups);
            case "Gather":
                return tensor.Shape is [> 1, > 1] && (Attribute(node, "axis")?.I ?? 0) == 0 ? Layer(LayerKind.Embedding, WeightLayout.OutputFirst) : null;
            case "LSTM" or "GRU" or "RNN":
                return tensor.Shape.Count is 2 or 3 ? Layer(LayerKind.Recurrent, WeightLayout.OutputFirst) : null;
            default:
                if (tensor.Shape.Count < 2) return null;
                bool isOutputFirst = node.OpType is "Gemm" or "FusedGemm" or "QGemm" or "FusedMatMul" ? (Attribute(node, "transB")?.I ?? 0) != 0 : input == 0;
                return Layer(LayerKind.Linear, isOutputFirst != constant.IsTransposed ? WeightLayout.OutputFirst : WeightLayout.InputFirst);
        }
    }

    /// <summary>Weights of a few bits with a scale for each block of inputs; null where what belongs to them is computed, or does not fit.</summary>
    private static WeightLayer? FewBits(NodeProto node, TensorEntry tensor, Func<NodeProto, int, Constant?> at)
    {
        long Whole(string name) => Attribute(node, name)?.I ?? 0;
        (long inputs, long outputs, long bits, long block) = (Whole("K"), Whole("N"), Whole("bits"), Whole("block_size"));
        bool IsGiven(int input) => input < node.Input.Count && node.Input[input].Length > 0;
        TensorEntry? scales = at(node, 2)?.Tensor, zeros = at(node, 3)?.Tensor;
        if (inputs is < 1 or > int.MaxValue || outputs is < 1 or > int.MaxValue || bits is not (2 or 4 or 8) || block is < 1 or > int.MaxValue || scales is null
            || (IsGiven(3) && zeros is null) || IsGiven(4) || tensor.Type != ElementType.U8) return null;
        long blocks = (inputs + block - 1) / block;
        bool isPacked = zeros is { Type: ElementType.U8 };
        if (tensor.Count != outputs * blocks * (((block * bits) + 7) / 8) || scales.Count != outputs * blocks
            || (zeros is not null && zeros.Count != outputs * (isPacked ? ((blocks * bits) + 7) / 8 : blocks))) return null;
        string[] beside = zeros is null ? [scales.Name] : [scales.Name, zeros.Name];
        return new WeightLayer
        {
            Name = tensor.Name,
            Tensor = tensor with { Shape = [outputs, inputs] },
            Kind = LayerKind.Linear,
            Layout = WeightLayout.OutputFirst,
            Evidence = $"MatMulNBits; {bits} bits in blocks of {block}, unpacked",
            Applied = new AppliedConvention(tensor.Name, beside, new ConventionUse("")
            {
                Shape = [outputs, inputs],
                Apply = (stored, values) =>
                    PackedWeights.OfBlocks(stored, values[0], zeros is null ? null : values[1], isPacked, outputs, inputs, (int)bits, block),
            }),
        };
    }

    /// <summary>Scale and zero point of the nodes that take them beside quantised weights.</summary>
    private Quantization? NodeQuantization(NodeProto node, TensorEntry tensor, Func<NodeProto, int, Constant?> at)
    {
        if (ElementBytes.IsFloating(tensor.Type)) return null;
        int last = Math.Max(0, tensor.Shape.Count - 1);
        return node.OpType switch
        {
            "QLinearConv" => new Quantization(at(node, 4)?.Tensor.Name, at(node, 5)?.Tensor.Name, 0),
            "QLinearMatMul" or "QGemm" => new Quantization(at(node, 4)?.Tensor.Name, at(node, 5)?.Tensor.Name, last),
            "DynamicQuantizeMatMul" => new Quantization(at(node, 2)?.Tensor.Name, at(node, 3)?.Tensor.Name, last),
            "MatMulIntegerToFloat" => new Quantization(at(node, 3)?.Tensor.Name, at(node, 5)?.Tensor.Name, last),
            "MatMulInteger" => new Quantization(ScaleAfter(node, at) ?? ScaleBeside(tensor), at(node, 3)?.Tensor.Name, last),
            "ConvInteger" => new Quantization(ScaleAfter(node, at) ?? ScaleBeside(tensor), at(node, 3)?.Tensor.Name, 0),
            _ => null,
        };
    }

    /// <summary>
    /// The constant that the product is multiplied by, after it is converted: by itself, or times the scale of what was multiplied. Null where there is none.
    /// </summary>
    private string? ScaleAfter(NodeProto node, Func<NodeProto, int, Constant?> at)
    {
        NodeProto[] nodes = [.. _graph!.Proto.Node];
        string value = node.Output[0];
        while (nodes.FirstOrDefault(other => other.Input.Contains(value)) is { Output.Count: > 0 } next)
        {
            if (next.OpType == "Mul") return Factor(next, value, at) ?? (nodes.FirstOrDefault(other => other.OpType == "Mul" && other.Output.Count > 0
                && next.Input.Any(input => input != value && input == other.Output[0])) is { } scales ? Factor(scales, "", at) : null);
            if (next.OpType is not ("Cast" or "Identity" or "Reshape")) return null;
            value = next.Output[0];
        }
        return null;

        static string? Factor(NodeProto product, string value, Func<NodeProto, int, Constant?> at) =>
            Enumerable.Range(0, product.Input.Count).Where(i => product.Input[i] != value).Select(i => at(product, i)?.Tensor.Name)
                .FirstOrDefault(name => name is not null);
    }

    /// <summary>ONNX Runtime's quantiser calls the scale of X_quantized X_scale; the graph multiplies by it after the product.</summary>
    private string? ScaleBeside(TensorEntry tensor)
    {
        const string Suffix = "_quantized";
        if (!tensor.Name.EndsWith(Suffix, StringComparison.Ordinal)) return null;
        string scale = tensor.Name[..^Suffix.Length] + "_scale";
        return _model.Contains(scale) ? scale : null;
    }

    private static AttributeProto? Attribute(NodeProto node, string name) => node.Attribute.FirstOrDefault(attribute => attribute.Name == name);

    /// <summary>A tensor on its way to a node.</summary>
    private sealed record Constant(TensorEntry Tensor, bool IsTransposed, Quantization? Quantization, bool IsForGates = false);
}
