using RankCollapse.Formats;
using RankCollapse.Models.Onnx;
using RankCollapse.Models.Reading;

namespace RankCollapse.Models.Weights;

/// <summary>Finds the layers of an ONNX model by what its nodes do with constant tensors.</summary>
/// <remarks>
/// Gemm, MatMul and their fused and quantised forms are linear layers; Conv and ConvTranspose convolutions; Gather on a table of fractions with two dimensions
/// an embedding; LSTM, GRU and RNN hold two recurrent matrices. What nodes make of a tensor and other constants on the way, number by number, is followed
/// (<see cref="GraphConstant"/>), and before recurrent layers the nodes that reorder gates. A tensor that several nodes use is one layer.
/// </remarks>
internal sealed class GraphLayers
{
    private readonly OnnxModel _model;
    private readonly Dictionary<string, WeightLayer> _layers = new(StringComparer.Ordinal);
    private readonly Dictionary<OnnxGraph, Dictionary<string, GraphConstant>> _constants = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<string, SortedSet<string>> _otherUses = new(StringComparer.Ordinal);
    private readonly Dictionary<string, NodeProto> _users = new(StringComparer.Ordinal);
    private readonly Dictionary<string, NodeProto> _makers = new(StringComparer.Ordinal);

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
    private Dictionary<string, GraphConstant> Visit(OnnxGraph graph)
    {
        var constants = new Dictionary<string, GraphConstant>(StringComparer.Ordinal);
        foreach ((string name, string tensor) in graph.TensorNames)
        {
            if (_model.Contains(tensor)) constants.TryAdd(name, GraphConstant.Of(_model.Describe(tensor)));
        }
        GraphConstant? At(NodeProto node, int input)
        {
            if (input >= node.Input.Count) return null;
            if (constants.TryGetValue(node.Input[input], out GraphConstant? found)) return found;
            for (OnnxGraph? outer = graph.Parent; outer is not null; outer = outer.Parent)
            {
                if (_constants[outer].TryGetValue(node.Input[input], out found)) return found;
            }
            return null;
        }

        // Values of graphs inside nodes have names of their own; those outside are seen through the nodes that hold them.
        _users.Clear();
        _makers.Clear();
        foreach (NodeProto node in graph.Proto.Node)
        {
            foreach (string input in node.Input) _users.TryAdd(input, node);
            foreach (string output in node.Output) _makers.TryAdd(output, node);
        }
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

    /// <summary>What a node makes of constants alone, or with gates in another order; null when the node does something else.</summary>
    private GraphConstant? Pass(NodeProto node, Func<NodeProto, int, GraphConstant?> at)
    {
        if (at(node, 0) is { } constant && node.OpType is "Unsqueeze" or "Slice" or "Concat" or "Split")
        {
            // Exporters of recurrent layers reorder the gates, which are rows, in this way: the singular values stay.
            bool isWhole = node.OpType != "Concat" || Enumerable.Range(1, node.Input.Count - 1).All(i => at(node, i)?.Tensor.Name == constant.Tensor.Name);
            bool isOfGates = isWhole && constant.Tensor.Shape.Count is 2 or 3 && ElementBytes.IsFloating(constant.Tensor.Type) && constant.Compute is null;
            if (isOfGates && (node.OpType != "Unsqueeze" || constant.IsForGates)) return constant with { IsForGates = true };
        }
        return GraphConstant.After(node, input => at(node, input), Whole);
    }

    /// <summary>The numbers of a constant that says a shape or axes.</summary>
    private long[]? Whole(GraphConstant constant) =>
        constant.Compute is not null || constant.Count > 16 || constant.Tensor.Type != ElementType.I64 ? null
        : Array.ConvertAll(_model.ReadDoubles(constant.Tensor.Name), value => (long)value);

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

    private WeightLayer? Classify(NodeProto node, int input, GraphConstant constant, Func<NodeProto, int, GraphConstant?> at)
    {
        TensorEntry tensor = constant.Tensor;
        if (node.OpType == "MatMulNBits") return FewBits(node, tensor, at);
        bool isRecurrent = node.OpType is "LSTM" or "GRU" or "RNN";
        if (tensor.Count == 0 || (constant.IsForGates && !isRecurrent)) return null;
        bool isConvolution = node.OpType is "Conv" or "FusedConv" or "ConvInteger" or "QLinearConv" or "ConvTranspose";
        bool isTable = node.OpType == "Gather";
        bool hasOutputsFirst = node.OpType is "Gemm" or "FusedGemm" or "QGemm" or "FusedMatMul" ? (GraphConstant.Attribute(node, "transB")?.I ?? 0) != 0
            : isConvolution || isTable || isRecurrent || input == 0;
        WeightLayout layout = hasOutputsFirst != constant.IsTransposed ? WeightLayout.OutputFirst : WeightLayout.InputFirst;
        string evidence = node.OpType;
        if (!ElementBytes.IsFloating(tensor.Type) && constant.Compute is null)
        {
            int axis = isConvolution ? (node.OpType == "ConvTranspose" ? 1 : 0) : layout == WeightLayout.OutputFirst ? -2 : -1;
            if (Dequantised(node, input, constant, axis, at, out bool isScaled) is not { } scaled) return null;
            constant = scaled;
            if (!isScaled) evidence += "; its scale is not known, so that all values are up to a factor";
        }
        if (constant.Compute is not null && !isRecurrent && constant.Beside.Count > 0)
            evidence += $"; {string.Join(", ", constant.Beside.Distinct().Select(ErrorText.Printable))} applied";
        bool isStored = constant.Compute is null && (isRecurrent || constant.Shape.SequenceEqual(tensor.Shape));
        var layer = new WeightLayer
        {
            Name = tensor.Name,
            Tensor = isStored ? tensor : tensor with { Shape = constant.Shape },
            Kind = LayerKind.Linear,
            Layout = layout,
            Evidence = evidence,
            Applied = isStored ? null : new AppliedConvention(tensor.Name, constant.Beside, new ConventionUse("")
            {
                Shape = constant.Shape,
                Apply = constant.Compute ?? ((stored, _) => stored),
            }),
        };
        IReadOnlyList<long> shape = layer.Tensor.Shape;
        if (isConvolution)
        {
            long groups = GraphConstant.Attribute(node, "group")?.I ?? 1;
            LayerKind kind = node.OpType == "ConvTranspose" ? LayerKind.TransposedConvolution : LayerKind.Convolution;
            return shape.Count is < 3 or > 5 || groups < 1 || groups > shape[0] || shape[0] % groups != 0 ? null
                : layer with { Kind = kind, Layout = WeightLayout.OutputFirst, Groups = (int)groups };
        }
        if (isTable)
            return shape is [> 1, > 1] && (GraphConstant.Attribute(node, "axis")?.I ?? 0) == 0
                ? layer with { Kind = LayerKind.Embedding, Layout = WeightLayout.OutputFirst } : null;
        if (isRecurrent) return shape.Count is 2 or 3 ? layer with { Kind = LayerKind.Recurrent, Layout = WeightLayout.OutputFirst } : null;
        return shape.Count < 2 ? null : layer;
    }

    /// <summary>Weights of a few bits with a scale for each block of inputs; null where what belongs to them is computed, or does not fit.</summary>
    private static WeightLayer? FewBits(NodeProto node, TensorEntry tensor, Func<NodeProto, int, GraphConstant?> at)
    {
        long Whole(string name) => GraphConstant.Attribute(node, name)?.I ?? 0;
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

    /// <summary>
    /// Whole numbers with the scale and the zero point that the node has beside them, or that follow it in the graph; null where they are no weights or the
    /// sizes do not fit.
    /// </summary>
    /// <param name="node">The node.</param>
    /// <param name="input">Where the weights are.</param>
    /// <param name="constant">The weights.</param>
    /// <param name="axis">The dimension of their outputs.</param>
    /// <param name="at">The constant at an input of a node.</param>
    /// <param name="isScaled">Whether a scale was found.</param>
    private GraphConstant? Dequantised(
        NodeProto node, int input, GraphConstant constant, int axis, Func<NodeProto, int, GraphConstant?> at, out bool isScaled)
    {
        (int? scaleAt, int? zeroAt) = node.OpType switch
        {
            "QLinearConv" or "QLinearMatMul" or "QGemm" => ((int?)4, (int?)5),
            "DynamicQuantizeMatMul" => (2, 3),
            "MatMulIntegerToFloat" => (3, 5),
            "MatMulInteger" or "ConvInteger" => (null, input + 2),
            _ => (null, null),
        };
        isScaled = true;
        GraphConstant? At(int? place) => place is { } i && i < node.Input.Count && node.Input[i].Length > 0 ? at(node, i) : null;
        bool IsComputed(int? place) => place is { } i && i < node.Input.Count && node.Input[i].Length > 0 && at(node, i) is null;
        if (IsComputed(zeroAt) || IsComputed(scaleAt)) return null;
        if (scaleAt is not null) return constant.Scaled(At(scaleAt), At(zeroAt), axis);
        if (constant.Scaled(scale: null, At(zeroAt), axis) is not { } shifted) return null;
        if (ScaledAfter(node, input, shifted, axis, at) is { } scaled) return scaled;
        if (node.OpType is not ("MatMulInteger" or "ConvInteger")) return null;
        if (ScaleBeside(constant.Tensor) is { } beside) return shifted.Scaled(GraphConstant.Of(_model.Describe(beside)), zero: null, axis);
        isScaled = false;
        return shifted;
    }

    /// <summary>
    /// The weights times the constants that their product is multiplied by, after it is converted, in any order with the scale of what was multiplied; where
    /// that scale is a constant too it is divided out, because W = q·(all factors)/s_x is what acts on x = s_x·x_q. Null where there is none.
    /// </summary>
    private GraphConstant? ScaledAfter(NodeProto node, int input, GraphConstant constant, int axis, Func<NodeProto, int, GraphConstant?> at)
    {
        const int MostSteps = 12;
        (string? scaleOfInput, GraphConstant? known) = node.Input.Count > 1 && input < 2 ? ScaleOf(node.Input[1 - input], at) : (null, null);
        GraphConstant? result = null;
        string value = node.Output.FirstOrDefault() ?? "";
        for (int step = 0; step < MostSteps && value.Length > 0 && _users.TryGetValue(value, out NodeProto? next) && next.Output.Count > 0; step++)
        {
            int place = next.Input.IndexOf(value);
            if (next.OpType == "DequantizeLinear" && place == 0 && result is null)
                return constant.Scaled(at(next, 1), at(next, 2), axis);
            if (next.OpType is "Mul" || (next.OpType is "Div" && place == 0))
            {
                var factors = new List<GraphConstant>();
                bool isOfInput = Factors(next.Input[1 - place], scaleOfInput, factors, MostSteps, at);
                bool isOfWeights = factors.Any(factor => known is null || factor.Compute is not null || factor.Tensor.Name != known.Tensor.Name);
                // After their own scale only that of the inputs belongs to the product.
                if (result is not null && !isOfInput) break;
                if (factors.Count == 0 && !isOfInput && scaleOfInput is not null) break;
                foreach (GraphConstant factor in factors)
                {
                    constant = (next.OpType == "Div" ? constant.Divided(factor, axis) : constant.Scaled(factor, zero: null, axis))!;
                    if (constant is null) return null;
                }
                if (isOfWeights || result is not null) result = constant;
            }
            else if (!Keeps(next) && !(next.OpType == "Add" && at(next, 1 - place) is not null))
            {
                break;
            }
            value = next.Output[0];
        }
        return result is null || known is null ? result : result.Divided(known, axis);
    }

    /// <summary>Collects the constants that a value is the product of; whether the scale of the inputs is among its factors.</summary>
    private bool Factors(string value, string? scaleOfInput, List<GraphConstant> factors, int depth, Func<NodeProto, int, GraphConstant?> at)
    {
        var alone = new NodeProto { Input = { value } };
        if (at(alone, 0) is { } constant)
        {
            factors.Add(constant);
            return value == scaleOfInput;
        }
        if (value == scaleOfInput || depth == 0) return value == scaleOfInput;
        if (!_makers.TryGetValue(value, out NodeProto? maker)) return false;
        if (maker.OpType == "Mul" && maker.Input.Count == 2)
            return Factors(maker.Input[0], scaleOfInput, factors, depth / 2, at) | Factors(maker.Input[1], scaleOfInput, factors, depth / 2, at);
        return Keeps(maker) && maker.Input.Count > 0 && Factors(maker.Input[0], scaleOfInput, factors, depth - 1, at);
    }

    /// <summary>Whether a node keeps the numbers.</summary>
    private static bool Keeps(NodeProto node) => node.OpType is "Cast" or "Identity" or "Reshape" or "Squeeze" or "Unsqueeze";

    /// <summary>The name of the scale with which an input was made whole numbers, and the scale, where it is one constant number.</summary>
    private (string? Name, GraphConstant? Known) ScaleOf(string value, Func<NodeProto, int, GraphConstant?> at)
    {
        const int MostSteps = 6;
        for (int step = 0; step < MostSteps && _makers.TryGetValue(value, out NodeProto? maker); step++)
        {
            if (maker.OpType == "DynamicQuantizeLinear") return (maker.Output.ElementAtOrDefault(1), null);
            if (maker.OpType == "QuantizeLinear") return (maker.Input.ElementAtOrDefault(1), at(maker, 1) is { Count: 1 } scale ? scale : null);
            if (!(Keeps(maker) || maker.OpType is "Transpose" or "Flatten") || maker.Input.Count == 0) break;
            value = maker.Input[0];
        }
        return (null, null);
    }

    /// <summary>ONNX Runtime's quantiser calls the scale of X_quantized X_scale; the graph multiplies by it after the product.</summary>
    private string? ScaleBeside(TensorEntry tensor)
    {
        const string Suffix = "_quantized";
        if (!tensor.Name.EndsWith(Suffix, StringComparison.Ordinal)) return null;
        string scale = tensor.Name[..^Suffix.Length] + "_scale";
        return _model.Contains(scale) ? scale : null;
    }
}
