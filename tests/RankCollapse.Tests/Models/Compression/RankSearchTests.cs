using RankCollapse.Formats;
using RankCollapse.Models;
using RankCollapse.Models.Compression;

namespace RankCollapse.Tests.Models.Compression;

/// <summary>A network whose labels are its own predictions is right everywhere; what it loses is what factors lose.</summary>
public sealed class RankSearchTests : IDisposable
{
    private const int Samples = 200;
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(0.0, 1)]
    [InlineData(0.05, 1)]
    [InlineData(0.05, 2)]
    [InlineData(0.2, 1)]
    public void Model_KeepsTheAccuracy_WithNoMoreParametersThanTheBestOfOneRank(double drop, int multiple)
    {
        (string model, string data) = Make();
        var options = new CompressionOptions { Rule = RankRule.Accuracy, Value = drop, Data = data, Multiple = multiple };
        CompressionReport found = ModelCompression.Run(model, _folder.File("found.onnx"), options);
        int allowed = (int)Math.Round(drop * Samples);
        AccuracyChange kept = found.Search!.Accuracy;
        Assert.Equal(Samples, kept.RightBefore);
        Assert.InRange(kept.RightAfter, Samples - allowed, Samples);

        // The search and the check of what was written see the same.
        Assert.Equal(kept with { Data = "" }, found.Check!.Accuracy! with { Data = "" });
        Assert.All(found.Layers, layer => Assert.Equal(0, (layer.Rank ?? 0) % multiple));
        long best = found.ParametersBefore;
        for (int rank = multiple; rank <= 12; rank += multiple)
        {
            CompressionReport one = ModelCompression.Run(
                model, _folder.File("one.onnx"), options with { Rule = RankRule.Rank, Rank = rank });
            if (one.Check?.Accuracy is { } accuracy && accuracy.RightAfter >= Samples - allowed) best = Math.Min(best, one.ParametersAfter);
        }
        Assert.InRange(found.ParametersAfter, 1, best);
    }

    [Fact]
    public void ModelWithoutLayersToFactor_StaysWhole()
    {
        (string model, string data) = Make();
        var options = new CompressionOptions { Rule = RankRule.Accuracy, Value = 0.1, Data = data, Only = ["none of them"] };
        CompressionReport report = ModelCompression.Run(model, _folder.File("found.onnx"), options);
        Assert.Null(report.Output);
        Assert.Equal(report.ParametersBefore, report.ParametersAfter);
        Assert.Equal(Samples, report.Search!.Accuracy.RightAfter);
    }

    [Fact]
    public void Path_RisesToTheWholeModel_OnBothData()
    {
        (string model, string data) = Make();
        var options = new CompressionOptions { Rule = RankRule.Accuracy, Value = 0.1, Data = data, Test = data, PathPoints = 6 };
        CompressionReport report = ModelCompression.Run(model, _folder.File("found.onnx"), options);
        Assert.True(report.HasTest && !report.IsRefutedOnTest);
        Assert.Equal(report.Path.Select(point => point.Parameters).Order(), report.Path.Select(point => point.Parameters));
        PathPoint whole = report.Path[^1];
        Assert.Equal(report.ParametersBefore, whole.Parameters);
        Assert.Equal((0, 0), (whole.LayerError, whole.OutputError));
        Assert.All(report.Path, point => Assert.Equal(point.Accuracy! with { Data = "" }, point.TestAccuracy! with { Data = "" }));
        Assert.Equal(Samples, whole.Accuracy!.RightAfter);
    }

    [Fact]
    public void Latency_IsThatOfBothModels()
    {
        (string model, string data) = Make();
        var options = new CompressionOptions { Rule = RankRule.Rank, Rank = 2, Data = data, OnlyFaster = true };
        CompressionReport report = ModelCompression.Run(model, _folder.File("found.onnx"), options);

        // How long anything takes is not the test's: what is said of it must be one of two things.
        Assert.All(report.Layers, layer => Assert.True(layer.Rank == 2 || layer.Reason!.Contains("no less time", StringComparison.Ordinal)));
        Assert.All(ModelCompression.Run(model, _folder.File("found.onnx"), options with { OnlyFaster = false }).Latency, latency =>
        {
            Assert.True(latency.SecondsBefore > 0 && latency.SecondsAfter > 0 && latency.Pairs > 0);
            Assert.InRange(latency.Ratio, latency.LowerQuartile, latency.UpperQuartile);
        });
    }

    private (string Model, string Data) Make()
    {
        OnnxModels model = new OnnxModels(20).OfRank("v", 6, [24, 20]).Random("b", 24).Random("w", 24, 24).Random("u", 5, 24)
            .Node("Gemm", ["x", "v", "b"], "h", RankCollapse.Models.Running.GraphBuilder.Whole("transB", 1)).Node("Relu", ["h"], "r")
            .Node("Gemm", ["r", "w"], "g", RankCollapse.Models.Running.GraphBuilder.Whole("transB", 1)).Node("Relu", ["g"], "s")
            .Node("Gemm", ["s", "u"], "y", RankCollapse.Models.Running.GraphBuilder.Whole("transB", 1));
        double[] inputs = model.Numbers(Samples * 20);
        string path = model.Write(_folder, "y");
        var named = new Dictionary<string, NpyArray> { ["x"] = new NpyArray([Samples, 20], inputs) };
        long[] labels = OnnxRun.Outputs(path, "y", inputs, [Samples, 20]).Chunk(5).Select(row => (long)Array.IndexOf(row, row.Max())).ToArray();
        named["y"] = new NpyArray([Samples], labels);
        NpzFile.Write(_folder.File("data.npz"), named);
        return (path, _folder.File("data.npz"));
    }
}
