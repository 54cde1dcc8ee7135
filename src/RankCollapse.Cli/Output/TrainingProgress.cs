using System.Diagnostics;
using RankCollapse.Reporting.Text;
using RankCollapse.Runs;
using RankCollapse.Training;
using RankCollapse.Training.Solving;

namespace RankCollapse.Cli.Output;

/// <summary>Shows how training goes on.</summary>
internal sealed class TrainingProgress(JobProgress progress)
{
    private readonly long _startedAt = Stopwatch.GetTimestamp();
    private RunConfiguration _configuration = new();
    private double _dataFactor = 1;
    private long _firstEpoch;
    private double _smallestGradient = 1;

    /// <summary>Runs a training with its progress shown.</summary>
    public static TrainingRunResult Show(CommandEnvironment environment, Func<TrainingProgress, TrainingRunResult> train) =>
        JobProgress.Show(environment, progress => train(new TrainingProgress(progress)));

    /// <summary>Says what is trained.</summary>
    public void Start(TrainingRunStart start)
    {
        _configuration = start.Configuration;
        _firstEpoch = start.Epoch;
        _dataFactor = start.Configuration.ToObjectiveSettings().Coefficients(start.Specification.Depth, start.DataSet.SampleCount).DataFactor;
        if (start.DataSet.Understood is { } understood) progress.Say($"{start.DataSet.Name}: {understood}");
        progress.Say(Describe(start));
    }

    /// <summary>Says what is odd but does not stop the training.</summary>
    public void Warn(string message) => progress.Warn(message);

    /// <summary>Shows a state, unless one was shown just before.</summary>
    public void Update(TrainingState state)
    {
        double now = Stopwatch.GetElapsedTime(_startedAt).TotalSeconds;
        long done = state.Epoch - _firstEpoch;
        string of = EndsByConvergence ? "" : $" of {NumberText.Whole(_configuration.MaxEpochs)}";
        progress.Update(new ProgressState($"epoch {NumberText.Whole(state.Epoch)}{of}")
        {
            Fraction = Fraction(state),
            Value = $"objective {Numbers.Objective(state.Value.Total)}",
            Details =
            [
                $"rel. gradient {Numbers.Short(state.Gradient.Relative, 2)}", $"data term {Numbers.Short(_dataFactor * state.Value.DataLoss)}",
                .. state.Phase.Length > 0 ? [state.Phase] : Array.Empty<string>(),
            ],
            Rate = done > 0 && now > 0 ? $"{Numbers.Short(done / now)} epochs/s" : null,
            Left = SecondsLeft(done, state, now) is { } seconds ? $"at most {NumberText.Duration(Math.Ceiling(seconds))} left" : null,
        });
    }

    private static string Describe(TrainingRunStart start)
    {
        RunConfiguration c = start.Configuration;
        string widths = string.Join('–', new[] { start.Specification.InputDimension }.Concat(start.Specification.Widths));
        string shape = start.Specification.Depth <= 12 ? widths
            : $"{c.Depth} layers, {start.Specification.InputDimension} to {start.Specification.OutputDimension}";
        string from = start.Epoch > 0 ? $", going on at epoch {NumberText.Whole(start.Epoch)}" : "";
        return $"Training {EnumNames.Of(c.Architecture)} {shape} ({c.Activation}) on {NumberText.Count(start.DataSet.SampleCount, "sample")} of "
            + $"{start.DataSet.Name} with {c.Solver}{from}";
    }

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
    private double? SecondsLeft(long done, TrainingState state, double now)
    {
        if (done == 0) return null;
        double byEpochs = EndsByConvergence ? double.PositiveInfinity : now / done * (_configuration.MaxEpochs - state.Epoch);
        double left = _configuration.MaxSeconds is { } limit ? Math.Min(byEpochs, Math.Max(0, limit - state.Seconds)) : byEpochs;
        return double.IsFinite(left) ? left : null;
    }
}
