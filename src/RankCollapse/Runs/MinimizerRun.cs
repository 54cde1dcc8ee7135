using RankCollapse.Theory.Forecasts;
using RankCollapse.Theory.Minimizers;
using RankCollapse.Theory.RepresentationCosts;

namespace RankCollapse.Runs;

/// <summary>A global minimiser of the representation cost, Theorem 4.2 or Theorem C.2, or a candidate of lower rank, as a run that was not trained.</summary>
public static class MinimizerRun
{
    /// <summary>Constructs the minimiser and writes the run.</summary>
    /// <param name="configuration">Shape and data; the seed draws the orthogonal factors.</param>
    /// <param name="path">The folder of the run, which is new or empty; null keeps the run in memory.</param>
    /// <param name="constant">C of Definition 4.1.</param>
    /// <param name="options">Whether an earlier run is replaced, and who hears warnings.</param>
    /// <param name="cancellation">As in <see cref="TrainingRun.Start"/>.</param>
    /// <exception cref="InvalidInputException">There is no minimiser, or no network that has its features; nothing was written then.</exception>
    public static GlobalMinimizer Write(
        RunConfiguration configuration, string? path, double constant = 1, TrainingRunOptions? options = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        configuration = configuration with { MaxEpochs = 0 };
        configuration.Validate();
        GlobalMinimizer? minimizer = null;
        options = (options ?? new TrainingRunOptions()) with
        {
            Initial = (specification, data) =>
            {
                var choice = new GlobalMinimizerOptions { Constant = constant, Seed = configuration.Seed };
                minimizer = GlobalMinimizer.Construct(new FeatureProblem(specification, data), choice);
                return minimizer.RequireNetwork();
            },
        };
        TrainingRun.Start(configuration, path, options, cancellation);
        return minimizer!;
    }

    /// <summary>Looks for the lowest collapsed network of a lower rank than K and writes it as a run.</summary>
    /// <param name="configuration">Shape, data and objective; the seed draws the starts.</param>
    /// <param name="path">As in <see cref="Write"/>.</param>
    /// <param name="rank">r, below K.</param>
    /// <param name="options">Whether an earlier run is replaced, and who hears warnings.</param>
    /// <param name="cancellation">As in <see cref="TrainingRun.Start"/>.</param>
    /// <exception cref="InvalidInputException">There is none; nothing was written then.</exception>
    public static LowerRankForecast WriteLowerRank(
        RunConfiguration configuration, string? path, int rank, TrainingRunOptions? options = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        configuration = configuration with { MaxEpochs = 0 };
        configuration.Validate();
        LowerRankForecast? lower = null;
        options = (options ?? new TrainingRunOptions()) with
        {
            Initial = (specification, data) =>
            {
                lower = LowerRankForecast.Compute(specification, data, configuration.ToObjectiveSettings(), rank, configuration.Seed);
                return lower.Network;
            },
        };
        TrainingRun.Start(configuration, path, options, cancellation);
        return lower!;
    }
}
