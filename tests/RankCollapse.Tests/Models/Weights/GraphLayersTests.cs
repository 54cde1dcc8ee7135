using Google.Protobuf;
using RankCollapse.Models;
using RankCollapse.Models.Formats;
using RankCollapse.Models.Onnx;
using RankCollapse.Models.Reading;
using RankCollapse.Models.Weights;
using static RankCollapse.Tests.Models.ModelBytes;
using DataType = RankCollapse.Models.Onnx.TensorProto.Types.DataType;

namespace RankCollapse.Tests.Models.Weights;

public sealed class GraphLayersTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("Gemm", 0, WeightLayout.InputFirst)]
    [InlineData("Gemm", 1, WeightLayout.OutputFirst)]
    [InlineData("MatMul", 0, WeightLayout.InputFirst)]
    [InlineData("FusedMatMul", 1, WeightLayout.OutputFirst)]
    public void Products_AreLinearLayers(string operation, int transposed, WeightLayout layout)
    {
        var graph = new GraphProto
        {
            Initializer = { Raw("w", [4, 6], Numbers(24)) },
            Node = { Node(operation, ["x", "w"], "y", Whole("transB", transposed)) }
        };
        WeightLayer layer = Assert.Single(Find(graph).Layers);
        Assert.Equal(("w", LayerKind.Linear, layout, operation), (layer.Name, layer.Kind, layer.Layout, layer.Evidence));
        Assert.Equal(["node_y"], layer.Nodes);
        Assert.Equal(["y"], layer.Outputs);
    }

    [Fact]
    public void Convolutions_KnowTheirGroups()
    {
        var graph = new GraphProto
        {
            Initializer = { Raw("w", [6, 2, 2, 1], Numbers(24)), Raw("u", [4, 3, 2], Numbers(24)) },
            Node = { Node("Conv", ["x", "w"], "y", Whole("group", 3)), Node("ConvTranspose", ["y", "u"], "z") },
        };
        LayersFound found = Find(graph);
        Assert.Equal([(LayerKind.Convolution, 3), (LayerKind.TransposedConvolution, 1)], found.Layers.Select(layer => (layer.Kind, layer.Groups)));
    }

    [Fact]
    public void TableOfAGather_IsAnEmbedding_AndWholeNumbersAreNone()
    {
        var graph = new GraphProto
        {
            Initializer = { Raw("table", [5, 4], Numbers(20)),
                new TensorProto { Name = "shape", Dims = { 2, 2 }, DataType = (int)DataType.Int64, Int64Data = { 1, 2, 3, 4 } }, Raw("bias", [4], Numbers(4)) },
            Node = { Node("Gather", ["table", "i"], "e"), Node("Gather", ["shape", "i"], "s"), Node("Add", ["e", "bias"], "a") },
        };
        LayersFound found = Find(graph);
        Assert.Equal(LayerKind.Embedding, Assert.Single(found.Layers).Kind);
        Assert.Equal(["shape", "bias"], found.Skipped.Select(tensor => tensor.Name));
        Assert.Contains("used by Add", found.Skipped[1].Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void ScaleAfterAnIntegerProduct_IsThatOfTheWeights(bool isDirect)
    {
        var graph = new GraphProto
        {
            Initializer =
            {
                new TensorProto { Name = "w8", Dims = { 2, 2 }, DataType = (int)DataType.Int8, Int32Data = { 1, 2, 3, 4 } },
                new TensorProto { Name = "factor", Dims = { 1 }, DataType = (int)DataType.Float, FloatData = { 0.01f } },
            },
            Node =
            {
                Node("MatMulInteger", ["x", "w8"], "p"), Node("Cast", ["p"], "c"), Node("Mul", ["s", "factor"], "scales"),
                Node("Mul", isDirect ? ["c", "factor"] : ["c", "scales"], "y"),
            },
        };
        Assert.Equal("factor", Assert.Single(Find(graph).Layers).Quantization!.Scale);
    }

    [Fact]
    public void TiedWeights_AreOneLayerWithBothNodes()
    {
        var graph = new GraphProto
        {
            Initializer = { Raw("w", [4, 6], Numbers(24)) },
            Node = { Node("Gather", ["w", "i"], "e"), Node("Transpose", ["w"], "wt"), Node("MatMul", ["e", "wt"], "y") },
        };
        WeightLayer layer = Assert.Single(Find(graph).Layers);
        Assert.Equal(LayerKind.Embedding, layer.Kind);
        Assert.Equal(["node_e", "node_y"], layer.Nodes);
    }

    [Fact]
    public void GatesThatAreReordered_AreFollowedIntoGraphsInsideGraphs()
    {
        var inner = new GraphProto { Node = { Node("Unsqueeze", ["mixed", "axes"], "u"), Node("LSTM", ["x", "u", "u"], "h") } };
        var graph = new GraphProto
        {
            Initializer = { Raw("w", [8, 3], Numbers(24)) },
            Node =
            {
                Node("Slice", ["w", "a", "b"], "s1"), Node("Slice", ["w", "b", "c"], "s2"), Node("Concat", ["s2", "s1"], "mixed"),
                Node("If", ["c"], "o", new AttributeProto { Name = "then_branch", Type = AttributeProto.Types.AttributeType.Graph, G = inner }),
            },
        };
        WeightLayer layer = Assert.Single(Find(graph).Layers);
        Assert.Equal(("w", LayerKind.Recurrent), (layer.Name, layer.Kind));
    }

    [Fact]
    public void QuantisedWeights_AreScaledBeforeTheyAreDecomposed()
    {
        float[] weights = [1, -2, 3, 4, 5, -6];
        var quantised = new TensorProto
        {
            Name = "q",
            Dims = { 2, 3 },
            DataType = (int)DataType.Int8,
            RawData = ByteString.CopyFrom([.. weights.Select(w => (byte)(sbyte)(w + 1))])
        };
        var zero = new TensorProto { Name = "zero", Dims = { 1 }, DataType = (int)DataType.Int8, Int32Data = { 1 } };
        var graph = new GraphProto
        {
            Initializer = { quantised, Raw("scales", [3], 0.5f, 2, 3), zero },
            Node = { Node("DequantizeLinear", ["q", "scales", "zero"], "w", Whole("axis", 1)), Node("MatMul", ["x", "w"], "y") },
        };
        var plain = new GraphProto { Initializer = { Raw("w", [2, 3], 0.5f, -4, 9, 2, 10, -18) }, Node = { Node("MatMul", ["x", "w"], "y") } };
        double[] expected = [.. Inspect(plain).Layers[0].Spectrum.SingularValues];
        InspectedLayer layer = Assert.Single(Inspect(graph).Layers);
        for (int i = 0; i < 2; i++) Assert.Equal(expected[i], layer.Spectrum.SingularValues[i], 1e-13 * expected[0]);
        Assert.Equal(["scales", "zero"], Inspect(graph).Skipped.Select(tensor => tensor.Name));
    }

    [Fact]
    public void WeightsThatAreNotFinite_AreListedAndTheRestIsMeasured()
    {
        var graph = new GraphProto
        {
            Initializer = { Raw("bad", [2, 2], 1, float.NaN, 2, 3), Raw("good", [2, 2], 1, 2, 3, 4) },
            Node = { Node("MatMul", ["x", "bad"], "y"), Node("MatMul", ["y", "good"], "z") },
        };
        Inspection inspection = Inspect(graph);
        Assert.Equal("good", Assert.Single(inspection.Layers).Layer.Name);
        Assert.Contains("number 1 is NaN", Assert.Single(inspection.Skipped).Reason, StringComparison.Ordinal);
    }

    private LayersFound Find(GraphProto graph)
    {
        using ModelTensors model = ModelFormats.Open(_folder.Write("m.onnx", ModelBytes.Onnx(graph)), out ModelFormat format);
        return format.FindLayers(model);
    }

    private Inspection Inspect(GraphProto graph) => Inspection.Run(_folder.Write("m.onnx", ModelBytes.Onnx(graph)));
}
