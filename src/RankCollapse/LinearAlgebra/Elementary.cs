using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using RankCollapse.LinearAlgebra.Vectors;

namespace RankCollapse.LinearAlgebra;

/// <summary>
/// Elementary functions that give the same bits on every machine, which those of <see cref="Math"/>, the C library's, do not; to about one unit in the last
/// place, at most two.
/// </summary>
/// <remarks>Exponentials, logarithms and the arctangent are those that activations evaluate for many entries at once.</remarks>
public static class Elementary
{
    private const double PiLow = 1.2246467991473532e-16; // π − Math.PI

    /// <summary>e^x.</summary>
    public static double Exp(double x) => First(VectorFunctions.Exp(Doubles128.All(x)));

    /// <summary>e^x for each entry; the spans may be the same.</summary>
    /// <exception cref="ShapeMismatchException">The destination is shorter.</exception>
    public static void Exp(ReadOnlySpan<double> x, Span<double> destination)
    {
        if (destination.Length < x.Length) throw new ShapeMismatchException($"Exponentials of {x.Length} entries were given room for {destination.Length}.");
        int i = 0;
        for (; i <= x.Length - Doubles512.Count; i += Doubles512.Count)
        {
            VectorFunctions.Exp(Doubles512.Load(ref MemoryMarshal.GetReference(x), (nuint)i)).Store(ref MemoryMarshal.GetReference(destination), (nuint)i);
        }
        for (; i < x.Length; i++) destination[i] = Exp(x[i]);
    }

    /// <summary>e^x − 1 without cancellation near 0.</summary>
    public static double ExpMinusOne(double x)
    {
        if (x > 709) return Exp(x) - 1;
        VectorFunctions.Exp(Doubles128.All(x), out Doubles128 result);
        return First(result);
    }

    /// <summary>ln x; −∞ at 0 and NaN below.</summary>
    public static double Log(double x) => First(VectorFunctions.Log(Doubles128.All(x)));

    /// <summary>ln(1 + x) without cancellation near 0; −∞ at −1 and NaN below.</summary>
    public static double LogOfOnePlus(double x) =>
        x > -1 || double.IsNaN(x) ? First(VectorFunctions.LogOfOnePlus(Doubles128.All(x))) : x == -1 ? double.NegativeInfinity : double.NaN;

    /// <summary>sinh x = ½(e^x − e^−x).</summary>
    public static double Sinh(double x)
    {
        double size = Math.Abs(x);
        if (size > 709)
        {
            double root = Exp(0.5 * size);
            return Math.CopySign(0.5 * root * root, x);
        }
        double t = ExpMinusOne(size);
        return Math.CopySign(size < 1 ? 0.5 * ((2 * t) - (t * t / (t + 1))) : 0.5 * (t + (t / (t + 1))), x);
    }

    /// <summary>artanh x = ½ ln((1 + x)/(1 − x)); ±∞ at ±1 and NaN beyond.</summary>
    public static double Atanh(double x)
    {
        double size = Math.Abs(x), twice = 2 * size;
        return Math.CopySign(0.5 * LogOfOnePlus(size < 0.5 ? twice + (twice * size / (1 - size)) : size <= 1 ? twice / (1 - size) : double.NaN), x);
    }

    /// <summary>The angle of the point (x, y) from −π to π, as <see cref="Math.Atan2"/> defines it.</summary>
    public static double Atan2(double y, double x)
    {
        if (double.IsNaN(x) || double.IsNaN(y)) return double.NaN;
        double a = Math.Abs(y), b = Math.Abs(x);
        double ratio = a == 0 ? 0 : double.IsInfinity(a) && double.IsInfinity(b) ? 1 : a / b;
        double angle = First(VectorFunctions.Arctan(Doubles128.All(ratio)));
        return Math.CopySign(double.IsNegative(x) ? Math.PI - (angle - PiLow) : angle, y);
    }

    /// <summary>sin πx and cos πx; NaN where x is not finite.</summary>
    public static (double Sin, double Cos) SinCosPi(double x)
    {
        // Exact: x modulo 2, and its distance to the nearest multiple of ½.
        double turn = x - (2 * Math.Round(0.5 * x)), quarters = Math.Round(2 * turn), rest = turn - (0.5 * quarters);
        double high = Math.PI * rest, low = Math.FusedMultiplyAdd(Math.PI, rest, -high) + (PiLow * rest);
        double sin = Sin(high, low), cos = Cos(high, low);
        return (int)quarters switch
        {
            0 => (sin, cos),
            1 => (cos, -sin),
            -1 => (-cos, sin),
            _ => (-sin, -cos),
        };
    }

    /// <summary>tan x for |x| ≤ π/2; NaN beyond.</summary>
    public static double Tan(double x)
    {
        double size = Math.Abs(x), rest = (Math.PI / 2) - size;
        if (!(rest >= 0)) return double.NaN;
        double tan = size <= Math.PI / 4 ? Sin(size, 0) / Cos(size, 0) : Cos(rest, PiLow / 2) / Sin(rest, PiLow / 2);
        return Math.CopySign(tan, x);
    }

    /// <summary>x^n for a whole number n, by repeated squaring with twice the digits.</summary>
    public static double Power(double x, long n)
    {
        double high = 1, low = 0, factor = x, factorLow = 0;
        for (ulong left = (ulong)Math.Abs((decimal)n); left > 0; left >>= 1)
        {
            if ((left & 1) == 1) (high, low) = Times(high, low, factor, factorLow);
            (factor, factorLow) = Times(factor, factorLow, factor, factorLow);
        }
        return n < 0 ? 1 / high : high;
    }

    private static double First(Doubles128 lanes) => Unsafe.BitCast<Doubles128, Vector128<double>>(lanes).ToScalar();

    /// <summary>The product of two unevaluated sums.</summary>
    private static (double High, double Low) Times(double a, double aLow, double b, double bLow)
    {
        double product = a * b;
        if (product == 0 || !double.IsFinite(product)) return (product, 0);
        double low = Math.FusedMultiplyAdd(a, b, -product) + ((a * bLow) + (aLow * b)), high = product + low;
        return (high, low - (high - product));
    }

    /// <summary>sin(x + low) for |x| ≤ π/4, by the method and coefficients of fdlibm.</summary>
    private static double Sin(double x, double low)
    {
        double z = x * x, v = z * x;
        double r = 8.33333333332248946124e-03 + (z * (-1.98412698298579493134e-04 + (z * (2.75573137070700676789e-06
            + (z * (-2.50507602534068634195e-08 + (z * 1.58969099521155010221e-10)))))));
        return x - ((z * ((0.5 * low) - (v * r))) - low - (v * -1.66666666666666324348e-01));
    }

    /// <summary>cos(x + low) for |x| ≤ π/4, by the method and coefficients of fdlibm.</summary>
    private static double Cos(double x, double low)
    {
        double z = x * x, half = 0.5 * z, w = 1 - half;
        double r = z * (4.16666666666666019037e-02 + (z * (-1.38888888888741095749e-03 + (z * (2.48015872894767294178e-05
            + (z * (-2.75573143513906633035e-07 + (z * (2.08757232129817482790e-09 + (z * -1.13596475577881948265e-11))))))))));
        return w + (1 - w - half + ((z * r) - (x * low)));
    }
}
