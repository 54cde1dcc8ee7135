using System.Text.Json;
using RankCollapse.Formats;
using RankCollapse.LinearAlgebra;
using RankCollapse.Models.Comparison;
using RankCollapse.Models.Compression;

namespace RankCollapse.Tests.Models.Comparison;

public sealed class LoraAdapterTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void MergedAdapter_IsTheModelUpToWhatWasSaid()
    {
        Matrix basis = Gaussian(12, 20, 1), tuned = Sum(basis, Low(12, 20, 5, 2));
        Write("a", ("module.fc.weight", [12, 20], tuned));
        Write("b", ("fc.weight", [12, 20], basis));
        AdapterReport report = Adapt(new CompressionOptions { Rule = RankRule.Rank, Rank = 3 });
        AdapterLayer layer = Assert.Single(report.Layers);
        Assert.Equal(("fc", 3, 3L * 32), (layer.Module, layer.Rank, layer.Parameters));
        using SafetensorsFile file = SafetensorsFile.Open(_folder.File("adapter/adapter_model.safetensors"));
        Assert.Equal("pt", file.Metadata["format"]);
        Matrix down = file.ReadMatrix("base_model.model.fc.lora_A.weight"), up = file.ReadMatrix("base_model.model.fc.lora_B.weight");
        Assert.Equal((3, 20, 12, 3), (down.Rows, down.Columns, up.Rows, up.Columns));
        double rest = Reduction.Distance(tuned.AsSpan(), Sum(basis, Product.Multiply(up, down)).AsSpan());
        Assert.Equal(rest / Reduction.Distance(tuned.AsSpan(), basis.AsSpan()), layer.ChangeError!.Value, 1e-12);
        Assert.Equal(rest / Reduction.Norm(tuned.AsSpan()), layer.WeightError!.Value, 1e-12);
        Assert.Equal(layer.WeightError!.Value, report.Error, 1e-15);
        JsonElement config = Configuration();
        Assert.Equal("LORA", config.GetProperty("peft_type").GetString());
        Assert.Equal((3, 3), (config.GetProperty("r").GetInt32(), config.GetProperty("lora_alpha").GetInt32()));
        Assert.Equal("fc", Assert.Single(config.GetProperty("target_modules").EnumerateArray()).GetString());
        Assert.Equal(["adapter_config.json", "adapter_model.safetensors"], Directory.GetFiles(_folder.File("adapter")).Select(Path.GetFileName).Order());
        Assert.Single(Directory.GetDirectories(_folder.Root));
    }

    [Fact]
    public void ConvolutionsAndEmbeddings_HaveTheirOwnShapes()
    {
        Write("b", ("conv.weight", [6, 4, 3, 3], Gaussian(6, 36, 1)), ("embed_tokens.weight", [30, 5], Gaussian(30, 5, 2)));
        Write("a", ("conv.weight", [6, 4, 3, 3], Sum(Gaussian(6, 36, 1), Low(6, 36, 2, 3))),
            ("embed_tokens.weight", [30, 5], Sum(Gaussian(30, 5, 2), Low(30, 5, 1, 4))));
        Assert.InRange(Adapt(new CompressionOptions { Value = 1 - 1e-12 }).Error, 0, 1e-12);
        using SafetensorsFile file = SafetensorsFile.Open(_folder.File("adapter/adapter_model.safetensors"));
        Assert.Equal([2, 4, 3, 3], file.Describe("base_model.model.conv.lora_A.weight").Shape);
        Assert.Equal([6, 2, 1, 1], file.Describe("base_model.model.conv.lora_B.weight").Shape);
        Assert.Equal([1, 30], file.Describe("base_model.model.embed_tokens.lora_embedding_A").Shape);
        Assert.Equal([5, 1], file.Describe("base_model.model.embed_tokens.lora_embedding_B").Shape);
    }

    [Fact]
    public void RanksThatDiffer_StandInPatterns_LongestFirst()
    {
        string[] names = ["q", "a.q", "b.q"];
        Write("b", [.. names.Select((name, i) => ($"{name}.weight", new long[] { 9, 8 }, Gaussian(9, 8, i)))]);
        Write("a", [.. names.Select((name, i) => ($"{name}.weight", new long[] { 9, 8 }, Sum(Gaussian(9, 8, i), Low(9, 8, i == 0 ? 1 : 2 + i, 7 + i))))]);
        Adapt(new CompressionOptions { Value = 1 - 1e-12 });
        JsonElement config = Configuration();
        int usual = config.GetProperty("r").GetInt32();
        Assert.Equal(4, usual);
        Assert.Equal(["a.q 3", "q 1"], config.GetProperty("rank_pattern").EnumerateObject().Select(one => $"{one.Name} {one.Value}"));
        Assert.Equal(config.GetProperty("rank_pattern").GetRawText(), config.GetProperty("alpha_pattern").GetRawText());
    }

    [Fact]
    public void ModuleThatEndsInTheNameOfATarget_IsNotTakenForOne()
    {
        Write("b", ("q.weight", [9, 8], Gaussian(9, 8, 1)), ("deep.q.weight", [9, 8], Gaussian(9, 8, 2)));
        Write("a", ("q.weight", [9, 8], Sum(Gaussian(9, 8, 1), Low(9, 8, 1, 3))), ("deep.q.weight", [9, 8], Gaussian(9, 8, 2)));
        Adapt(new CompressionOptions());
        Assert.Equal("(q)", Configuration().GetProperty("target_modules").GetString());
    }

    [Fact]
    public void WhatNoFactorsCarry_IsNamedOrKept()
    {
        Write("b", ("fc.weight", [9, 8], Gaussian(9, 8, 1)), ("fc.bias", [9], Gaussian(9, 1, 2)), ("norm.weight", [8], Gaussian(8, 1, 3)),
            ("norm.bias", [8], Gaussian(8, 1, 4)));
        Write("a", ("fc.weight", [9, 8], Sum(Gaussian(9, 8, 1), Low(9, 8, 1, 5))), ("fc.bias", [9], Gaussian(9, 1, 6)), ("norm.weight", [8], Gaussian(8, 1, 7)),
            ("norm.bias", [8], Gaussian(8, 1, 4)), ("head.weight", [3, 8], Gaussian(3, 8, 8)));
        AdapterReport without = Adapt(new CompressionOptions { Value = 1 - 1e-12 }, "without");
        Assert.Equal(["fc.bias", "norm.weight", "head.weight"], without.Lost.Select(layer => layer.Name));
        Assert.InRange(without.Error, 0.1, 1);
        AdapterReport with = Adapt(new CompressionOptions { Value = 1 - 1e-12 }, keepsModules: true);
        Assert.Empty(with.Lost);
        Assert.Equal(["head", "norm"], with.SavedModules);
        Assert.InRange(with.Error, 0, 1e-12);
        using SafetensorsFile file = SafetensorsFile.Open(_folder.File("adapter/adapter_model.safetensors"));
        Assert.Equal(["fc.lora_A.weight", "fc.lora_B.bias", "fc.lora_B.weight", "head.weight", "norm.bias", "norm.weight"],
            file.Tensors.Select(tensor => tensor.Name["base_model.model.".Length..]).Order(StringComparer.Ordinal));
        Assert.True(Configuration().GetProperty("lora_bias").GetBoolean());
    }

    [Fact]
    public void Budget_IsKept()
    {
        Write("b", ("x.weight", [20, 30], Gaussian(20, 30, 1)), ("y.weight", [10, 10], Gaussian(10, 10, 2)));
        Write("a", ("x.weight", [20, 30], Gaussian(20, 30, 3)), ("y.weight", [10, 10], Gaussian(10, 10, 4)));
        AdapterReport report = Adapt(new CompressionOptions { Rule = RankRule.Budget, Value = 0.3 });
        Assert.InRange(report.Parameters, 210 - 49, 210);
    }

    [Fact]
    public void NoChange_WritesNothing()
    {
        Write("a", ("fc.weight", [9, 8], Gaussian(9, 8, 1)));
        Write("b", ("fc.weight", [9, 8], Gaussian(9, 8, 1)));
        Assert.Null(Adapt(new CompressionOptions()).Output);
        Assert.False(Directory.Exists(_folder.File("adapter")));
    }

    [Fact]
    public void FolderThatIsThere_IsRefused()
    {
        Directory.CreateDirectory(_folder.File("adapter"));
        Assert.Contains("exists", Assert.Throws<InvalidInputException>(() => Adapt(new CompressionOptions())).Message, StringComparison.Ordinal);
    }

    private AdapterReport Adapt(CompressionOptions options, string name = "adapter", bool keepsModules = false) =>
        LoraAdapter.Write(_folder.File("a.safetensors"), _folder.File("b.safetensors"), _folder.File(name), options, keepsModules);

    private JsonElement Configuration() => JsonDocument.Parse(File.ReadAllText(_folder.File("adapter/adapter_config.json"))).RootElement;

    private void Write(string name, params (string Name, long[] Shape, Matrix Values)[] tensors)
    {
        var writer = new SafetensorsWriter();
        foreach ((string tensor, long[] shape, Matrix values) in tensors)
            writer.Add(tensor, ElementType.F64, shape, stream => stream.Write(ElementWriter.ToBytes(values.AsSpan(), ElementType.F64)));
        writer.Write(_folder.File($"{name}.safetensors"));
    }

    private static Matrix Low(int rows, int columns, int rank, long seed) =>
        Product.Multiply(Gaussian(rows, rank, 100 + seed), Gaussian(rank, columns, 200 + seed));

    private static Matrix Sum(Matrix a, Matrix b) => Matrix.FromEntries(a.Rows, a.Columns, (i, j) => a[i, j] + b[i, j]);

    private static Matrix Gaussian(int rows, int columns, long seed) => RandomMatrix.Gaussian(rows, columns, new RandomStream(seed, RandomPurpose.Sampling));
}
