using System.Numerics;

namespace RankCollapse.Tests.Networks;

/// <summary>e^x, and functions of it, in fixed-point arithmetic with 320 fraction bits: a reference that shares nothing with the code under test.</summary>
internal static class PreciseExponential
{
    private const int Bits = 320;

    private static readonly BigInteger One = BigInteger.One << Bits;

    /// <summary>tanh x for |x| ≤ 60.</summary>
    public static double Tanh(double x)
    {
        BigInteger e = Exp(2 * x);
        return Ratio(e - One, e + One);
    }

    /// <summary>1 − tanh² x for |x| ≤ 60.</summary>
    public static double TanhFirst(double x)
    {
        BigInteger e = Exp(-2 * Math.Abs(x));
        return Ratio(4 * e, ((One + e) * (One + e)) >> Bits);
    }

    /// <summary>1/(1 + e^−x) for |x| ≤ 60.</summary>
    public static double Sigmoid(double x) => Ratio(One, One + Exp(-x));

    /// <summary>e^x − 1 for |x| ≤ 60.</summary>
    public static double ExpMinusOne(double x) => Ratio(Exp(x) - One, One);

    /// <summary>e^y − 1 − e^x, divided by e^y: nearly 0 when y = ln(1 + e^x), the softplus.</summary>
    public static double SoftplusResidual(double x, double y) => Ratio(Exp(y) - One - Exp(x), Exp(y));

    private static BigInteger Exp(double x)
    {
        const int Halvings = 16;
        BigInteger y = Fixed(x) >> Halvings;
        BigInteger sum = One;
        BigInteger term = One;
        for (int k = 1; !term.IsZero && term != BigInteger.MinusOne; k++)
        {
            term = ((term * y) >> Bits) / k;
            sum += term;
        }
        for (int k = 0; k < Halvings; k++) sum = (sum * sum) >> Bits;
        return sum;
    }

    private static BigInteger Fixed(double x)
    {
        long bits = BitConverter.DoubleToInt64Bits(x);
        int exponent = (int)((bits >> 52) & 0x7FF);
        BigInteger mantissa = (bits & 0xFFFFFFFFFFFFF) | (exponent == 0 ? 0 : 1L << 52);
        int shift = Bits + Math.Max(exponent, 1) - 1075;
        mantissa = shift >= 0 ? mantissa << shift : mantissa >> -shift;
        return bits < 0 ? -mantissa : mantissa;
    }

    /// <summary>The quotient to within a relative 2^−52 (64 quotient bits, then one conversion).</summary>
    private static double Ratio(BigInteger a, BigInteger b)
    {
        if (a.IsZero) return 0;
        int shift = 64 + (int)(b.GetBitLength() - a.GetBitLength());
        BigInteger quotient = shift >= 0 ? (a << shift) / b : (a >> -shift) / b;
        return Math.ScaleB((double)quotient, -shift);
    }
}
