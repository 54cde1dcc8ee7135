using System.Diagnostics;

namespace RankCollapse.Sweeps.Engines.Slurm;

/// <summary>What Slurm said to a question.</summary>
internal enum SlurmAnswer
{
    /// <summary>It answered.</summary>
    Known,

    /// <summary>It refused: what was asked is impossible.</summary>
    Refused,

    /// <summary>It could not be reached; nothing is known.</summary>
    Unknown,
}

/// <summary>A task of an array, as <c>squeue</c> shows it.</summary>
/// <param name="Job">The array's job.</param>
/// <param name="State">Its state, such as <c>PENDING</c>.</param>
/// <param name="Reason">What it waits for, or why it ended.</param>
internal sealed record SlurmTask(string Job, string State, string Reason)
{
    private static readonly string[] Ended = ["COMPLETED", "FAILED", "CANCELLED", "TIMEOUT", "NODE_FAIL", "PREEMPTED", "OUT_OF_MEMORY", "BOOT_FAIL", "DEADLINE",
        "REVOKED", "SPECIAL_EXIT"];

    /// <summary>Whether it may still work.</summary>
    public bool IsActive => !Ended.Contains(State);
}

/// <summary>Slurm's commands. Each is asked once; who asks decides what to do with an answer that is not known.</summary>
/// <param name="folder">The folder of the commands; null finds them as a shell does.</param>
/// <param name="cancellation">Ends the waiting for an answer, which is then not known; what is being submitted is waited for.</param>
internal sealed class SlurmClient(string? folder, CancellationToken cancellation = default)
{
    private const int NotFound = 2;

    private static readonly TimeSpan MostTime = TimeSpan.FromMinutes(2);
    private static readonly string[] Unreachable = ["Unable to contact", "Connection refused", "Connection timed out", "Socket timed out",
        "Zero Bytes were transmitted", "slurm_persist_conn_open", "Communication connection failure", "Transport endpoint", "temporarily unable",
            "Protocol authentication error"];

    /// <summary>The most tasks that an array can have.</summary>
    public (SlurmAnswer Answer, int Size, string Message) MaxArraySize()
    {
        const string Key = "MaxArraySize";
        (SlurmAnswer answer, string output, string message) = Ask("scontrol", "show", "config");
        string? line = output.Split('\n').FirstOrDefault(one => one.StartsWith(Key, StringComparison.Ordinal));
        return line is not null && int.TryParse(line.Split('=')[^1].Trim(), out int size)
            ? (SlurmAnswer.Known, size, "")
            : (answer == SlurmAnswer.Known ? SlurmAnswer.Unknown : answer, 0, message);
    }

    /// <summary>Submits a script; gives the job.</summary>
    public (SlurmAnswer Answer, string Job, string Message) Submit(IReadOnlyList<string> arguments)
    {
        (SlurmAnswer answer, string output, string message) = Ask("sbatch", [.. arguments]);
        // A site may print a banner before it, and the cluster behind it.
        string job = output.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split(';')[0])
            .LastOrDefault(word => word.Length > 0 && word.All(char.IsAsciiDigit)) ?? "";
        return answer == SlurmAnswer.Known && job.Length > 0 && job.All(char.IsAsciiDigit)
            ? (answer, job, "")
            : (answer == SlurmAnswer.Known ? SlurmAnswer.Unknown : answer, "", message);
    }

    /// <summary>The tasks of all jobs of a name.</summary>
    public (SlurmAnswer Answer, IReadOnlyList<SlurmTask> Tasks) TasksNamed(string name)
    {
        (SlurmAnswer answer, string output, _) = Ask("squeue", ["-h", "-r", "-t", "all", "-n", name, "-o", "%F|%T|%r"]);
        var tasks = new List<SlurmTask>();
        foreach (string line in output.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            string[] fields = line.Split('|', 3);
            if (fields.Length == 3) tasks.Add(new SlurmTask(fields[0], fields[1], fields[2]));
        }
        return (answer, tasks);
    }

    /// <summary>The tasks of a job that did not end well or were begun again; none where Slurm does not answer.</summary>
    public IReadOnlyList<SlurmTaskEnd> EndsOf(string job)
    {
        (SlurmAnswer answer, string output, _) = Ask("scontrol", "show", "job", "-o", job);
        return answer == SlurmAnswer.Known
            ? [.. output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(SlurmTaskEnd.Parse).Where(end => end.IsOdd)]
            : [];
    }

    /// <summary>Asks for the end of a job and of all jobs of a name. Slurm agrees even to jobs that are not there: look whether it happened.</summary>
    public void Cancel(string? job, string name)
    {
        if (job is not null) Ask("scancel", job);
        Ask("scancel", "--name", name);
    }

    /// <summary>Asks for the end of the tasks of a job that have not begun.</summary>
    public void CancelPending(string job) => Ask("scancel", "--state=PENDING", job);

    private (SlurmAnswer Answer, string Output, string Message) Ask(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(folder is null
            ? program
            : Path.Combine(folder, program))
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
            UseShellExecute = false
        };
        foreach (string argument in arguments) start.ArgumentList.Add(argument);
        // It sends what is submitted to clusters that the other commands do not ask; SLURM_CLUSTERS is heard by all of them.
        start.Environment.Remove("SBATCH_CLUSTERS");
        try
        {
            using Process process = Process.Start(start)!;
            process.StandardInput.Close();
            Task<string> output = process.StandardOutput.ReadToEndAsync(), error = process.StandardError.ReadToEndAsync();
            if (!HasAnswered(process, mayStop: program != "sbatch"))
            {
                process.Kill();
                return (SlurmAnswer.Unknown, "", $"{program} did not answer for {MostTime.TotalSeconds:0} s");
            }
            string message = ErrorText.Printable(error.Result.Trim().ReplaceLineEndings(" "));
            return process.ExitCode == 0 ? (SlurmAnswer.Known, output.Result, message) : (Classify(message), output.Result, message);
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            throw new InvalidInputException($"Slurm's command {program} {(e.NativeErrorCode == NotFound ? "is not there" : "may not be run")}; install "
                + "Slurm's client, or choose another engine.", e);
        }
    }

    private bool HasAnswered(Process process, bool mayStop)
    {
        const int MillisecondsBetweenLooks = 100;
        var waiting = Stopwatch.StartNew();
        while (waiting.Elapsed < MostTime)
        {
            if (process.WaitForExit(MillisecondsBetweenLooks)) return true;
            if (mayStop && cancellation.IsCancellationRequested) return false;
        }
        return false;
    }

    private static SlurmAnswer Classify(string message) =>
        message.Length == 0 || Unreachable.Any(message.Contains) ? SlurmAnswer.Unknown
        : SlurmAnswer.Refused;
}
