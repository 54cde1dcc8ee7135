using System.Runtime.InteropServices;
using RankCollapse.LinearAlgebra;
using RankCollapse.LinearAlgebra.Vectors;

namespace RankCollapse.Training;

/// <summary>
/// Passes over vectors that do several element-wise operations at once; 512 bits of lanes whatever the registers are, and lanes and remainder round alike.
/// </summary>
internal static class ElementWise
{
    /// <summary>g ← g + μz and d = g∘s, where d may be g; returns Σz².</summary>
    public static double ThroughActivation(Span<double> g, ReadOnlySpan<double> z, double mu, ReadOnlySpan<double> s, Span<double> d)
    {
        int i = 0;
        Doubles512 factor = Doubles512.All(mu), squares = default;
        for (; i <= g.Length - Doubles512.Count; i += Doubles512.Count)
        {
            Doubles512 zi = Load(z, i);
            squares = Doubles512.MultiplyAdd(zi, zi, squares);
            Doubles512 sum = Doubles512.MultiplyAdd(zi, factor, Load(g, i));
            Store(sum, g, i);
            Store(sum * Load(s, i), d, i);
        }
        double total = Reduction.Lanes(squares);
        for (; i < g.Length; i++)
        {
            total = Fused.MultiplyAdd(z[i], z[i], total);
            g[i] = Fused.MultiplyAdd(z[i], mu, g[i]);
            d[i] = g[i] * s[i];
        }
        return total;
    }

    /// <summary>Σ x_i.</summary>
    public static double Sum(ReadOnlySpan<double> x)
    {
        int i = 0;
        Doubles512 sums = default;
        for (; i <= x.Length - Doubles512.Count; i += Doubles512.Count) sums += Load(x, i);
        double total = Reduction.Lanes(sums);
        for (; i < x.Length; i++) total += x[i];
        return total;
    }

    /// <summary>g ← g + λw, with Σg² before, Σg² after and Σw².</summary>
    public static PenaltySums AddPenalty(Span<double> g, ReadOnlySpan<double> w, double lambda)
    {
        int i = 0;
        Doubles512 factor = Doubles512.All(lambda);
        Doubles512 without = default, with = default, weights = default;
        for (; i <= g.Length - Doubles512.Count; i += Doubles512.Count)
        {
            Doubles512 gi = Load(g, i), wi = Load(w, i);
            without = Doubles512.MultiplyAdd(gi, gi, without);
            weights = Doubles512.MultiplyAdd(wi, wi, weights);
            gi = Doubles512.MultiplyAdd(wi, factor, gi);
            with = Doubles512.MultiplyAdd(gi, gi, with);
            Store(gi, g, i);
        }
        var sums = new PenaltySums(Reduction.Lanes(without), Reduction.Lanes(with), Reduction.Lanes(weights));
        for (; i < g.Length; i++)
        {
            double before = g[i];
            g[i] = Fused.MultiplyAdd(w[i], lambda, before);
            sums = new PenaltySums(sums.Without + (before * before), sums.With + (g[i] * g[i]), sums.Weights + (w[i] * w[i]));
        }
        return sums;
    }

    /// <summary>Adds the entries' moving averages and moves the parameters: one step of Adam.</summary>
    public static void Adam(Span<double> w, ReadOnlySpan<double> g, Span<double> m, Span<double> v, double beta1, double beta2, double rate,
        double secondCorrection, double epsilon)
    {
        // w −= rate·m / (√(v·secondCorrection) + ε), where rate carries the first moment's correction.
        int i = 0;
        Doubles512 keep1 = Doubles512.All(beta1), keep2 = Doubles512.All(beta2);
        Doubles512 take1 = Doubles512.All(1 - beta1), take2 = Doubles512.All(1 - beta2);
        Doubles512 step = Doubles512.All(-rate), correction = Doubles512.All(secondCorrection), small = Doubles512.All(epsilon);
        for (; i <= w.Length - Doubles512.Count; i += Doubles512.Count)
        {
            Doubles512 gi = Load(g, i);
            Doubles512 mi = Doubles512.MultiplyAdd(keep1, Load(m, i), take1 * gi);
            Doubles512 vi = Doubles512.MultiplyAdd(keep2, Load(v, i), take2 * gi * gi);
            Store(mi, m, i);
            Store(vi, v, i);
            Store(Load(w, i) + (step * mi / (Doubles512.Sqrt(vi * correction) + small)), w, i);
        }
        for (; i < w.Length; i++)
        {
            m[i] = Fused.MultiplyAdd(beta1, m[i], (1 - beta1) * g[i]);
            v[i] = Fused.MultiplyAdd(beta2, v[i], (1 - beta2) * g[i] * g[i]);
            w[i] += -rate * m[i] / (Math.Sqrt(v[i] * secondCorrection) + epsilon);
        }
    }

    /// <summary>
    /// v ← m·v + g and w ← w − η·v, or Nesterov's w ← w − η·g − η·m·v: one step of gradient descent, each product and sum with a rounding of its own.
    /// </summary>
    public static void Momentum(Span<double> w, ReadOnlySpan<double> g, Span<double> v, double momentum, double rate, bool isNesterov)
    {
        int i = 0;
        double along = isNesterov ? -rate * momentum : -rate;
        Doubles512 keep = Doubles512.All(momentum), step = Doubles512.All(along), first = Doubles512.All(-rate);
        for (; i <= w.Length - Doubles512.Count; i += Doubles512.Count)
        {
            Doubles512 gi = Load(g, i), vi = (Load(v, i) * keep) + gi, wi = Load(w, i);
            Store(vi, v, i);
            if (isNesterov) wi = (gi * first) + wi;
            Store((vi * step) + wi, w, i);
        }
        for (; i < w.Length; i++)
        {
            v[i] = (v[i] * momentum) + g[i];
            if (isNesterov) w[i] = (g[i] * -rate) + w[i];
            w[i] = (v[i] * along) + w[i];
        }
    }

    private static Doubles512 Load(ReadOnlySpan<double> source, int index) =>
        Doubles512.Load(ref MemoryMarshal.GetReference(source.Slice(index, Doubles512.Count)), 0);

    private static void Store(Doubles512 value, Span<double> destination, int index) =>
        value.Store(ref MemoryMarshal.GetReference(destination.Slice(index, Doubles512.Count)), 0);
}

/// <summary>Sums of squares of a gradient without and with its penalty, and of the weights.</summary>
internal readonly record struct PenaltySums(double Without, double With, double Weights)
{
    /// <summary>Adds the sums of another part of the parameters.</summary>
    public static PenaltySums operator +(PenaltySums a, PenaltySums b) => new(a.Without + b.Without, a.With + b.With, a.Weights + b.Weights);
}
