using System.Runtime.CompilerServices;
using RankCollapse.LinearAlgebra.Vectors;

namespace RankCollapse.Networks;

/// <summary>σ(x) = x/(1 + |x|), onto (−1, 1); σ'' jumps from 2 to −2 at 0, where the right one is used.</summary>
internal sealed class SoftsignActivation() : VectorizedActivation<SoftsignActivation.Formula>(default)
{
    public override string Name => "softsign";

    public override bool IsHomeomorphism => true;

    public override bool IsAnalytic => false;

    public override bool IsSmooth => false;

    public override bool FixesZero => true;

    public override (double Lower, double Upper) Range => (-1, 1);

    /// <summary>σ' = (1 + |x|)⁻², |σ''| = 2(1 + |x|)⁻³.</summary>
    public override (double First, double Second, double Third) DerivativeBounds => (1, 2, double.PositiveInfinity);

    public override void Inverse(ReadOnlySpan<double> value, Span<double> x)
    {
        RequireRoom(value, x);
        for (int i = 0; i < value.Length; i++)
        {
            double size = Math.Abs(value[i]);
            x[i] = size <= 1 ? value[i] / (1 - size) : double.NaN;
        }
    }

    internal readonly struct Formula : IActivationFormula
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Evaluate<TDoubles>(TDoubles x, out TDoubles value, out TDoubles first, out TDoubles second)
            where TDoubles : struct, IDoubles<TDoubles>
        {
            TDoubles zero = TDoubles.All(0);
            TDoubles one = TDoubles.All(1);
            // Up to the largest number x·(1/(1 + |x|)) and the quotient agree; ±∞ are taken as the largest number.
            TDoubles bounded = TDoubles.Max(TDoubles.All(double.MinValue), TDoubles.Min(TDoubles.All(double.MaxValue), x));
            TDoubles below = one + TDoubles.Abs(bounded);
            TDoubles inverse = one / below;
            value = bounded / below;
            first = inverse * inverse;
            second = TDoubles.Select(TDoubles.Less(x, zero), TDoubles.All(2), TDoubles.All(-2)) * (first * inverse);
        }
    }
}
