using System.Runtime.CompilerServices;
using RankCollapse.LinearAlgebra;
using RankCollapse.LinearAlgebra.Vectors;

namespace RankCollapse.Networks;

/// <summary>σ(x) = arctan x, onto (−π/2, π/2).</summary>
internal sealed class ArctanActivation() : VectorizedActivation<ArctanActivation.Formula>(default)
{
    public override string Name => "arctan";

    public override bool IsHomeomorphism => true;

    public override bool IsAnalytic => true;

    public override bool IsSmooth => true;

    public override bool FixesZero => true;

    public override (double Lower, double Upper) Range => (-Math.PI / 2, Math.PI / 2);

    /// <summary>|σ''| = |2x|/(1 + x²)² is largest at x² = 1/3, |σ'''| = |6x² − 2|/(1 + x²)³ at 0.</summary>
    public override (double First, double Second, double Third) DerivativeBounds => (1, 3 * Math.Sqrt(3) / 8, 2);

    public override void Inverse(ReadOnlySpan<double> value, Span<double> x)
    {
        RequireRoom(value, x);
        for (int i = 0; i < value.Length; i++)
        {
            double size = Math.Abs(value[i]);
            // The double below π/2 has a finite tangent, but it stands for the end of the range.
            double tangent = size < Math.PI / 2 ? Elementary.Tan(size) : size == Math.PI / 2 ? double.PositiveInfinity : double.NaN;
            x[i] = Math.CopySign(tangent, value[i]);
        }
    }

    /// <summary>σ' = 1/(1 + x²), σ'' = −2x·σ'².</summary>
    internal readonly struct Formula : IActivationFormula
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Evaluate<TDoubles>(TDoubles x, out TDoubles value, out TDoubles first, out TDoubles second)
            where TDoubles : struct, IDoubles<TDoubles>
        {
            TDoubles one = TDoubles.All(1);
            value = VectorFunctions.Arctan(x);
            first = one / TDoubles.MultiplyAdd(x, x, one);
            // x·σ' is at most ½; beyond 1e154 both factors of the product vanish, where σ'' is below the smallest number.
            TDoubles bounded = TDoubles.Max(TDoubles.All(-1e160), TDoubles.Min(TDoubles.All(1e160), x));
            second = TDoubles.All(-2) * (bounded * first) * first;
        }
    }
}
