using MathNet.Numerics;

namespace RankCollapse.Networks;

/// <summary>σ(x) = x·Φ(x) with the standard normal distribution function Φ, exactly (Hendrycks and Gimpel 2016); falls to its minimum at x ≈ −0.75, then rises.</summary>
internal sealed class GeluActivation : Activation
{
    /// <summary>σ at the zero of σ'(x) = Φ(x) + x·φ(x), x = −0.751791524693564….</summary>
    private const double Minimum = -0.16997120747990369;

    private const double InverseRootOfTwoPi = 0.39894228040143267794;

    private const double RootOfHalf = 0.70710678118654752440;

    public override string Name => "gelu";

    public override bool IsHomeomorphism => false;

    public override bool IsAnalytic => true;

    public override bool IsSmooth => true;

    public override bool FixesZero => true;

    public override (double Lower, double Upper) Range => (Minimum, double.PositiveInfinity);

    /// <summary>σ' = Φ + xφ is largest at √2, |σ''| = |2 − x²|φ at 0, |σ'''| = |x³ − 4x|φ at x² = (7 − √33)/2.</summary>
    public override (double First, double Second, double Third) DerivativeBounds
    {
        get
        {
            double x = Math.Sqrt((7 - Math.Sqrt(33)) / 2);
            return (Distribution(Math.Sqrt(2)) + (Math.Sqrt(2) * Density(Math.Sqrt(2))), 2 * Density(0), x * (4 - (x * x)) * Density(x));
        }
    }

    public override bool Attains(double value) => value is >= Minimum and < double.PositiveInfinity;

    public override void Value(ReadOnlySpan<double> x, Span<double> value)
    {
        RequireRoom(x, value);
        for (int i = 0; i < x.Length; i++) value[i] = Scaled(x[i], Distribution(x[i]));
    }

    public override void ValueAndFirst(ReadOnlySpan<double> x, Span<double> value, Span<double> first)
    {
        RequireRoom(x, value);
        RequireRoom(x, first);
        for (int i = 0; i < x.Length; i++)
        {
            double at = x[i], distribution = Distribution(at);
            value[i] = Scaled(at, distribution);
            first[i] = distribution + Scaled(at, Density(at));
        }
    }

    public override void ValueFirstAndSecond(ReadOnlySpan<double> x, Span<double> value, Span<double> first, Span<double> second)
    {
        RequireRoom(x, value);
        RequireRoom(x, first);
        RequireRoom(x, second);
        for (int i = 0; i < x.Length; i++)
        {
            double at = x[i], distribution = Distribution(at), density = Density(at);
            value[i] = Scaled(at, distribution);
            first[i] = distribution + Scaled(at, density);
            second[i] = Scaled(2 - (at * at), density);
        }
    }

    public override void Inverse(ReadOnlySpan<double> value, Span<double> x) => throw HasNoInverse();

    private static double Distribution(double x) => 0.5 * SpecialFunctions.Erfc(-x * RootOfHalf);

    private static double Density(double x) => InverseRootOfTwoPi * Math.Exp(-0.5 * x * x);

    /// <summary>The product, 0 where the second factor is 0 and the first infinite.</summary>
    private static double Scaled(double factor, double vanishing) => vanishing == 0 ? 0 : factor * vanishing;
}
