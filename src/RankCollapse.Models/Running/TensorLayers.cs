using RankCollapse.Models.Onnx;

namespace RankCollapse.Models.Running;

/// <summary>A linear operator of a graph that has constant weights.</summary>
/// <param name="Node">The node.</param>
/// <param name="Weights">The name of the weights in the graph.</param>
/// <param name="Data">The name of what it is applied to.</param>
internal sealed record WeightedNode(NodeProto Node, string Weights, string Data);

/// <summary>Which layer each tensor of a graph belongs to: the weights that were last applied on the only way to it.</summary>
internal sealed class TensorLayers
{
    private readonly Dictionary<string, string?> _layers = new(StringComparer.Ordinal);
    private readonly HashSet<string> _constants = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _origins = new(StringComparer.Ordinal);

    /// <summary>Walks a graph, whose nodes are in the order of computation.</summary>
    public TensorLayers(GraphProto graph)
    {
        foreach (TensorProto tensor in graph.Initializer) AddConstant(tensor.Name, tensor.Name);
        foreach (NodeProto node in graph.Node)
        {
            if (node.OpType == "Constant" && node.Output.Count > 0)
            {
                AddConstant(node.Output[0], node.Output[0]);
                continue;
            }
            string[] data = [.. node.Input.Where(input => input.Length > 0 && !_constants.Contains(input))];
            if (data.Length == 0 && node.Input.Any(input => input.Length > 0) && node.Output.Count > 0 && node.Attribute.All(attribute => attribute.G is null))
            {
                // What is computed from constants alone is a constant; where it is another form of one tensor, it keeps that one's name.
                foreach (string output in node.Output) AddConstant(output, _origins[node.Input.First(input => input.Length > 0)]);
                continue;
            }
            string? layer = Weighted(node) is { } weighted ? _origins[weighted.Weights] : Common(data);
            foreach (string output in node.Output.Where(output => output.Length > 0))
            {
                _layers[output] = layer;
                Order.Add((output, node));
            }
        }
    }

    /// <summary>Every tensor that depends on the inputs, with the node that computes it, in the order of computation.</summary>
    public List<(string Tensor, NodeProto Node)> Order { get; } = [];

    /// <summary>The layer of a tensor; null before the first weights and where ways of different layers join.</summary>
    public string? LayerOf(string tensor) => _layers.GetValueOrDefault(tensor);

    /// <summary>Whether a name is that of a constant.</summary>
    public bool IsConstant(string name) => _constants.Contains(name);

    /// <summary>The initialiser or constant that a constant is a form of (transposed, converted).</summary>
    public string OriginOf(string constant) => _origins[constant];

    /// <summary>The node as a linear operator with constant weights, or null.</summary>
    public WeightedNode? Weighted(NodeProto node)
    {
        if (node.OpType is not ("Conv" or "ConvTranspose" or "Gemm" or "MatMul") || node.Input.Count < 2) return null;
        bool first = _constants.Contains(node.Input[0]), second = _constants.Contains(node.Input[1]);
        return (first, second) switch
        {
            (false, true) => new WeightedNode(node, node.Input[1], node.Input[0]),
            (true, false) when node.OpType is "MatMul" or "Gemm" => new WeightedNode(node, node.Input[0], node.Input[1]),
            _ => null,
        };
    }

    private void AddConstant(string name, string origin)
    {
        _constants.Add(name);
        _origins[name] = origin;
    }

    private string? Common(string[] inputs)
    {
        string?[] layers = [.. inputs.Select(input => _layers.GetValueOrDefault(input)).Distinct()];
        return layers is [var only] ? only : null;
    }
}
