using RankCollapse.Runs;
using RankCollapse.Sweeps.Plan;

namespace RankCollapse.Experiments;

/// <summary>One training of a figure, on one thread.</summary>
/// <param name="Key">Its name within the figure.</param>
/// <param name="Configuration">Its settings; the data are a built-in set.</param>
/// <param name="ExpectedSeconds">About how long it takes on one core, for the order of work and the time left.</param>
public sealed record FigureTraining(string Key, RunConfiguration Configuration, double ExpectedSeconds)
{
    /// <summary>The identity of the trial, see <see cref="TrialIdentity"/>.</summary>
    public string Id { get; } = TrialIdentity.Of(TrialIdentity.Resolve(Configuration));
}
