using System.CommandLine;
using System.Globalization;
using RankCollapse.Cli.Output;
using RankCollapse.Cli.Parsing;
using RankCollapse.Experiments.Running;
using RankCollapse.Formats;
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
            Notes = ["It ends when every trial is done or failed, or the sweep is cancelled. A termination request stops it after the epoch at hand, with "
                + "a checkpoint."],
            Examples = ["rankcollapse sweep work /shared/sweeps/phase-diagram"],
        };
        Argument<string> path = SweepCommand.Folder();
        Option<string> name = OptionValue.Of<string>("--name", "The worker's name, unique for ever [host, process and chance]", "NAME");
        Option<string> share = OptionValue.Of<string>("--share", "Where in the list of pending trials to begin, from 0 to 1, or as i/n [by chance]", "x");
        Option<string> task = OptionValue.Of<string>("--task", "What the engine that started it calls it, for sweep status", "NAME");
        Option<double> patience = OptionValue.Of<double>("--patience", "Seconds to wait for space on a full disk [600]", "s");
        Option<bool> leave = OptionValue.Switch("--leave-early", "End when nothing is pending, even if other workers still train");
        Option<bool> untilInputEnds = OptionValue.Switch(
            "--until-input-ends", "Stop when standard input ends, as it does with the process that started this one");
        Option<bool> json = CommonOptions.Json();
        command.Add(path);
        command.Add(name);
        command.Add(share);
        command.Add(task);
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
                Share = parsed.GetValue(share) is { } text ? ReadShare(text) : Random.Shared.NextDouble(),
                Task = parsed.GetValue(task),
                Recordings = ExperimentCatalogue.Recordings,
                LeavesEarly = parsed.GetValue(leave),
                PatienceSeconds = parsed.GetResult(patience) is null ? WorkerOptions.UsualPatienceSeconds : parsed.GetValue(patience),
                Warning = message => environment.Error.WriteLine(WarningLine.Of(message)),
            };
            var folder = SweepFolder.Open(parsed.GetRequiredValue(path));
            WorkerReport report = SweepWorker.Run(folder, options, stop.Token);
            if (parsed.GetValue(json)) JsonOutput.Write(environment.Output, Document.Write(report));
            else environment.Output.WriteLine($"{NumberText.Count(report.Done, "trial")} done, {NumberText.Count(report.Failed, "attempt")} "
                + $"failed{(folder.IsCancelled ? "; the sweep is cancelled" : "")}");
            return ExitCode.Done;
        });
        return command;
    }

    private static double ReadShare(string text)
    {
        double[] parts = [.. text.Split('/')
            .Select(part => double.TryParse(part, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) ? number : double.NaN)];
        double share = parts is [var one, var all] ? one / all : parts is [var alone] ? alone : double.NaN;
        return share is >= 0 and <= 1
            ? share
            : throw new InvalidInputException($"--share is '{ErrorText.Printable(text)}', expected a number from 0 to 1, or i/n such as 3/50.");
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
