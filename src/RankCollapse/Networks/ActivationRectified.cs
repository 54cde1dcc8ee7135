using System.Runtime.CompilerServices;
using RankCollapse.LinearAlgebra.Vectors;

namespace RankCollapse.Networks;

/// <summary>σ(x) = max(x, 0); neither injective nor differentiable at 0, where the right derivative 1 is used.</summary>
internal sealed class ReluActivation() : VectorizedActivation<RectifierFormula>(new RectifierFormula(0))
{
    public override string Name => "relu";

    public override bool IsHomeomorphism => false;

    public override bool IsAnalytic => false;

    public override bool IsSmooth => false;

    public override bool FixesZero => true;

    public override (double Lower, double Upper) Range => (0, double.PositiveInfinity);

    public override (double First, double Second, double Third) DerivativeBounds => (1, double.PositiveInfinity, double.PositiveInfinity);

    public override bool Attains(double value) => value is >= 0 and < double.PositiveInfinity;

    public override void Inverse(ReadOnlySpan<double> value, Span<double> x) => throw HasNoInverse();
}

/// <summary>σ(x) = x for x ≥ 0 and a·x for x &lt; 0, a &gt; 0, onto R; at 0 the right derivative 1 is used.</summary>
internal sealed class LeakyReluActivation : VectorizedActivation<RectifierFormula>
{
    private readonly double _slope;

    /// <summary>Creates the activation.</summary>
    /// <param name="slope">a, positive and finite.</param>
    public LeakyReluActivation(double slope)
        : base(new RectifierFormula(slope))
    {
        if (!(slope > 0 && double.IsFinite(slope)))
            throw new InvalidInputException($"The slope of leaky-relu is {slope}, but has to be a positive finite number; use relu for a slope of 0.");
        _slope = slope;
    }

    public override string Name => $"leaky-relu({_slope:R})";

    public override bool IsHomeomorphism => true;

    public override bool IsAnalytic => IsLinear;

    public override bool IsSmooth => IsLinear;

    public override bool FixesZero => true;

    public override (double Lower, double Upper) Range => (double.NegativeInfinity, double.PositiveInfinity);

    public override (double First, double Second, double Third) DerivativeBounds =>
        IsLinear ? (1, 0, 0) : (Math.Max(1, _slope), double.PositiveInfinity, double.PositiveInfinity);

    private bool IsLinear => _slope == 1;

    public override void Inverse(ReadOnlySpan<double> value, Span<double> x)
    {
        RequireRoom(value, x);
        for (int i = 0; i < value.Length; i++) x[i] = value[i] < 0 ? value[i] / _slope : value[i];
    }
}

/// <summary>Two half-lines: slope 1 for x ≥ 0, another for x &lt; 0.</summary>
internal readonly struct RectifierFormula(double slope) : IActivationFormula
{
    private readonly double _slope = slope;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Evaluate<TDoubles>(TDoubles x, out TDoubles value, out TDoubles first, out TDoubles second)
        where TDoubles : struct, IDoubles<TDoubles>
    {
        TDoubles zero = TDoubles.All(0);
        TDoubles isNegative = TDoubles.Less(x, zero);
        first = TDoubles.Select(isNegative, TDoubles.All(_slope), TDoubles.All(1));
        // Not x·slope alone: −∞·0 would be NaN.
        value = _slope == 0 ? TDoubles.Select(isNegative, zero, x) : x * first;
        second = zero;
    }
}
