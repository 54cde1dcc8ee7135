using System.Diagnostics;
using RankCollapse.Reporting.Text;
using RankCollapse.Sweeps.Plan;
using RankCollapse.Sweeps.Storage;

namespace RankCollapse.Cli.Output;

/// <summary>Shows how a sweep goes on.</summary>
internal sealed class SweepProgress(JobProgress progress, int count)
{
    private readonly long _started = Stopwatch.GetTimestamp();
    private readonly Lock _lock = new();
    private int? _endedBefore;
    private int _ended;
    private double _endedAt;

    /// <summary>Runs a sweep with its progress shown.</summary>
    public static SweepStatus Show(CommandEnvironment environment, SweepPlan plan, Func<SweepProgress, SweepStatus> run) =>
        JobProgress.Show(environment, progress => run(new SweepProgress(progress, plan.Trials.Count)));

    /// <summary>Shows where the trials stand.</summary>
    public void Update(SweepStatus status)
    {
        lock (_lock)
        {
            int done = status.Counts[TrialState.Done], failed = status.Counts[TrialState.Failed], ended = done + failed;
            _endedBefore ??= ended;
            double now = Stopwatch.GetElapsedTime(_started).TotalSeconds;
            bool isNews = ended != _ended;
            if (isNews) (_ended, _endedAt) = (ended, now);
            progress.Update(new ProgressState($"{NumberText.Whole(done)} of {NumberText.Count(count, "trial")} done")
            {
                Fraction = (double)ended / Math.Max(1, count),
                Value = failed > 0 ? $"{NumberText.Whole(failed)} failed" : null,
                Details = status.Counts[TrialState.Leased] is > 0 and var running ? [$"{NumberText.Whole(running)} running"] : [],
                Rate = ended > _endedBefore && _endedAt > 0 ? $"{Numbers.Short(60 * (ended - _endedBefore.Value) / _endedAt)} in a minute" : null,
                Left = SecondsLeft(ended, now) is { } left ? $"about {NumberText.Duration(Math.Ceiling(left))} left" : null,
            }, isNews, status.HasEnded);
        }
    }

    /// <summary>Says what is odd.</summary>
    public void Warn(string message) => progress.Warn(message);

    /// <summary>From the time that trials took up to the last that ended; counts down until the next one ends.</summary>
    private double? SecondsLeft(int ended, double now) => ended > _endedBefore && ended < count
        ? Math.Max(_endedAt / (ended - _endedBefore.Value), (_endedAt / (ended - _endedBefore.Value) * (count - ended)) - (now - _endedAt))
        : null;
}
