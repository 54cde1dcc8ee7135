using RankCollapse.Experiments;
using RankCollapse.Experiments.Running;
using RankCollapse.Reporting.Text;

namespace RankCollapse.Cli.Output;

/// <summary>Shows how a reproduction goes on.</summary>
internal sealed class ReproductionDisplay(JobProgress progress)
{
    private const int MostNames = 2;

    /// <summary>Runs a reproduction with its progress shown.</summary>
    public static T Show<T>(CommandEnvironment environment, Func<ReproductionDisplay, T> run) =>
        JobProgress.Show(environment, progress => run(new ReproductionDisplay(progress)));

    /// <summary>Shows how far it is.</summary>
    public void Update(ReproductionProgress state) => progress.Update(
        new ProgressState($"{NumberText.Whole(state.Done)} of {NumberText.Count(state.Count, "training")}")
        {
            Fraction = state.Fraction,
            Details = state.Ended is { } ended ? [$"last {ended}"] : state.Running.Count > 0 ? [Running(state.Running)] : [],
            Left = state.SecondsLeft is { } seconds && state.Done < state.Count ? $"about {NumberText.Duration(Math.Ceiling(seconds))} left" : null,
        },
        state.Ended is not null);

    /// <summary>Says what is odd.</summary>
    public void Warn(string message) => progress.Warn(message);

    /// <summary>Says that a figure is written.</summary>
    public void Finish(FigureResult result)
    {
        IEnumerable<string> verdicts = result.Verdicts.GroupBy(verdict => verdict.InWords).Select(group => $"{group.Count()} {group.Key}");
        progress.Say($"{result.Name} is written: {string.Join("; ", verdicts)}");
    }

    private static string Running(IReadOnlyList<string> names)
    {
        int more = names.Count - MostNames;
        return $"{string.Join(", ", names.Take(MostNames))}{(more > 0 ? $" and {more} more" : "")}";
    }
}
