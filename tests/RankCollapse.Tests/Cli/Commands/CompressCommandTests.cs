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
    public void Against_WritesAFolder()
    {
        string model = Weights(), basis = _folder.File("base.safetensors");
        new SafetensorsWriter().Add("fc.weight", new Matrix(16, 16)).Write(basis);
        CommandLine line = CommandLine.Run("compress", model, "--against", basis, "--rank", "2", "--out", _folder.File("adapter"));
        Assert.True(line.ExitCode == 0, line.Error);
        Assert.Equal(2, Directory.GetFiles(_folder.File("adapter")).Length);
        Assert.Contains("factors of the change in 1 layer, 64 parameters", line.Output);
        CommandLine json = CommandLine.Run("compress", model, "--against", basis, "--rank", "2", "--out", _folder.File("other"), "--json");
        Assert.Equal(2, (int)JsonNode.Parse(json.Output)!["layers"]![0]!["rank"]!);
        Assert.Equal(1, CommandLine.Run("compress", model, "--against", model, "--out", _folder.File("none")).ExitCode);
        Assert.False(Directory.Exists(_folder.File("none")));
    }

    [Theory]
    [InlineData("--certificate has no effect with --against", "--certificate")]
    [InlineData("--force has no effect with --against", "--force")]
    [InlineData("expected a folder", "--out", "-")]
    public void BadOptionWithAgainst_EndsWithOneLineAndCode2(string found, params string[] options)
    {
        string model = Weights();
        string[] output = options.Contains("--out") ? [] : ["--out", _folder.File("x")];
        CommandLine line = CommandLine.Run(["compress", model, "--against", model, .. output, .. options]);
        Assert.Equal(2, line.ExitCode);
        Assert.Contains(found, line.Error);
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
    [InlineData("give one of --energy", "--accuracy-drop", "1%", "--noise-edge")]
    [InlineData("expected per cent such as 0.5%, or a fraction below 0.1", "--accuracy-drop", "0.5")]
    [InlineData("expected per cent", "--accuracy-drop", "half")]
    [InlineData("may drop by -0.01", "--accuracy-drop", "-1%")]
    [InlineData("holds weights without the network", "--accuracy-drop", "1%")]
    [InlineData("holds weights without the network", "--only-faster")]
    [InlineData("multiples of 0", "--multiple", "0")]
    [InlineData("write to standard output", "--html", "-", "--json")]
    public void WrongOptions_AreRefusedWithNothingWritten(string words, params string[] options)
    {
        CommandLine line = CommandLine.Run(["compress", Weights(), "--out", _folder.File("small.safetensors"), .. options]);
        Assert.Equal(2, line.ExitCode);
        Assert.Contains(words, line.Error);
        Assert.Single(Directory.GetFiles(_folder.Root));
    }

    [Fact]
    public void Ranks_AreTheNextMultiples()
    {
        CommandLine line = CommandLine.Run("compress", Weights(), "--rank", "3", "--multiple", "2", "--out", _folder.File("small.safetensors"), "--json");
        Assert.Equal(4, (int)JsonNode.Parse(line.Output)!["layers"]![0]!["rank"]!);
    }

    [Fact]
    public void NoiseEdge_KeepsTheSignal_AndLeavesPureNoiseWhole()
    {
        var stream = new RandomStream(2, RandomPurpose.Sampling);
        Matrix noise = RandomMatrix.Gaussian(40, 60, stream), sum = RandomMatrix.Gaussian(40, 60, stream);
        Matrix signal = Product.Multiply(RandomMatrix.Gaussian(40, 3, stream), RandomMatrix.Gaussian(3, 60, stream));
        for (int i = 0; i < sum.Length; i++) sum.AsSpan()[i] += 10 * signal.AsSpan()[i];
        string path = _folder.File("model.safetensors");
        new SafetensorsWriter().Add("a.weight", sum).Add("b.weight", noise).Write(path);
        JsonNode layers = JsonNode.Parse(
            CommandLine.Run("compress", path, "--noise-edge", "--out", _folder.File("small.safetensors"), "--json").Output)!["layers"]!;
        Assert.Equal(3, (int)layers[0]!["rank"]!);
        Assert.Contains("stands out of noise", (string)layers[1]!["reason"]!);
        Assert.InRange((double)layers[1]!["noiseThreshold"]!, 10, 25);
    }

    [Fact]
    public void Page_ShowsLayersAndSizes_OfFilesWithoutANetworkToo()
    {
        string page = _folder.File("page.html");
        Assert.Equal(0, CommandLine.Run("compress", Weights(), "--rank", "2", "--out", _folder.File("small.safetensors"), "--html", page).ExitCode);
        string text = File.ReadAllText(page);
        Assert.Contains("75 % fewer parameters", text.Replace("&#160;", " ", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.Contains("no network that could be run", text, StringComparison.Ordinal);
        Assert.Contains("Error of the layers against size", text, StringComparison.Ordinal);
    }

    [Fact]
    public void AccuracyOfARun_IsThatOfItsOwnData_AndStandsOnThePage()
    {
        CommandLine.Train(_folder.File("run"), "--max-epochs", "20");
        string page = _folder.File("page.html");
        CommandLine line = CommandLine.Run(
            "compress", _folder.File("run"), "--accuracy-drop", "10%", "--out", _folder.File("small.safetensors"), "--html", page, "--json");
        JsonNode document = JsonNode.Parse(line.Output)!, accuracy = document["search"]!["accuracy"]!;
        Assert.Equal("accuracy", (string)document["rule"]!);
        Assert.InRange((int)accuracy["rightAfter"]!, (int)accuracy["rightBefore"]! - 2, 24);
        Assert.Equal(24, (int)accuracy["samples"]!);
        Assert.True(document["path"]!.AsArray().Count > 2);
        Assert.True(document["latency"]!.AsArray().Count > 0);
        Assert.Contains("Accuracy against size", File.ReadAllText(page), StringComparison.Ordinal);
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
