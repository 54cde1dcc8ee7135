using System.Diagnostics;
using RankCollapse.Data;
using RankCollapse.LinearAlgebra;
using RankCollapse.Networks;
using RankCollapse.Training;

namespace RankCollapse.Theory.Forecasts;

/// <summary>
/// The global minimum of unconstrained features under the squared loss, in closed form: a deep linear network at X = I (Tirer and Bruna 2022; Dang et al. 2023
/// and 2024 for classes of unequal size).
/// </summary>
/// <remarks>
/// With P = W_L⋯W_1 the least Σ(λ_l/2)‖W_l‖² is (L/2)Λ·Σp_k^{2/L}, Λ = (Πλ_l)^{1/L}, and singular vectors of P may be Y's (von Neumann), so that each direction
/// minimises (a/2)(p − y_k)² + (L/2)Λp^{2/L} alone, y_k = √N_k for one-hot targets. Where p > 0, a(y − p) = Λp^{2/L−1}, and s(W_l) = √(Λ/λ_l)·p^{1/L}.
/// A direction is lost, p = 0, from y ≤ y* on: y* = Λ/a for L = 2, and p*(L − 1)/(L − 2) with p* = ((L − 2)Λ/a)^{L/(2L−2)} for more layers. A class of N_k ≤
/// y*² samples has no feature and no weights then: minority collapse (Fang et al. 2021).
/// Networks with relu attain the same value with features that are not negative; whether it is their least, no theorem says in general
/// (Súkeník, Mondelli and Lampert 2023 for two classes).
/// </remarks>
public static class FreeFeatureForecast
{
    /// <summary>The name of the forecast.</summary>
    public const string Source = "unconstrained features";

    /// <summary>Computes the minimum.</summary>
    /// <param name="specification">The network's shape.</param>
    /// <param name="data">The data; X = I.</param>
    /// <param name="settings">The objective, with the squared loss.</param>
    /// <exception cref="InvalidInputException">X is not I, the loss is not the squared one, the network is residual or has one layer, or weights are not
    /// penalised
    /// in every layer, or features are.</exception>
    public static Forecast Compute(NetworkSpecification specification, DataSet data, ObjectiveSettings settings)
    {
        ArgumentNullException.ThrowIfNull(specification);
        ArgumentNullException.ThrowIfNull(data);
        long start = Stopwatch.GetTimestamp();
        if (!AreFree(data)) throw new InvalidInputException("Unconstrained features ask for X = I; take the data free.") { Settings = ["data"] };
        (double ratio, double product, ObjectiveCoefficients factors) = Terms(specification, settings, data.SampleCount);
        int depth = specification.Depth, narrowest = specification.Widths.Min();
        double[] targets = SingularValueDecomposition.SingularValues(data.Targets);
        var kept = new List<double>();
        double objective = 0;
        for (int k = 0; k < targets.Length; k++)
        {
            double p = k < narrowest ? Product(targets[k], ratio, depth) : 0;
            objective += 0.5 * factors.DataFactor * (p - targets[k]) * (p - targets[k]);
            if (p <= 0) continue;
            objective += 0.5 * depth * product * Power(p, 2.0 / depth);
            kept.Add(p);
        }
        var layers = new List<ForecastLayer>();
        double[] features = [.. kept.Select(_ => 1.0)];
        for (int l = 1; l <= depth; l++)
        {
            double[] weights = [.. kept.Select(p => Math.Sqrt(product / factors.WeightFactorOf(l)) * Power(p, 1.0 / depth))];
            features = [.. features.Zip(weights, (feature, weight) => feature * weight)];
            layers.Add(new ForecastLayer(l, features, weights));
        }
        return new Forecast
        {
            Source = Source,
            Layers = layers,
            Objective = objective,
            ObjectivePerLambda = objective / factors.WeightFactorOf(depth),
            UnmetHypotheses = [.. Unmet(specification)],
            Seconds = Stopwatch.GetElapsedTime(start).TotalSeconds,
        };
    }

    /// <summary>y*², the size up to which unconstrained features lose a class; null where it is not known: for another loss, residual networks, one layer, or
    /// where
    /// features are penalised or some weights are not.</summary>
    /// <param name="specification">The network's shape.</param>
    /// <param name="settings">The objective.</param>
    /// <param name="samples">N.</param>
    public static double? LostClassSize(NetworkSpecification specification, ObjectiveSettings settings, int samples)
    {
        try
        {
            double least = LeastTarget(Terms(specification, settings, samples).Ratio, specification.Depth);
            return least * least;
        }
        catch (InvalidInputException)
        {
            return null;
        }
    }

    /// <summary>Whether X = I.</summary>
    public static bool AreFree(DataSet data)
    {
        ArgumentNullException.ThrowIfNull(data);
        if (data.InputDimension != data.SampleCount) return false;
        for (int i = 0; i < data.InputDimension; i++)
            for (int j = 0; j < data.SampleCount; j++)
                if (data.Inputs[i, j] != (i == j ? 1 : 0)) return false;
        return true;
    }

    /// <summary>Λ/a, Λ and the factors.</summary>
    private static (double Ratio, double Product, ObjectiveCoefficients Factors) Terms(
        NetworkSpecification specification, ObjectiveSettings settings, int samples)
    {
        ArgumentNullException.ThrowIfNull(settings);
        int depth = specification.Depth;
        if (settings.Loss != Loss.Squared)
            throw new InvalidInputException("The minimum of unconstrained features is known for the squared loss.") { Settings = ["loss"] };
        if (specification.Architecture != Architecture.Feedforward || depth < 2)
            throw new InvalidInputException("The minimum of unconstrained features is known for feedforward networks of at least 2 layers.");
        ObjectiveCoefficients factors = settings.Coefficients(depth, samples);
        if (factors.FeatureFactor != 0)
            throw new InvalidInputException("The minimum of unconstrained features asks that nothing but weights is penalised; set lambda-features to 0.")
            { Settings = ["lambda-features"] };
        double logarithm = 0;
        for (int l = 1; l <= depth; l++)
        {
            if (!(factors.WeightFactorOf(l) > 0))
                throw new InvalidInputException("Unconstrained features have a minimum where every layer is penalised; set lambda and delta above 0.")
                { Settings = ["lambda", "delta"] };
            logarithm += Elementary.Log(factors.WeightFactorOf(l));
        }
        double product = Elementary.Exp(logarithm / depth);
        return (product / factors.DataFactor, product, factors);
    }

    /// <summary>y* for Λ/a.</summary>
    private static double LeastTarget(double ratio, int depth) =>
        depth == 2 ? ratio : Power((depth - 2) * ratio, depth / (2.0 * (depth - 1))) * (depth - 1) / (depth - 2);

    /// <summary>p at the minimum for one target: the larger root of the concave y − p − (Λ/a)p^{2/L−1}, from above by Newton's method.</summary>
    private static double Product(double target, double ratio, int depth)
    {
        if (target <= LeastTarget(ratio, depth)) return 0;
        if (depth == 2) return target - ratio;
        double exponent = (2.0 / depth) - 1, p = target;
        for (int i = 0; i < 100; i++)
        {
            double bend = ratio * Power(p, exponent), next = p - ((target - p - bend) / (-1 - (exponent * bend / p)));
            if (!(next < p)) break;
            p = next;
        }
        return p;
    }

    private static IEnumerable<string> Unmet(NetworkSpecification specification)
    {
        if (specification.HasBias) yield return "the layers have no biases";
        foreach (Activation activation in specification.Activations.DistinctBy(a => a.Name).Where(a => a.Name != Activation.Identity.Name))
        {
            yield return activation.Name is "relu" || activation.Name.StartsWith("leaky-relu", StringComparison.Ordinal)
                ? $"no network with {activation.Name} is lower (this value is attained, with features that are not negative)"
                : $"activations are the identity (found {activation.Name})";
        }
    }

    private static double Power(double x, double exponent) => Elementary.Exp(exponent * Elementary.Log(x));
}
