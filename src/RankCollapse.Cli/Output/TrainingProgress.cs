using System.Diagnostics;
using RankCollapse.Reporting.Text;
using RankCollapse.Runs;
using RankCollapse.Training;
using RankCollapse.Training.Solving;
using Spectre.Console;

namespace RankCollapse.Cli.Output;

/// <summary>Shows how training goes on: a live bar on a terminal, otherwise a line every two seconds.</summary>
internal sealed class TrainingProgress
{
    private const double SecondsPerLine = 2;
    private const double SecondsPerFrame = 0.1;

    private readonly CommandEnvironment _environment;
    private readonly double _secondsBetween;
    private readonly long _startedAt = Stopwatch.GetTimestamp();
    private IAnsiConsole? _console;
    private ProgressTask? _task;
    private RunConfiguration _configuration = new();
    private long _firstEpoch;
    private double _lastShown;
    private double _smallestGradient = 1;

    private TrainingProgress(CommandEnvironment environment)
    {
        _environment = environment;
        _secondsBetween = environment.ErrorIsTerminal ? SecondsPerFrame : SecondsPerLine;
    }

    /// <summary>Runs a training with its progress shown.</summary>
    public static TrainingRunResult Show(CommandEnvironment environment, Func<TrainingProgress, TrainingRunResult> train)
    {
        var progress = new TrainingProgress(environment);
        if (!environment.ErrorIsTerminal) return train(progress);
        progress._console = environment.ErrorConsole();
        return progress._console.Progress()
            .AutoClear(true)
            .Columns(new ProgressBarColumn { Width = 24 }, new PercentageColumn(), new TaskDescriptionColumn { Alignment = Justify.Left })
            .Start(context =>
            {
                progress._task = context.AddTask("starting", autoStart: true, maxValue: 1);
                return train(progress);
            });
    }

    /// <summary>Says what is trained.</summary>
    public void Start(TrainingRunStart start)
    {
        _configuration = start.Configuration;
        _firstEpoch = start.Epoch;
        Say(Describe(start));
    }

    /// <summary>Says what is odd but does not stop the training.</summary>
    public void Warn(string message) => Say(WarningLine.Of(message));

    /// <summary>Shows a state, unless one was shown just before.</summary>
    public void Update(TrainingState state)
    {
        double now = Stopwatch.GetElapsedTime(_startedAt).TotalSeconds;
        if (now - _lastShown < _secondsBetween) return;
        _lastShown = now;
        double? left = SecondsLeft(state, now);
        string of = EndsByConvergence ? "" : $" of {NumberText.Whole(_configuration.MaxEpochs)}";
        string text =
            $"epoch {NumberText.Whole(state.Epoch)}{of}, objective {Numbers.Short(state.Value.Total, 4)}, data loss {Numbers.Short(state.Value.DataLoss)}, "
            + $"rel. gradient {Numbers.Short(state.Gradient.Relative, 2)}{(state.Phase.Length > 0 ? $", {state.Phase}" : "")}"
            + (left is { } seconds ? $", at most {Remaining(seconds)} left" : "");
        if (_task is null)
        {
            _environment.Error.WriteLine(text);
            return;
        }
        _task.Value = Fraction(state);
        _task.Description = Markup.Escape(text);
    }

    /// <summary>Writes a line; above the bar, where there is one.</summary>
    private void Say(string line)
    {
        if (_console is null) _environment.Error.WriteLine(line);
        else _console.WriteLine(ErrorText.Line(line));
    }

    private static string Describe(TrainingRunStart start)
    {
        RunConfiguration c = start.Configuration;
        string widths = string.Join('–', new[] { start.Specification.InputDimension }.Concat(start.Specification.Widths));
        string shape = start.Specification.Depth <= 12 ? widths
            : $"{c.Depth} layers, {start.Specification.InputDimension} to {start.Specification.OutputDimension}";
        string from = start.Epoch > 0 ? $", going on at epoch {NumberText.Whole(start.Epoch)}" : "";
        return $"Training {EnumNames.Of(c.Architecture)} {shape} ({c.Activation}) on {start.DataSet.SampleCount} samples of {start.DataSet.Name} with "
            + $"{c.Solver}{from}";
    }

    private static string Remaining(double seconds) => seconds < 60 ? $"{Math.Ceiling(seconds)} s" : NumberText.Duration(seconds);

    private bool EndsByConvergence => Solvers.All.Parse(_configuration.Solver).EndsByConvergence;

    private double Fraction(TrainingState state)
    {
        double byTime = _configuration.MaxSeconds is { } limit ? Math.Min(1, state.Seconds / limit) : 0;
        double byEpochs = state.Epoch / Math.Max(1.0, _configuration.MaxEpochs);
        if (!EndsByConvergence || _configuration.GradientTolerance is not (> 0 and < 1)) return Math.Max(byTime, byEpochs);
        _smallestGradient = Math.Min(_smallestGradient, state.Gradient.Relative);
        // A small gradient is half of the way where every layer has to collapse too.
        double most = _configuration.CollapseTolerance is null ? 1 : 0.5;
        double byGradient = most * Math.Clamp(Math.Log(_smallestGradient) / Math.Log(_configuration.GradientTolerance), 0, 1);
        return Math.Max(byGradient, Math.Max(byTime, byEpochs));
    }

    /// <summary>The time until the first limit that counts; convergence may end it before. Null when none can be told.</summary>
    private double? SecondsLeft(TrainingState state, double now)
    {
        long done = state.Epoch - _firstEpoch;
        if (done == 0) return null;
        double byEpochs = EndsByConvergence ? double.PositiveInfinity : now / done * (_configuration.MaxEpochs - state.Epoch);
        double left = _configuration.MaxSeconds is { } limit ? Math.Min(byEpochs, Math.Max(0, limit - state.Seconds)) : byEpochs;
        return double.IsFinite(left) ? left : null;
    }
}
