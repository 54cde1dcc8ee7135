using System.Numerics;

namespace RankCollapse.Tests.LinearAlgebra;

/// <summary>Reals with 1,500 binary digits after the point, and their elementary functions by the plainest series: what doubles are measured by.</summary>
internal static class BigReal
{
    private const int Digits = 1500;

    public static BigInteger One { get; } = BigInteger.One << Digits;

    public static BigInteger Pi { get; } = 4 * Arctan(One);

    /// <summary>A double, exactly.</summary>
    public static BigInteger Of(double x)
    {
        int exponent = Math.Max(Math.ILogB(x), -1022) - 52;
        return x == 0 ? 0 : (BigInteger)(long)Math.ScaleB(x, -exponent) << (Digits + exponent);
    }

    public static BigInteger Times(BigInteger a, BigInteger b) => (a * b) >> Digits;

    public static BigInteger Over(BigInteger a, BigInteger b) => (a << Digits) / b;

    public static BigInteger Exp(BigInteger x)
    {
        const int Halvings = 40;
        BigInteger sum = Series(One, x >> Halvings, i => i);
        for (int i = 0; i < Halvings; i++) sum = Times(sum, sum);
        return sum;
    }

    /// <summary>Halley's steps, each of which has three times the digits, from the logarithm in doubles.</summary>
    public static BigInteger Log(BigInteger x)
    {
        BigInteger log = Of(BigInteger.Log(x) - (Digits * Math.Log(2)));
        for (int i = 0; i < 3; i++)
        {
            BigInteger exp = Exp(log);
            log += 2 * Over(x - exp, x + exp);
        }
        return log;
    }

    public static BigInteger Sin(BigInteger x) => Series(x, -Times(x, x), i => 2 * i * ((2 * i) + 1));

    public static BigInteger Cos(BigInteger x) => Series(One, -Times(x, x), i => 2 * i * ((2 * i) - 1));

    public static BigInteger Arctan(BigInteger x)
    {
        const int Halvings = 8;
        for (int i = 0; i < Halvings; i++) x = Over(x, One + Root(One + Times(x, x)));
        BigInteger power = x, sum = 0, square = -Times(x, x);
        for (int i = 1; power != 0; i += 2, power = Times(power, square)) sum += power / i;
        return sum << Halvings;
    }

    /// <summary>How far a double lies from a number, in units of the double's last place.</summary>
    public static double Ulps(double computed, BigInteger exact)
    {
        BigInteger unit = Of(Math.BitIncrement(Math.Abs(computed)) - Math.Abs(computed));
        return (double)(BigInteger.Abs(Of(computed) - exact) * 1000 / unit) / 1000;
    }

    private static BigInteger Series(BigInteger first, BigInteger factor, Func<int, int> divisor)
    {
        BigInteger sum = 0, term = first;
        for (int i = 1; term != 0 && term != -1; term = Times(term, factor) / divisor(i++)) sum += term;
        return sum;
    }

    private static BigInteger Root(BigInteger x)
    {
        BigInteger square = x << Digits, root = BigInteger.One << (((int)square.GetBitLength() / 2) + 1);
        while (true)
        {
            BigInteger next = (root + (square / root)) >> 1;
            if (next >= root) return root;
            root = next;
        }
    }
}
