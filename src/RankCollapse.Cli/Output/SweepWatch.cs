using RankCollapse.Reporting.Text;
using RankCollapse.Sweeps.Live;
using RankCollapse.Sweeps.Storage;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace RankCollapse.Cli.Output;

/// <summary>A sweep in the terminal, looked at again and again: a picture that changes on a terminal, otherwise a line for every change.</summary>
internal static class SweepWatch
{
    private const int BarWidth = 48;
    private const int MostTraining = 12;

    private static readonly (string State, string Word, string Colour)[] States =
    [
        ("done", "done", "green"), ("failed", "failed", "red"), ("damaged", "damaged", "red"), ("leased", "training", "yellow"),
            ("cancelled", "cancelled", "grey"), ("pending", "pending", "grey37"),
    ];

    /// <summary>Shows the sweep until nothing is left to do, or until it is stopped.</summary>
    /// <returns>What was seen last.</returns>
    public static LiveSnapshot Show(CommandEnvironment environment, LiveView view, TimeSpan interval)
    {
        view.Refresh();
        if (view.Snapshot is { Version: <= 1, Problem: { } problem }) throw new InvalidInputException(problem);
        if (environment.ErrorIsTerminal)
        {
            environment.ErrorConsole().Live(Picture(view)).Start(context => Follow(environment, view, interval, () =>
            {
                context.UpdateTarget(Picture(view));
                context.Refresh();
            }));
        }
        else
        {
            Follow(environment, view, interval, () => environment.Error.WriteLine(Line(view)));
        }
        return view.Snapshot;
    }

    private static void Follow(CommandEnvironment environment, LiveView view, TimeSpan interval, Action show)
    {
        show();
        while (view.Snapshot.Left > 0 && !environment.Cancellation.WaitHandle.WaitOne(interval))
        {
            if (view.Refresh()) show();
        }
    }

    private static string Line(LiveView view)
    {
        LiveSnapshot now = view.Snapshot;
        string counts = string.Join(", ", States.Where(s => now.Of(s.State) > 0).Select(s => $"{NumberText.Whole(now.Of(s.State))} {s.Word}"));
        string pace = now.TrialsPerMinute is > 0 and var perMinute ? $", {Numbers.Short(perMinute)} in a minute" : "";
        string left = now.SecondsLeft is { } seconds ? $", about {NumberText.Duration(Math.Ceiling(seconds))} left" : "";
        return $"{view.Name}: {counts} of {NumberText.Whole(now.Trials.Count)}{pace}{left}"
            + $"{(now.Left > 0 && now.Idle is { } idle ? $"; {ErrorText.Printable(idle)}" : "")}{(now.Problem is { } problem ? $"; {problem}" : "")}";
    }

    private static Rows Picture(LiveView view)
    {
        LiveSnapshot now = view.Snapshot;
        var parts = new List<IRenderable> { new Markup(Bar(now)), new Text(Line(view)) };
        if (now.Training.Count > 0)
        {
            var table = new Table { Border = TableBorder.Simple };
            foreach (string heading in (string[])["trial", "epoch", "objective", "seconds", "machine"])
                table.AddColumn(new TableColumn(heading) { NoWrap = heading != "trial" });
            foreach (WorkerHeartbeat worker in now.Training.Take(MostTraining))
            {
                LiveTrial? trial = now.Find(worker.Trial!);
                string settings = trial is null ? worker.Trial!
                    : string.Join(", ", now.Names.Zip(trial.Settings, (name, value) => $"{name} {MetricFigure.Label(value)}"));
                table.AddRow(new Text(settings), new Text(NumberText.Whole(worker.TrialEpoch)), new Text(Numbers.Objective(worker.TrialObjective)),
                    new Text($"{worker.TrialSeconds:0}"), new Text(ErrorText.Printable(worker.Host)));
            }
            parts.Add(table);
            if (now.Training.Count > MostTraining) parts.Add(new Text($"and {now.Training.Count - MostTraining} more"));
        }
        return new Rows(parts);
    }

    private static string Bar(LiveSnapshot now)
    {
        int total = Math.Max(1, now.Trials.Count), drawn = 0, counted = 0;
        string bar = "";
        foreach ((string state, _, string colour) in States)
        {
            counted += now.Of(state);
            int end = (int)Math.Round((double)BarWidth * counted / total);
            if (end > drawn) bar += $"[{colour}]{new string(state == "pending" ? '░' : '█', end - drawn)}[/]";
            drawn = Math.Max(drawn, end);
        }
        return bar;
    }
}
