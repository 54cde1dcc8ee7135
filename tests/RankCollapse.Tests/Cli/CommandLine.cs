using RankCollapse.Cli;
using RankCollapse.Cli.Output;
using RankCollapse.Runs;

namespace RankCollapse.Tests.Cli;

/// <summary>What a command line wrote, and its exit code.</summary>
internal sealed record CommandLine(int ExitCode, string Output, string Error)
{
    /// <summary>A small task that trains in a fraction of a second.</summary>
    public static readonly string[] SmallTask =
        ["--data", "gaussian-mixture", "--samples", "24", "--classes", "3", "--dimension", "6", "--depth", "3", "--width", "8", "--convention", "mean",
            "--lambda", "1e-2", "--threads", "1", "--solver", "adam"];

    public static CommandLine Run(params string[] arguments) => Run(CancellationToken.None, arguments);

    public static CommandLine Run(CancellationToken cancellation, params string[] arguments)
    {
        if (CommandProcess.Other is not null)
        {
            using var process = CommandProcess.Start(arguments);
            return process.WaitForEnd(600);
        }
        using var output = new StringWriter();
        using var error = new StringWriter();
        int code = RankCollapseCommand.Run(arguments, new CommandEnvironment { Output = output, Error = error, Cancellation = cancellation });
        return new CommandLine(code, output.ToString(), WithoutNotice(error.ToString()));
    }

    /// <summary>Runs a command line in a terminal of so many columns; what was written to it is the error output's last part too.</summary>
    public static CommandLine RunOnScreen(int columns, params string[] arguments)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        using var screen = new ScreenWriter(output, () => columns);
        using var errorScreen = new ScreenWriter(error, () => columns);
        int code =
            RankCollapseCommand.Run(
            arguments, new CommandEnvironment { Output = screen, Error = errorScreen, OutputIsTerminal = true, ErrorIsTerminal = true });
        return new CommandLine(code, output.ToString(), WithoutNotice(error.ToString()));
    }

    /// <summary>Without what is said of every result on a processor without fused multiply-add.</summary>
    private static string WithoutNotice(string error) =>
        Arithmetic.Notice is { } notice ? error.Replace(WarningLine.Of(notice) + Environment.NewLine, "", StringComparison.Ordinal) : error;

    /// <summary>Trains the small task into a folder.</summary>
    public static CommandLine Train(string folder, params string[] more) => Run(["train", .. SmallTask, "--out", folder, .. more]);
}
