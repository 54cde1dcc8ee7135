using System.Text.Json.Nodes;
using RankCollapse.Formats;
using RankCollapse.LinearAlgebra;

namespace RankCollapse.Tests.Cli.Commands;

public sealed class CompressCommandTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Compress_WritesAFileAndSaysWhatItDid()
    {
        string model = Weights();
        CommandLine line = CommandLine.Run("compress", model, "--rank", "2", "--out", _folder.File("small.safetensors"));
        Assert.True(line.ExitCode == 0, line.Error);
        Assert.Contains("64 of 256 parameters, 75 % removed", line.Output);
        Assert.True(File.Exists(_folder.File("small.safetensors")));
    }

    [Fact]
    public void Json_IsOneDocument()
    {
        CommandLine line = CommandLine.Run("compress", Weights(), "--keep", "0.5", "--out", _folder.File("small.safetensors"), "--json");
        JsonNode document = JsonNode.Parse(line.Output)!;
        Assert.Equal("budget", (string)document["rule"]!);
        Assert.Equal(128, (long)document["parametersAfter"]!);
        Assert.True((bool)document["isOptimal"]!);
        Assert.Null(document["check"]);
    }

    [Fact]
    public void Features_OfARun_AreInTheDocumentOfInspect()
    {
        CommandLine.Train(_folder.File("run"), "--max-epochs", "20");
        JsonNode document = JsonNode.Parse(CommandLine.Run("inspect", _folder.File("run"), "--json").Output)!;
        Assert.Equal(24, (int)document["features"]!["samples"]!);
        Assert.NotNull(document["layers"]![0]!["features"]!["nc1WithinClassVariability"]);
        Assert.Contains("within/total", CommandLine.Run("inspect", _folder.File("run")).Output);
    }

    [Theory]
    [InlineData("give one of --energy", "--energy", "0.9", "--rank", "2")]
    [InlineData("above 0 and at most 1", "--energy", "0")]
    [InlineData("The rank is 0", "--rank", "0")]
    [InlineData("--threads is 0", "--threads", "0")]
    [InlineData("Theorem 3.4 needs", "--certificate")]
    [InlineData("at least 32 parameters", "--keep", "0.1")]
    public void WrongOptions_AreRefusedWithNothingWritten(string words, params string[] options)
    {
        CommandLine line = CommandLine.Run(["compress", Weights(), "--out", _folder.File("small.safetensors"), .. options]);
        Assert.Equal(2, line.ExitCode);
        Assert.Contains(words, line.Error);
        Assert.Single(Directory.GetFiles(_folder.Root));
    }

    [Fact]
    public void NothingToReplace_IsExitCode1WithNothingWritten()
    {
        CommandLine line = CommandLine.Run("compress", Weights(), "--rank", "16", "--out", _folder.File("small.safetensors"));
        Assert.Equal(1, line.ExitCode);
        Assert.Contains("No layer was replaced", line.Output);
        Assert.Single(Directory.GetFiles(_folder.Root));
    }

    [Fact]
    public void ExistingFiles_AreKeptUnlessForced()
    {
        string model = Weights(), output = _folder.Write("small.safetensors", "kept");
        Assert.Equal(2, CommandLine.Run("compress", model, "--rank", "2", "--out", output).ExitCode);
        Assert.Equal("kept", File.ReadAllText(output));
        Assert.Equal(0, CommandLine.Run("compress", model, "--rank", "2", "--out", output, "--force").ExitCode);
        CommandLine itself = CommandLine.Run("compress", model, "--rank", "2", "--out", model, "--force");
        Assert.Contains("is the model itself", itself.Error);
    }

    [Fact]
    public void FeatureOptions_WithoutData_AreRefused()
    {
        CommandLine line = CommandLine.Run("inspect", Weights(), "--ood", "x.npz");
        Assert.Equal(2, line.ExitCode);
        Assert.Contains("give --data", line.Error);
        Assert.Contains("without the network", CommandLine.Run("inspect", Weights(), "--data", "mnist").Error);
    }

    private string Weights()
    {
        string path = _folder.File("model.safetensors");
        new SafetensorsWriter().Add("fc.weight", RandomMatrix.Gaussian(16, 16, new RandomStream(1, RandomPurpose.Sampling))).Write(path);
        return path;
    }
}
