using RankCollapse.Formats;
using RankCollapse.LinearAlgebra;
using RankCollapse.Models;
using RankCollapse.Models.Compression;

namespace RankCollapse.Tests.Models.Compression;

public sealed class TensorTargetTests
{
    [Theory]
    [InlineData(ElementType.F64, 1e-14)]
    [InlineData(ElementType.F32, 1e-6)]
    [InlineData(ElementType.F16, 1e-2)]
    [InlineData(ElementType.BF16, 5e-2)]
    public void Factors_HaveTheTypeOfTheWeights(ElementType type, double tolerance)
    {
        using var folder = new TemporaryFolder();
        Matrix weights = Product.Multiply(Gaussian(20, 2, 1), Gaussian(2, 30, 2));
        string path = folder.File("model.safetensors");
        new SafetensorsWriter().Add("fc.weight", type, [20, 30], stream => stream.Write(ElementWriter.ToBytes(weights.AsSpan(), type))).Add("step", [7L])
            .AddMetadata("format", "pt").Write(path);
        CompressionReport report = Compress(path, folder.File("small.safetensors"), new CompressionOptions { Rule = RankRule.Rank, Rank = 2 });
        Assert.Equal("The file holds no network that could be run.", report.CheckReason);
        Assert.InRange(report.Layers[0].WeightError!.Value, 0, tolerance);
        using SafetensorsFile small = SafetensorsFile.Open(folder.File("small.safetensors"));
        Assert.Equal(["fc.weight.down", "fc.weight.up", "step"], small.Tensors.Select(tensor => tensor.Name).Order(StringComparer.Ordinal));
        Assert.Equal(type, small.Describe("fc.weight.down").Type);
        Assert.Equal([2, 30], small.Describe("fc.weight.down").Shape);
        Assert.Equal([20, 2], small.Describe("fc.weight.up").Shape);
        Assert.Equal([7], small.ReadIntegers("step"));
        Assert.Equal("pt", small.Metadata["format"]);
        Assert.Equal("fc.weight", small.Metadata["rankcollapse.factored"]);
        Matrix product = Product.Multiply(small.ReadMatrix("fc.weight.up"), small.ReadMatrix("fc.weight.down"));
        for (int i = 0; i < 20; i++)
            for (int j = 0; j < 30; j++)
                Assert.Equal(weights[i, j], product[i, j], tolerance * 10);
    }

    [Fact]
    public void DuplicatesThatAnIndexDecidesAgainst_AreNotLost()
    {
        using var folder = new TemporaryFolder();
        Matrix weights = Gaussian(20, 30, 1), other = Gaussian(20, 30, 2);
        new SafetensorsWriter().Add("fc.weight", weights).Write(folder.File("a.safetensors"));
        new SafetensorsWriter().Add("fc.weight", other).Add("head.weight", other).Write(folder.File("b.safetensors"));
        string index = folder.Write(
            "model.safetensors.index.json", """{ "weight_map": { "fc.weight": "a.safetensors", "head.weight": "b.safetensors" } }""");
        CompressionReport report = Compress(index, folder.File("small.safetensors"), new CompressionOptions { Rule = RankRule.Rank, Rank = 2 });
        Assert.Equal(["fc.weight", "head.weight"], report.Layers.Select(layer => layer.Name));
    }

    [Fact]
    public void Convolutions_BecomeAKernelAndASinglePoint()
    {
        using var folder = new TemporaryFolder();
        Matrix weights = Product.Multiply(Gaussian(16, 3, 3), Gaussian(3, 8 * 9, 4));
        string path = folder.File("model.safetensors");
        new SafetensorsWriter()
            .Add("conv.weight", ElementType.F64, [16, 8, 3, 3], stream => stream.Write(ElementWriter.ToBytes(weights.AsSpan(), ElementType.F64))).Write(path);
        CompressionReport report = Compress(path, folder.File("small.safetensors"), new CompressionOptions { Rule = RankRule.Tolerance, Value = 1e-10 });
        Assert.Equal(3, report.Layers[0].Rank);
        using SafetensorsFile small = SafetensorsFile.Open(folder.File("small.safetensors"));
        Assert.Equal([3, 8, 3, 3], small.Describe("conv.weight.down").Shape);
        Assert.Equal([16, 3, 1, 1], small.Describe("conv.weight.up").Shape);
    }

    [Fact]
    public void OtherTensors_AreKeptByteForByte()
    {
        using var folder = new TemporaryFolder();
        byte[] odd = [.. Enumerable.Range(0, 64).Select(i => (byte)(i * 37))];
        string path = folder.File("model.safetensors");
        new SafetensorsWriter().Add("fc.weight", Gaussian(12, 12, 5)).Add("token_embedding.weight", Gaussian(30, 4, 6))
            .Add("bias", ElementType.BF16, [32], stream => stream.Write(odd)).Add("mask", ElementType.Bool, [64], stream => stream.Write(odd)).Write(path);
        CompressionReport report = Compress(path, folder.File("small.safetensors"), new CompressionOptions { Rule = RankRule.Rank, Rank = 1 });
        Assert.Contains("looked up", report.Layers.Single(layer => layer.Name == "token_embedding.weight").Reason);
        using SafetensorsFile small = SafetensorsFile.Open(folder.File("small.safetensors"));
        foreach (string name in (string[])["bias", "mask"])
        {
            using var bytes = new MemoryStream();
            small.CopyBytes(name, bytes);
            Assert.Equal(odd, bytes.ToArray());
        }
    }

    [Fact]
    public void Models_ThatCannotBeCompressed_AreRefusedBeforeAnythingIsWritten()
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("model.safetensors"), output = folder.File("small.safetensors");
        new SafetensorsWriter().Add("w", Gaussian(12, 12, 7)).Add("w.down", Gaussian(2, 2, 8)).Write(path);
        Refuses("already has a tensor w.down", path, output, new CompressionOptions { Rule = RankRule.Rank, Rank = 1 });
        Refuses("leave data and test out", path, output, new CompressionOptions { Data = "mnist" });
        Refuses("Theorem 3.4 needs", path, output, new CompressionOptions { Rule = RankRule.Certificate });
        Refuses("is written as .safetensors".Replace("is ", "are "), path, folder.File("small.onnx"), new CompressionOptions());
        Refuses("above 0 and at most 1", path, output, new CompressionOptions { Value = 1.5 });
        Refuses("at least 1", path, output, new CompressionOptions { Rule = RankRule.Rank, Rank = 0 });
        Refuses("more than the", path, output, new CompressionOptions { Rule = RankRule.Budget, Value = 0.01 });
        Assert.Single(Directory.GetFiles(folder.Root));
    }

    private static void Refuses(string words, string path, string output, CompressionOptions options)
    {
        var error = Assert.Throws<InvalidInputException>(() => Compress(path, output, options));
        Assert.Contains(words, error.Message);
        Assert.DoesNotContain('\n', error.Message);
    }

    private static CompressionReport Compress(string path, string output, CompressionOptions options) => ModelCompression.Run(path, output, options);

    private static Matrix Gaussian(int rows, int columns, long seed) => RandomMatrix.Gaussian(rows, columns, new RandomStream(seed, RandomPurpose.Sampling));
}
