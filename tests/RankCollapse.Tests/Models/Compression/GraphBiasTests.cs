using RankCollapse.Formats;
using RankCollapse.LinearAlgebra;
using RankCollapse.Models;
using RankCollapse.Models.Compression;
using RankCollapse.Models.Onnx;
using RankCollapse.Models.Running;

namespace RankCollapse.Tests.Models.Compression;

public sealed class GraphBiasTests : IDisposable
{
    private const int Samples = 60;
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    public static TheoryData<string> Forms => [.. Models.Keys];

    private static Dictionary<string, Func<OnnxModels>> Models { get; } = new()
    {
        ["gemm"] = () => new OnnxModels(12).Random("w", 12, 10).Random("b", 10).Node("Gemm", ["x", "w", "b"], "y"),
        ["gemm transposed, scaled"] = () => new OnnxModels(12).Random("w", 10, 12).Random("b", 1, 10)
            .Node("Gemm", ["x", "w", "b"], "y", GraphBuilder.Whole("transB", 1), GraphBuilder.Real("alpha", 0.5), GraphBuilder.Real("beta", -2)),
        ["matmul and add"] = () => new OnnxModels(5, 12).Random("w", 12, 10).Random("b", 10).Node("MatMul", ["x", "w"], "h").Node("Add", ["b", "h"], "y"),
        ["conv"] = () => new OnnxModels(4, 6, 6).Random("w", 8, 4, 3, 3).Random("b", 8)
            .Node("Conv", ["x", "w", "b"], "y", GraphBuilder.Wholes("pads", [1, 1, 1, 1])),
        ["conv grouped"] = () => new OnnxModels(6, 5, 5).Random("w", 8, 3, 3, 3).Random("b", 8)
            .Node("Conv", ["x", "w", "b"], "y", GraphBuilder.Whole("group", 2)),
    };

    [Theory]
    [MemberData(nameof(Forms))]
    public void FittedLayer_KeepsTheMeanOfItsOutputs(string form)
    {
        OnnxModels model = Models[form]();
        long[] shape = [Samples, .. model.Graph.Input[0].Type.TensorType.Shape.Dim.Skip(1).Select(dim => dim.DimValue)];
        double[] inputs = [.. model.Numbers((int)shape.Aggregate(1L, (product, size) => product * size)).Select(value => 3 + value)];
        string path = model.Write(_folder, "y"), data = Data(shape, inputs);
        CompressionReport report = Compress(path, data, rank: 1);
        Assert.True(report.Layers[0].IsBiasCorrected);
        Assert.Equal(report.Layers[0].ErrorBound!.Value, report.Layers[0].DataError!.Value, 1e-4);
        double[] before = OnnxRun.Outputs(path, "y", inputs, shape), after = OnnxRun.Outputs(_folder.File("small.onnx"), "y", inputs, shape);
        bool isConvolution = form.StartsWith("conv", StringComparison.Ordinal);
        int channels = isConvolution ? 8 : 10, places = isConvolution ? before.Length / Samples / channels : 1;
        double[] means = new double[channels];
        for (int i = 0; i < before.Length; i++) means[i / places % channels] += (after[i] - before[i]) / before.Length * channels;
        double scale = Math.Sqrt(before.Sum(value => value * value) / before.Length);
        Assert.All(means, mean => Assert.InRange(mean, -1e-5 * scale, 1e-5 * scale));
        Assert.Equal(report.ParametersAfter, Parameters(_folder.File("small.onnx")));
    }

    [Fact]
    public void FittedLayer_HasTheLeastErrorOfAnyMatrixOfTheRankWithAnyBias()
    {
        OnnxModels model = Models["gemm"]();
        double[] inputs = [.. model.Numbers(Samples * 12).Select(value => 2 + value)];
        string path = model.Write(_folder, "y");
        double error = Compress(path, Data([Samples, 12], inputs), rank: 2).Check!.Outputs[0].Error;
        var outputs = new Matrix(OnnxRun.Outputs(path, "y", inputs, [Samples, 12]), 0, Samples, 10);
        Matrix centred = Matrix.FromEntries(Samples, 10, (i, j) => outputs[i, j] - outputs.Column(j).Average());
        double least = Math.Sqrt(SingularValueDecomposition.SingularValues(centred).Skip(2).Sum(s => s * s));
        Assert.Equal(least, error, 1e-4 * least);
    }

    [Fact]
    public void BiasThatOthersUse_StaysAsItIs()
    {
        OnnxModels model = new OnnxModels(12).Random("w", 12, 10).Random("b", 10).Node("Gemm", ["x", "w", "b"], "h").Node("Add", ["h", "b"], "y");
        double[] inputs = [.. model.Numbers(Samples * 12).Select(value => 2 + value)];
        string path = model.Write(_folder, "y");
        CompressionReport report = Compress(path, Data([Samples, 12], inputs), rank: 1);
        Assert.True(report.Layers[0].IsFittedToData);
        Assert.False(report.Layers[0].IsBiasCorrected);
    }

    private string Data(long[] shape, double[] inputs)
    {
        NpzFile.Write(_folder.File("data.npz"), new Dictionary<string, NpyArray> { ["x"] = new NpyArray([.. shape.Select(size => (int)size)], inputs) });
        return _folder.File("data.npz");
    }

    private CompressionReport Compress(string path, string data, int rank) =>
        ModelCompression.Run(path, _folder.File("small.onnx"), new CompressionOptions { Rule = RankRule.Rank, Rank = rank, Data = data });

    private static long Parameters(string path) => ModelProto.Parser.ParseFrom(File.ReadAllBytes(path)).Graph.Initializer
        .Sum(tensor => tensor.Dims.Aggregate(1L, (product, size) => product * size));
}
