using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using RankCollapse.LinearAlgebra;
using RankCollapse.LinearAlgebra.Vectors;

namespace RankCollapse.Networks;

/// <summary>
/// σ(x) = x for x ≥ 0 and e^x − 1 for x &lt; 0 (Clevert, Unterthiner and Hochreiter 2016), onto (−1, ∞); σ'' jumps from 1 to 0 at 0, where the right one is
/// used.
/// </summary>
internal sealed class EluActivation() : VectorizedActivation<ExponentialLinearFormula>(new ExponentialLinearFormula(1, 1))
{
    public override string Name => "elu";

    public override bool IsHomeomorphism => true;

    public override bool IsAnalytic => false;

    public override bool IsSmooth => false;

    public override bool FixesZero => true;

    public override (double Lower, double Upper) Range => (-1, double.PositiveInfinity);

    public override (double First, double Second, double Third) DerivativeBounds => (1, 1, double.PositiveInfinity);

    public override void Inverse(ReadOnlySpan<double> value, Span<double> x)
    {
        RequireRoom(value, x);
        for (int i = 0; i < value.Length; i++) x[i] = value[i] < 0 ? Elementary.LogOfOnePlus(value[i]) : value[i];
    }
}

/// <summary>
/// σ(x) = s·x for x ≥ 0 and s·α(e^x − 1) for x &lt; 0 with s ≈ 1.0507, α ≈ 1.6733 (Klambauer and others 2017), onto (−sα, ∞); at 0 the right derivative s is
/// used.
/// </summary>
internal sealed class SeluActivation() : VectorizedActivation<ExponentialLinearFormula>(new ExponentialLinearFormula(Scale, Alpha))
{
    private const double Scale = 1.0507009873554804934193349852946;
    private const double Alpha = 1.6732632423543772848170429916717;

    public override string Name => "selu";

    public override bool IsHomeomorphism => true;

    public override bool IsAnalytic => false;

    public override bool IsSmooth => false;

    public override bool FixesZero => true;

    public override (double Lower, double Upper) Range => (-(Scale * Alpha), double.PositiveInfinity);

    public override (double First, double Second, double Third) DerivativeBounds => (Scale * Alpha, double.PositiveInfinity, double.PositiveInfinity);

    public override void Inverse(ReadOnlySpan<double> value, Span<double> x)
    {
        RequireRoom(value, x);
        for (int i = 0; i < value.Length; i++)
            x[i] = value[i] < 0 ? Elementary.LogOfOnePlus(value[i] / (Scale * Alpha)) : value[i] / Scale;
    }
}

/// <summary>s·x for x ≥ 0, s·α(e^x − 1) for x &lt; 0.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly struct ExponentialLinearFormula(double scale, double alpha) : IActivationFormula
{
    private readonly double _scale = scale;
    private readonly double _scaleOfExponential = scale * alpha;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Evaluate<TDoubles>(TDoubles x, out TDoubles value, out TDoubles first, out TDoubles second)
        where TDoubles : struct, IDoubles<TDoubles>
    {
        TDoubles zero = TDoubles.All(0);
        TDoubles isNegative = TDoubles.Less(x, zero);
        TDoubles slope = TDoubles.All(_scale);
        TDoubles factor = TDoubles.All(_scaleOfExponential);
        TDoubles exp = factor * VectorFunctions.Exp(TDoubles.Select(isNegative, x, zero), out TDoubles expMinusOne);
        value = TDoubles.Select(isNegative, factor * expMinusOne, slope * x);
        first = TDoubles.Select(isNegative, exp, slope);
        second = TDoubles.Select(isNegative, exp, zero);
    }
}
