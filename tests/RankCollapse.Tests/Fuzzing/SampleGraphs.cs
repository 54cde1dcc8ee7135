using Google.Protobuf;
using RankCollapse.Models.Onnx;
using RankCollapse.Models.Running;
using RankCollapse.Tests.Models;

namespace RankCollapse.Tests.Fuzzing;

/// <summary>Small ONNX models of four inputs, which changed ones come from.</summary>
internal static class SampleGraphs
{
    /// <summary>Layers of weights, a convolution with its shapes, graphs inside a node, and sizes that are numbers of the graph.</summary>
    public static byte[][] All() => [.. new[] { Layers(), Convolution(), Looping(), Expanding() }.Select(model => model.ToByteArray())];

    private static ModelProto Layers() => new OnnxModels(4)
        .Random("w1", 3, 4).Random("b1", 3).Node("Gemm", ["x", "w1", "b1"], "z1", GraphBuilder.Whole("transB", 1)).Node("Relu", ["z1"], "h1")
        .Random("w2", 3, 2).Node("MatMul", ["h1", "w2"], "z2").Node("Softmax", ["z2"], "y", GraphBuilder.Whole("axis", 1)).Build("y");

    private static ModelProto Convolution()
    {
        OnnxModels model = new OnnxModels(4).Random("w", 2, 1, 2, 2);
        model.Graph.Initializer.Add(new TensorProto
        {
            Name = "image",
            Dims = { 4 },
            DataType = (int)TensorProto.Types.DataType.Int64,
            Int64Data = { -1, 1, 2, 2 }
        });
        return model.Node("Reshape", ["x", "image"], "r").Node("Conv", ["r", "w"], "c", GraphBuilder.Wholes("pads", [1, 1, 0, 0]))
            .Node("GlobalAveragePool", ["c"], "p").Node("Flatten", ["p"], "y").Build("y");
    }

    /// <summary>x + x + x by a loop of two trips.</summary>
    private static ModelProto Looping()
    {
        OnnxModels model = new(4);
        model.Graph.Initializer.Add(new TensorProto { Name = "trips", DataType = (int)TensorProto.Types.DataType.Int64, Int64Data = { 2 } });
        model.Graph.Initializer.Add(new TensorProto { Name = "go", DataType = (int)TensorProto.Types.DataType.Bool, Int32Data = { 1 } });
        var body = new GraphProto { Name = "body" };
        body.Input.Add(new ValueInfoProto { Name = "i", Type = Scalar(TensorProto.Types.DataType.Int64) });
        body.Input.Add(new ValueInfoProto { Name = "before", Type = Scalar(TensorProto.Types.DataType.Bool) });
        body.Input.Add(GraphBuilder.Value("sum", TensorProto.Types.DataType.Float, 4));
        body.Node.Add(GraphBuilder.Node("Identity", "keep", ["before"], "after"));
        body.Node.Add(GraphBuilder.Node("Add", "add", ["sum", "x"], "more"));
        body.Output.Add(new ValueInfoProto { Name = "after", Type = Scalar(TensorProto.Types.DataType.Bool) });
        body.Output.Add(GraphBuilder.Value("more", TensorProto.Types.DataType.Float, 4));
        return model.Node("Loop", ["trips", "go", "x"], "looped", new AttributeProto
        {
            Name = "body",
            Type = AttributeProto.Types.AttributeType.Graph,
            G = body
        })
            .Random("w", 4, 2).Node("MatMul", ["looped", "w"], "y").Build("y");
    }

    /// <summary>x, and the largest of many equal numbers, times weights.</summary>
    private static ModelProto Expanding()
    {
        OnnxModels model = new(4);
        model.Graph.Initializer.Add(new TensorProto { Name = "many", Dims = { 2 }, DataType = (int)TensorProto.Types.DataType.Int64, Int64Data = { 5, 3 } });
        return model.Node("ReduceSum", ["x"], "sum", GraphBuilder.Whole("keepdims", 0)).Node("Expand", ["sum", "many"], "large")
            .Node("ReduceMax", ["large"], "largest", GraphBuilder.Whole("keepdims", 0)).Node("ConstantOfShape", ["many"], "zeros")
            .Node("ReduceMax", ["zeros"], "zero", GraphBuilder.Whole("keepdims", 0)).Node("Add", ["x", "largest"], "a").Node("Add", ["a", "zero"], "b")
            .Random("w", 4, 2).Node("MatMul", ["b", "w"], "y").Build("y");
    }

    private static TypeProto Scalar(TensorProto.Types.DataType type) =>
        new() { TensorType = new TypeProto.Types.Tensor { ElemType = (int)type, Shape = new TensorShapeProto() } };
}
