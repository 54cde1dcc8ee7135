using RankCollapse.Collapse;

namespace RankCollapse.Theory.Forecasts;

/// <summary>What theory expects of a trained network, computed before training: spectra of every layer and the objective.</summary>
public sealed record Forecast
{
    /// <summary>Where the numbers come from, such as <c>Theorem 4.2</c> or <c>penalised recursion</c>.</summary>
    public required string Source { get; init; }

    /// <summary>Layers 1 … L.</summary>
    public required IReadOnlyList<ForecastLayer> Layers { get; init; }

    /// <summary>J/λ, where λ is the factor of the weights of layers 2 … L and the data are interpolated.</summary>
    public required double ObjectivePerLambda { get; init; }

    /// <summary>J, in the convention of the settings.</summary>
    public required double Objective { get; init; }

    /// <summary>What the forecast assumes and this configuration does not meet; the numbers are then an approximation. Empty when all is met.</summary>
    public IReadOnlyList<string> UnmetHypotheses { get; init; } = [];

    /// <summary>How long the forecast took.</summary>
    public required double Seconds { get; init; }

    /// <summary>(J − J_c)/|J_c| for a network that is known: where it is positive the forecast is not the minimum.</summary>
    public double OffFrom(ForecastCandidate candidate)
    {
        ArgumentNullException.ThrowIfNull(candidate);
        double difference = Objective - candidate.Objective;
        return difference == 0 ? 0 : difference / Math.Abs(candidate.Objective);
    }

    /// <summary>The forecast of a network as that network.</summary>
    public ForecastCandidate ToCandidate() => new(Source, Objective, [.. Layers.Select(layer => layer.FeatureSingularValues.Count)]);
}

/// <summary>What is expected of one layer.</summary>
/// <param name="Layer">l, in 1 … L.</param>
/// <param name="FeatureSingularValues">The nonzero s_k(Z^l), descending; their number is the expected rank.</param>
/// <param name="WeightSingularValues">The nonzero s_k(W_l), descending; null where the objective does not determine W_l.</param>
public sealed record ForecastLayer(int Layer, IReadOnlyList<double> FeatureSingularValues, IReadOnlyList<double>? WeightSingularValues)
{
    /// <summary>The <see cref="SpectralDistance"/> of trained features from the forecast; null where it forecasts none.</summary>
    public double? FeatureDistance(IReadOnlyList<double> trained) => SpectralDistance.Of(trained, FeatureSingularValues);

    /// <summary>The <see cref="SpectralDistance"/> of trained weights from the forecast; null where it forecasts none.</summary>
    public double? WeightDistance(IReadOnlyList<double> trained) => WeightSingularValues is null ? null : SpectralDistance.Of(trained, WeightSingularValues);
}
