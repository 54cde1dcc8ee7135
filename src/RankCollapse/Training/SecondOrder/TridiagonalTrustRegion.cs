namespace RankCollapse.Training.SecondOrder;

/// <summary>
/// Minimises γh₁ + ½hᵀTh over ‖h‖ ≤ Δ for a tridiagonal T that grows: h = −(T + shift)^{-1}γe₁ with the least shift, not below a given one, that makes
/// T + shift positive definite and h short enough, by Newton's method for 1/‖h‖ = 1/Δ (Moré and Sorensen 1983).
/// </summary>
/// <remarks>T has no zeros beside its diagonal, so that there is no hard case but by rounding.</remarks>
internal sealed class TridiagonalTrustRegion
{
    private const int MostIterations = 200;

    /// <summary>A step this near to the boundary, relative to Δ, is on it.</summary>
    private const double Tolerance = 1e-10;

    private readonly List<double> _diagonal = [];
    private readonly List<double> _beside = [];
    private double[] _pivots = [];
    private double[] _coefficients = [];
    private double _first;
    private double _least;
    private double _shift;

    /// <summary>h.</summary>
    public ReadOnlySpan<double> Coefficients => _coefficients.AsSpan(0, _diagonal.Count);

    /// <summary>‖h‖.</summary>
    public double Norm { get; private set; }

    /// <summary>−(γh₁ + ½hᵀTh).</summary>
    public double Decrease { get; private set; }

    /// <summary>Whether the boundary asks for a larger shift than the least one.</summary>
    public bool IsBounded => _shift > _least;

    /// <summary>Whether T has an eigenvalue below minus the least shift.</summary>
    public bool HasNegativeCurvature => !Factor(_least);

    /// <summary>Begins with an empty T.</summary>
    /// <param name="first">γ.</param>
    /// <param name="leastShift">The least shift, ≥ 0.</param>
    public void Start(double first, double leastShift)
    {
        _diagonal.Clear();
        _beside.Clear();
        (_first, _least, _shift, Norm, Decrease) = (first, leastShift, leastShift, 0, 0);
    }

    /// <summary>Adds a row.</summary>
    /// <param name="diagonal">Its entry on the diagonal.</param>
    /// <param name="beside">The one to the left of it; of no meaning in the first row.</param>
    public void Add(double diagonal, double beside)
    {
        _diagonal.Add(diagonal);
        _beside.Add(beside);
        if (_diagonal.Count <= _pivots.Length) return;
        Array.Resize(ref _pivots, 2 * _diagonal.Count);
        Array.Resize(ref _coefficients, 2 * _diagonal.Count);
    }

    /// <summary>Solves for a radius Δ.</summary>
    public void Solve(double radius)
    {
        if (!Factor(_least) || Substitute() > radius) ToBoundary(radius);
        else _shift = _least;
        if (double.IsNaN(Decrease)) return;
        double quadratic = 0;
        for (int i = 0; i < _diagonal.Count; i++)
            quadratic += _coefficients[i] * ((_diagonal[i] * _coefficients[i]) + (i > 0 ? 2 * _beside[i] * _coefficients[i - 1] : 0));
        Decrease = (-_first * _coefficients[0]) - (0.5 * quadratic);
    }

    private void ToBoundary(double radius)
    {
        int n = _diagonal.Count;
        double low = _least, high = 2 * _least;

        // With this shift T + shift ≥ γ/Δ by Gershgorin's theorem.
        for (int i = 0; i < n; i++)
        {
            double beside = (i > 0 ? Math.Abs(_beside[i]) : 0) + (i + 1 < n ? Math.Abs(_beside[i + 1]) : 0);
            high = Math.Max(high, (_first / radius) + beside - _diagonal[i]);
        }
        for (int i = 0; i < MostIterations; i++)
        {
            if (!(_shift > low && _shift < high)) _shift = low > 0 ? Math.Sqrt(low * high) : 1e-3 * high;
            if (!(_shift > low && _shift < high)) break;
            if (!Factor(_shift))
            {
                low = _shift;
                continue;
            }
            double norm = Substitute();
            if (Math.Abs(norm - radius) <= Tolerance * radius) return;
            if (norm > radius) low = _shift;
            else high = _shift;

            // hᵀ(T + shift)^{-1}h, by one more substitution.
            double change = 0, sum = 0;
            for (int j = 0; j < n; j++)
            {
                change = _coefficients[j] - (j > 0 ? _beside[j] / _pivots[j - 1] * change : 0);
                sum += change * change / _pivots[j];
            }
            _shift += (norm - radius) / radius * norm * norm / sum;
        }
        _shift = high;
        if (!Factor(high)) (Norm, Decrease) = (radius, double.NaN);
        else if (Substitute() < radius) Lengthen(radius);
    }

    /// <summary>
    /// The hard case, to rounding: T + shift is singular before h is long enough. A vector z = L^{-T}e_j of the least pivot, with (T + shift)z ≈ 0, is added.
    /// </summary>
    private void Lengthen(double radius)
    {
        int last = 0;
        for (int i = 1; i < _diagonal.Count; i++)
        {
            if (_pivots[i] < _pivots[last]) last = i;
        }
        var z = new double[last + 1];
        z[last] = 1;
        for (int i = last - 1; i >= 0; i--) z[i] = -_beside[i + 1] / _pivots[i] * z[i + 1];
        double hz = 0, zz = 0;
        for (int i = 0; i <= last; i++)
        {
            hz += _coefficients[i] * z[i];
            zz += z[i] * z[i];
        }
        double root = Math.Sqrt((hz * hz) + (zz * ((radius * radius) - (Norm * Norm)))), length = ((hz < 0 ? -root : root) - hz) / zz;
        for (int i = 0; i <= last; i++) _coefficients[i] += length * z[i];
        Norm = radius;
    }

    /// <summary>T + shift = L·D·Lᵀ; returns whether D is positive.</summary>
    private bool Factor(double shift)
    {
        for (int i = 0; i < _diagonal.Count; i++)
        {
            _pivots[i] = _diagonal[i] + shift - (i > 0 ? _beside[i] * _beside[i] / _pivots[i - 1] : 0);
            if (!(_pivots[i] > 0)) return false;
        }
        return true;
    }

    /// <summary>h = −(T + shift)^{-1}γe₁ after <see cref="Factor"/>; returns ‖h‖.</summary>
    private double Substitute()
    {
        double[] h = _coefficients;
        int n = _diagonal.Count;
        h[0] = -_first;
        for (int i = 1; i < n; i++) h[i] = -_beside[i] / _pivots[i - 1] * h[i - 1];
        double sum = 0;
        for (int i = n - 1; i >= 0; i--)
        {
            h[i] = (h[i] / _pivots[i]) - (i + 1 < n ? _beside[i + 1] / _pivots[i] * h[i + 1] : 0);
            sum += h[i] * h[i];
        }
        Norm = Math.Sqrt(sum);
        return Norm;
    }
}
