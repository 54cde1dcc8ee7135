using System.Diagnostics;
using RankCollapse.Reporting.Text;
using RankCollapse.Sweeps.Plan;
using RankCollapse.Sweeps.Storage;
using Spectre.Console;

namespace RankCollapse.Cli.Output;

/// <summary>Shows how a sweep goes on: a live bar on a terminal, otherwise a line every five seconds and at the end.</summary>
internal sealed class SweepProgress
{
    private const double SecondsPerLine = 5;

    private readonly CommandEnvironment _environment;
    private readonly int _count;
    private readonly long _started = Stopwatch.GetTimestamp();
    private readonly Lock _lock = new();
    private IAnsiConsole? _console;
    private ProgressTask? _task;
    private int? _endedBefore;
    private int _ended;
    private double _endedAt;
    private double _lastShown = -SecondsPerLine;
    private string _lastLine = "";

    private SweepProgress(CommandEnvironment environment, int count)
    {
        _environment = environment;
        _count = count;
    }

    /// <summary>Runs a sweep with its progress shown.</summary>
    public static SweepStatus Show(CommandEnvironment environment, SweepPlan plan, Func<SweepProgress, SweepStatus> run)
    {
        var progress = new SweepProgress(environment, plan.Trials.Count);
        if (!environment.ErrorIsTerminal) return run(progress);
        progress._console = environment.ErrorConsole();
        return progress._console.Progress()
            .AutoClear(true)
            .Columns(new ProgressBarColumn { Width = 24 }, new PercentageColumn(), new TaskDescriptionColumn { Alignment = Justify.Left })
            .Start(context =>
            {
                progress._task = context.AddTask("starting", autoStart: true, maxValue: Math.Max(1, progress._count));
                return run(progress);
            });
    }

    /// <summary>Shows where the trials stand.</summary>
    public void Update(SweepStatus status)
    {
        lock (_lock)
        {
            int done = status.Counts[TrialState.Done], failed = status.Counts[TrialState.Failed], ended = done + failed;
            _endedBefore ??= ended;
            double now = Stopwatch.GetElapsedTime(_started).TotalSeconds;
            if (ended != _ended) (_ended, _endedAt) = (ended, now);
            string line = $"{NumberText.Whole(done)} of {NumberText.Count(_count, "trial")} done"
                + (failed > 0 ? $", {NumberText.Whole(failed)} failed" : "")
                + (status.Counts[TrialState.Leased] is > 0 and var running ? $", {running} running" : "")
                + (SecondsLeft(ended, now) is { } left ? $", about {NumberText.Duration(left)} left" : "");
            if (_task is not null)
            {
                _task.Value = ended;
                _task.Description = Markup.Escape(line);
            }
            else if ((now - _lastShown >= SecondsPerLine || status.HasEnded) && line != _lastLine)
            {
                _environment.Error.WriteLine(line);
                (_lastShown, _lastLine) = (now, line);
            }
        }
    }

    /// <summary>Says what is odd.</summary>
    public void Warn(string message)
    {
        lock (_lock)
        {
            string line = WarningLine.Of(message);
            if (_console is null) _environment.Error.WriteLine(line);
            else _console.WriteLine(ErrorText.Line(line));
        }
    }

    /// <summary>From the time that trials took up to the last that ended; counts down until the next one ends.</summary>
    private double? SecondsLeft(int ended, double now) => ended > _endedBefore && ended < _count
        ? Math.Max(_endedAt / (ended - _endedBefore.Value), (_endedAt / (ended - _endedBefore.Value) * (_count - ended)) - (now - _endedAt))
        : null;
}
