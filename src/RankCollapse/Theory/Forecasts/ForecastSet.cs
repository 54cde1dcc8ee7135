using RankCollapse.Data;
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
    private ForecastSet(List<Forecast> forecasts, List<MissingForecast> missing, CentroidForecast? centroids)
    {
        Forecasts = forecasts;
        Missing = missing;
        Centroids = centroids;
    }

    /// <summary>The forecasts there are, at least one.</summary>
    public IReadOnlyList<Forecast> Forecasts { get; }

    /// <summary>Those that there are not.</summary>
    public IReadOnlyList<MissingForecast> Missing { get; }

    /// <summary>The centroid problem with its network; null where it has no solution.</summary>
    public CentroidForecast? Centroids { get; }

    /// <summary>Computes what there is.</summary>
    /// <param name="specification">The network.</param>
    /// <param name="data">The data.</param>
    /// <param name="settings">The objective.</param>
    /// <param name="centroidOptions">How well the centroid problem is solved.</param>
    /// <exception cref="InvalidInputException">There is no forecast at all; the message says why for each.</exception>
    public static ForecastSet Compute(NetworkSpecification specification, DataSet data, ObjectiveSettings settings, CentroidForecastOptions centroidOptions)
    {
        var forecasts = new List<Forecast>();
        var missing = new List<MissingForecast>();
        CentroidForecast? centroids = null;
        Try("penalised recursion", () => PenalizedForecast.Compute(specification, data, settings));
        Try("Theorem 4.2 and C.2", () => CollapsedForecast.Compute(specification, data, settings));
        Try("centroid problem", () => (centroids = CentroidForecast.Compute(specification, data, settings, centroidOptions)).Forecast);
        if (forecasts.Count == 0) throw new InvalidInputException(missing.Select(m => m.Reason).Distinct().Aggregate((a, b) => $"{a} {b}"));
        return new ForecastSet(forecasts, missing, centroids);

        void Try(string source, Func<Forecast> compute)
        {
            try
            {
                forecasts.Add(compute());
            }
            catch (InvalidInputException e)
            {
                missing.Add(new MissingForecast(source, e.Message));
            }
        }
    }
}
