namespace RankCollapse.Networks;

/// <summary>
/// An activation whose kink at 0 is rounded: σ(x) + (s₊ − s₋)(√(x² + ε²) − |x|)/2, with s₋ and s₊ the slopes beside 0, which differs from σ by at most
/// |s₊ − s₋|ε/2 and has a continuous slope.
/// </summary>
/// <remarks>
/// max(x, 0) becomes (x + √(x² + ε²))/2, the smoothing function of Chen and Harker (1993), Kanzow (1996) and Smale (1987) for complementarity problems.
/// </remarks>
internal sealed class RoundedActivation : Activation
{
    private const int Chunk = 64;

    private readonly double _halfJump;

    /// <summary>Rounds an activation; the width is 0 at first.</summary>
    public RoundedActivation(Activation exact)
    {
        Exact = exact;
        (double left, double right) = exact.SlopesAtZero;
        _halfJump = 0.5 * (right - left);
    }

    /// <summary>σ.</summary>
    public Activation Exact { get; }

    /// <summary>ε ≥ 0; 0 rounds nothing.</summary>
    public double Width { get; set; }

    public override string Name => $"{Exact.Name}, rounded";

    public override bool IsHomeomorphism => false;

    public override bool IsAnalytic => false;

    public override bool IsSmooth => false;

    public override bool FixesZero => false;

    public override (double Lower, double Upper) Range => Exact.Range;

    public override (double First, double Second, double Third) DerivativeBounds =>
        (Exact.DerivativeBounds.First, double.PositiveInfinity, double.PositiveInfinity);

    /// <summary>The share of s₊ in the slope at a kink, from 0 far to the left of 0 to 1 far to the right.</summary>
    public static double Share(double x, double width) => x == 0 ? 0.5 : 0.5 * (1 + (x / Math.Sqrt((x * x) + (width * width))));

    public override void Value(ReadOnlySpan<double> x, Span<double> value) => Evaluate(x, value, [], []);

    public override void ValueAndFirst(ReadOnlySpan<double> x, Span<double> value, Span<double> first) => Evaluate(x, value, first, []);

    public override void ValueFirstAndSecond(ReadOnlySpan<double> x, Span<double> value, Span<double> first, Span<double> second) =>
        Evaluate(x, value, first, second);

    public override void Inverse(ReadOnlySpan<double> value, Span<double> x) => throw HasNoInverse();

    /// <summary>Goes through a copy of the points, piece by piece, because values may take their place.</summary>
    private void Evaluate(ReadOnlySpan<double> x, Span<double> value, Span<double> first, Span<double> second)
    {
        Span<double> copy = stackalloc double[Chunk];
        for (int at = 0; at < x.Length; at += Chunk)
        {
            Span<double> points = copy[..Math.Min(Chunk, x.Length - at)], values = value.Slice(at, points.Length);
            x.Slice(at, points.Length).CopyTo(points);
            if (first.IsEmpty) Exact.Value(points, values);
            else if (second.IsEmpty) Exact.ValueAndFirst(points, values, first.Slice(at, points.Length));
            else Exact.ValueFirstAndSecond(points, values, first.Slice(at, points.Length), second.Slice(at, points.Length));
            for (int i = 0; i < points.Length && Width > 0; i++)
            {
                double point = points[i], root = Math.Sqrt((point * point) + (Width * Width)), rest = Width / (root + Math.Abs(point));
                values[i] += _halfJump * Width * rest;
                if (first.IsEmpty) continue;

                // x/√(x² + ε²) − sign x without cancellation: ε²/(√(x² + ε²)(√(x² + ε²) + |x|)) with the other sign.
                first[at + i] -= (point < 0 ? -_halfJump : _halfJump) * (Width / root) * rest;
                if (!second.IsEmpty) second[at + i] += _halfJump * (Width / root) * (Width / root) / root;
            }
        }
    }
}
