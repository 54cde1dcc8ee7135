using System.Diagnostics;
using System.Globalization;
using RankCollapse.Sweeps.Storage;
using RankCollapse.Sweeps.Work;

namespace RankCollapse.Sweeps.Engines.Local;

/// <summary>A worker in a process of its own, which ends when this process does: its standard input is a pipe that closes then.</summary>
internal sealed class WorkerProcess : IDisposable
{
    private const int KeptLines = 20;

    private readonly Process _process;
    private readonly Queue<string> _errors = [];

    private WorkerProcess(string name, int slot, Process process)
    {
        Name = name;
        Slot = slot;
        _process = process;
    }

    /// <summary>The worker's name.</summary>
    public string Name { get; }

    /// <summary>Its number among the workers.</summary>
    public int Slot { get; }

    /// <summary>Whether it has ended.</summary>
    public bool HasEnded => _process.HasExited;

    /// <summary>How it ended; 0 when nothing was left to do or it was asked to stop.</summary>
    public int ExitCode => _process.ExitCode;

    /// <summary>The last line that it wrote to standard error.</summary>
    public string LastError
    {
        get
        {
            lock (_errors) return _errors.LastOrDefault("");
        }
    }

    /// <summary>Starts a worker.</summary>
    /// <param name="folder">The sweep.</param>
    /// <param name="request">The command, and who hears of warnings.</param>
    /// <param name="slot">Its number among the workers.</param>
    /// <param name="slots">The number of workers.</param>
    /// <exception cref="ComputationFailedException">The process cannot be started.</exception>
    public static WorkerProcess Start(SweepFolder folder, EngineRequest request, int slot, int slots)
    {
        string name = SweepWorker.NewName();
        var start = new ProcessStartInfo(request.Command[0])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        string[] arguments =
        [
            .. request.Command.Skip(1), "sweep", "work", folder.Path, "--name", name,
            "--share", ((double)slot / slots).ToString(CultureInfo.InvariantCulture),
            .. request.PatienceSeconds is { } patience ? ["--patience", patience.ToString(CultureInfo.InvariantCulture)] : (string[])[], "--until-input-ends",
        ];
        foreach (string argument in arguments) start.ArgumentList.Add(argument);
        try
        {
            var worker = new WorkerProcess(name, slot, Process.Start(start)!);
            worker.Listen(request.Warning);
            return worker;
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            throw new ComputationFailedException($"A worker cannot be started: {e.Message}.", e);
        }
    }

    /// <summary>Asks it to stop after the epoch at hand.</summary>
    public void Stop()
    {
        try
        {
            _process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It has ended.
        }
    }

    /// <summary>Ends it at once.</summary>
    public void Kill() => _process.Kill();

    /// <summary>Waits until it has ended.</summary>
    public bool WaitForExit(TimeSpan most) => _process.WaitForExit(most);

    /// <inheritdoc/>
    public void Dispose() => _process.Dispose();

    private void Listen(Action<string>? warning)
    {
        _process.OutputDataReceived += (_, _) => { };
        _process.ErrorDataReceived += (_, line) =>
        {
            if (string.IsNullOrWhiteSpace(line.Data)) return;
            lock (_errors)
            {
                _errors.Enqueue(line.Data);
                if (_errors.Count > KeptLines) _errors.Dequeue();
            }
            warning?.Invoke(line.Data);
        };
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }
}
