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
}

/// <summary>What is expected of one layer.</summary>
/// <param name="Layer">l, in 1 … L.</param>
/// <param name="FeatureSingularValues">The nonzero s_k(Z^l), descending; their number is the expected rank.</param>
/// <param name="WeightSingularValues">The nonzero s_k(W_l), descending; null where the objective does not determine W_l.</param>
public sealed record ForecastLayer(int Layer, IReadOnlyList<double> FeatureSingularValues, IReadOnlyList<double>? WeightSingularValues)
{
    /// <summary>Forecast values below this share of the largest are what is left of collapse; no deviation is taken of them.</summary>
    public const double ComparedFrom = 1e-2;

    /// <summary>
    /// max_k |s_k − forecast_k|/forecast_k of trained features, over values from 1 % of the largest on; null where there are fewer than forecast, or none.
    /// </summary>
    public double? FeatureDeviation(IReadOnlyList<double> trained) => LargestDeviation(FeatureSingularValues, trained);

    /// <summary>
    /// max_k |s_k − forecast_k|/forecast_k of trained weights, over values from 1 % of the largest on; null where there are fewer values than forecast, or
    /// none.
    /// </summary>
    public double? WeightDeviation(IReadOnlyList<double> trained) => LargestDeviation(WeightSingularValues, trained);

    private static double? LargestDeviation(IReadOnlyList<double>? forecast, IReadOnlyList<double> trained)
    {
        ArgumentNullException.ThrowIfNull(trained);
        if (forecast is not { Count: > 0 } || trained.Count < forecast.Count) return null;
        return forecast.Zip(trained).Where(p => p.First >= ComparedFrom * forecast[0]).Max(p => Math.Abs(p.Second - p.First) / p.First);
    }
}
