using System.Text.Json;

namespace RankCollapse.Tests.Cli.Commands.Sweeps;

public sealed class SweepPlotCommandTests : SampleSweepFolder
{
    [Theory]
    [InlineData("objective", "--x", "lambda", "--by", "seed")]
    [InlineData("objective", "--x", "lambda", "--y", "seed")]
    [InlineData("objective", "--x", "lambda", "--band", "range")]
    [InlineData("objective", "--x", "activation", "--by", "lambda")]
    public void Plot_WritesSvgAndPng(string metric, params string[] axes)
    {
        CommandLine result = CommandLine.Run(["sweep", "plot", Sweep.Path, "--metric", metric, .. axes]);
        Assert.Equal(0, result.ExitCode);
        string[] files = Lines(result);
        Assert.Equal([".svg", ".png"], files.Select(Path.GetExtension));
        string svg = File.ReadAllText(files[0]);
        Assert.Contains("objective", svg, StringComparison.Ordinal);
        Assert.DoesNotContain("NaN", svg, StringComparison.Ordinal);
        Assert.Equal([0x89, 0x50, 0x4E, 0x47], File.ReadAllBytes(files[1])[..4]);
    }

    [Fact]
    public void Plot_WithJson_GivesTheNumbersDrawn()
    {
        CommandLine result = CommandLine.Run("sweep", "plot", Sweep.Path, "--metric", "objective", "--x", "lambda", "--json");
        using var document = JsonDocument.Parse(result.Output);
        Assert.Equal([1.51, 1.1, 2.0], document.RootElement.GetProperty("groups").EnumerateArray().Select(g => g.GetProperty("median").GetDouble()),
            (a, b) => Math.Abs(a - b) < 1e-12);
        Assert.Equal(["seed"], document.RootElement.GetProperty("putTogether").EnumerateArray().Select(n => n.GetString()));
    }

    [Theory]
    [InlineData("sweep plot {sweep} --x lambda", "--metric")]
    [InlineData("sweep plot {sweep} --metric objective --x lambda --y seed --by seed", "one of them")]
    [InlineData("sweep plot {sweep} --metric objective --x lambda --band wide", "--band is 'wide'")]
    [InlineData("sweep plot {sweep} --metric tcvUpper --x lambda", "give the layer")]
    public void BadOptions_EndWithTwo(string line, string found)
    {
        string[] arguments =
            [.. line.Split('"').SelectMany((part, i) => i % 2 == 1 ? [part] : part.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Select(a => a.Replace("{sweep}", Sweep.Path, StringComparison.Ordinal))];
        RankCollapseCommandTests.AssertRefused(CommandLine.Run(arguments), found);
    }

    private static string[] Lines(CommandLine result) => result.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
}
