using System.Diagnostics;
using RankCollapse.Data;
using RankCollapse.LinearAlgebra;
using RankCollapse.Networks;
using RankCollapse.Theory.Minimizers;
using RankCollapse.Theory.RepresentationCosts;
using RankCollapse.Training;

namespace RankCollapse.Theory.Forecasts;

/// <summary>
/// The forecast of Theorem 4.2: s(Z^l) = √C·s(σ_{l+1}^{-1}(Z^{l+1})) from Z^L = Y down, with rank(Y) singular values 1/√C in W_2 … W_L; for residual networks
/// Theorem C.2.
/// </summary>
/// <remarks>
/// s(Z^{L−1}) depends on Y alone; below, the spectra depend a little on the orthogonal factors through the activations, and are those of one minimiser,
/// random for a seed. The objective is that of this minimiser: its weights, and its features where they are penalised.
/// </remarks>
public static class CollapsedForecast
{
    /// <summary>Computes the forecast.</summary>
    /// <param name="specification">The network's shape.</param>
    /// <param name="data">The data.</param>
    /// <param name="settings">The objective.</param>
    /// <param name="options">C (1 by default) and the factors.</param>
    /// <exception cref="InvalidInputException">The loss is not the squared one; the minimiser does not exist for this configuration;
    /// see <see cref="GlobalMinimizer.Construct"/>.</exception>
    public static Forecast Compute(NetworkSpecification specification, DataSet data, ObjectiveSettings settings, GlobalMinimizerOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(specification);
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(settings);
        long start = Stopwatch.GetTimestamp();
        if (settings.Loss != Loss.Squared)
            throw new InvalidInputException("Theorem 4.2's forecast is about networks that interpolate the targets; cross-entropy is not minimised there.");
        PenaltyRatios ratios = PenaltyRatios.Of(settings, specification.Depth, data.SampleCount);
        GlobalMinimizer minimizer = GlobalMinimizer.Construct(new FeatureProblem(specification, data), options);
        double cost = minimizer.Value;
        var layers = new List<ForecastLayer>();
        for (int l = 1; l <= specification.Depth; l++)
        {
            cost += 0.5 * ratios.Features * Reduction.SumOfSquares(minimizer.Features[l].AsSpan());
            double[]? weights = minimizer.Network is { } network && (l > 1 || ratios.FirstLayer > 0) ? NonZero(network.Weights(l)) : null;
            layers.Add(new ForecastLayer(l, NonZero(minimizer.Features[l]), weights));
        }
        if (ratios.FirstLayer > 0 && minimizer.Network is { } built)
            cost += 0.5 * ratios.FirstLayer * Reduction.SumOfSquares(built.Weights(1).AsSpan());
        return new Forecast
        {
            Source = minimizer.Theorem,
            Layers = layers,
            ObjectivePerLambda = cost,
            Objective = cost * ratios.Lambda,
            UnmetHypotheses = [.. minimizer.UnmetHypotheses, .. Unmet(ratios)],
            Seconds = Stopwatch.GetElapsedTime(start).TotalSeconds,
        };
    }

    /// <summary>The theorem minimises Σ_{l≥2}‖W_l‖² alone.</summary>
    private static IEnumerable<string> Unmet(PenaltyRatios ratios)
    {
        if (ratios.Features > 0) yield return $"features are constrained, not penalised (found μ/λ = {ratios.Features:G3})";
        if (ratios.FirstLayer > 0) yield return $"δ = 0 (found {ratios.FirstLayer:G3})";
    }

    private static double[] NonZero(Matrix a)
    {
        double[] values = SingularValueDecomposition.SingularValues(a);
        return values[..NumericalRank.Of(values, 1e-10)];
    }
}
