using RankCollapse.Models.Onnx;
using RankCollapse.Models.Running;
using static RankCollapse.Models.Onnx.TensorProto.Types;

namespace RankCollapse.Models.Compression;

/// <summary>A constant that is added to what a layer puts out, and to nothing else.</summary>
/// <param name="Name">The constant's name.</param>
/// <param name="Factor">What the constant is multiplied with where it is added: beta of Gemm.</param>
internal sealed record GraphBias(string Name, double Factor)
{
    /// <summary>The bias of a node with weights; null where it has none of its own with a number for each channel.</summary>
    /// <param name="graph">The main graph.</param>
    /// <param name="node">Conv, Gemm, or MatMul with the weights on the right.</param>
    /// <param name="channels">The number of outputs, over all groups.</param>
    public static GraphBias? Of(GraphProto graph, NodeProto node, int channels)
    {
        NodeProto adds = node;
        double factor = 1;
        string? name;
        if (node.OpType == "MatMul")
        {
            // Exporters write the bias of x·W as an Add after it.
            NodeProto[] uses = Users(graph, node.Output[0]);
            if (uses is not [{ OpType: "Add", Domain: "" or "ai.onnx", Input.Count: 2 }] || graph.Output.Any(output => output.Name == node.Output[0]))
                return null;
            adds = uses[0];
            name = adds.Input[0] == node.Output[0] ? adds.Input[1] : adds.Input[0];
        }
        else
        {
            name = node.Input.Count > 2 && node.Input[2].Length > 0 ? node.Input[2] : null;
            if (node.Attribute.FirstOrDefault(attribute => attribute.Name == "beta") is { } beta) factor = beta.F;
        }
        if (name is null || factor == 0 || Tensor(graph, name) is not { } tensor) return null;
        bool isOwn = Users(graph, name) is [var single] && ReferenceEquals(single, adds) && adds.Input.Count(input => input == name) == 1
            && graph.Output.All(output => output.Name != name);
        bool fits = tensor.Dims is [.., var last] && last == channels && tensor.Dims.Aggregate(1L, (product, size) => product * size) == channels
            && tensor.DataType is (int)DataType.Float or (int)DataType.Double or (int)DataType.Float16 or (int)DataType.Bfloat16;
        return isOwn && fits ? new GraphBias(name, factor) : null;
    }

    /// <summary>Adds numbers to the bias, in place.</summary>
    /// <param name="graph">The main graph.</param>
    /// <param name="numbers">What the bias is.</param>
    /// <param name="change">What is added where the bias is added.</param>
    public void Add(GraphProto graph, IReadOnlyList<double> numbers, IReadOnlyList<double> change)
    {
        TensorProto tensor = Tensor(graph, Name)!;
        double[] sum = [.. numbers.Zip(change, (value, added) => value + (added / Factor))];
        TensorProto changed = GraphBuilder.Tensor(Name, (DataType)tensor.DataType, tensor.Dims, sum);
        graph.Initializer[graph.Initializer.IndexOf(tensor)] = changed;
    }

    private static TensorProto? Tensor(GraphProto graph, string name) => graph.Initializer.FirstOrDefault(tensor => tensor.Name == name);

    /// <summary>The nodes of the main graph that take a tensor, those that mention it in a graph inside them too.</summary>
    private static NodeProto[] Users(GraphProto graph, string name) =>
        [.. graph.Node.Where(node => node.Input.Contains(name) || GraphFactors.Inner(node).Any(inner => GraphFactors.Mentions(inner, name)))];
}
