using System.Numerics.Tensors;
using RankCollapse.LinearAlgebra;

namespace RankCollapse.Theory.StationaryPoints;

/// <summary>The least eigenvalues θ of Hv = θMv for a symmetric H and a positive definite M, known by products with H and with M^{-1}.</summary>
/// <remarks>
/// Lanczos in the inner product of M (Parlett 1998, §15.11), by its three-term recurrence alone: nothing is stored but a few vectors and the tridiagonal T.
/// Without reorthogonalisation values that have converged come again as copies (Paige 1980), which changes none of them: the least value of T is above the
/// least θ, and some θ lies within β|y_k| of each. By Sylvester's law as many θ are negative as eigenvalues of H.
/// </remarks>
internal sealed class LanczosSpectrum
{
    private readonly int _length;
    private readonly Action<double[], double[]> _multiply;
    private readonly Action<double[], double[]> _solve;
    private readonly Action<double[]> _deflate;
    private readonly long _seed;
    private readonly bool _ignoresFlat;
    private readonly List<double> _diagonal = [];
    private readonly List<double> _offDiagonal = [];
    private double[] _least = [];

    private LanczosSpectrum(
        int length, Action<double[], double[]> multiply, Action<double[], double[]> solve, Action<double[]> deflate, long seed, bool ignoresFlat)
    {
        (_length, _multiply, _solve, _deflate, _seed, _ignoresFlat) = (length, multiply, solve, deflate, seed, ignoresFlat);
    }

    /// <summary>The least values, ascending.</summary>
    public IReadOnlyList<HessianEigenvalue> Values { get; private set; } = [];

    /// <summary>The largest value's size.</summary>
    public double Largest { get; private set; }

    /// <summary>Steps, each with a product with H.</summary>
    public int Steps => _diagonal.Count;

    /// <summary>Whether the least value's distance from 0 is decided.</summary>
    public bool IsDecided { get; private set; }

    /// <summary>Searches until the sign of the least value is decided.</summary>
    /// <param name="length">n.</param>
    /// <param name="multiply">result = H·v.</param>
    /// <param name="solve">result = M^{-1}·w.</param>
    /// <param name="deflate">Takes known null vectors of H out of a w.</param>
    /// <param name="count">How many of the least values are kept.</param>
    /// <param name="resolution">What is smaller counts as 0.</param>
    /// <param name="limit">The most steps.</param>
    /// <param name="seed">Draws the start.</param>
    /// <param name="ignoresFlat">Whether values that count as 0 are passed over, as those of known null vectors that rounding has brought back.</param>
    public static LanczosSpectrum Find(
        int length,
        Action<double[], double[]> multiply,
        Action<double[], double[]> solve,
        Action<double[]> deflate,
        int count,
        double resolution,
        int limit,
        long seed,
        bool ignoresFlat = false)
    {
        var search = new LanczosSpectrum(length, multiply, solve, deflate, seed, ignoresFlat);
        int next = 0;
        search.Run(Math.Min(limit, 2 * length), null, () =>
        {
            if (search.Steps < next && search.Steps < length) return false;
            next = search.Steps + Math.Max(10, search.Steps / 10);
            return search.Judge(count, resolution);
        });
        if (!search.IsDecided) search.Judge(count, resolution);
        return search;
    }

    /// <summary>The Ritz vector of the least value, of unit length: the recurrence is run again.</summary>
    public double[] Vector()
    {
        var vector = new double[_length];
        double[] y = _least;
        _diagonal.Clear();
        _offDiagonal.Clear();
        Run(y.Length, (j, v) => TensorPrimitives.MultiplyAdd(v, y[j], vector, vector), () => false);
        double norm = Reduction.Norm(vector);
        if (norm > 0) TensorPrimitives.Divide(vector, norm, vector);
        return vector;
    }

    /// <summary>The recurrence: βw' = Hv − αw − β'w'', v = M^{-1}w.</summary>
    private void Run(int limit, Action<int, double[]>? visit, Func<bool> isDone)
    {
        const double Exhausted = 1e-13;
        double[] w = new double[_length], before = new double[_length], v = new double[_length], image = new double[_length];
        var stream = new RandomStream(_seed, RandomPurpose.Sampling);
        for (int i = 0; i < _length; i++) w[i] = stream.NextGaussian();

        // Once is enough: products with H keep what is M-orthogonal to its null vectors so, but for rounding, which grows as slowly as the search converges.
        // Taking them out again later would disturb the recurrence, because w ↦ w − TTᵀw is not symmetric in the inner product of M^{-1}.
        _deflate(w);
        double beta = Normalise(w, v), scale = 0;
        for (int k = 0; k < limit && beta > Exhausted * scale; k++)
        {
            visit?.Invoke(k, v);
            _multiply(v, image);
            double alpha = Reduction.Dot(v, image);
            TensorPrimitives.MultiplyAdd(w, -alpha, image, image);
            if (k > 0) TensorPrimitives.MultiplyAdd(before, -beta, image, image);
            (before, w, image) = (w, image, before);
            beta = Normalise(w, v);
            scale = Math.Max(scale, Math.Abs(alpha) + beta);
            _diagonal.Add(alpha);
            _offDiagonal.Add(beta);
            if (isDone()) return;
        }
    }

    /// <summary>Writes v = M^{-1}w, scales both to wᵀv = 1; returns the factor.</summary>
    private double Normalise(double[] w, double[] v)
    {
        _solve(w, v);
        double norm = Math.Sqrt(Math.Max(0, Reduction.Dot(w, v)));
        if (!(norm > 0)) return 0;
        TensorPrimitives.Divide(w, norm, w);
        TensorPrimitives.Divide(v, norm, v);
        return norm;
    }

    private bool Judge(int count, double resolution)
    {
        const double Relative = 0.25, Certain = 1e-3;
        int k = Steps;
        if (k == 0) return true;
        var tridiagonal = new Matrix(k, k);
        for (int i = 0; i < k; i++)
        {
            tridiagonal[i, i] = _diagonal[i];
            if (i + 1 < k) tridiagonal[i, i + 1] = tridiagonal[i + 1, i] = _offDiagonal[i];
        }
        var ritz = SymmetricEigendecomposition.Decompose(tridiagonal);
        Largest = Math.Max(Math.Abs(ritz.Values[0]), Math.Abs(ritz.Values[^1]));
        int first = 0;
        while (_ignoresFlat && first < k - 1 && Math.Abs(ritz.Values[k - 1 - first]) <= resolution) first++;
        Values = [.. Enumerable.Range(first, Math.Min(count, k - first))
            .Select(i => new HessianEigenvalue(ritz.Values[k - 1 - i], _offDiagonal[^1] * Math.Abs(ritz.Vectors[k - 1, k - 1 - i])))];
        _least = ritz.Vectors.Column(k - 1 - first);
        HessianEigenvalue least = Values[0];
        double size = Math.Abs(least.Value);

        // Below 0 the value itself is the proof; above it or at it the residual has to be small.
        IsDecided = least.Value < -resolution ? least.Residual <= Relative * size
            : size <= resolution ? least.Residual <= Math.Max(resolution, Certain * Largest * Tolerances.MachineEpsilon)
            : least.Residual <= Relative * size && least.Value - least.Residual > resolution;
        return IsDecided;
    }
}
