using RankCollapse.Data;
using RankCollapse.LinearAlgebra;
using RankCollapse.Networks;
using RankCollapse.Training;

namespace RankCollapse.Theory.Forecasts;

/// <summary>A forecast that these settings do not have, with the reason.</summary>
/// <param name="Source">As in <see cref="Forecast.Source"/>.</param>
/// <param name="Reason">Why there is none.</param>
public sealed record MissingForecast(string Source, string Reason);

/// <summary>All forecasts of one configuration; each stands alone where another does not exist.</summary>
public sealed class ForecastSet
{
    /// <summary>From how many starts the centroid problem is solved, to see whether it has several minima.</summary>
    private const int Starts = 4;

    /// <summary>Networks of more weights, whose random starts would take as long as training, are begun from the recursion alone; refinements too.</summary>
    private const int MostOfSmall = 50_000;

    private ForecastSet(
        MinimumExistence existence, IReadOnlyList<Forecast> forecasts, IReadOnlyList<MissingForecast> missing, CentroidForecast? centroids,
        CentroidRefinement? refinement, IReadOnlyList<ForecastCandidate> candidates)
    {
        Candidates = candidates;
        Existence = existence;
        Forecasts = forecasts;
        Missing = missing;
        Centroids = centroids;
        Refinement = refinement;
    }

    /// <summary>Whether there is a minimum to forecast.</summary>
    public MinimumExistence Existence { get; }

    /// <summary>The forecasts there are, at least one.</summary>
    public IReadOnlyList<Forecast> Forecasts { get; }

    /// <summary>Those that there are not.</summary>
    public IReadOnlyList<MissingForecast> Missing { get; }

    /// <summary>
    /// Networks whose objectives are known, from the lowest to the highest: ends of the centroid problem, the best one with constant outputs, and what
    /// <see cref="Refinement"/> reached. Empty where there is no minimum.
    /// </summary>
    public IReadOnlyList<ForecastCandidate> Candidates { get; }

    /// <summary>The centroid problem with its network; null where it has no solution.</summary>
    public CentroidForecast? Centroids { get; }

    /// <summary>The size up to which classes of unconstrained features are lost; null for other data, and where it is not known.</summary>
    public double? LostClassSize { get; private set; }

    /// <summary>The classes that are lost by it.</summary>
    public IReadOnlyList<int> LostClasses { get; private set; } = [];

    /// <summary>What Newton's method reached in the full problem; null where it was not asked for.</summary>
    public CentroidRefinement? Refinement { get; }

    /// <summary>Computes what there is.</summary>
    /// <param name="specification">The network's shape.</param>
    /// <param name="data">The data.</param>
    /// <param name="settings">The objective.</param>
    /// <param name="seed">The seed of the centroid problem's start.</param>
    /// <param name="refineTo">The relative gradient norm to go on to in the full problem, from the network of the centroid problem; null leaves it at the
    /// forecast.</param>
    /// <exception cref="InvalidInputException">There is no forecast at all, or none to refine; the message says why.</exception>
    public static ForecastSet Compute(NetworkSpecification specification, DataSet data, ObjectiveSettings settings, long seed = 0, double? refineTo = null)
    {
        ForecastSet found = ComputeAll(specification, data, settings, seed, refineTo);
        if (!FreeFeatureForecast.AreFree(data)) return found;
        found.LostClassSize = FreeFeatureForecast.LostClassSize(specification, settings, data.SampleCount);
        found.LostClasses = [.. data.Labels.CountBy(label => label).Where(one => one.Value <= found.LostClassSize).Select(one => one.Key).Order()];
        return found;
    }

    private static ForecastSet ComputeAll(
        NetworkSpecification specification, DataSet data, ObjectiveSettings settings, long seed, double? refineTo)
    {
        if (refineTo is { } asked && (!(asked > 0) || double.IsInfinity(asked)))
            throw new InvalidInputException($"refine is {asked}; the relative gradient norm to reach is positive and finite.") { Settings = ["refine"] };
        CentroidForecastOptions options = refineTo is { } tolerance ? CentroidForecastOptions.ForRefinement(tolerance) : new CentroidForecastOptions();
        bool isSmall = Enumerable.Range(1, specification.Depth).Sum(l => (long)specification.Width(l) * specification.Width(l - 1)) <= MostOfSmall;
        var forecasts = new List<Forecast>();
        var missing = new List<MissingForecast>();
        CentroidForecast? centroids = null;
        var existence = MinimumExistence.Decide(specification, data, settings);
        if (FreeFeatureForecast.AreFree(data)) Try(FreeFeatureForecast.Source, () => FreeFeatureForecast.Compute(specification, data, settings));
        Try("penalised recursion", () => OfMinimum(PenalizedForecast.Compute(specification, data, settings)));
        Try("Theorem 4.2 and C.2", () => OfTheorem(CollapsedForecast.Compute(specification, data, settings)));
        Try("centroid problem", () =>
        {
            RequireMinimum();
            var found = CentroidForecast.Compute(
                specification, data, settings,
                options with { Seed = seed, Starts = Starts, Margin = ForecastCandidate.Same, BeginsWithRecursionAlone = !isSmall || refineTo is not null });
            Forecast forecast = OfMinimum(found.Forecast);
            centroids = found;
            return existence.Attainment == Attainment.Undecided && existence.Refute(found.Lifted, forecast.Objective) is { } growing
                ? forecast with { UnmetHypotheses = [.. forecast.UnmetHypotheses, $"there is a minimum near by ({growing})"] }
                : forecast;
        });
        if (forecasts.Count == 0) throw new InvalidInputException(missing.Select(m => m.Reason).Distinct().Aggregate((a, b) => $"{a} {b}"));
        List<ForecastCandidate> candidates = [.. centroids?.Candidates ?? []];
        if (existence.Attainment != Attainment.NotAttained && ConstantOutputs.Find(specification, data, settings) is { } constant) candidates.Add(constant);
        if (refineTo is null) return new ForecastSet(existence, forecasts, missing, centroids, null, ForecastCandidate.Order(candidates));
        if (centroids is null)
            throw new InvalidInputException("refine starts from the centroid problem, which has no solution here: "
                + $"{missing[^1].Reason}")
            { Settings = ["refine"] };
        CentroidRefinement refined = centroids.Refine(refineTo.Value);
        candidates.Insert(0, new ForecastCandidate("centroid problem, refined", refined.Value.Total, [.. refined.Network.Features(data.Inputs).Skip(1)
            .Select(z => NumericalRank.Of(z, Tolerances.NumericalRank))]));
        return new ForecastSet(existence, forecasts, missing, centroids, refined, ForecastCandidate.Order(candidates));

        void RequireMinimum()
        {
            if (existence.Attainment == Attainment.NotAttained) throw new InvalidInputException(existence.Reason);
        }

        // An objective below that of every constant network, where only these can be minima.
        Forecast OfMinimum(Forecast forecast)
        {
            RequireMinimum();
            return existence.Attainment == Attainment.AtConstantsOnly && forecast.Objective < existence.LeastConstant
                ? throw new InvalidInputException(existence.Reason)
                : forecast;
        }

        // The theorem's minimum is that of the representation cost under its constraints, whatever the objective has.
        Forecast OfTheorem(Forecast forecast) => existence.Attainment is Attainment.Attained or Attainment.Undecided
            ? forecast
            : forecast with { UnmetHypotheses = [.. forecast.UnmetHypotheses, "the objective has a minimum, which it has not without these constraints"] };

        void Try(string source, Func<Forecast> compute)
        {
            try
            {
                forecasts.Add(compute());
            }
            catch (Exception e) when (e is InvalidInputException or ComputationFailedException)
            {
                missing.Add(new MissingForecast(source, e.Message));
            }
        }
    }
}
