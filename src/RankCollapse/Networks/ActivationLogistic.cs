using System.Runtime.CompilerServices;
using RankCollapse.LinearAlgebra;
using RankCollapse.LinearAlgebra.Vectors;

namespace RankCollapse.Networks;

/// <summary>σ(x) = 1/(1 + e^−x), onto (0, 1).</summary>
internal sealed class SigmoidActivation() : VectorizedActivation<SigmoidActivation.Formula>(default)
{
    public override string Name => "sigmoid";

    public override bool IsHomeomorphism => true;

    public override bool IsAnalytic => true;

    public override bool IsSmooth => true;

    public override bool FixesZero => false;

    public override (double Lower, double Upper) Range => (0, 1);

    /// <summary>With u = σ(1 − σ) ≤ ¼: σ' = u, |σ''| = u√(1 − 4u) is largest at u = 1/6, |σ'''| = u|1 − 6u| at ¼.</summary>
    public override (double First, double Second, double Third) DerivativeBounds => (0.25, 1 / (6 * Math.Sqrt(3)), 0.125);

    public override void Inverse(ReadOnlySpan<double> value, Span<double> x)
    {
        RequireRoom(value, x);
        for (int i = 0; i < value.Length; i++)
        {
            double y = value[i];
            // Near ½ the logarithm's argument is near 1, and 2y − 1 is exact.
            x[i] = y is > 0.25 and < 0.75 ? Elementary.LogOfOnePlus(((2 * y) - 1) / (1 - y)) : Elementary.Log(y / (1 - y));
        }
    }

    /// <summary>With e = exp(−|x|): 1/(1 + e) for x ≥ 0, e/(1 + e) for x &lt; 0; σ' = e/(1 + e)².</summary>
    internal readonly struct Formula : IActivationFormula
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Evaluate<TDoubles>(TDoubles x, out TDoubles value, out TDoubles first, out TDoubles second)
            where TDoubles : struct, IDoubles<TDoubles>
        {
            TDoubles one = TDoubles.All(1);
            TDoubles e = VectorFunctions.Exp(-TDoubles.Abs(x), out TDoubles expMinusOne);
            TDoubles below = e + one;
            value = TDoubles.Select(TDoubles.Less(x, TDoubles.All(0)), e, one) / below;
            TDoubles inverse = one / below;
            first = e * inverse * inverse;
            second = first * TDoubles.CopySign(expMinusOne * inverse, -x);
        }
    }
}

/// <summary>σ(x) = ln(1 + e^x), onto (0, ∞).</summary>
internal sealed class SoftplusActivation() : VectorizedActivation<SoftplusActivation.Formula>(default)
{
    public override string Name => "softplus";

    public override bool IsHomeomorphism => true;

    public override bool IsAnalytic => true;

    public override bool IsSmooth => true;

    public override bool FixesZero => false;

    public override (double Lower, double Upper) Range => (0, double.PositiveInfinity);

    /// <summary>σ' is the sigmoid.</summary>
    public override (double First, double Second, double Third) DerivativeBounds => (1, 0.25, 1 / (6 * Math.Sqrt(3)));

    public override void Inverse(ReadOnlySpan<double> value, Span<double> x)
    {
        RequireRoom(value, x);
        for (int i = 0; i < value.Length; i++)
        {
            double y = value[i];
            x[i] = y > 1 ? y + Elementary.LogOfOnePlus(-Elementary.Exp(-y)) : Elementary.Log(Elementary.ExpMinusOne(y));
        }
    }

    /// <summary>With e = exp(−|x|): σ = max(x, 0) + ln(1 + e).</summary>
    internal readonly struct Formula : IActivationFormula
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Evaluate<TDoubles>(TDoubles x, out TDoubles value, out TDoubles first, out TDoubles second)
            where TDoubles : struct, IDoubles<TDoubles>
        {
            TDoubles zero = TDoubles.All(0);
            TDoubles one = TDoubles.All(1);
            TDoubles e = VectorFunctions.Exp(-TDoubles.Abs(x), out _);
            TDoubles isNegative = TDoubles.Less(x, zero);
            TDoubles inverse = one / (e + one);
            value = TDoubles.Select(isNegative, zero, x) + VectorFunctions.LogOfOnePlus(e);
            first = TDoubles.Select(isNegative, e, one) * inverse;
            second = e * inverse * inverse;
        }
    }
}
