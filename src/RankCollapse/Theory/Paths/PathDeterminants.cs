using RankCollapse.LinearAlgebra;

namespace RankCollapse.Theory.Paths;

/// <summary>
/// det σ_m^{-1}(Z^m) of the layers m = 2 … l that others follow, at one time; where one changes its sign between two times, Z^m drops in rank. At both
/// times <see cref="PathCheck"/> has found the features well conditioned, so that the signs are no rounding.
/// </summary>
internal sealed class PathDeterminants
{
    private readonly PathCurve _curve;
    private readonly PathPoint _point;
    private readonly int[] _signs;
    private readonly double[] _logSizes;

    internal PathDeterminants(PathCurve curve, PathPoint point)
    {
        _curve = curve;
        _point = point;
        _signs = new int[point.Layer + 1];
        _logSizes = new double[point.Layer + 1];
        for (int m = 2; m <= point.Layer; m++)
            if (curve.Problem.TryProduce(point.Features, m, out Matrix? produced, out _)) (_signs[m], _logSizes[m]) = Determinant.Of(produced);
    }

    /// <summary>The layers whose determinants differ in sign at two times while one layer moves.</summary>
    internal IEnumerable<int> ChangesSince(PathDeterminants last)
    {
        for (int m = 2; m < _signs.Length; m++)
            if (_signs[m] * last._signs[m] < 0) yield return m;
    }

    /// <summary>
    /// The zero of a determinant between two times, by false position with Illinois weights; null where the path leaves the range of an activation.
    /// </summary>
    /// <param name="singular">The layer whose determinant changes its sign.</param>
    /// <param name="low">The determinants before.</param>
    /// <param name="high">The determinants after.</param>
    /// <param name="reason">Why there is none.</param>
    internal static RankDrop? TryFindDrop(int singular, PathDeterminants low, PathDeterminants high, out string reason)
    {
        PathCurve curve = high._curve;
        PathPoint point = high._point;
        double reference = Math.Max(low._logSizes[singular], high._logSizes[singular]);
        double lowTime = low._point.Part, highTime = point.Part, lowValue = low.Scaled(singular, reference), highValue = high.Scaled(singular, reference);
        reason = "";
        for (int i = 0, side = 0; i < 60 && highTime - lowTime > 4 * Tolerances.MachineEpsilon; i++)
        {
            double time = lowTime - (lowValue * (highTime - lowTime) / (highValue - lowValue));
            if (!(time > lowTime && time < highTime)) time = 0.5 * (lowTime + highTime);
            if (curve.TryAt(point.Layer, time, out reason) is not { } tried) return null;
            point = tried;
            double value = new PathDeterminants(curve, point).Scaled(singular, reference);
            if (Math.Abs(value) < 1e-14) break;
            if (value * lowValue > 0)
            {
                (lowTime, lowValue) = (time, value);
                if (side == -1) highValue *= 0.5;
                side = -1;
            }
            else
            {
                (highTime, highValue) = (time, value);
                if (side == 1) lowValue *= 0.5;
                side = 1;
            }
        }
        if (!curve.Problem.TryProduce(point.Features, singular, out Matrix? produced, out reason!)) return null;
        double[] values = SingularValueDecomposition.SingularValues(produced);
        return new RankDrop(curve.TimeOf(point), singular, values[^1] / values[0], point.Cost, 1 / (2 * curve.Constants[singular - 2]));
    }

    /// <summary>The determinant over e^reference.</summary>
    private double Scaled(int layer, double reference) => _signs[layer] * Elementary.Exp(_logSizes[layer] - reference);
}
