using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using RankCollapse.LinearAlgebra.Vectors;

namespace RankCollapse.LinearAlgebra;

/// <summary>
/// Sums over vectors in one order on every machine, whatever its registers are, which those of <see cref="System.Numerics.Tensors.TensorPrimitives"/> are
/// not.
/// </summary>
/// <remarks>
/// Thirty-two lanes, four vectors of eight, take the entries in turn; they are added pairwise, and what is left of the entries follows one by one. Products
/// are added without a rounding of their own where the machine can. An empty sum is 0; NaN and infinities propagate.
/// </remarks>
public static class Reduction
{
    private interface ITerm
    {
        /// <summary>The sum with one more term.</summary>
        static abstract TDoubles Add<TDoubles>(TDoubles sum, TDoubles x, TDoubles y)
            where TDoubles : struct, IDoubles<TDoubles>;

        /// <summary>The same for one entry.</summary>
        static abstract double Add(double sum, double x, double y);
    }

    /// <summary>Below it squares have vanished, or lost digits.</summary>
    private const double SmallestSum = 1e-280;

    /// <summary>Σ x_i.</summary>
    public static double Sum(ReadOnlySpan<double> x) => Over<Entries>(x, x);

    /// <summary>Σ x_i².</summary>
    public static double SumOfSquares(ReadOnlySpan<double> x) => Over<Products>(x, x);

    /// <summary>Σ x_i·y_i.</summary>
    /// <exception cref="ShapeMismatchException">The lengths differ.</exception>
    public static double Dot(ReadOnlySpan<double> x, ReadOnlySpan<double> y) => Over<Products>(x, y);

    /// <summary>‖x‖ = √Σ x_i²; where squares overflow or vanish, of entries that are scaled by a power of two.</summary>
    public static double Norm(ReadOnlySpan<double> x)
    {
        double sum = SumOfSquares(x);
        return sum > SmallestSum && sum < double.PositiveInfinity ? Math.Sqrt(sum) : ScaledNorm(x, sum);
    }

    /// <summary>‖x − y‖.</summary>
    /// <exception cref="ShapeMismatchException">The lengths differ.</exception>
    public static double Distance(ReadOnlySpan<double> x, ReadOnlySpan<double> y)
    {
        double sum = Over<SquaredDifferences>(x, y);
        if (sum > SmallestSum && sum < double.PositiveInfinity) return Math.Sqrt(sum);
        double[] difference = new double[x.Length];
        for (int i = 0; i < difference.Length; i++) difference[i] = x[i] - y[i];
        return ScaledNorm(difference, sum);
    }

    private static double ScaledNorm(ReadOnlySpan<double> x, double sum)
    {
        double largest = 0, scaled = 0;
        foreach (double entry in x) largest = Math.Max(largest, Math.Abs(entry));
        if (largest == 0 || !double.IsFinite(largest)) return Math.Sqrt(sum);
        int exponent = Math.ILogB(largest);
        foreach (double entry in x)
        {
            double part = Math.ScaleB(entry, -exponent);
            scaled += part * part;
        }
        return Math.ScaleB(Math.Sqrt(scaled), exponent);
    }

    /// <summary>The sum of eight lanes: halves are added until one is left.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static double Lanes(Doubles512 sum)
    {
        Vector512<double> eight = Unsafe.BitCast<Doubles512, Vector512<double>>(sum);
        Vector256<double> four = eight.GetLower() + eight.GetUpper();
        Vector128<double> two = four.GetLower() + four.GetUpper();
        return two[0] + two[1];
    }

    /// <summary>The sum of sixteen lanes: halves are added until one is left.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static float Lanes(Singles512 sum)
    {
        Vector512<float> sixteen = Unsafe.BitCast<Singles512, Vector512<float>>(sum);
        Vector256<float> eight = sixteen.GetLower() + sixteen.GetUpper();
        Vector128<float> four = eight.GetLower() + eight.GetUpper();
        return four[0] + four[2] + (four[1] + four[3]);
    }

    private static double Over<TTerm>(ReadOnlySpan<double> x, ReadOnlySpan<double> y)
        where TTerm : struct, ITerm
    {
        if (x.Length != y.Length) throw new ShapeMismatchException($"Vectors of {x.Length} and {y.Length} entries were to be summed together.");
        ref double a = ref MemoryMarshal.GetReference(x), b = ref MemoryMarshal.GetReference(y);
        double total = 0;
        int i = 0;
        if (x.Length >= 8)
        {
            Doubles512 s0 = default, s1 = default, s2 = default, s3 = default;
            for (; i <= x.Length - 32; i += 32)
            {
                nuint at = (nuint)i;
                s0 = TTerm.Add(s0, Doubles512.Load(ref a, at), Doubles512.Load(ref b, at));
                s1 = TTerm.Add(s1, Doubles512.Load(ref a, at + 8), Doubles512.Load(ref b, at + 8));
                s2 = TTerm.Add(s2, Doubles512.Load(ref a, at + 16), Doubles512.Load(ref b, at + 16));
                s3 = TTerm.Add(s3, Doubles512.Load(ref a, at + 24), Doubles512.Load(ref b, at + 24));
            }
            for (; i <= x.Length - 8; i += 8) s0 = TTerm.Add(s0, Doubles512.Load(ref a, (nuint)i), Doubles512.Load(ref b, (nuint)i));
            total = Lanes(s0 + s1 + (s2 + s3));
        }
        for (; i < x.Length; i++) total = TTerm.Add(total, x[i], y[i]);
        return total;
    }

    private readonly struct Entries : ITerm
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TDoubles Add<TDoubles>(TDoubles sum, TDoubles x, TDoubles y)
            where TDoubles : struct, IDoubles<TDoubles> => sum + x;

        public static double Add(double sum, double x, double y) => sum + x;
    }

    private readonly struct Products : ITerm
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TDoubles Add<TDoubles>(TDoubles sum, TDoubles x, TDoubles y)
            where TDoubles : struct, IDoubles<TDoubles> => TDoubles.MultiplyAdd(x, y, sum);

        public static double Add(double sum, double x, double y) => Fused.MultiplyAdd(x, y, sum);
    }

    private readonly struct SquaredDifferences : ITerm
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TDoubles Add<TDoubles>(TDoubles sum, TDoubles x, TDoubles y)
            where TDoubles : struct, IDoubles<TDoubles> => TDoubles.MultiplyAdd(x - y, x - y, sum);

        public static double Add(double sum, double x, double y) => Fused.MultiplyAdd(x - y, x - y, sum);
    }
}
