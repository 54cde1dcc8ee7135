using System.Numerics.Tensors;
using RankCollapse.LinearAlgebra;

namespace RankCollapse.Theory.Paths;

/// <summary>Brockett's function φ(Q) = ‖D_1·Q·D_2‖² = tr(D_1²·Q·D_2²·Qᵀ) on O(N), and directions in which it descends.</summary>
/// <remarks>Q̇ = QΩ gives φ̇ = −2Σ_{i&lt;j}(b_i − b_j)M_ijΩ_ij for M = QᵀD_1²Q, b = diag D_2²: any Ω with the signs of (b_i − b_j)M_ij descends.</remarks>
internal sealed class BrockettFunction
{
    private readonly double[] _d1;
    private readonly double[] _b;
    private readonly BrockettDirection _direction;

    internal BrockettFunction(double[] d1, double[] d2, BrockettDirection direction)
    {
        _d1 = [.. d1];
        _b = [.. d2.Select(d => d * d)];
        _direction = direction;
        double[] a = [.. d1.Select(d => d * d).OrderDescending()], b = [.. _b.Order()];
        for (int i = a.Length - 1; i >= 0; i--) Minimum += a[i] * b[i];
    }

    /// <summary>min φ, the sum of products of D_1² descending and D_2² ascending.</summary>
    internal double Minimum { get; }

    /// <summary>φ(Q), a sum of squares and so of full relative accuracy for its argument.</summary>
    internal double Value(Matrix q)
    {
        double sum = 0;
        for (int i = 0; i < _d1.Length; i++)
        {
            double row = 0;
            ReadOnlySpan<double> entries = q.Row(i);
            for (int j = 0; j < entries.Length; j++) row += _b[j] * entries[j] * entries[j];
            sum += _d1[i] * _d1[i] * row;
        }
        return sum;
    }

    /// <summary>Ω at Q, and φ̇ along it.</summary>
    internal Matrix Direction(Matrix q, out double slope)
    {
        int n = _b.Length;
        Matrix m = Weighted(q);
        var skew = new Matrix(n, n);
        double largest = 0;
        for (int i = 0; i < n; i++) largest = Math.Max(largest, m[i, i]);
        double floor = n * Elementary.Power(64 * Tolerances.MachineEpsilon, 2) * largest;
        slope = 0;
        for (int i = 0; i < n; i++)
        {
            for (int j = 0; j < i; j++)
            {
                // Columns are ordered by b, ties by place, so that a pair's better column is the same everywhere.
                (int low, int high) = _b[j] <= _b[i] ? (j, i) : (i, j);
                double off = m[low, high], gap = _b[high] - _b[low], rate;
                if (_direction == BrockettDirection.SteepestDescent)
                {
                    rate = -2 * gap * off;
                }
                else
                {
                    bool isNoise = Math.Max(m[low, low], m[high, high]) <= floor
                        || Math.Abs(off) <= 4 * Tolerances.MachineEpsilon * Math.Sqrt(m[low, low] * m[high, high]);
                    rate = isNoise ? 0 : -0.5 * Elementary.Atan2(2 * off, m[low, low] - m[high, high]);
                }
                skew[low, high] = rate;
                skew[high, low] = -rate;
                slope += 2 * gap * off * rate;
            }
        }
        return skew;
    }

    /// <summary>φ̇ at Q for Q̇ = QΩ with another Ω.</summary>
    internal double SlopeAlong(Matrix q, Matrix generator)
    {
        Matrix m = Weighted(q);
        double slope = 0;
        for (int i = 0; i < _b.Length; i++)
            for (int j = 0; j < i; j++)
                slope += 2 * (_b[i] - _b[j]) * m[j, i] * generator[j, i];
        return slope;
    }

    /// <summary>M = QᵀD_1²Q.</summary>
    private Matrix Weighted(Matrix q)
    {
        Matrix scaled = q.Copy();
        for (int i = 0; i < scaled.Rows; i++) TensorPrimitives.Multiply(scaled.Row(i), _d1[i], scaled.Row(i));
        return Product.Gram(scaled);
    }
}
