using System.Runtime.CompilerServices;

namespace RankCollapse.LinearAlgebra.Vectors;

/// <summary>Elementary functions of lanes, accurate to about one unit in the last place relative to the result.</summary>
internal static class VectorFunctions
{
    private const double Shift = 6755399441055744; // 1.5·2⁵²

    // ln 2 in two parts; the first has 32 bits, so that its product with an exponent is exact.
    private const double Log2High = 6.93147180369123816490e-01;
    private const double Log2Low = 1.90821492927058770002e-10;

    /// <summary>e^y and e^y − 1 for y ≤ 709; e^y is 0 below 2^−1022. NaN gives NaN.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TDoubles Exp<TDoubles>(TDoubles y, out TDoubles expMinusOne)
        where TDoubles : struct, IDoubles<TDoubles>
    {
        TDoubles p = ExpOfRemainder(TDoubles.Max(TDoubles.All(-708.39), y), out TDoubles shifted);
        TDoubles scale = TDoubles.PowerOfTwo(shifted);
        expMinusOne = TDoubles.MultiplyAdd(scale, p, scale - TDoubles.All(1));
        TDoubles exp = TDoubles.MultiplyAdd(scale, p, scale);
        return TDoubles.Select(TDoubles.Less(y, TDoubles.All(-708.39)), TDoubles.All(0), exp);
    }

    /// <summary>e^y for every y, subnormal results and +∞ included. NaN gives NaN.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TDoubles Exp<TDoubles>(TDoubles y)
        where TDoubles : struct, IDoubles<TDoubles>
    {
        TDoubles shift = TDoubles.All(Shift);
        TDoubles p = ExpOfRemainder(TDoubles.Min(TDoubles.All(710), TDoubles.Max(TDoubles.All(-746), y)), out TDoubles shifted);
        // 2^n in two factors, neither of which leaves the range.
        TDoubles n = shifted - shift, shiftedHalf = TDoubles.MultiplyAdd(n, TDoubles.All(0.5), shift);
        TDoubles scale = TDoubles.PowerOfTwo(shiftedHalf);
        return TDoubles.MultiplyAdd(scale, p, scale) * TDoubles.PowerOfTwo(n - (shiftedHalf - shift) + shift);
    }

    /// <summary>ln x: −∞ at 0 and NaN below. NaN gives NaN.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TDoubles Log<TDoubles>(TDoubles x)
        where TDoubles : struct, IDoubles<TDoubles>
    {
        TDoubles isSubnormal = TDoubles.Less(x, TDoubles.All(2.2250738585072014e-308));
        TDoubles normal = TDoubles.Select(isSubnormal, x * TDoubles.All(1L << 54), x);
        TDoubles f = TDoubles.Mantissa(normal, out TDoubles shiftedExponent) - TDoubles.All(1);
        TDoubles k = shiftedExponent - TDoubles.Select(isSubnormal, TDoubles.All(Shift + 54), TDoubles.All(Shift));
        TDoubles log = TDoubles.Select(TDoubles.Less(x, TDoubles.All(double.PositiveInfinity)), LogOfParts(f, k, TDoubles.All(0)), x);
        TDoubles atMostZero = TDoubles.Select(TDoubles.Less(x, TDoubles.All(0)), TDoubles.All(double.NaN), TDoubles.All(double.NegativeInfinity));
        return TDoubles.Select(TDoubles.Less(x, TDoubles.All(double.Epsilon)), atMostZero, log);
    }

    /// <summary>ln(1 + v) for v &gt; −1. NaN gives NaN.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TDoubles LogOfOnePlus<TDoubles>(TDoubles v)
        where TDoubles : struct, IDoubles<TDoubles>
    {
        TDoubles u = TDoubles.All(1) + v;
        // The rounding error of 1 + v, which is added back.
        TDoubles lost = TDoubles.Select(TDoubles.Less(v, TDoubles.All(1)), v - (u - TDoubles.All(1)), TDoubles.All(1) - (u - v)) / u;
        TDoubles f = TDoubles.Mantissa(u, out TDoubles shiftedExponent) - TDoubles.All(1);
        TDoubles log = LogOfParts(f, shiftedExponent - TDoubles.All(Shift), lost);
        return TDoubles.Select(TDoubles.Less(v, v + TDoubles.All(double.PositiveInfinity)), log, v);
    }

    /// <summary>arctan x by reduction to |x| ≤ 0.66 and a rational function (Moshier's Cephes, atan).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TDoubles Arctan<TDoubles>(TDoubles x)
        where TDoubles : struct, IDoubles<TDoubles>
    {
        TDoubles one = TDoubles.All(1);
        TDoubles size = TDoubles.Abs(x);
        TDoubles isLarge = TDoubles.Less(TDoubles.All(2.41421356237309504880), size);
        TDoubles isMiddle = TDoubles.Less(TDoubles.All(0.66), size);
        TDoubles numerator = TDoubles.Select(isLarge, -one, TDoubles.Select(isMiddle, size - one, size));
        TDoubles denominator = TDoubles.Select(isLarge, size, TDoubles.Select(isMiddle, size + one, one));
        TDoubles angle = TDoubles.Select(isLarge, TDoubles.All(Math.PI / 2), TDoubles.Select(isMiddle, TDoubles.All(Math.PI / 4), TDoubles.All(0)));
        TDoubles lost = TDoubles.Select(
            isLarge, TDoubles.All(6.123233995736765886130E-17), TDoubles.Select(isMiddle, TDoubles.All(3.061616997868382943065E-17), TDoubles.All(0)));
        TDoubles reduced = numerator / denominator;
        TDoubles z = reduced * reduced;
        TDoubles p = TDoubles.MultiplyAdd(z, TDoubles.All(-8.750608600031904122785E-1), TDoubles.All(-1.615753718733365076637E1));
        p = TDoubles.MultiplyAdd(p, z, TDoubles.All(-7.500855792314704667340E1));
        p = TDoubles.MultiplyAdd(p, z, TDoubles.All(-1.228866684490136173410E2));
        p = TDoubles.MultiplyAdd(p, z, TDoubles.All(-6.485021904942025371773E1));
        TDoubles q = z + TDoubles.All(2.485846490142306297962E1);
        q = TDoubles.MultiplyAdd(q, z, TDoubles.All(1.650270098316988542046E2));
        q = TDoubles.MultiplyAdd(q, z, TDoubles.All(4.328810604912902668951E2));
        q = TDoubles.MultiplyAdd(q, z, TDoubles.All(4.853903996359136964868E2));
        q = TDoubles.MultiplyAdd(q, z, TDoubles.All(1.945506571482613964425E2));
        return TDoubles.CopySign(angle + TDoubles.MultiplyAdd(reduced, z * p / q, reduced + lost), x);
    }

    /// <summary>e^r − 1 for the remainder r of y = n·ln 2 + r with |r| ≤ ½ ln 2; <paramref name="shifted"/> is 1.5·2⁵² + n.</summary>
    /// <remarks>The Taylor polynomial of degree 13, whose remainder is below 1.3e−17 relative.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TDoubles ExpOfRemainder<TDoubles>(TDoubles y, out TDoubles shifted)
        where TDoubles : struct, IDoubles<TDoubles>
    {
        shifted = TDoubles.MultiplyAdd(y, TDoubles.All(1.4426950408889634), TDoubles.All(Shift));
        TDoubles n = shifted - TDoubles.All(Shift);
        TDoubles r = TDoubles.MultiplyAdd(n, TDoubles.All(-Log2High), y);
        r = TDoubles.MultiplyAdd(n, TDoubles.All(-Log2Low), r);
        TDoubles q = TDoubles.MultiplyAdd(r, TDoubles.All(1.0 / 6227020800), TDoubles.All(1.0 / 479001600));
        q = TDoubles.MultiplyAdd(q, r, TDoubles.All(1.0 / 39916800));
        q = TDoubles.MultiplyAdd(q, r, TDoubles.All(1.0 / 3628800));
        q = TDoubles.MultiplyAdd(q, r, TDoubles.All(1.0 / 362880));
        q = TDoubles.MultiplyAdd(q, r, TDoubles.All(1.0 / 40320));
        q = TDoubles.MultiplyAdd(q, r, TDoubles.All(1.0 / 5040));
        q = TDoubles.MultiplyAdd(q, r, TDoubles.All(1.0 / 720));
        q = TDoubles.MultiplyAdd(q, r, TDoubles.All(1.0 / 120));
        q = TDoubles.MultiplyAdd(q, r, TDoubles.All(1.0 / 24));
        q = TDoubles.MultiplyAdd(q, r, TDoubles.All(1.0 / 6));
        q = TDoubles.MultiplyAdd(q, r, TDoubles.All(1.0 / 2));
        return TDoubles.MultiplyAdd(r * r, q, r);
    }

    /// <summary>k·ln 2 + ln(1 + f) + lost for √½ ≤ 1 + f &lt; √2, by the method and coefficients of fdlibm's logarithm.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TDoubles LogOfParts<TDoubles>(TDoubles f, TDoubles k, TDoubles lost)
        where TDoubles : struct, IDoubles<TDoubles>
    {
        TDoubles s = f / (f + TDoubles.All(2));
        TDoubles z = s * s;
        TDoubles q = TDoubles.MultiplyAdd(z, TDoubles.All(1.479819860510658591e-01), TDoubles.All(1.531383769920937332e-01));
        q = TDoubles.MultiplyAdd(q, z, TDoubles.All(1.818357216161805012e-01));
        q = TDoubles.MultiplyAdd(q, z, TDoubles.All(2.222219843214978396e-01));
        q = TDoubles.MultiplyAdd(q, z, TDoubles.All(2.857142874366239149e-01));
        q = TDoubles.MultiplyAdd(q, z, TDoubles.All(3.999999999940941908e-01));
        q = TDoubles.MultiplyAdd(q, z, TDoubles.All(6.666666666666735130e-01));
        TDoubles halfSquare = TDoubles.All(0.5) * f * f;
        TDoubles tail = TDoubles.MultiplyAdd(s, TDoubles.MultiplyAdd(q, z, halfSquare), TDoubles.MultiplyAdd(k, TDoubles.All(Log2Low), lost));
        return TDoubles.MultiplyAdd(k, TDoubles.All(Log2High), f - (halfSquare - tail));
    }
}
