using RankCollapse.Tests.Cli;

namespace RankCollapse.Tests.Formats;

public sealed class StandardOutputTests
{
    [Fact]
    public void FullDevice_IsOneLineAndExitCode1()
    {
        using var folder = new TemporaryFolder();
        string full = SpecialFile.Device(folder.File("full"), 7);
        foreach (string arguments in (string[])["schema --json", "--help"])
        {
            using var command = CommandProcess.Shell($"$RC {arguments} > '{full}'");
            CommandLine result = command.WaitForEnd();
            Assert.Equal(1, result.ExitCode);
            Assert.StartsWith("error: Standard output cannot be written", result.Error, StringComparison.Ordinal);
            Assert.Single(result.Error.TrimEnd().Split('\n'));
        }
    }

    [Fact]
    public void ClosedPipe_EndsQuietlyAsTheShellSays()
    {
        Assert.SkipUnless(File.Exists("/bin/bash"), "There is no shell here.");
        using var command = CommandProcess.Shell("$RC schema settings | true; $RC schema config | true; echo ${PIPESTATUS[0]}");
        CommandLine result = command.WaitForEnd();
        Assert.Equal("", result.Error.Split('\n').FirstOrDefault(line => line.Contains("fault", StringComparison.Ordinal)) ?? "");
        Assert.Equal("141", result.Output.Trim());
    }
}
