using RankCollapse.LinearAlgebra;
using RankCollapse.Models.Onnx;
using RankCollapse.Models.Running;
using static RankCollapse.Models.Onnx.TensorProto.Types;

namespace RankCollapse.Models.Compression;

/// <summary>
/// Puts factors into a graph of ONNX. x·W becomes two MatMul; Gemm a MatMul and a Gemm that keeps bias, alpha and beta; a convolution one of r channels with
/// the same kernel, strides and borders, and one over single points that keeps the bias, both with the same groups.
/// </summary>
internal static class GraphFactors
{
    /// <summary>Why a layer cannot be replaced; null where it can.</summary>
    /// <param name="graph">The main graph.</param>
    /// <param name="weights">The name of the weights.</param>
    /// <param name="dimensions">How many dimensions they have.</param>
    public static string? WhyNot(GraphProto graph, string weights, int dimensions)
    {
        NodeProto[] uses = [.. graph.Node.Where(node => node.Input.Contains(weights))];
        if (graph.Node.SelectMany(Inner).Any(inner => Mentions(inner, weights))) return "it is used inside a conditional or a loop";
        if (uses.Length == 0) return "no node of the main graph uses it as it is stored (it is transposed, converted or de-quantised first)";
        if (graph.Output.Any(output => output.Name == weights)) return "it is an output of the model";
        string?[] forms = [.. uses.Select(node => Form(node, weights, dimensions)).Distinct()];
        if (forms.Contains(null))
            return $"it is used by {string.Join(", ", uses.Where(node => Form(node, weights, dimensions) is null).Select(Describe).Distinct())}, which has no "
                + "form with factors";
        return forms.Length == 1 ? null : "several nodes use it in different ways";
    }

    /// <summary>Replaces layers; the other tensors stay.</summary>
    /// <param name="graph">The main graph, changed in place.</param>
    /// <param name="factors">Factors by the name of the weights.</param>
    /// <param name="biases">The biases of layers with their numbers, which are changed as the factors say; null leaves all as they are.</param>
    public static void Replace(
        GraphProto graph, IReadOnlyDictionary<string, LayerFactors> factors,
        IReadOnlyDictionary<string, IReadOnlyList<(GraphBias Bias, double[] Numbers)>>? biases = null)
    {
        foreach ((string layer, LayerFactors factor) in factors)
        {
            if (factor.BiasChange is not { } change || biases is null) continue;
            foreach ((GraphBias bias, double[] numbers) in biases[layer]) bias.Add(graph, numbers, change);
        }
        HashSet<string> taken =
            [.. graph.Initializer.Select(tensor => tensor.Name), .. graph.Input.Select(input => input.Name), .. graph.Node.SelectMany(node => node.Output)];
        var nodes = new List<NodeProto>();
        var names = new Dictionary<string, (string Down, string Up)>(StringComparer.Ordinal);
        foreach (NodeProto node in graph.Node)
        {
            string? weights = node.Input.FirstOrDefault(factors.ContainsKey);
            if (weights is null)
            {
                if (node.OpType != "Constant" || !factors.ContainsKey(node.Output[0])) nodes.Add(node);
                continue;
            }
            string form = Form(node, weights, TensorOf(graph, weights).Dims.Count)!;
            if (!names.TryGetValue(weights, out (string Down, string Up) pair))
            {
                pair = (Unique(FactorNames.Down(weights), taken), Unique(FactorNames.Up(weights), taken));
                names.Add(weights, pair);
                AddTensors(graph, TensorOf(graph, weights), factors[weights], form, pair);
            }
            nodes.AddRange(Pair(node, form, weights, pair, Unique($"{node.Output[0]}.down", taken)));
        }
        graph.Node.Clear();
        graph.Node.AddRange(nodes);
        foreach (string weights in factors.Keys)
        {
            Remove(graph.Initializer, tensor => tensor.Name == weights);
            Remove(graph.Input, input => input.Name == weights);
            Remove(graph.ValueInfo, value => value.Name == weights);
        }
    }

    /// <summary>The weights of a layer.</summary>
    public static TensorProto TensorOf(GraphProto graph, string weights) => FindTensor(graph, weights)!;

    /// <summary>A constant of the graph, where it is one tensor; null otherwise.</summary>
    public static TensorProto? FindTensor(GraphProto graph, string name) =>
        graph.Initializer.FirstOrDefault(tensor => tensor.Name == name)
        ?? graph.Node.FirstOrDefault(node => node.OpType == "Constant" && node.Output[0] == name)?
            .Attribute.FirstOrDefault(attribute => attribute.Name == "value")?.T;

    /// <summary>Makes weights an input of the graph, changed in place; what they were is returned.</summary>
    public static TensorProto MakeInput(GraphProto graph, string weights)
    {
        TensorProto tensor = TensorOf(graph, weights);
        Remove(graph.Initializer, other => other.Name == weights);
        Remove(graph.Node, node => node.OpType == "Constant" && node.Output[0] == weights);
        Remove(graph.Input, input => input.Name == weights);
        var shape = new TensorShapeProto();
        foreach (long size in tensor.Dims) shape.Dim.Add(new TensorShapeProto.Types.Dimension { DimValue = size });
        graph.Input.Add(new ValueInfoProto
        {
            Name = weights,
            Type = new TypeProto { TensorType = new TypeProto.Types.Tensor { ElemType = tensor.DataType, Shape = shape } },
        });
        return tensor;
    }

    /// <summary>How a node applies weights: Conv, Gemm, x·W (right) or W·x (left); null where it cannot be factored.</summary>
    private static string? Form(NodeProto node, string weights, int dimensions)
    {
        if (node.Domain is not ("" or "ai.onnx") || node.Input.Count(input => input == weights) != 1) return null;
        int place = node.Input.IndexOf(weights);
        return (node.OpType, place) switch
        {
            ("Conv", 1) when dimensions >= 3 => "conv",
            ("Gemm", 1) when dimensions == 2 && !IsSet(node, "transA") => IsSet(node, "transB") ? "gemm-transposed" : "gemm",
            ("MatMul", 1) when dimensions == 2 => "right",
            ("MatMul", 0) when dimensions == 2 => "left",
            _ => null,
        };
    }

    /// <summary>The two nodes that take the place of one.</summary>
    private static NodeProto[] Pair(NodeProto node, string form, string weights, (string Down, string Up) names, string between)
    {
        string name = node.Name.Length > 0 ? node.Name : node.Output[0];
        string data = node.Input[form == "left" ? 1 : 0];
        NodeProto last = node.Clone();
        last.Input.Clear();
        last.Input.AddRange(node.Input.Select(input => input == weights ? names.Up : input == data ? between : input));
        NodeProto first;
        if (form == "conv")
        {
            first = node.Clone();
            first.Input.Clear();
            first.Input.AddRange([data, names.Down]);
            first.Output.Clear();
            first.Output.Add(between);
            long group = last.Attribute.FirstOrDefault(attribute => attribute.Name == "group")?.I ?? 1;
            last.Attribute.Clear();
            last.Attribute.Add(GraphBuilder.Whole("group", group));
        }
        else
        {
            first = GraphBuilder.Node("MatMul", "", form == "left" ? [names.Down, data] : [data, names.Down], between);
        }
        first.Name = $"{name}.down";
        return [first, last];
    }

    /// <summary>Adds the factors in the orientation that their nodes want.</summary>
    private static void AddTensors(GraphProto graph, TensorProto weights, LayerFactors factors, string form, (string Down, string Up) names)
    {
        var type = (DataType)weights.DataType;
        int rank = factors.Rank;
        if (form == "conv")
        {
            int groups = factors.Down.Count;
            graph.Initializer.Add(GraphBuilder.Tensor(names.Down, type, [groups * rank, .. weights.Dims.Skip(1)], Stack(factors.Down)));
            graph.Initializer.Add(GraphBuilder.Tensor(names.Up, type, [weights.Dims[0], rank, .. weights.Dims.Skip(2).Select(_ => 1L)], Stack(factors.Up)));
            return;
        }
        Matrix down = factors.Down[0], up = factors.Up[0];
        if (form != "left") down = down.Transpose();
        if (form is "gemm" or "right") up = up.Transpose();
        graph.Initializer.Add(GraphBuilder.Tensor(names.Down, type, [down.Rows, down.Columns], down.AsSpan()));
        graph.Initializer.Add(GraphBuilder.Tensor(names.Up, type, [up.Rows, up.Columns], up.AsSpan()));
    }

    private static double[] Stack(IReadOnlyList<Matrix> blocks) => [.. blocks.SelectMany(block => block.AsSpan().ToArray())];

    private static bool IsSet(NodeProto node, string attribute) => node.Attribute.Any(candidate => candidate.Name == attribute && candidate.I != 0);

    private static string Describe(NodeProto node) => ErrorText.Printable(node.OpType == "Gemm" && IsSet(node, "transA") ? "Gemm with transA" : node.OpType);

    internal static IEnumerable<GraphProto> Inner(NodeProto node) =>
        node.Attribute.SelectMany(attribute => attribute.G is { } single ? [single] : attribute.Graphs.AsEnumerable());

    internal static bool Mentions(GraphProto graph, string name) =>
        graph.Node.Any(node => node.Input.Contains(name) || Inner(node).Any(inner => Mentions(inner, name))) || graph.Output.Any(output => output.Name == name);

    private static string Unique(string name, HashSet<string> taken)
    {
        string unique = name;
        for (int i = 2; !taken.Add(unique); i++) unique = $"{name}{i}";
        return unique;
    }

    private static void Remove<T>(IList<T> list, Func<T, bool> isUnwanted)
    {
        for (int i = list.Count - 1; i >= 0; i--)
        {
            if (isUnwanted(list[i])) list.RemoveAt(i);
        }
    }
}
