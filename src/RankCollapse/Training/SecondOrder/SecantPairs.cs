using System.Numerics.Tensors;
using RankCollapse.LinearAlgebra;

namespace RankCollapse.Training.SecondOrder;

/// <summary>
/// What the steps of a walk with one linearisation tell of the true one: where a change of the outputs by −w was asked for, they changed by −y.
/// </summary>
/// <remarks>
/// Broyden's multisecant update in function space (Fang and Saad 2009; Anderson 1965): of the departure d the part in the span of all y asks for the w that
/// led there, and the rest for itself, w = d + Σ_j (q_j·d)(w_j − q_j), with q_j the orthonormalised y_j and w_j the same combinations of the w. The walk
/// converges where that without memory goes to and fro or away.
/// </remarks>
internal sealed class SecantPairs(int outputs, int samples)
{
    /// <summary>A pair in which the outputs changed by less than this share of what was asked for tells more of rounding and curvature.</summary>
    private const double LeastChange = 0.1;

    private readonly List<(Matrix Asked, Matrix Changed)> _pairs = [];
    private readonly Matrix _departure = new(outputs, samples);
    private readonly Matrix _direction = new(outputs, samples);
    private int _count;
    private bool _hasStep;

    /// <summary>Forgets all, for a walk with another linearisation.</summary>
    public void Clear() => (_count, _hasStep) = (0, false);

    /// <summary>What to ask for to take a departure back; valid until the next call.</summary>
    /// <param name="departure">The outputs less those that are aimed at, K×N.</param>
    /// <param name="scale">The share of the last answer that was asked for since, if any was.</param>
    public Matrix Direction(Matrix departure, double scale)
    {
        if (_hasStep) Add(departure, scale);
        _hasStep = true;
        departure.CopyTo(_departure);
        departure.CopyTo(_direction);
        Span<double> direction = _direction.AsSpan();
        for (int j = 0; j < _count; j++)
        {
            (Matrix asked, Matrix changed) = _pairs[j];
            double share = Reduction.Dot(changed.AsSpan(), departure.AsSpan());
            TensorPrimitives.MultiplyAdd(asked.AsSpan(), share, direction, direction);
            TensorPrimitives.MultiplyAdd(changed.AsSpan(), -share, direction, direction);
        }
        return _direction;
    }

    private void Add(Matrix departure, double scale)
    {
        if (_count == _pairs.Count) _pairs.Add((new Matrix(outputs, samples), new Matrix(outputs, samples)));
        Span<double> asked = _pairs[_count].Asked.AsSpan(), changed = _pairs[_count].Changed.AsSpan();
        TensorPrimitives.Multiply(_direction.AsSpan(), scale, asked);
        TensorPrimitives.Subtract(_departure.AsSpan(), departure.AsSpan(), changed);
        for (int j = 0; j < _count; j++)
        {
            double share = Reduction.Dot(_pairs[j].Changed.AsSpan(), changed);
            TensorPrimitives.MultiplyAdd(_pairs[j].Asked.AsSpan(), -share, asked, asked);
            TensorPrimitives.MultiplyAdd(_pairs[j].Changed.AsSpan(), -share, changed, changed);
        }
        double norm = Frobenius.Norm(_pairs[_count].Changed);
        if (!(norm > LeastChange * Frobenius.Norm(_pairs[_count].Asked))) return;
        TensorPrimitives.Divide(asked, norm, asked);
        TensorPrimitives.Divide(changed, norm, changed);
        _count++;
    }
}
