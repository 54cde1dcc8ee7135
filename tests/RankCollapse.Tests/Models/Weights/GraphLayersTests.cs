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
        Assert.Equal(["factor"], Assert.Single(Find(graph).Layers).Applied!.Beside);
    }

    [Theory]
    [InlineData(4, 0)]
    [InlineData(4, 1)]
    [InlineData(8, 1)]
    [InlineData(4, 2)]
    public void WeightsOfFewBits_AreUnpackedByBlocks(int bits, int zeros)
    {
        // Two outputs of 40 inputs in blocks of 32, of which the second is not full; zero points: none, packed, as fractions.
        int blockBytes = 32 * bits / 8;
        byte[] codes = [.. Enumerable.Range(0, 4 * blockBytes).Select(i => (byte)(i * 37))];
        byte[] packedZeros = bits == 4 ? [0x73, 0xA5] : [3, 7, 5, 10];
        double[] zero = zeros == 0 ? [8, 8, 8, 8] : [3, 7, 5, 10];
        float[] scales = [0.5f, 1, 2, 3];
        TensorProto Bytes(string name, params byte[] values) => new()
        {
            Name = name,
            Dims = { values.Length },
            DataType = (int)DataType.Uint8,
            RawData = ByteString.CopyFrom(values),
        };
        var graph = new GraphProto
        {
            Initializer = { Bytes("w", codes), Raw("s", [4], scales) },
            Node =
            {
                Node("MatMulNBits", zeros == 0 ? ["x", "w", "s"] : ["x", "w", "s", "z"], "y", Whole("K", 40), Whole("N", 2), Whole("bits", bits),
                    Whole("block_size", 32)),
            },
        };
        if (zeros == 1) graph.Initializer.Add(Bytes("z", packedZeros));
        if (zeros == 2) graph.Initializer.Add(Raw("z", [4], 3, 7, 5, 10));
        string path = _folder.File("bits.onnx");
        File.WriteAllBytes(path, ModelBytes.Onnx(graph));
        using ModelTensors model = ModelFormats.Open(path, out ModelFormat format);
        WeightLayer layer = Assert.Single(format.FindLayers(model).Layers);
        Assert.Equal([2L, 40], layer.Tensor.Shape);
        double[] read = LayerMatrices.Read(model, layer);
        for (int output = 0; output < 2; output++)
        {
            for (int input = 0; input < 40; input++)
            {
                int block = (2 * output) + (input / 32), place = input % 32, at = (block * blockBytes) + (place * bits / 8);
                int code = bits == 8 ? codes[at] : place % 2 == 0 ? codes[at] & 15 : codes[at] >> 4;
                Assert.Equal(scales[block] * (code - zero[block]), read[(output * 40) + input], 1e-12);
            }
        }
    }

    [Fact]
    public void Layers_StandInTheOrderOfTheNodes()
    {
        var graph = new GraphProto
        {
            Initializer = { Raw("a", [4, 6], Numbers(24)), Raw("b", [6, 4], Numbers(24)) },
            Node = { Node("MatMul", ["x", "b"], "h"), Node("MatMul", ["h", "a"], "y") },
        };
        Assert.Equal(["b", "a"], Find(graph).Layers.Select(layer => layer.Name));
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

    [Theory]
    [InlineData(0, 3)]
    [InlineData(1, 2)]
    [InlineData(-1, 2)]
    [InlineData(-2, 4)]
    public void DequantizeLinear_HasAScaleForEachBlockOfItsAxis(int axis, int block)
    {
        bool isDown = axis is 0 or -2;
        int down = isDown ? (4 + block - 1) / block : 4, across = isDown ? 3 : (3 + block - 1) / block;
        float[] scales = Numbers(down * across), zeros = Numbers(down * across);
        var graph = new GraphProto
        {
            Initializer = { Eight("q", [4, 3]), Raw("s", [down, across], scales), Raw("z", [down, across], zeros) },
            Node = { Node("DequantizeLinear", ["q", "s", "z"], "w", Whole("axis", axis), Whole("block_size", block)), Node("MatMul", ["x", "w"], "y") },
        };
        AssertWeights(graph, "4×3", (row, column, stored) =>
        {
            int at = isDown ? (row / block * across) + column : (row * across) + (column / block);
            return scales[at] * (stored - (double)zeros[at]);
        });
    }

    [Theory]
    [InlineData("c xs d;d s y", 1)]
    [InlineData("s c d;d xs y", 1)]
    [InlineData("xs s d;c d y", 1)]
    [InlineData("c known d;d s y", 0.25)]
    [InlineData("known s d;d c y", 0.25)]
    [InlineData("c s d;d known y;y half e", 0.25)]
    [InlineData("c s d;d half y", 1)]
    public void ScalesOfAnIntegerProduct_AreFoundInAnyOrder_AndThatOfTheInputsIsDividedOut(string products, double scaleOfInput)
    {
        float[] scales = [0.5f, 0.25f, 2];
        var graph = new GraphProto
        {
            Initializer = { Eight("q", [4, 3]), Raw("s", [3], scales), Raw("known", [], 0.25f), Raw("half", [], 0.5f), Raw("z", [3], 1, 2, 3) },
            Node =
            {
                scaleOfInput == 1 ? Node("DynamicQuantizeLinear", ["x"], "xq") : Node("QuantizeLinear", ["x", "known"], "xq"),
                Node("MatMulInteger", ["xq", "q", "", "z"], "p"), Node("Cast", ["p"], "c"),
            },
        };
        if (scaleOfInput == 1) graph.Node[0].Output.Add("xs");
        foreach (string[] product in products.Split(';').Select(product => product.Split(' ')))
            graph.Node.Add(Node("Mul", [product[0], product[1]], product[2]));
        AssertWeights(graph, "4×3", (_, column, stored) => scales[column] * (stored - (column + 1.0)));
    }

    [Fact]
    public void ScalesOfTransposedWholeNumbers_AreThoseOfTheirRows()
    {
        var graph = new GraphProto
        {
            Initializer = { Eight("q", [3, 3]), Raw("s", [3], 1, 2, 3) },
            Node =
            {
                Node("Transpose", ["q"], "t"), Node("MatMulInteger", ["xq", "t"], "p"), Node("Cast", ["p"], "c"), Node("Mul", ["c", "s"], "y"),
            },
        };
        AssertWeights(graph, "3×3", (row, _, stored) => (row + 1) * stored);
    }

    [Fact]
    public void WeightsThatAGraphMakesOfConstants_AreTheirResult()
    {
        var graph = new GraphProto
        {
            Initializer =
            {
                Eight("q", [3, 2, 2]), Raw("s", [3, 2, 1], 1, 2, 3, 4, 5, 6), Raw("z", [3, 1, 2], 1, 1, 1, 1, 1, 1),
                new TensorProto { Name = "to", Dims = { 2 }, DataType = (int)DataType.Int64, Int64Data = { 0, -1 } },
            },
            Node =
            {
                Node("Cast", ["q"], "f"), Node("Sub", ["f", "z"], "d"), Node("Mul", ["s", "d"], "m"), Node("Reshape", ["m", "to"], "w"),
                Node("Transpose", ["w"], "t"), Node("MatMul", ["x", "t"], "y"),
            },
        };
        AssertWeights(graph, "3×4", (row, column, stored) => ((2 * row) + (column / 2) + 1) * (stored - 1));
    }

    [Fact]
    public void HalfBytes_AreReadWithTheirSigns()
    {
        var graph = new GraphProto
        {
            Initializer =
            {
                new TensorProto { Name = "q", Dims = { 3, 1 }, DataType = (int)DataType.Int4, RawData = ByteString.CopyFrom(0x9F, 0x07) },
                new TensorProto { Name = "u", Dims = { 1, 2 }, DataType = (int)DataType.Uint4, Int32Data = { 0x9F } }, Raw("s", [], 0.5f),
            },
            Node =
            {
                Node("DequantizeLinear", ["q", "s"], "w"), Node("MatMul", ["x", "w"], "y"),
                Node("DequantizeLinear", ["u", "s"], "v"), Node("MatMul", ["y", "v"], "z"),
            },
        };
        using ModelTensors model = ModelFormats.Open(_folder.Write("m.onnx", ModelBytes.Onnx(graph)), out ModelFormat format);
        Assert.Equal([[-0.5, -3.5, 3.5], [7.5, 4.5]], format.FindLayers(model).Layers.Select(layer => LayerMatrices.Read(model, layer)));
    }

    [Fact]
    public void ScalesThatDoNotFit_LeaveWeightsListed()
    {
        var graph = new GraphProto
        {
            Initializer = { Eight("q", [4, 3]), Raw("s", [4], 1, 2, 3, 4) },
            Node = { Node("DequantizeLinear", ["q", "s"], "w", Whole("axis", 1)), Node("MatMul", ["x", "w"], "y") },
        };
        LayersFound found = Find(graph);
        Assert.Empty(found.Layers);
        Assert.Contains("DequantizeLinear", found.Skipped[0].Reason, StringComparison.Ordinal);
    }

    private static TensorProto Eight(string name, long[] shape) => new()
    {
        Name = name,
        Dims = { shape },
        DataType = (int)DataType.Int8,
        RawData = ByteString.CopyFrom([.. Enumerable.Range(0, (int)shape.Aggregate(1L, (a, b) => a * b)).Select(i => (byte)(sbyte)((i * 37 % 101) - 50))]),
    };

    private void AssertWeights(GraphProto graph, string shape, Func<int, int, double, double> weight)
    {
        using ModelTensors model = ModelFormats.Open(_folder.Write("m.onnx", ModelBytes.Onnx(graph)), out ModelFormat format);
        WeightLayer layer = Assert.Single(format.FindLayers(model).Layers);
        Assert.Equal(shape, layer.Tensor.ShapeText);
        int columns = (int)layer.Tensor.Shape[1];
        double[] stored = model.ReadDoubles("q"), read = LayerMatrices.Read(model, layer);
        for (int i = 0; i < read.Length; i++) Assert.Equal(weight(i / columns, i % columns, stored[i]), read[i], 1e-12);
    }

    private LayersFound Find(GraphProto graph)
    {
        using ModelTensors model = ModelFormats.Open(_folder.Write("m.onnx", ModelBytes.Onnx(graph)), out ModelFormat format);
        return format.FindLayers(model);
    }

    private Inspection Inspect(GraphProto graph) => Inspection.Run(_folder.Write("m.onnx", ModelBytes.Onnx(graph)));
}
