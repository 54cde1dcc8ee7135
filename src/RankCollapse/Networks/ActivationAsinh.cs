using System.Runtime.CompilerServices;
using RankCollapse.LinearAlgebra;
using RankCollapse.LinearAlgebra.Vectors;

namespace RankCollapse.Networks;

/// <summary>σ(x) = asinh x = ln(x + √(1 + x²)), onto R and odd.</summary>
internal sealed class AsinhActivation() : VectorizedActivation<AsinhActivation.Formula>(default)
{
    public override string Name => "asinh";

    public override bool IsHomeomorphism => true;

    public override bool IsAnalytic => true;

    public override bool IsSmooth => true;

    public override bool FixesZero => true;

    public override (double Lower, double Upper) Range => (double.NegativeInfinity, double.PositiveInfinity);

    /// <summary>|σ''| = |x|(1 + x²)^(−3/2) is largest at x² = 1/2, |σ'''| = |2x² − 1|(1 + x²)^(−5/2) at 0.</summary>
    public override (double First, double Second, double Third) DerivativeBounds => (1, 2 / (3 * Math.Sqrt(3)), 1);

    public override void Inverse(ReadOnlySpan<double> value, Span<double> x)
    {
        RequireRoom(value, x);
        for (int i = 0; i < value.Length; i++) x[i] = Elementary.Sinh(value[i]);
    }

    /// <summary>asinh|x| = ln(1 + |x| + x²/(1 + √(1 + x²))), and ln|x| + ln 2 where x² would drown the 1.</summary>
    internal readonly struct Formula : IActivationFormula
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Evaluate<TDoubles>(TDoubles x, out TDoubles value, out TDoubles first, out TDoubles second)
            where TDoubles : struct, IDoubles<TDoubles>
        {
            TDoubles one = TDoubles.All(1);
            TDoubles size = TDoubles.Abs(x);
            TDoubles isLarge = TDoubles.Less(TDoubles.All(1e10), size);
            TDoubles square = size * size;
            TDoubles root = TDoubles.Select(isLarge, size, TDoubles.Sqrt(square + one));
            TDoubles beyondOne = TDoubles.Select(isLarge, size - one, size + (square / (root + one)));
            TDoubles log = VectorFunctions.LogOfOnePlus(beyondOne) + TDoubles.Select(isLarge, TDoubles.All(0.693147180559945309417), TDoubles.All(0));
            value = TDoubles.CopySign(log, x);
            first = one / root;
            // At ±∞ the quotient x/√(1 + x²) would be NaN.
            TDoubles quotient = TDoubles.Select(isLarge, TDoubles.CopySign(one, x), x * first);
            second = -(quotient * first * first);
        }
    }
}
