using System.Text.Json;

namespace RankCollapse.Tests.Cli.Commands;

public sealed class ConstructCommandTests
{
    [Theory]
    [InlineData("feedforward", 6.0)]
    [InlineData("residual", 3.0)]
    public void Construct_WritesACollapsedRunThatOtherVerbsRead(string architecture, double cost)
    {
        using var folder = new TemporaryFolder();
        string run = folder.File("run");
        CommandLine result = CommandLine.Run(
            "construct", "--data", "gaussian-mixture", "--samples", "12", "--classes", "3", "--dimension", "20", "--depth", "3", "--width", "12",
            "--activation", "asinh", "--architecture", architecture, "--constant", "0.5", "--out", run, "--json");
        Assert.Equal("", result.Error);
        Assert.Equal(0, result.ExitCode);
        using JsonDocument document = JsonDocument.Parse(result.Output);
        Assert.Equal(cost, document.RootElement.GetProperty("representationCost").GetDouble(), 1e-12);
        using JsonDocument measured = JsonDocument.Parse(CommandLine.Run("measure", run, "--json").Output);
        foreach (JsonElement layer in measured.RootElement.GetProperty("layers").EnumerateArray())
            Assert.Equal(3, layer.GetProperty("featureNumericalRank").GetInt32());
        Assert.Equal(0, CommandLine.Run("certify", run).ExitCode);
        Assert.Equal(2, CommandLine.Run("construct", "--data", "gaussian-mixture", "--samples", "12", "--classes", "3", "--dimension", "5", "--width", "12",
            "--activation", "asinh", "--out", folder.File("other")).ExitCode);
        Assert.False(Directory.Exists(folder.File("other")));
    }
}
