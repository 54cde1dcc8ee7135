using System.Text.Json;
using System.Text.Json.Nodes;
using RankCollapse.Cli.Output;

namespace RankCollapse.Tests.Cli.Output;

public sealed class PrintableWriterTests
{
    [Fact]
    public void NamesOfFilesAndFolders_SteerNoTerminal()
    {
        CommandLine result = CommandLine.Run("measure", "no\u001b[31m\nrun");
        Assert.Equal(2, result.ExitCode);
        Assert.DoesNotContain('\u001b', result.Error);
        Assert.Single(result.Error.TrimEnd().Split('\n'));
    }

    [Fact]
    public void TextOfARun_SteersNoTerminal()
    {
        using var folder = new TemporaryFolder();
        string run = folder.File("a\u001b]0;b\u0007");
        CommandLine trained = CommandLine.Train(run, "--max-epochs", "3");
        Assert.DoesNotContain('\u001b', trained.Output + trained.Error);
        CommandLine measured = CommandLine.Run("query", "SELECT run, chr(27) AS c FROM runs", run);
        Assert.DoesNotContain('\u001b', measured.Output + measured.Error);
    }

    [Fact]
    public void Json_KeepsTheTextAndSteersNoTerminal()
    {
        string text = "a\u001b\u009b\u202Eb";
        string json = JsonOutput.Escaped(new JsonObject { ["a"] = text }.ToJsonString(
            new JsonSerializerOptions { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }));
        Assert.DoesNotContain(json, c => ErrorText.Steers(c));
        Assert.Equal(text, JsonNode.Parse(json)!["a"]!.GetValue<string>());
    }
}
