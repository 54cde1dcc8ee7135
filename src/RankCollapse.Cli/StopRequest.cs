using System.Runtime.InteropServices;
using RankCollapse.Cli.Output;
using RankCollapse.Formats;

namespace RankCollapse.Cli;

/// <summary>
/// The first Ctrl-C, a termination request, or the end of the terminal, stops cleanly, with what was computed saved; what has nothing to save and does not
/// stop within a second and a half is ended. The second one ends the program at once.
/// </summary>
internal sealed class StopRequest : IDisposable
{
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(1.5);
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(50);

#pragma warning disable CA2213 // A signal may still be on its way when the program ends.
    private readonly CancellationTokenSource _source = new();
#pragma warning restore CA2213
    private readonly List<PosixSignalRegistration> _signals = [];
    private volatile bool _hasEnded;

    /// <summary>Listens to the system.</summary>
    public StopRequest()
    {
        // A closed terminal asks to stop too; under nohup the system does not pass that on.
        foreach (PosixSignal signal in (PosixSignal[])[PosixSignal.SIGINT, PosixSignal.SIGTERM, PosixSignal.SIGHUP])
            _signals.Add(PosixSignalRegistration.Create(signal, Stop));
        Cancellation.WhenOverdue = error => End(error.Message, ExitCode.BadInput);
    }

    /// <summary>Stops the work.</summary>
    public CancellationToken Token => _source.Token;

    /// <summary>The program ends by itself.</summary>
    public void Dispose()
    {
        _hasEnded = true;
        foreach (PosixSignalRegistration signal in _signals) signal.Dispose();
    }

    private void Stop(PosixSignalContext context)
    {
        if (_source.IsCancellationRequested) return;
        context.Cancel = true;
        new Thread(EndInTime) { IsBackground = true, Name = "stop" }.Start();
        _ = _source.CancelAsync();
    }

    private void EndInTime()
    {
        Thread.Sleep(Grace);
        while (Cancellation.IsSaving) Thread.Sleep(Look);
        End("stopped on request.", ExitCode.NotReached);
    }

    private void End(string message, int exitCode)
    {
        if (_hasEnded) return;
        AtomicFile.RemoveUnfinished();
        WorkFolder.RemoveAll();
        using TextWriter error = StandardOutput.OpenErrorText();
        error.WriteLine($"error: {message}");
        Environment.Exit(exitCode);
    }
}
