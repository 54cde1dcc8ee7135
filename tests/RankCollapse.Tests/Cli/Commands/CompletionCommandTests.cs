using System.Diagnostics;

namespace RankCollapse.Tests.Cli.Commands;

public sealed class CompletionCommandTests
{
    /// <summary>How a shell without a terminal is asked to complete, in the words of its script.</summary>
    public static TheoryData<string, string> Shells => new()
    {
        {
            "bash", """
            source <(rankcollapse completion bash)
            complete -p rankcollapse >/dev/null || exit
            COMP_LINE='rankcollapse train --de' COMP_POINT=23 COMP_WORDS=(rankcollapse train --de) COMP_CWORD=2
            _rankcollapse
            printf '%s\n' "${COMPREPLY[@]}"
            """
        },
        {
            "zsh", """
            autoload -U compinit && compinit -u -D
            source <(rankcollapse completion zsh)
            [[ ${_comps[rankcollapse]} = _rankcollapse ]] || exit
            compadd() { shift; print -l -- "$@" }
            words=(rankcollapse train --de) CURRENT=3
            _rankcollapse
            """
        },
        {
            "fish", """
            rankcollapse completion fish | source
            complete -C 'rankcollapse train --de'
            """
        },
    };

    [Theory]
    [MemberData(nameof(Shells))]
    public void Script_OfAShell_CompletesOptions(string shell, string lines)
    {
        Assert.SkipUnless(SmallDisk.Execute(shell, "-c", "exit 0"), $"There is no {shell} here.");
        using var folder = new TemporaryFolder();
        CommandProcess.WriteProgram(folder);
        var start = new ProcessStartInfo(shell, ["-c", lines])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            Environment = { ["PATH"] = $"{folder.Root}:{Environment.GetEnvironmentVariable("PATH")}", ["HOME"] = folder.Root },
        };
        using Process process = Process.Start(start)!;
        string[] found = process.StandardOutput.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Contains("--delta", found);
        Assert.Contains("--depth", found);
        Assert.All(found, word => Assert.StartsWith("--", word, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("rankcollapse ", "train")]
    [InlineData("rankcollapse train --activation ", "asinh")]
    [InlineData("./rankcollapse sweep plot x --statistic m", "median")]
    [InlineData("rankcollapse completion z", "zsh")]
    public void Complete_NamesWhatCanFollow(string line, string word) =>
        Assert.Contains(word, CommandLine.Run("complete", line).Output.Split(Environment.NewLine));

    [Fact]
    public async Task ManualPage_IsOneThatGroffAccepts()
    {
        Assert.SkipUnless(SmallDisk.Execute("groff", "--version"), "There is no groff here.");
        using var folder = new TemporaryFolder();
        string page = folder.Write("rankcollapse.1", CommandLine.Run("man").Output);
        var start = new ProcessStartInfo("groff", ["-man", "-Tutf8", "-Kutf8", "-ww", page])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using Process process = Process.Start(start)!;
        Task<string> errors = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        string text = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        Assert.Equal("", await errors);
        Assert.Contains("forecast", text, StringComparison.Ordinal);
    }
}
