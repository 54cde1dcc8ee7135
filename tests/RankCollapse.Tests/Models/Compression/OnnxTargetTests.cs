using Google.Protobuf;
using RankCollapse.Formats;
using RankCollapse.Models;
using RankCollapse.Models.Compression;
using RankCollapse.Models.Features;
using RankCollapse.Models.Formats;
using RankCollapse.Models.Onnx;
using RankCollapse.Models.Reading;
using RankCollapse.Models.Running;
using static RankCollapse.Models.Onnx.TensorProto.Types;

namespace RankCollapse.Tests.Models.Compression;

/// <summary>Layers whose weights have low rank are replaced without changing outputs by more than single precision's rounding.</summary>
public sealed class OnnxTargetTests
{
    private const double Rounding = 1e-5;

    public static TheoryData<string> Forms => [.. Models.Keys];

    private static Dictionary<string, Func<OnnxModels>> Models { get; } = new()
    {
        ["conv"] = () => new OnnxModels(6, 9, 9).OfRank("w", 2, [8, 6, 3, 3]).Random("b", 8).Node("Conv", ["x", "w", "b"], "y"),
        ["conv strided, padded, dilated"] = () => new OnnxModels(6, 11, 11).OfRank("w", 2, [8, 6, 3, 3]).Random("b", 8)
            .Node("Conv", ["x", "w", "b"], "y", GraphBuilder.Wholes("strides", [2, 1]), GraphBuilder.Wholes("pads", [1, 2, 0, 1]),
                GraphBuilder.Wholes("dilations", [1, 2]), GraphBuilder.Wholes("kernel_shape", [3, 3])),
        ["conv auto_pad"] = () => new OnnxModels(6, 9, 9).OfRank("w", 2, [8, 6, 3, 3])
            .Node("Conv", ["x", "w"], "y",
                new AttributeProto { Name = "auto_pad", S = ByteString.CopyFromUtf8("SAME_UPPER"), Type = AttributeProto.Types.AttributeType.String },
                GraphBuilder.Wholes("strides", [2, 2])),
        ["conv grouped"] = () => new OnnxModels(8, 7, 7).OfRank("w", 2, [16, 4, 3, 3], groups: 2).Random("b", 16)
            .Node("Conv", ["x", "w", "b"], "y", GraphBuilder.Whole("group", 2)),
        ["conv 1-D"] = () => new OnnxModels(5, 20).OfRank("w", 2, [8, 5, 4]).Node("Conv", ["x", "w"], "y"),
        ["conv 3-D"] = () => new OnnxModels(3, 5, 5, 5).OfRank("w", 2, [8, 3, 2, 2, 2]).Node("Conv", ["x", "w"], "y"),
        ["gemm"] = () => new OnnxModels(12).OfRank("w", 2, [12, 10], isTransposed: true).Random("b", 10).Node("Gemm", ["x", "w", "b"], "y"),
        ["gemm transposed, scaled"] = () => new OnnxModels(12).OfRank("w", 2, [10, 12]).Random("b", 10)
            .Node("Gemm", ["x", "w", "b"], "y", GraphBuilder.Whole("transB", 1), GraphBuilder.Real("alpha", 0.5), GraphBuilder.Real("beta", -2)),
        ["gemm without bias"] = () => new OnnxModels(12).OfRank("w", 2, [10, 12]).Node("Gemm", ["x", "w"], "y", GraphBuilder.Whole("transB", 1)),
        ["matmul of sequences"] = () => new OnnxModels(5, 12).OfRank("w", 2, [12, 10], isTransposed: true).Node("MatMul", ["x", "w"], "y"),
        ["matmul from the left"] = () => new OnnxModels(12, 5).OfRank("w", 2, [10, 12]).Node("MatMul", ["w", "x"], "y"),
        ["weights used twice"] = () => new OnnxModels(12).OfRank("w", 2, [12, 12]).Node("MatMul", ["x", "w"], "h").Node("Relu", ["h"], "r")
            .Node("MatMul", ["r", "w"], "y"),
    };

    [Theory]
    [MemberData(nameof(Forms))]
    public void Compress_ToTheRankOfTheWeights_KeepsOutputs(string form)
    {
        using var folder = new TemporaryFolder();
        string path = Models[form]().Write(folder, "y"), output = folder.File("small.onnx");
        CompressionReport report = Compress(path, output, new CompressionOptions { Rule = RankRule.Rank, Rank = 2 });
        CompressedLayer layer = Assert.Single(report.Layers);
        Assert.Equal(2, layer.Rank);
        Assert.InRange(report.Check!.Outputs[0].RelativeError, 0, Rounding);
        Assert.InRange(layer.WeightError!.Value, 0, Rounding);
        using ModelTensors small = ModelFormats.Open(output);
        Assert.Equal(report.ParametersAfter, small.Tensors.Sum(tensor => tensor.Count));
        Assert.False(small.Contains("w"));
        Assert.True(small.Contains("w.down") && small.Contains("w.up"));
    }

    [Theory]
    [InlineData("conv", 1)]
    [InlineData("conv grouped", 1)]
    [InlineData("gemm transposed, scaled", 1)]
    [InlineData("matmul of sequences", 1)]
    [InlineData("weights used twice", 1)]
    public void Compress_WithData_IsNoWorseOnThemThanWithout(string form, int rank)
    {
        using var folder = new TemporaryFolder();
        OnnxModels model = Models[form]();
        long[] shape = [.. model.Graph.Input[0].Type.TensorType.Shape.Dim.Skip(1).Select(dim => dim.DimValue)];
        string path = model.Write(folder, "y");

        // Inputs that mostly vary in their first entries, so that the weights alone mislead.
        const int Samples = 40;
        int length = (int)shape.Aggregate(1L, (product, size) => product * size);
        double[] inputs = model.Numbers(Samples * length);
        for (int i = 0; i < inputs.Length; i++) inputs[i] *= Math.Exp(-6.0 * (i % length) / length);
        NpzFile.Write(folder.File("data.npz"), new Dictionary<string,
            NpyArray>
        { ["x"] = new NpyArray([Samples, .. shape.Select(size => (int)size)], inputs) });
        var options = new CompressionOptions { Rule = RankRule.Rank, Rank = rank, Data = folder.File("data.npz") };
        CompressedLayer fitted = Compress(path, folder.File("a.onnx"), options).Layers[0];
        CompressionReport withData = Compress(path, folder.File("b.onnx"), options);
        Assert.True(fitted.IsFittedToData);
        Assert.Equal(fitted.ErrorBound!.Value, fitted.DataError!.Value, 1e-5);
        Assert.Equal(Samples, withData.Check!.SampleCount);
        if (form == "weights used twice") return;

        // One layer is the whole model: what is compared is what was minimised, up to bias and scale.
        CompressionReport plain = Compress(path, folder.File("c.onnx"), options with { Data = null, Test = options.Data });
        Assert.False(plain.Layers[0].IsFittedToData);
        Assert.Equal(Samples, plain.Check!.SampleCount);
        Assert.True(withData.Check.Outputs[0].Error <= plain.Check.Outputs[0].Error * (1 + 1e-5));
    }

    [Fact]
    public void Compress_WithLabels_ReportsAccuracyBeforeAndAfter()
    {
        using var folder = new TemporaryFolder();
        string path = new OnnxModels(20).Random("w", 20, 20).Node("MatMul", ["x", "w"], "y").Write(folder, "y");
        var random = new OnnxModels(20);
        NpzFile.Write(folder.File("data.npz"), new Dictionary<string, NpyArray>
        {
            ["X"] = new NpyArray([30, 20], random.Numbers(600)),
            ["y"] = new NpyArray([30], [.. Enumerable.Range(0, 30).Select(i => (long)(i % 20))]),
        });
        CompressionReport report =
            Compress(path, folder.File("small.onnx"), new CompressionOptions { Rule = RankRule.Rank, Rank = 3, Data = folder.File("data.npz") });
        Assert.InRange(report.Check!.AccuracyBefore!.Value, 0, 1);
        Assert.InRange(report.Check.AccuracyAfter!.Value, 0, 1);
    }

    [Fact]
    public void Compress_AModelOfAnOldVersion_WritesOneInWhichInitialisersNeedNotBeInputs()
    {
        using var folder = new TemporaryFolder();
        ModelProto model = Models["gemm"]().Build("y", operatorSet: 9);
        model.IrVersion = 3;
        foreach (TensorProto tensor in model.Graph.Initializer) model.Graph.Input.Add(new ValueInfoProto
        {
            Name = tensor.Name,
            Type = new TypeProto
            {
                TensorType = new TypeProto.Types.Tensor
                {
                    ElemType = tensor.DataType,
                    Shape = new TensorShapeProto { Dim = { tensor.Dims.Select(size => new TensorShapeProto.Types.Dimension { DimValue = size }) } },
                },
            },
        });
        string path = folder.Write("old.onnx", model.ToByteArray()), output = folder.File("small.onnx");
        Assert.InRange(Compress(path, output, new CompressionOptions { Rule = RankRule.Rank, Rank = 2 }).Check!.Outputs[0].RelativeError, 0, Rounding);
        Assert.Equal(4, ModelProto.Parser.ParseFrom(File.ReadAllBytes(output)).IrVersion);
    }

    /// <summary>Attention: with one place softmax is 1, whatever its two matrices are.</summary>
    private static OnnxModels Attention(long places)
    {
        OnnxModels model = new OnnxModels(places, 32).Random("wq", 32, 32).Random("wk", 32, 32).Random("wv", 32, 32)
            .Node("MatMul", ["x", "wq"], "q").Node("MatMul", ["x", "wk"], "k").Node("MatMul", ["x", "wv"], "v")
            .Node("Transpose", ["k"], "kt", GraphBuilder.Wholes("perm", [0, 2, 1])).Node("MatMul", ["q", "kt"], "s").Node("Softmax", ["s"], "p")
            .Node("MatMul", ["p", "v"], "y");
        if (places < 0) model.Graph.Input[0].Type.TensorType.Shape.Dim[1] = new TensorShapeProto.Types.Dimension { DimParam = "S" };
        return model;
    }

    [Fact]
    public void Check_OfFreeSizes_IsOfSequencesOfSeveralPlaces()
    {
        using var folder = new TemporaryFolder();
        var options = new CompressionOptions { Rule = RankRule.Rank, Rank = 1, Only = ["wq", "wk"] };
        CompressionCheck check = Compress(Attention(-1).Write(folder, "y"), folder.File("small.onnx"), options).Check!;
        Assert.InRange(check.Outputs[0].RelativeError, 0.5, 2);
        Assert.Contains("free sizes 8, 11, 16, 32", check.Inputs, StringComparison.Ordinal);
        Assert.Empty(check.Unseen);
    }

    [Fact]
    public void Check_OfOnePlace_NamesTheLayersThatItDoesNotSee()
    {
        using var folder = new TemporaryFolder();
        CompressionCheck check =
            Compress(Attention(1).Write(folder, "y"), folder.File("small.onnx"), new CompressionOptions { Rule = RankRule.Rank, Rank = 1 }).Check!;
        Assert.Equal(["wq", "wk"], check.Unseen);
    }

    [Fact]
    public void Tokens_AreDrawnFromAllRowsOfTheirTable()
    {
        using var folder = new TemporaryFolder();
        OnnxModels model = new OnnxModels().Random("table", 500, 16).OfRank("w", 2, [16, 16])
            .Node("Gather", ["table", "ids"], "h").Node("MatMul", ["h", "w"], "y");
        model.Graph.Input.Clear();
        model.Graph.Input.Add(GraphBuilder.Value("ids", DataType.Int64, 1));
        model.Graph.Input[0].Type.TensorType.Shape.Dim[1] = new TensorShapeProto.Types.Dimension { DimParam = "length" };
        using var session = new OnnxSession(model.Build("y"), "model", folder.Root);
        ModelBatches drawn = RandomInputs.For(session, model.Graph, seed: 0);
        var ids = new HashSet<long>();
        foreach (ModelBatch batch in drawn.Batches)
        {
            Dictionary<string, Microsoft.ML.OnnxRuntime.OrtValue> values = batch.Create();
            foreach (long id in values["ids"].GetTensorDataAsSpan<long>()) ids.Add(id);
            values["ids"].Dispose();
        }
        Assert.True(ids.Count > 50 && ids.Max() > 300 && ids.Min() >= 0 && ids.Max() < 500);
    }

    [Theory]
    [InlineData("Sigmoid", null, true)]
    [InlineData("Identity", null, true)]
    [InlineData("Sigmoid", PredictionTask.Binary, true)]
    [InlineData("Sigmoid", PredictionTask.Multiclass, false)]
    [InlineData("Sigmoid", PredictionTask.None, false)]
    public void Accuracy_OfOneOutput_IsOfItsMiddle(string last, PredictionTask? task, bool hasAccuracy)
    {
        using var folder = new TemporaryFolder();
        double[] inputs = new OnnxModels(6).Numbers(240);
        double[] weights = [1, -1, 0.5, 0, 2, -0.5];
        string path = new OnnxModels(6).Tensor("w", [6, 6], [.. Enumerable.Range(0, 36).Select(i => i / 6 == i % 6 ? 1.0 : 0)]).Tensor("v", [6, 1], weights)
            .Node("MatMul", ["x", "w"], "h").Node("MatMul", ["h", "v"], "z").Node(last, ["z"], "p").Node("Identity", ["p"], "y").Write(folder, "y");
        NpzFile.Write(folder.File("data.npz"), new Dictionary<string, NpyArray>
        {
            ["X"] = new NpyArray([40, 6], inputs),
            ["y"] = new NpyArray([40],
                [.. Enumerable.Range(0, 40).Select(i => Enumerable.Range(0, 6).Sum(j => inputs[(6 * i) + j] * weights[j]) > 0 ? 1L : 0L)]),
        });
        CompressionCheck check = Compress(path, folder.File("small.onnx"),
            new CompressionOptions { Rule = RankRule.Rank, Rank = 1, Only = ["w"], Data = folder.File("data.npz"), Task = task }).Check!;
        Assert.Equal(hasAccuracy ? 1 : null, check.AccuracyBefore);
        Assert.Equal(hasAccuracy, check.AccuracyAfter is not null);
        Assert.Equal(hasAccuracy, check.AccuracyReason is null);
    }

    [Fact]
    public void Accuracy_OfOutputsByToken_IsNoneWithAReason()
    {
        using var folder = new TemporaryFolder();
        string path = new OnnxModels(5, 12).OfRank("w", 2, [12, 3], isTransposed: true).Node("MatMul", ["x", "w"], "y").Write(folder, "y");
        NpzFile.Write(folder.File("data.npz"), new Dictionary<string, NpyArray>
        {
            ["X"] = new NpyArray([6, 5, 12], new OnnxModels(5, 12).Numbers(360)),
            ["y"] = new NpyArray([6], [0L, 1, 2, 0, 1, 2]),
        });
        CompressionCheck check =
            Compress(path, folder.File("small.onnx"), new CompressionOptions { Rule = RankRule.Rank, Rank = 1, Data = folder.File("data.npz") }).Check!;
        Assert.Null(check.AccuracyBefore);
        Assert.Contains("5×3 numbers for a sample", check.AccuracyReason, StringComparison.Ordinal);
    }

    [Fact]
    public void Inputs_WithoutPlacesForSamples_AreDrawnAsTheModelDeclaresThem()
    {
        // A state whose batch is its second axis, and a scalar, as recurrent models have them.
        using var folder = new TemporaryFolder();
        OnnxModels model = new OnnxModels(12).OfRank("w", 2, [12, 12]).Node("MatMul", ["x", "w"], "h")
            .Node("ReduceSum", ["state"], "s", GraphBuilder.Whole("keepdims", 0)).Node("Mul", ["s", "scale"], "t").Node("Add", ["h", "t"], "y");
        model.Graph.Input.Add(GraphBuilder.Value("state", DataType.Float, 1, 5));
        model.Graph.Input[1].Type.TensorType.Shape.Dim[0] = new TensorShapeProto.Types.Dimension { DimValue = 2 };
        model.Graph.Input[1].Type.TensorType.Shape.Dim[1] = new TensorShapeProto.Types.Dimension { DimParam = "batch" };
        model.Graph.Input.Add(
            new ValueInfoProto
            {
                Name = "scale",
                Type = new TypeProto { TensorType = new TypeProto.Types.Tensor { ElemType = (int)DataType.Float, Shape = new TensorShapeProto() } }
            });
        CompressionReport report = Compress(model.Write(folder, "y"), folder.File("small.onnx"), new CompressionOptions { Rule = RankRule.Rank, Rank = 2 });
        Assert.InRange(report.Check!.Outputs[0].RelativeError, 0, Rounding);
    }

    [Fact]
    public void Layers_ThatWouldGrow_StayWhole()
    {
        using var folder = new TemporaryFolder();
        string path = new OnnxModels(12).Random("w", 12, 10).Random("v", 10, 2).Node("MatMul", ["x", "w"], "h").Node("MatMul", ["h", "v"], "y")
            .Write(folder, "y");
        CompressionReport report = Compress(path, folder.File("small.onnx"), new CompressionOptions { Rule = RankRule.Rank, Rank = 6 });
        Assert.All(report.Layers, layer => Assert.Null(layer.Rank));
        Assert.Contains("rank 6 would need 132 parameters, no fewer than its 120", report.Layers[0].Reason);
        Assert.Equal(0, report.Removed);
        Assert.Null(report.Output);
        Assert.False(File.Exists(folder.File("small.onnx")));
    }

    [Fact]
    public void Layers_WithoutAFormInFactors_StayWholeWithTheReason()
    {
        using var folder = new TemporaryFolder();
        string path = new OnnxModels(6, 8, 8)
            .Random("depthwise", 6, 1, 3, 3).Node("Conv", ["x", "depthwise"], "d", GraphBuilder.Whole("group", 6))
            .Random("transposed", 6, 8, 3, 3).Node("ConvTranspose", ["d", "transposed"], "t")
            .Node("Flatten", ["t"], "f").Random("turned", 4, 512).Node("Transpose", ["turned"], "upright").Node("MatMul", ["f", "upright"], "y")
            .Write(folder, "y");
        CompressionReport report = Compress(path, folder.File("small.onnx"), new CompressionOptions { Rule = RankRule.Rank, Rank = 1 });
        string Reason(string name) => report.Layers.Single(layer => layer.Name == name).Reason!;
        Assert.Contains("two layers of rank 1", Reason("depthwise"));
        Assert.Contains("transposed convolutions", Reason("transposed"));
        Assert.Contains("it is used by Transpose, which has no form with factors", Reason("turned"));
    }

    [Fact]
    public void Budget_IsKept_AndSharedAmongLayers()
    {
        using var folder = new TemporaryFolder();
        string path = new OnnxModels(30).Random("flat", 30, 30).OfRank("thin", 1, [30, 30])
            .Node("MatMul", ["x", "flat"], "h").Node("MatMul", ["h", "thin"], "y").Write(folder, "y");
        CompressionReport report = Compress(path, folder.File("small.onnx"), new CompressionOptions { Rule = RankRule.Budget, Value = 0.54 });
        Assert.InRange(report.ParametersAfter, 1, (long)(0.54 * 1800));
        Assert.Equal([null, 1], report.Layers.Select(layer => layer.Rank));
        Assert.True(report.IsOptimal);
        Assert.InRange(report.Check!.Outputs[0].RelativeError, 0, Rounding);
    }

    [Fact]
    public void HalfPrecision_IsKept()
    {
        using var folder = new TemporaryFolder();
        var random = new OnnxModels(16);
        OnnxModels model = new OnnxModels(16).Node("Cast", ["x"], "half", GraphBuilder.Whole("to", (long)DataType.Float16))
            .Tensor("w", [16, 16], random.Numbers(256), DataType.Float16).Node("MatMul", ["half", "w"], "h")
                .Node("Cast", ["h"], "y", GraphBuilder.Whole("to", (long)DataType.Float));
        string path = model.Write(folder, "y");
        CompressionReport report = Compress(path, folder.File("small.onnx"), new CompressionOptions { Rule = RankRule.Rank, Rank = 4 });
        using ModelTensors small = ModelFormats.Open(folder.File("small.onnx"));
        Assert.Equal(ElementType.F16, small.Describe("w.down").Type);
        Assert.InRange(report.Layers[0].WeightError!.Value, report.Layers[0].ErrorBound!.Value * 0.999, report.Layers[0].ErrorBound!.Value * 1.01);
    }

    [Fact]
    public void Names_ThatAreTaken_AreNotTakenAgain()
    {
        using var folder = new TemporaryFolder();
        string path = new OnnxModels(12).OfRank("w", 2, [12, 10], isTransposed: true).OfRank("w.down", 2, [10, 8], isTransposed: true)
            .Node("MatMul", ["x", "w"], "w.up").Node("MatMul", ["w.up", "w.down"], "y").Write(folder, "y");
        CompressionReport report = Compress(path, folder.File("small.onnx"), new CompressionOptions { Rule = RankRule.Rank, Rank = 2 });
        Assert.InRange(report.Check!.Outputs[0].RelativeError, 0, Rounding);
        Assert.Equal(2, report.Layers.Count(layer => layer.Rank == 2));
    }

    [Fact]
    public void ExternalData_AreTakenIntoTheResult()
    {
        using var folder = new TemporaryFolder();
        ModelProto model = new OnnxModels(12).OfRank("w", 2, [12, 10], isTransposed: true).Random("v", 10, 2).Node("MatMul", ["x", "w"], "h")
            .Node("MatMul", ["h", "v"], "y").Build("y");
        using (FileStream file = File.Create(folder.File("weights.bin")))
        {
            foreach (TensorProto tensor in model.Graph.Initializer)
            {
                tensor.ExternalData.Add(new StringStringEntryProto { Key = "location", Value = "weights.bin" });
                tensor.ExternalData.Add(new StringStringEntryProto { Key = "offset", Value = $"{file.Position}" });
                tensor.ExternalData.Add(new StringStringEntryProto { Key = "length", Value = $"{tensor.RawData.Length}" });
                tensor.DataLocation = DataLocation.External;
                file.Write(tensor.RawData.Span);
                tensor.ClearRawData();
            }
        }
        string path = folder.Write("model.onnx", model.ToByteArray());
        Directory.CreateDirectory(folder.File("elsewhere"));
        string output = Path.Combine(folder.File("elsewhere"), "small.onnx");
        CompressionReport report = Compress(path, output, new CompressionOptions { Rule = RankRule.Rank, Rank = 2, Only = ["w"] });
        Assert.InRange(report.Check!.Outputs[0].RelativeError, 0, Rounding);
        using ModelTensors small = ModelFormats.Open(output);
        Assert.Equal(20, small.ReadDoubles("v").Length);
    }

    private static CompressionReport Compress(string path, string output, CompressionOptions options) => ModelCompression.Run(path, output, options);
}
