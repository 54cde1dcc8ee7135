using System.Text.RegularExpressions;
using RankCollapse.Cli;
using RankCollapse.Cli.Commands;
using RankCollapse.Cli.Output;
using RankCollapse.Tests.Cli;

namespace RankCollapse.Tests.House;

public sealed partial class DocumentTests
{
    public static TheoryData<string> Documents =>
        [.. Directory.GetFiles(SourceTree.Root, "*.md").Concat(Directory.GetFiles(Path.Combine(SourceTree.Root, "docs"), "*.md"))
            .Select(file => Path.GetRelativePath(SourceTree.Root, file)).Where(file => file != "CHANGELOG.md").Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Documents))]
    public void Commands_OfDocuments_AreOnesThatTheProgramKnows(string document)
    {
        using var nowhere = new StringWriter();
        var environment = new CommandEnvironment { Output = nowhere, Error = nowhere };
        foreach (string line in SourceTree.Lines(document))
        {
            if (CommandOf().Match(line) is not { Success: true } match) continue;
            string[] arguments = [.. Word().Matches(match.Groups["line"].Value).Select(word => word.Value.Trim('"', '\'')).Where(word => word != "…")];
            Assert.Null(RankCollapseCommand.WhatIsWrong(arguments, environment) is { } wrong ? $"{line.Trim()}: {wrong}" : null);
        }
    }

    [Theory]
    [InlineData("csv")]
    [InlineData("model")]
    public void Examples_AreWrittenAndRun(string name) => RunExample(name);

    [Theory]
    [Trait("Category", "Long")]
    [InlineData("digits")]
    [InlineData("sweep")]
    public void LongExamples_AreWrittenAndRun(string name)
    {
        LongTests.Require();
        RunExample(name);
    }

    private static void RunExample(string name)
    {
        using var folder = new TemporaryFolder();
        string place = folder.File("example");
        Assert.Equal(0, CommandLine.Run("examples", name, "--out", place).ExitCode);
        foreach (string line in ExamplesCommand.Lines.Single(example => example.Name == name).Commands)
        {
            string[] arguments = [.. Word().Matches(line).Select(word => word.Value.Trim('"')).Skip(1)
                .Select(word => FileName().IsMatch(word) ? Path.Combine(place, word) : word)];
            CommandLine result = CommandLine.Run(arguments);
            Assert.True(result.ExitCode == 0, $"{line}: {result.Error}");
        }
    }

    [GeneratedRegex(@"^ {4}(\.{1,2}/)?rankcollapse (?<line>[^#|]*)", RegexOptions.ExplicitCapture)]
    private static partial Regex CommandOf();

    [GeneratedRegex("\"[^\"]*\"|'[^']*'|\\S+")]
    private static partial Regex Word();

    [GeneratedRegex(@"^((runs|sweeps)/.*|[\w-]+\.(csv|npz|json|html|safetensors))$", RegexOptions.ExplicitCapture)]
    private static partial Regex FileName();
}
