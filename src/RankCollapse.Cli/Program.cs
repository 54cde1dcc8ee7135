using System.Runtime.InteropServices;
using System.Text;
using RankCollapse.Cli;
using RankCollapse.Cli.Output;

// The first Ctrl-C (or a termination request) stops cleanly, with what was computed saved; the second one ends the program at once.
using var cancellation = new CancellationTokenSource();
using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
if (OperatingSystem.IsWindows()) Console.OutputEncoding = Encoding.UTF8;
bool isDumb = Environment.GetEnvironmentVariable("TERM") is "dumb";
return RankCollapseCommand.Run(args, new CommandEnvironment
{
    Output = Console.Out,
    Error = Console.Error,
    ErrorIsTerminal = !Console.IsErrorRedirected && !isDumb,
    Cancellation = cancellation.Token,
});

void Stop(PosixSignalContext context)
{
    if (cancellation.IsCancellationRequested) return;
    context.Cancel = true;
    cancellation.Cancel();
}
