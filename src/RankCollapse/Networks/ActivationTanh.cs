using System.Runtime.CompilerServices;
using RankCollapse.LinearAlgebra;
using RankCollapse.LinearAlgebra.Vectors;

namespace RankCollapse.Networks;

/// <summary>σ(x) = tanh x, onto (−1, 1).</summary>
internal sealed class TanhActivation() : VectorizedActivation<TanhActivation.Formula>(default)
{
    public override string Name => "tanh";

    public override bool IsHomeomorphism => true;

    public override bool IsAnalytic => true;

    public override bool IsSmooth => true;

    public override bool FixesZero => true;

    public override (double Lower, double Upper) Range => (-1, 1);

    /// <summary>With t = tanh x: |1 − t²| ≤ 1, |2t(1 − t²)| is largest at t² = 1/3, |2(1 − t²)(1 − 3t²)| at 0.</summary>
    public override (double First, double Second, double Third) DerivativeBounds => (1, 4 / (3 * Math.Sqrt(3)), 2);

    public override void Inverse(ReadOnlySpan<double> value, Span<double> x)
    {
        RequireRoom(value, x);
        for (int i = 0; i < value.Length; i++) x[i] = Elementary.Atanh(value[i]);
    }

    /// <summary>
    /// With e = exp(−2|x|): |tanh x| = (1 − e)/(1 + e), where 1 − e comes without cancellation, and σ' = e·(1 + |tanh x|)² keeps its relative accuracy in the
    /// tails.
    /// </summary>
    internal readonly struct Formula : IActivationFormula
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Evaluate<TDoubles>(TDoubles x, out TDoubles value, out TDoubles first, out TDoubles second)
            where TDoubles : struct, IDoubles<TDoubles>
        {
            TDoubles one = TDoubles.All(1);
            TDoubles size = TDoubles.Abs(x);
            TDoubles e = VectorFunctions.Exp(size * TDoubles.All(-2), out TDoubles expMinusOne);
            TDoubles t = -expMinusOne / (expMinusOne + TDoubles.All(2));
            TDoubles onePlus = one + t;
            value = TDoubles.CopySign(t, x);
            // Rounding could lift σ' above its supremum by a unit in the last place.
            first = TDoubles.Min(one, e * onePlus * onePlus);
            second = TDoubles.All(-2) * value * first;
        }
    }
}
