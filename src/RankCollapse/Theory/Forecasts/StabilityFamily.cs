using RankCollapse.Data;
using RankCollapse.Networks;
using RankCollapse.Theory.RepresentationCosts;
using RankCollapse.Training;

namespace RankCollapse.Theory.Forecasts;

/// <summary>One member of a family of minimisers.</summary>
/// <param name="Delta">δ, the first layer's share of λ; 2/λ for the λ of (12).</param>
/// <param name="Forecast">The minimiser's spectra and objective.</param>
/// <param name="Distances">‖s(Z^l) − s_0(Z^l)‖/‖s_0(Z^l)‖ for l = 1 … L, s_0 those of δ = 0.</param>
public sealed record StabilityPoint(double Delta, Forecast Forecast, IReadOnlyList<double> Distances);

/// <summary>
/// Theorem 4.4 and Remark C.3: the minimisers of the problem with a penalised first layer as δ → 0, and how far their singular values are from the limit's.
/// </summary>
/// <remarks>
/// L_δ(Z) falls to L(Z) at every Z as δ → 0, and L is lower semicontinuous: that is the Γ-convergence. The problem of fixed features satisfies it with
/// the representation cost of <see cref="RepresentationCostOptions.FirstLayer"/> = δ; the family here minimises it with the features' penalty.
/// </remarks>
public sealed class StabilityFamily
{
    private static readonly double[] DefaultDeltas = [1, 1e-1, 1e-2, 1e-3, 1e-4, 1e-5, 1e-6];

    private StabilityFamily(Forecast limit, IReadOnlyList<StabilityPoint> points)
    {
        Limit = limit;
        Points = points;
    }

    /// <summary>The minimiser of δ = 0.</summary>
    public Forecast Limit { get; }

    /// <summary>The family, δ descending.</summary>
    public IReadOnlyList<StabilityPoint> Points { get; }

    /// <summary>Follows the minimisers.</summary>
    /// <param name="specification">The network's shape.</param>
    /// <param name="data">The data.</param>
    /// <param name="settings">The objective; its δ is replaced.</param>
    /// <param name="deltas">The δ to visit, positive; null takes 1, 0.1, … 1e−6.</param>
    /// <exception cref="InvalidInputException">A δ is not positive, or there is no forecast for these settings, as without a feature penalty, whose limit has
    /// no minimum.</exception>
    public static StabilityFamily Follow(NetworkSpecification specification, DataSet data, ObjectiveSettings settings, IReadOnlyList<double>? deltas = null)
    {
        ArgumentNullException.ThrowIfNull(settings);
        if (settings.Convention == Convention.Equation3)
            throw new InvalidInputException("Equation (3) has no delta: its first layer is penalised as the others are.");
        Forecast limit = PenalizedForecast.Compute(specification, data, settings with { Delta = 0 });
        var points = new List<StabilityPoint>();
        foreach (double delta in (deltas ?? DefaultDeltas).OrderDescending())
        {
            if (!(delta > 0)) throw new InvalidInputException($"A family of minimisers is followed over positive delta, found {delta}.");
            Forecast forecast = PenalizedForecast.Compute(specification, data, settings with { Delta = delta });
            double[] distances = [.. forecast.Layers.Zip(limit.Layers).Select(p => p.Second.FeatureDistance(p.First.FeatureSingularValues) ?? double.NaN)];
            points.Add(new StabilityPoint(delta, forecast, distances));
        }
        return new StabilityFamily(limit, points);
    }
}
