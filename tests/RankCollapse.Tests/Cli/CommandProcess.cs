using System.Diagnostics;
using RankCollapse.Cli.Commands.Sweeps;

namespace RankCollapse.Tests.Cli;

/// <summary>The command as a process of its own, for what a process alone has: signals, pipes, exit codes.</summary>
internal sealed class CommandProcess : IDisposable
{
    private const string HearsInterrupts = "--default-signal=INT,HUP";

    private readonly Process _process;
    private readonly Task<string> _output;
    private readonly Task<string> _error;

    private CommandProcess(Process process)
    {
        _process = process;
        _output = process.StandardOutput.ReadToEndAsync();
        _error = process.StandardError.ReadToEndAsync();
    }

    /// <summary>The words that start the command: the one that was built here, or <c>RANKCOLLAPSE_PROGRAM</c>, such as one that is installed.</summary>
    public static IReadOnlyList<string> Program { get; } = Other is null ? SweepRun.ThisProgram() : Other.Split(' ');

    /// <summary>Another program than the one that was built here; null for none.</summary>
    public static string? Other => Environment.GetEnvironmentVariable("RANKCOLLAPSE_PROGRAM");

    /// <summary>The process.</summary>
    public int Id => _process.Id;

    /// <summary>Whether it has ended.</summary>
    public bool HasEnded => _process.HasExited;

    /// <summary>Starts it as a shell does in the foreground.</summary>
    /// <remarks>
    /// What runs in the background, as a job of continuous integration may, ignores SIGINT, or SIGHUP, and so does all that it starts; GNU's env undoes that.
    /// </remarks>
    public static CommandProcess Start(params string[] arguments)
    {
        string[] foreground = SmallDisk.Execute("env", HearsInterrupts, "true") ? ["env", HearsInterrupts] : [];
        string[] words = [.. foreground, .. Program, .. arguments];
        return new CommandProcess(Begin(words[0], words[1..]));
    }

    /// <summary>Writes a script <c>rankcollapse</c> that is the command, for shells that look for it.</summary>
    public static void WriteProgram(TemporaryFolder folder)
    {
        string program =
            folder.Write("rankcollapse", $"#!/bin/sh\nexec {string.Join(' ', Program.Select(word => $"'{word}'"))} \"$@\"\n");
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(program, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    /// <summary>Starts it from a line of a shell, in which <c>$RC</c> stands for the command.</summary>
    public static CommandProcess Shell(string line)
    {
        string program = string.Join(' ', Program.Select(word => $"'{word}'"));
        return new CommandProcess(Begin("/bin/bash", "-c", $"RC() {{ {program} \"$@\"; }}; {line.Replace("$RC", "RC", StringComparison.Ordinal)}"));
    }

    /// <summary>Waits for its end.</summary>
    public CommandLine WaitForEnd(double seconds = 60)
    {
        Assert.True(_process.WaitForExit(TimeSpan.FromSeconds(seconds)), $"The command did not end within {seconds} s.");
        return new CommandLine(_process.ExitCode, _output.Result, _error.Result);
    }

    /// <summary>Waits until it hears signals, which on a busy machine takes a while; one that comes before is not heard.</summary>
    public void WaitUntilItListens(double seconds = 60)
    {
        const ulong Interrupt = 1 << 1, Terminate = 1 << 14;
        string status = $"/proc/{Id}/status";
        if (!OperatingSystem.IsLinux()) return;
        var waiting = Stopwatch.StartNew();
        while (!HasEnded && waiting.Elapsed.TotalSeconds < seconds)
        {
            string caught = File.ReadLines(status).FirstOrDefault(line => line.StartsWith("SigCgt:", StringComparison.Ordinal)) ?? "SigCgt: 0";
            if ((Convert.ToUInt64(caught.Split((char[])[' ', '\t'])[^1], 16) & (Interrupt | Terminate)) == (Interrupt | Terminate)) return;
            Thread.Sleep(20);
        }
    }

    /// <summary>Sends a signal.</summary>
    public void Signal(string name) => SmallDisk.Execute("kill", $"-{name}", $"{Id}");

    public void Dispose()
    {
        if (!_process.HasExited) _process.Kill(entireProcessTree: true);
        _process.Dispose();
    }

    private static Process Begin(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program) { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        foreach (string argument in arguments) start.ArgumentList.Add(argument);
        return Process.Start(start)!;
    }
}
