using RankCollapse.Training;

namespace RankCollapse.Theory.Forecasts;

/// <summary>
/// The penalties of an objective relative to λ, the factor of the weights of layers 2 … L: what its minimisers depend on when the data are interpolated.
/// </summary>
/// <param name="Lambda">λ = λ_2 = … = λ_L, positive.</param>
/// <param name="FirstLayer">δ = λ_1/λ.</param>
/// <param name="Features">r = μ/λ; for the mean convention (λ'/N)/λ.</param>
public sealed record PenaltyRatios(double Lambda, double FirstLayer, double Features)
{
    /// <summary>The ratios of an objective's settings, in any convention.</summary>
    /// <param name="settings">Loss, convention and penalties.</param>
    /// <param name="depth">L, at least 2.</param>
    /// <param name="samples">N.</param>
    /// <exception cref="InvalidInputException">The depth is below 2, or λ is 0.</exception>
    public static PenaltyRatios Of(ObjectiveSettings settings, int depth, int samples)
    {
        ArgumentNullException.ThrowIfNull(settings);
        if (depth < 2) throw new InvalidInputException($"A forecast needs at least 2 layers, found {depth}.");
        ObjectiveCoefficients coefficients = settings.Coefficients(depth, samples);
        double lambda = coefficients.WeightFactorOf(2);
        if (lambda == 0)
            throw new InvalidInputException("A forecast needs a positive lambda, found 0; without a weight penalty every interpolating network is "
                + "optimal.")
            { Settings = ["lambda"] };
        return new PenaltyRatios(lambda, coefficients.WeightFactorOf(1) / lambda, coefficients.FeatureFactor / lambda);
    }
}
