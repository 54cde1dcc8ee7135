namespace RankCollapse.Networks;

/// <summary>σ(x) = x.</summary>
internal sealed class IdentityActivation : Activation
{
    public override string Name => "identity";

    public override bool IsHomeomorphism => true;

    public override bool IsAnalytic => true;

    public override bool IsSmooth => true;

    public override bool FixesZero => true;

    public override (double Lower, double Upper) Range => (double.NegativeInfinity, double.PositiveInfinity);

    public override (double First, double Second, double Third) DerivativeBounds => (1, 0, 0);

    public override void Value(ReadOnlySpan<double> x, Span<double> value) => x.CopyTo(value);

    public override void ValueAndFirst(ReadOnlySpan<double> x, Span<double> value, Span<double> first)
    {
        x.CopyTo(value);
        first[..x.Length].Fill(1);
    }

    public override void ValueFirstAndSecond(ReadOnlySpan<double> x, Span<double> value, Span<double> first, Span<double> second)
    {
        ValueAndFirst(x, value, first);
        second[..x.Length].Clear();
    }

    public override void Inverse(ReadOnlySpan<double> value, Span<double> x) => value.CopyTo(x);
}
