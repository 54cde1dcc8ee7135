using System.Numerics;

namespace RankCollapse.LinearAlgebra;

/// <summary>What a stream of random numbers is for; streams of one seed and different purposes are independent.</summary>
public enum RandomPurpose
{
    /// <summary>Drawing and subsampling data.</summary>
    Data = 1,

    /// <summary>Initial weights.</summary>
    Initialization = 2,

    /// <summary>Sampling inside algorithms: K-means restarts, curvature probes, projections.</summary>
    Sampling = 3,

    /// <summary>The order of the samples in an epoch of mini-batches.</summary>
    Batches = 4,
}

/// <summary>
/// A seeded stream of random numbers: xoshiro256** (Blackman and Vigna 2021) whose state is expanded by SplitMix64 from seed and purpose.
/// The sequence depends on nothing else, so that it is the same on every machine and in every version.
/// </summary>
public sealed class RandomStream
{
    private ulong _s0;
    private ulong _s1;
    private ulong _s2;
    private ulong _s3;
    private double _spare = double.NaN;

    /// <summary>Opens the stream of a seed and a purpose.</summary>
    /// <param name="seed">Any number; equal seeds give equal streams.</param>
    /// <param name="purpose">What the numbers are for.</param>
    /// <param name="index">Selects one of many independent streams of the same seed and purpose.</param>
    public RandomStream(long seed, RandomPurpose purpose, int index = 0)
    {
        ulong state = unchecked((ulong)seed);
        state = Mix(ref state) ^ ((ulong)purpose << 32) ^ (uint)index;
        _s0 = Mix(ref state);
        _s1 = Mix(ref state);
        _s2 = Mix(ref state);
        _s3 = Mix(ref state);
    }

    /// <summary>The next 64 random bits.</summary>
    public ulong NextBits()
    {
        ulong result = BitOperations.RotateLeft(_s1 * 5, 7) * 9;
        ulong t = _s1 << 17;
        _s2 ^= _s0;
        _s3 ^= _s1;
        _s1 ^= _s2;
        _s0 ^= _s3;
        _s2 ^= t;
        _s3 = BitOperations.RotateLeft(_s3, 45);
        return result;
    }

    /// <summary>A number uniform on [0, 1).</summary>
    public double NextUniform() => (NextBits() >> 11) * (1.0 / (1UL << 53));

    /// <summary>A whole number uniform on 0 … bound − 1 (Lemire 2019, without bias).</summary>
    public int NextInteger(int bound)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(bound);
        ulong range = (ulong)bound;
        ulong threshold = unchecked(0 - range) % range;
        while (true)
        {
            ulong high = Math.BigMul(NextBits(), range, out ulong low);
            if (low >= threshold) return (int)high;
        }
    }

    /// <summary>A standard normal number (Marsaglia's polar method).</summary>
    public double NextGaussian()
    {
        if (!double.IsNaN(_spare))
        {
            double spare = _spare;
            _spare = double.NaN;
            return spare;
        }
        while (true)
        {
            double u = (2 * NextUniform()) - 1;
            double v = (2 * NextUniform()) - 1;
            double s = (u * u) + (v * v);
            if (s is >= 1 or 0) continue;
            double factor = Math.Sqrt(-2 * Elementary.Log(s) / s);
            _spare = v * factor;
            return u * factor;
        }
    }

    /// <summary>Shuffles the items uniformly (Fisher and Yates).</summary>
    public void Shuffle<T>(Span<T> items)
    {
        for (int i = items.Length - 1; i > 0; i--)
        {
            int j = NextInteger(i + 1);
            (items[i], items[j]) = (items[j], items[i]);
        }
    }

    private static ulong Mix(ref ulong state)
    {
        state += 0x9E3779B97F4A7C15;
        ulong z = state;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}
