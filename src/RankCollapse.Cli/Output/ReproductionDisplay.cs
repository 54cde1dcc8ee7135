using System.Diagnostics;
using RankCollapse.Experiments;
using RankCollapse.Experiments.Running;
using RankCollapse.Reporting.Text;
using Spectre.Console;

namespace RankCollapse.Cli.Output;

/// <summary>Shows how a reproduction goes on: a live bar on a terminal, otherwise lines, at most one in two seconds.</summary>
internal sealed class ReproductionDisplay
{
    private const double SecondsPerLine = 2;
    private const double SecondsOfSilence = 30;
    private const int MostNames = 2;

    private readonly CommandEnvironment _environment;
    private readonly Lock _lock = new();
    private IAnsiConsole? _console;
    private ProgressTask? _task;
    private long _shownAt;

    private ReproductionDisplay(CommandEnvironment environment) => _environment = environment;

    /// <summary>Runs a reproduction with its progress shown.</summary>
    public static T Show<T>(CommandEnvironment environment, Func<ReproductionDisplay, T> run)
    {
        var display = new ReproductionDisplay(environment);
        if (!environment.ErrorIsTerminal) return run(display);
        display._console = environment.ErrorConsole();
        return display._console.Progress()
            .AutoClear(true)
            .Columns(new ProgressBarColumn { Width = 24 }, new PercentageColumn(), new TaskDescriptionColumn { Alignment = Justify.Left })
            .Start(context =>
            {
                display._task = context.AddTask("starting", autoStart: true, maxValue: 1);
                return run(display);
            });
    }

    /// <summary>Shows how far it is.</summary>
    public void Update(ReproductionProgress progress)
    {
        if (_task is not null)
        {
            _task.Value = progress.Fraction;
            _task.Description = Markup.Escape($"{progress.Done} of {progress.Count}{Left(progress)}{Running(progress)}");
            return;
        }
        double silent = _shownAt == 0 ? double.PositiveInfinity : Stopwatch.GetElapsedTime(_shownAt).TotalSeconds;
        if (silent < (progress.Ended is null ? SecondsOfSilence : SecondsPerLine)) return;
        _shownAt = Stopwatch.GetTimestamp();
        WriteLine($"{progress.Done} of {progress.Count} done{Left(progress)}{(progress.Ended is { } ended ? $", last {ended}" : "")}");
    }

    /// <summary>Says what is odd.</summary>
    public void Warn(string message) => WriteLine(WarningLine.Of(message));

    /// <summary>Says that a figure is written.</summary>
    public void Finish(FigureResult result)
    {
        IEnumerable<string> verdicts = result.Verdicts.GroupBy(verdict => verdict.InWords).Select(group => $"{group.Count()} {group.Key}");
        WriteLine($"{result.Name} is written: {string.Join("; ", verdicts)}");
    }

    private void WriteLine(string line)
    {
        lock (_lock)
        {
            if (_console is null) _environment.Error.WriteLine(line);
            else _console.WriteLine(ErrorText.Line(line));
        }
    }

    private static string Running(ReproductionProgress progress)
    {
        int more = progress.Running.Count - MostNames;
        return progress.Running.Count == 0 ? "" : $" · {string.Join(", ", progress.Running.Take(MostNames))}{(more > 0 ? $" and {more} more" : "")}";
    }

    private static string Left(ReproductionProgress progress) =>
        progress.SecondsLeft is not { } seconds || progress.Done == progress.Count ? ""
        : $", about {(seconds < 60 ? $"{Math.Ceiling(seconds)} s" : NumberText.Duration(seconds))} left";
}
