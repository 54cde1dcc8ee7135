using System.Runtime.CompilerServices;
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
            double tangent = size < Math.PI / 2 ? Math.Tan(size) : size == Math.PI / 2 ? double.PositiveInfinity : double.NaN;
            x[i] = Math.CopySign(tangent, value[i]);
        }
    }

    /// <summary>Arctangent by reduction to |x| ≤ 0.66 and a rational function (Moshier's Cephes, atan).</summary>
    internal readonly struct Formula : IActivationFormula
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Evaluate<TDoubles>(TDoubles x, out TDoubles value, out TDoubles first, out TDoubles second)
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
            TDoubles arctan = angle + TDoubles.MultiplyAdd(reduced, z * p / q, reduced + lost);
            value = TDoubles.CopySign(arctan, x);
            first = one / TDoubles.MultiplyAdd(x, x, one);
            // x·σ' is at most ½; beyond 1e154 both factors of the product vanish, where σ'' is below the smallest number.
            TDoubles bounded = TDoubles.Max(TDoubles.All(-1e160), TDoubles.Min(TDoubles.All(1e160), x));
            second = TDoubles.All(-2) * (bounded * first) * first;
        }
    }
}
