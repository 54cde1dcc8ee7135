using System.Text.Json;
using RankCollapse.Collapse.Metrics;
using RankCollapse.Tests.Models;

namespace RankCollapse.Tests.Cli.Commands;

public sealed class InspectCommandTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Inspect_WritesTableJsonParquetAndPage()
    {
        string model = Model();
        CommandLine text = CommandLine.Run("inspect", model, "--classes", "2");
        Assert.Equal(0, text.ExitCode);
        Assert.Contains("fc.weight", text.Output, StringComparison.Ordinal);
        Assert.Contains("tail W", text.Output, StringComparison.Ordinal);
        Assert.Contains("Not layers (1 tensor;", text.Output, StringComparison.Ordinal);

        CommandLine json = CommandLine.Run("inspect", model, "--json", "--html", _folder.File("m.html"), "--parquet", _folder.File("m.parquet"));
        using JsonDocument document = JsonDocument.Parse(json.Output);
        JsonElement layer = document.RootElement.GetProperty("layers")[0];
        Assert.Equal("fc.weight", layer.GetProperty("layer").GetString());
        Assert.Equal(4, layer.GetProperty("singularValues").GetArrayLength());
        Assert.Equal(layer.GetProperty("singularValues")[0].GetDouble(), layer.GetProperty("weightSpectralNorm").GetDouble());
        Assert.Equal("fc.bias", document.RootElement.GetProperty("skipped")[0].GetProperty("name").GetString());
        foreach (Metric metric in MetricTable.Of(MetricScopes.Weights)) Assert.True(layer.TryGetProperty(metric.Key, out _), metric.Key);
        Assert.Contains("fc.weight", File.ReadAllText(_folder.File("m.html")), StringComparison.Ordinal);
        Assert.True(new FileInfo(_folder.File("m.parquet")).Length > 0);
    }

    [Fact]
    public void Against_WritesTableJsonParquetAndPage()
    {
        string model = Model();
        CommandLine text = CommandLine.Run("inspect", model, "--against", model, "--html", _folder.File("c.html"), "--parquet", _folder.File("c.parquet"));
        Assert.Equal(0, text.ExitCode);
        Assert.Contains("0 of 2 layers changed", text.Output, StringComparison.Ordinal);
        Assert.Contains("No weight of the 2 layers differs.", File.ReadAllText(_folder.File("c.html")), StringComparison.Ordinal);
        Assert.True(new FileInfo(_folder.File("c.parquet")).Length > 0);
        using JsonDocument document = JsonDocument.Parse(CommandLine.Run("inspect", model, "--against", model, "--json").Output);
        JsonElement layer = document.RootElement.GetProperty("layers")[0];
        Assert.Equal(("fc.weight", "fc.weight"), (layer.GetProperty("layer").GetString(), layer.GetProperty("baseLayer").GetString()));
        foreach (Metric metric in MetricTable.Of(MetricScopes.Changes)) Assert.True(layer.TryGetProperty(metric.Key, out _), metric.Key);
    }

    [Theory]
    [InlineData("--classes", "3", "--classes has no effect with --against")]
    [InlineData("--convolution", "fft", "--convolution has no effect with --against")]
    [InlineData("--leading", "0", "--leading is 0")]
    [InlineData("--intruder-cosine", "2", "cosine of intruders is 2")]
    public void BadOptionWithAgainst_EndsWithOneLineAndCode2(string option, string value, string found)
    {
        string model = Model();
        CommandLine result = CommandLine.Run("inspect", model, "--against", model, option, value);
        Assert.Equal(2, result.ExitCode);
        Assert.Contains(found, result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void LeadingWithoutAgainst_IsRefused() =>
        Assert.Contains("--leading has an effect with --against only", CommandLine.Run("inspect", Model(), "--leading", "3").Error, StringComparison.Ordinal);

    [Fact]
    public void Only_ChoosesLayersByName()
    {
        CommandLine json = CommandLine.Run("inspect", Model(), "--json", "--only", "conv");
        using JsonDocument document = JsonDocument.Parse(json.Output);
        Assert.Equal("conv.weight", Assert.Single(document.RootElement.GetProperty("layers").EnumerateArray()).GetProperty("layer").GetString());
    }

    [Theory]
    [InlineData("--only", "none", "no layer whose name contains none")]
    [InlineData("--convolution", "unfodl", "did you mean 'unfold'")]
    [InlineData("--classes", "0", "--classes is 0")]
    [InlineData("--threads", "0", "--threads is 0")]
    [InlineData("--fft-size", "0", "expected 1 to 4096")]
    [InlineData("--html", "/dev/null/x.html", "expected a folder")]
    public void BadOption_EndsWithOneLineAndCode2(string option, string value, string found)
    {
        CommandLine result = CommandLine.Run("inspect", Model(), option, value);
        Assert.Equal(2, result.ExitCode);
        Assert.Contains(found, result.Error, StringComparison.Ordinal);
        Assert.Single(result.Error.Trim().Split('\n'));
    }

    [Fact]
    public void MissingModel_EndsWithCode2()
    {
        CommandLine result = CommandLine.Run("inspect", _folder.File("absent.onnx"));
        Assert.Equal(2, result.ExitCode);
        Assert.Contains("There is no file", result.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("slices")]
    [InlineData("fft")]
    public void OtherViews_GiveNoSavingsOfConvolutions(string view)
    {
        CommandLine json = CommandLine.Run("inspect", Model(), "--json", "--convolution", view, "--fft-size", "4");
        using JsonDocument document = JsonDocument.Parse(json.Output);
        JsonElement layer = document.RootElement.GetProperty("layers").EnumerateArray().Single(layer => layer.GetProperty("kind").GetString() == "convolution");
        Assert.Equal(JsonValueKind.Null, layer.GetProperty("savedAtEnergy99").ValueKind);
        Assert.Equal(view == "fft" ? 16 : 4, layer.GetProperty("blocks").GetProperty("count").GetInt32());
    }

    private string Model()
    {
        float[] numbers = ModelBytes.Numbers(24);
        return _folder.Write(
            "m.safetensors", ModelBytes.Safetensors(("fc.weight", [4, 6], numbers), ("fc.bias", [4], numbers[..4]), ("conv.weight", [2, 3, 2, 2], numbers)));
    }
}
