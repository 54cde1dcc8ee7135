using System.CommandLine;
using RankCollapse.Cli.Output;
using RankCollapse.Cli.Parsing;
using RankCollapse.Formats;
using RankCollapse.Reporting;
using RankCollapse.Reporting.Text;
using RankCollapse.Sweeps.Storage;
using RankCollapse.Sweeps.Work;

namespace RankCollapse.Cli.Commands.Sweeps;

/// <summary><c>sweep work DIR</c>: one worker; engines start it, and people on any machine that shares the folder.</summary>
internal static class SweepWorkCommand
{
    /// <summary>The JSON document.</summary>
    internal static JsonShape<WorkerReport> Document => new JsonShape<WorkerReport>()
        .Text("worker", report => report.Name)
        .Whole("done", report => report.Done)
        .Whole("failed", report => report.Failed);

    /// <summary>The verb.</summary>
    public static Command Create(CommandEnvironment environment)
    {
        var command = new Verb("work", "Works on a sweep with one process, beside any number of others on any machine that shares the folder.")
        {
            Notes = ["It ends when every trial is done or failed, or the sweep is cancelled. A termination request stops it after the epoch at hand, with a checkpoint."],
            Examples = ["rankcollapse sweep work /shared/sweeps/phase-diagram"],
        };
        Argument<string> path = SweepCommand.Folder();
        Option<string> name = OptionValue.Of<string>("--name", "The worker's name, unique for ever [host, process and chance]", "NAME");
        Option<double> share = OptionValue.Of<double>("--share", "Where in the list of pending trials to begin, from 0 to 1 [a Slurm task's part of it, or by chance]", "x");
        Option<double> patience = OptionValue.Of<double>("--patience", "Seconds to wait for space on a full disk [600]", "s");
        Option<bool> leave = OptionValue.Switch("--leave-early", "End when nothing is pending, even if other workers still train");
        Option<bool> untilInputEnds = OptionValue.Switch("--until-input-ends", "Stop when standard input ends, as it does with the process that started this one");
        Option<bool> json = CommonOptions.Json();
        command.Add(path);
        command.Add(name);
        command.Add(share);
        command.Add(patience);
        command.Add(leave);
        command.Add(untilInputEnds);
        command.Add(json);
        command.SetAction(parsed =>
        {
            string? worker = parsed.GetValue(name);
            if (worker is not null && (worker.Length is 0 or > 80 || worker.Any(c => !char.IsAsciiLetterOrDigit(c) && c is not ('-' or '_'))))
                throw new InvalidInputException($"--name is '{ErrorText.Printable(worker)}', expected up to 80 letters, digits, '-' and '_'.");
            using var stop = CancellationTokenSource.CreateLinkedTokenSource(environment.Cancellation);
            if (parsed.GetValue(untilInputEnds)) StopWithInput(stop);
            var options = new WorkerOptions
            {
                Name = worker,
                Share = parsed.GetResult(share) is null ? DefaultShare() : parsed.GetValue(share),
                LeavesEarly = parsed.GetValue(leave),
                PatienceSeconds = parsed.GetResult(patience) is null ? new WorkerOptions().PatienceSeconds : parsed.GetValue(patience),
                Warning = message => environment.Error.WriteLine($"warning: {message}"),
            };
            var folder = SweepFolder.Open(parsed.GetRequiredValue(path));
            WorkerReport report = SweepWorker.Run(folder, options, stop.Token);
            if (parsed.GetValue(json)) JsonOutput.Write(environment.Output, Document.Write(report));
            else environment.Output.WriteLine($"{NumberText.Count(report.Done, "trial")} done, {NumberText.Count(report.Failed, "attempt")} failed{(folder.IsCancelled ? "; the sweep is cancelled" : "")}");
            return ExitCode.Done;
        });
        return command;
    }

    /// <summary>A Slurm task begins at its own part of the list, others by chance.</summary>
    private static double DefaultShare()
    {
        bool isTask = int.TryParse(Environment.GetEnvironmentVariable("SLURM_ARRAY_TASK_ID"), out int task)
            & int.TryParse(Environment.GetEnvironmentVariable("SLURM_ARRAY_TASK_COUNT"), out int count);
        return isTask && count > 0 ? (double)task / count : Random.Shared.NextDouble();
    }

    private static void StopWithInput(CancellationTokenSource stop)
    {
        var listener = new Thread(() =>
        {
            try
            {
                using Stream input = Console.OpenStandardInput();
                while (input.ReadByte() >= 0)
                {
                    // Only the end counts.
                }
            }
            catch (IOException)
            {
                // A broken pipe is an end too.
            }
            try
            {
                stop.Cancel();
            }
            catch (ObjectDisposedException)
            {
                // The worker has ended already.
            }
        })
        { IsBackground = true, Name = "input" };
        listener.Start();
    }
}
