using RankCollapse.LinearAlgebra;

namespace RankCollapse.Theory.Paths;

/// <summary>The direction in which φ descends; both have the same stationary points.</summary>
public enum BrockettDirection
{
    /// <summary>
    /// Every pair of columns turns at the rate of the angle that would minimise φ in its plane: the flow does not get stiff as D_1 and D_2 spread.
    /// </summary>
    PlaneAngles,

    /// <summary>The paper's flow: Q̇ = −grad φ for the Frobenius inner product.</summary>
    SteepestDescent,
}

/// <summary>How a flow is integrated.</summary>
public sealed record BrockettFlowOptions
{
    /// <summary>The direction of descent.</summary>
    public BrockettDirection Direction { get; init; }

    /// <summary>The relative distance (φ − min φ)/min φ at which the flow stops; it stops before where no step descends any more.</summary>
    public double Tolerance { get; init; } = 1e-14;

    /// <summary>The most steps.</summary>
    public int MaxSteps { get; init; } = 2000;
}

/// <summary>
/// Lemma B.2: a curve in O(N) from Q_0 along which φ(Q) = ‖D_1·Q·D_2‖² = tr(D_1²·Q·D_2²·Qᵀ) does not grow, to its minimum.
/// </summary>
/// <remarks>
/// Each step is Q·Cay(hΩ), orthogonal by construction, and is halved until φ falls at its quarters and rises at none of them; between quarters of a
/// wide step it may still rise by a small part of itself.
/// The minimum pairs the largest of D_1 with the smallest of D_2. D_1 may have zeros and both may have equal entries, as in the last layer of Theorem 4.3.
/// </remarks>
public sealed class BrockettFlow
{
    private readonly BrockettFunction _function;
    private readonly List<double> _steps = [];
    private readonly List<Matrix> _kept = [];
    private readonly List<double> _values = [];

    private BrockettFlow(BrockettFunction function) => _function = function;

    /// <summary>The number of steps.</summary>
    public int StepCount => _steps.Count;

    /// <summary>φ at the start and after every step; never growing.</summary>
    public IReadOnlyList<double> Values => _values;

    /// <summary>min φ, the sum of products of D_1² descending and D_2² ascending.</summary>
    public double Minimum => _function.Minimum;

    /// <summary>Q at the end.</summary>
    public Matrix End { get; private set; } = new(0, 0);

    /// <summary>The largest ‖QᵀQ − I‖_F after a step.</summary>
    public double OrthogonalityError { get; private set; }

    /// <summary>Whether φ reached its minimum to 1e−9 of it, or to the tolerance where that is larger.</summary>
    public bool HasArrived { get; private set; }

    /// <summary>Integrates from Q_0.</summary>
    /// <param name="first">The diagonal of D_1, not negative.</param>
    /// <param name="second">The diagonal of D_2, positive.</param>
    /// <param name="start">Q_0, N×N orthogonal.</param>
    /// <param name="options">Direction and tolerance.</param>
    /// <exception cref="InvalidInputException">Sizes differ, a diagonal entry is negative or not finite, or Q_0 is not orthogonal.</exception>
    public static BrockettFlow Integrate(double[] first, double[] second, Matrix start, BrockettFlowOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(first);
        ArgumentNullException.ThrowIfNull(second);
        options ??= new BrockettFlowOptions();
        OrthogonalFactor.Require(start, first.Length);
        if (start.Rows != first.Length || second.Length != first.Length)
            throw new InvalidInputException($"D_1 and D_2 have {first.Length} and {second.Length} entries, but Q_0 is {start.Rows}×{start.Columns}.");
        if (first.Any(d => !(d >= 0) || double.IsInfinity(d))) throw new InvalidInputException("D_1 has an entry that is negative or not finite.");
        if (second.Any(d => !(d > 0) || double.IsInfinity(d))) throw new InvalidInputException("D_2 has an entry that is not positive or not finite.");
        var flow = new BrockettFlow(new BrockettFunction(first, second, options.Direction));
        flow.Run(CayleyStep.Orthogonalize(start), options);
        return flow;
    }

    /// <summary>Q at a time, in 0 … 1; every step takes an equal share.</summary>
    public Matrix At(double time)
    {
        double position = Math.Clamp(time, 0, 1) * _steps.Count;
        int step = Math.Min((int)position, _steps.Count - 1);
        if (step < 0 || time >= 1) return End;
        Matrix q = _kept[step];
        double part = position - step;
        return part == 0 ? q : new CayleyStep(_function.Direction(q, out _), part * _steps[step]).Apply(q);
    }

    /// <summary>φ(Q), a sum of squares and so of full relative accuracy for its argument.</summary>
    public double Value(Matrix q)
    {
        ArgumentNullException.ThrowIfNull(q);
        return _function.Value(q);
    }

    private void Run(Matrix q, BrockettFlowOptions options)
    {
        double value = _function.Value(q), trial = double.NaN;
        _values.Add(value);
        for (int step = 0; step < options.MaxSteps && value - Minimum > options.Tolerance * Minimum; step++)
        {
            Matrix skew = _function.Direction(q, out double slope);
            double size = Frobenius.Norm(skew) / Math.Sqrt(2);
            if (!(slope < 0) || size == 0) break;
            double length = double.IsNaN(trial) ? 0.5 / size : Math.Min(trial, Math.Max(1, 1 / size));
            if (options.Direction == BrockettDirection.PlaneAngles) length = Math.Min(length, 1);
            Matrix next = q;
            double nextValue = value;
            bool isAccepted = false;
            for (int halving = 0; halving < 60 && !isAccepted && -slope * length > 1e-17 * value; halving++)
            {
                isAccepted = Descends(q, value, skew, length, out next, out nextValue);
                if (!isAccepted) length *= 0.5;
            }
            if (!isAccepted) break;
            _kept.Add(q);
            _steps.Add(length);
            _values.Add(nextValue);
            OrthogonalityError = Math.Max(OrthogonalityError, Frobenius.Distance(Product.Gram(next), Matrix.Identity(next.Rows)));
            (q, value, trial) = (next, nextValue, 1.7 * length);
        }
        End = q;
        HasArrived = value - Minimum <= Math.Max(1e-9, options.Tolerance) * Minimum;
    }

    /// <summary>Whether φ falls at the quarters of a step, and is not rising at any of them.</summary>
    private bool Descends(Matrix q, double value, Matrix skew, double length, out Matrix next, out double nextValue)
    {
        double last = value, endValue = value;
        Matrix end = q;
        for (int quarter = 4; quarter >= 1; quarter--)
        {
            // The end is tried first: it is where a step that is too long fails.
            int at = quarter == 4 ? 4 : 4 - quarter;
            var cayley = new CayleyStep(skew, 0.25 * at * length);
            Matrix point = cayley.Apply(q);
            double found = _function.Value(point);
            if (at == 4) (end, endValue) = (point, found);
            if (!(found < last) || (at < 4 && found < endValue) || _function.SlopeAlong(point, cayley.Generator()) > 1e-15 * value)
            {
                (next, nextValue) = (q, value);
                return false;
            }
            if (at < 4) last = found;
        }
        (next, nextValue) = (end, endValue);
        return true;
    }
}
