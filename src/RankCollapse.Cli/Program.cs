using System.Text;
using RankCollapse.Cli;
using RankCollapse.Cli.Output;
using RankCollapse.Formats;

using var stop = new StopRequest();
if (OperatingSystem.IsWindows()) Console.OutputEncoding = Encoding.UTF8;
bool isDumb = Environment.GetEnvironmentVariable("TERM") is "dumb";
#pragma warning disable CA2000 // The streams live as long as the process.
return RankCollapseCommand.Run(args, new CommandEnvironment
{
    Output = Console.IsOutputRedirected ? StandardOutput.OpenText() : new ScreenWriter(StandardOutput.OpenText(), () => Console.WindowWidth),
    Error = Console.IsErrorRedirected ? StandardOutput.OpenErrorText() : new ScreenWriter(StandardOutput.OpenErrorText(), () => Console.WindowWidth),
    OutputIsTerminal = !Console.IsOutputRedirected,
    ErrorIsTerminal = !Console.IsErrorRedirected && !isDumb,
    Cancellation = stop.Token,
});
#pragma warning restore CA2000
