using System.Runtime.Intrinsics;

namespace RankCollapse.Training;

/// <summary>Passes over vectors that do several element-wise operations at once; lanes and remainder round alike.</summary>
internal static class ElementWise
{
    /// <summary>g ← g + μz and d = g∘s; returns Σz².</summary>
    public static double ThroughActivation(Span<double> g, ReadOnlySpan<double> z, double mu, ReadOnlySpan<double> s, Span<double> d)
    {
        int i = 0;
        Vector512<double> factor = Vector512.Create(mu), squares = default;
        for (; i <= g.Length - 8; i += 8)
        {
            Vector512<double> zi = Load(z, i);
            squares = Vector512.FusedMultiplyAdd(zi, zi, squares);
            Vector512<double> sum = Vector512.FusedMultiplyAdd(zi, factor, Load(g, i));
            Store(sum, g, i);
            Store(sum * Load(s, i), d, i);
        }
        double total = Vector512.Sum(squares);
        for (; i < g.Length; i++)
        {
            total = Math.FusedMultiplyAdd(z[i], z[i], total);
            g[i] = Math.FusedMultiplyAdd(z[i], mu, g[i]);
            d[i] = g[i] * s[i];
        }
        return total;
    }

    /// <summary>g ← g + λw, with Σg² before, Σg² after and Σw².</summary>
    public static PenaltySums AddPenalty(Span<double> g, ReadOnlySpan<double> w, double lambda)
    {
        int i = 0;
        Vector512<double> factor = Vector512.Create(lambda);
        Vector512<double> without = default, with = default, weights = default;
        for (; i <= g.Length - 8; i += 8)
        {
            Vector512<double> gi = Load(g, i), wi = Load(w, i);
            without = Vector512.FusedMultiplyAdd(gi, gi, without);
            weights = Vector512.FusedMultiplyAdd(wi, wi, weights);
            gi = Vector512.FusedMultiplyAdd(wi, factor, gi);
            with = Vector512.FusedMultiplyAdd(gi, gi, with);
            Store(gi, g, i);
        }
        var sums = new PenaltySums(Vector512.Sum(without), Vector512.Sum(with), Vector512.Sum(weights));
        for (; i < g.Length; i++)
        {
            double before = g[i];
            g[i] = Math.FusedMultiplyAdd(w[i], lambda, before);
            sums = new PenaltySums(sums.Without + (before * before), sums.With + (g[i] * g[i]), sums.Weights + (w[i] * w[i]));
        }
        return sums;
    }

    /// <summary>Adds the entries' moving averages and moves the parameters: one step of Adam.</summary>
    public static void Adam(Span<double> w, ReadOnlySpan<double> g, Span<double> m, Span<double> v, double beta1, double beta2, double rate, double secondCorrection, double epsilon)
    {
        // w −= rate·m / (√(v·secondCorrection) + ε), where rate carries the first moment's correction.
        int i = 0;
        Vector512<double> keep1 = Vector512.Create(beta1), keep2 = Vector512.Create(beta2);
        Vector512<double> take1 = Vector512.Create(1 - beta1), take2 = Vector512.Create(1 - beta2);
        Vector512<double> step = Vector512.Create(-rate), correction = Vector512.Create(secondCorrection), small = Vector512.Create(epsilon);
        for (; i <= w.Length - 8; i += 8)
        {
            Vector512<double> gi = Load(g, i);
            Vector512<double> mi = Vector512.FusedMultiplyAdd(keep1, Load(m, i), take1 * gi);
            Vector512<double> vi = Vector512.FusedMultiplyAdd(keep2, Load(v, i), take2 * gi * gi);
            Store(mi, m, i);
            Store(vi, v, i);
            Store(Load(w, i) + (step * mi / (Vector512.Sqrt(vi * correction) + small)), w, i);
        }
        for (; i < w.Length; i++)
        {
            m[i] = Math.FusedMultiplyAdd(beta1, m[i], (1 - beta1) * g[i]);
            v[i] = Math.FusedMultiplyAdd(beta2, v[i], (1 - beta2) * g[i] * g[i]);
            w[i] += -rate * m[i] / (Math.Sqrt(v[i] * secondCorrection) + epsilon);
        }
    }

    private static Vector512<double> Load(ReadOnlySpan<double> source, int index) => Vector512.Create(source.Slice(index, 8));

    private static void Store(Vector512<double> value, Span<double> destination, int index) => value.CopyTo(destination.Slice(index, 8));
}

/// <summary>Sums of squares of a gradient without and with its penalty, and of the weights.</summary>
internal readonly record struct PenaltySums(double Without, double With, double Weights)
{
    /// <summary>Adds the sums of another part of the parameters.</summary>
    public static PenaltySums operator +(PenaltySums a, PenaltySums b) => new(a.Without + b.Without, a.With + b.With, a.Weights + b.Weights);
}
