using System.Runtime.CompilerServices;

namespace RankCollapse.LinearAlgebra.Vectors;

/// <summary>Elementary functions of lanes, accurate to about one unit in the last place relative to the result.</summary>
internal static class VectorFunctions
{
    private const double Shift = 6755399441055744; // 1.5·2⁵²

    // ln 2 in two parts; the first has 32 bits, so that its product with an exponent is exact.
    private const double Log2High = 6.93147180369123816490e-01;
    private const double Log2Low = 1.90821492927058770002e-10;

    /// <summary>e^y and e^y − 1 for y ≤ 0; e^y is 0 below 2^−1022. NaN gives NaN.</summary>
    /// <remarks>y = n·ln 2 + r with |r| ≤ ½ ln 2, and the Taylor polynomial of e^r − 1 of degree 13, whose remainder is below 1.3e−17 relative.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TDoubles ExpOfNonPositive<TDoubles>(TDoubles y, out TDoubles expMinusOne)
        where TDoubles : struct, IDoubles<TDoubles>
    {
        TDoubles bounded = TDoubles.Max(TDoubles.All(-708.39), y);
        TDoubles shifted = TDoubles.MultiplyAdd(bounded, TDoubles.All(1.4426950408889634), TDoubles.All(Shift));
        TDoubles n = shifted - TDoubles.All(Shift);
        TDoubles r = TDoubles.MultiplyAdd(n, TDoubles.All(-Log2High), bounded);
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
        TDoubles p = TDoubles.MultiplyAdd(r * r, q, r);
        TDoubles scale = TDoubles.PowerOfTwo(shifted);
        expMinusOne = TDoubles.MultiplyAdd(scale, p, scale - TDoubles.All(1));
        TDoubles exp = TDoubles.MultiplyAdd(scale, p, scale);
        return TDoubles.Select(TDoubles.Less(y, TDoubles.All(-708.39)), TDoubles.All(0), exp);
    }

    /// <summary>ln(1 + v) for v ≥ 0 and finite. NaN gives NaN.</summary>
    /// <remarks>The method and coefficients of fdlibm's logarithm, with the rounding error of 1 + v added back.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TDoubles LogOfOnePlus<TDoubles>(TDoubles v)
        where TDoubles : struct, IDoubles<TDoubles>
    {
        TDoubles u = TDoubles.All(1) + v;
        TDoubles lost = TDoubles.Select(TDoubles.Less(v, TDoubles.All(1)), v - (u - TDoubles.All(1)), TDoubles.All(1) - (u - v)) / u;
        TDoubles f = TDoubles.Mantissa(u, out TDoubles shiftedExponent) - TDoubles.All(1);
        TDoubles k = shiftedExponent - TDoubles.All(Shift);
        TDoubles s = f / (f + TDoubles.All(2));
        TDoubles z = s * s;
        TDoubles q = TDoubles.MultiplyAdd(z, TDoubles.All(1.479819860511658591e-01), TDoubles.All(1.531383769920937332e-01));
        q = TDoubles.MultiplyAdd(q, z, TDoubles.All(1.818357216161805012e-01));
        q = TDoubles.MultiplyAdd(q, z, TDoubles.All(2.222219843214978396e-01));
        q = TDoubles.MultiplyAdd(q, z, TDoubles.All(2.857142874366239149e-01));
        q = TDoubles.MultiplyAdd(q, z, TDoubles.All(3.999999999940941908e-01));
        q = TDoubles.MultiplyAdd(q, z, TDoubles.All(6.666666666666735130e-01));
        TDoubles halfSquare = TDoubles.All(0.5) * f * f;
        TDoubles tail = TDoubles.MultiplyAdd(s, TDoubles.MultiplyAdd(q, z, halfSquare), TDoubles.MultiplyAdd(k, TDoubles.All(Log2Low), lost));
        TDoubles log = TDoubles.MultiplyAdd(k, TDoubles.All(Log2High), f - (halfSquare - tail));
        return TDoubles.Select(TDoubles.Less(v, v + TDoubles.All(double.PositiveInfinity)), log, v);
    }
}
