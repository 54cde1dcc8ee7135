using System.CommandLine;
using RankCollapse.Cli.Output;
using RankCollapse.Cli.Parsing;
using RankCollapse.Sweeps.Live;

namespace RankCollapse.Cli.Commands.Sweeps;

/// <summary><c>sweep watch DIR</c>: follows a sweep in the terminal, whoever works on it.</summary>
internal static class SweepWatchCommand
{
    private const double DefaultSeconds = 2;

    /// <summary>The verb.</summary>
    public static Command Create(CommandEnvironment environment)
    {
        var command = new Verb("watch", "Follows a sweep in the terminal until nothing is left to do; whoever works on it goes on when this ends.")
        {
            Notes = ["Exit code 0: every trial is done, or it was stopped with Ctrl-C; 1: some failed or were cancelled; 2: bad input."],
            Examples = ["rankcollapse sweep watch sweeps/phase-diagram", "rankcollapse sweep watch sweeps/phase-diagram --every 30"],
        };
        Argument<string> path = SweepCommand.Folder();
        Option<double> every = OptionValue.Of<double>("--every", $"Look every s seconds [{DefaultSeconds}]", "s");
        command.Add(path);
        command.Add(every);
        command.SetAction(parsed =>
        {
            double seconds = parsed.GetResult(every) is null ? DefaultSeconds : parsed.GetValue(every);
            if (!(seconds is >= 0.1 and <= 86400)) throw new InvalidInputException($"--every is {seconds}; expected 0.1 to 86400 seconds.");
            LiveSnapshot last = SweepWatch.Show(environment, LiveView.Open(parsed.GetRequiredValue(path)), TimeSpan.FromSeconds(seconds));
            return environment.Cancellation.IsCancellationRequested || last.Of("done") == last.Trials.Count ? ExitCode.Done : ExitCode.NotReached;
        });
        return command;
    }
}
