using RankCollapse.LinearAlgebra;

namespace RankCollapse.Theory.Forecasts;

/// <summary>
/// One class direction of the penalised problem: numbers s_1, w_2, s_2, …, w_L, s_L with s_l = g_l·s_{l−1}, where g_l = w_l, or 1 + w_l in
/// inner residual layers, that minimise ½Σ_{l≥2} w_l² + (r/2)Σ_{l≥1} s_l² + (h/2)s_1² for a given s_L.
/// </summary>
/// <remarks>
/// With the adjoints e_l = r·s_l + g_{l+1}·e_{l+1} stationarity reads w_l = −e_l·s_{l−1} and e_1 = −h·s_1. For c_l = −e_l·s_l this gives
/// c_1 = h·s_1², c_{l+1} = c_l + r·s_l² = w_{l+1}·g_{l+1}: in feedforward layers w_{l+1}² = w_l² + r·s_l².
/// s_L grows strictly with s_1, so that one safeguarded root-find in ln s_1 solves it.
/// </remarks>
public sealed class ScalarChain
{
    private readonly double _r;
    private readonly double _h;
    private readonly bool _isResidual;

    private ScalarChain(int depth, double r, double h, bool isResidual)
    {
        _r = r;
        _h = h;
        _isResidual = isResidual;
        Features = new double[depth + 1];
        Weights = new double[depth + 1];
    }

    /// <summary>s_1 … s_L at their layers; entry 0 is unused.</summary>
    public double[] Features { get; }

    /// <summary>w_2 … w_L at their layers; entries 0 and 1 are unused.</summary>
    public double[] Weights { get; }

    /// <summary>½Σ w_l² + (r/2)Σ s_l² + (h/2)s_1².</summary>
    public double Cost
    {
        get
        {
            double cost = 0.5 * _h * Features[1] * Features[1];
            for (int l = Features.Length - 1; l >= 1; l--) cost += 0.5 * ((Weights[l] * Weights[l]) + (_r * Features[l] * Features[l]));
            return cost;
        }
    }

    /// <summary>The chain that ends at s_L = <paramref name="target"/>.</summary>
    /// <param name="depth">L ≥ 2.</param>
    /// <param name="r">r ≥ 0; r and h are not both 0.</param>
    /// <param name="h">h ≥ 0.</param>
    /// <param name="isResidual">Whether layers 2 … L − 1 have skips.</param>
    /// <param name="target">s_L > 0.</param>
    public static ScalarChain Solve(int depth, double r, double h, bool isResidual, double target)
    {
        var chain = new ScalarChain(depth, r, h, isResidual);
        double goal = Elementary.Log(target), low = -345, high = 345, x = Math.Clamp(goal, -50, 50);
        for (int iteration = 0; iteration < 200; iteration++)
        {
            (double end, double slope) = chain.Shoot(x);
            double miss = end - goal;
            // A chain that overflows, whose end may be NaN, has started too high.
            if (!(miss <= 0)) high = x;
            else low = x;
            if (Math.Abs(miss) <= 1e-15 * Math.Max(1, Math.Abs(goal))) break;
            double next = x - (miss / slope);
            if (!(next > low && next < high)) next = 0.5 * (low + high);
            if (next == x || high - low <= 2e-16 * Math.Abs(x)) break;
            x = next;
        }
        return chain;
    }

    /// <summary>Runs the recursion from ln s_1; returns ln s_L and its derivative.</summary>
    private (double End, double Slope) Shoot(double logFirst)
    {
        int depth = Features.Length - 1;
        double s = Elementary.Exp(logFirst), log = logFirst, slope = 1;
        double c = _h * s * s, cSlope = 2 * c;
        Features[1] = s;
        for (int l = 2; l <= depth; l++)
        {
            cSlope += 2 * _r * s * s * slope;
            c += _r * s * s;
            double gain, weight;
            if (_isResidual && l < depth)
            {
                double root = Math.Sqrt(1 + (4 * c));
                weight = 2 * c / (1 + root);
                gain = 1 + weight;
                slope += cSlope / (root * gain);
            }
            else
            {
                weight = gain = Math.Sqrt(c);
                slope += c > 0 ? cSlope / (2 * c) : 1;
            }
            Weights[l] = weight;
            log += Elementary.Log(gain);
            s = Elementary.Exp(log);
            Features[l] = s;
        }
        return (log, double.IsFinite(slope) ? slope : 1);
    }
}
