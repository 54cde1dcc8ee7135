using System.Runtime.CompilerServices;
using RankCollapse.LinearAlgebra;
using RankCollapse.LinearAlgebra.Vectors;

namespace RankCollapse.Networks;

/// <summary>
/// σ(x) = x·Φ(x) with the standard normal distribution function Φ, exactly (Hendrycks and Gimpel 2016); falls to its minimum at x ≈ −0.75, then rises.
/// </summary>
internal sealed class GeluActivation() : VectorizedActivation<GeluActivation.Formula>(default)
{
    /// <summary>σ at the zero of σ'(x) = Φ(x) + x·φ(x), x = −0.751791524693564….</summary>
    private const double Minimum = -0.16997120747990369;

    private const double InverseRootOfTwoPi = 0.39894228040143267794;

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
            Span<double> value = stackalloc double[1], first = stackalloc double[1];
            ValueAndFirst([Math.Sqrt(2)], value, first);
            return (first[0], 2 * Density(0), x * (4 - (x * x)) * Density(x));
        }
    }

    public override bool Attains(double value) => value is >= Minimum and < double.PositiveInfinity;

    public override void Inverse(ReadOnlySpan<double> value, Span<double> x) => throw HasNoInverse();

    private static double Density(double x) => InverseRootOfTwoPi * Elementary.Exp(-0.5 * x * x);

    /// <summary>
    /// Φ(−a) = e^{−a²/2}·m(a)/(1 + a) for a = |x|: the Mills ratio m, scaled so that it is bounded above and away from 0, is a polynomial in
    /// t = (a − 6)/(a + 6), as Shepherd and Laframboise (1981) do for the scaled complementary error function.
    /// </summary>
    /// <remarks>
    /// The polynomial interpolates in the Chebyshev points of 0 ≤ a ≤ 40, with a relative error of 6e−18, and has coefficients below ½. The rounding error of
    /// a² is added back, so that Φ has a relative error of a few units in the last place in the whole tail.
    /// </remarks>
    internal readonly struct Formula : IActivationFormula
    {
        /// <summary>Beyond it Φ(−a) and φ(a) are below the smallest normal number.</summary>
        private const double Farthest = 40;

        private const double Centre = 6;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Evaluate<TDoubles>(TDoubles x, out TDoubles value, out TDoubles first, out TDoubles second)
            where TDoubles : struct, IDoubles<TDoubles>
        {
            TDoubles a = TDoubles.Min(TDoubles.All(Farthest), TDoubles.Abs(x));
            TDoubles square = a * a;
            TDoubles lost = TDoubles.MultiplyAdd(a, a, -square);
            TDoubles half = TDoubles.All(0.5);
            TDoubles exp = VectorFunctions.Exp(-half * square, out _);
            exp = TDoubles.MultiplyAdd(exp, -half * lost, exp);
            TDoubles tail = exp * ScaledMillsRatio(a) / (TDoubles.All(1) + a);
            TDoubles isNegative = TDoubles.Less(x, TDoubles.All(0));
            TDoubles distribution = TDoubles.Select(isNegative, tail, TDoubles.All(1) - tail);
            TDoubles density = TDoubles.All(InverseRootOfTwoPi) * exp;
            // x·Φ and x·φ vanish at −∞, but ∞·0 does not.
            value = TDoubles.Max(TDoubles.All(-Farthest), x) * distribution;
            first = TDoubles.MultiplyAdd(TDoubles.CopySign(a, x), density, distribution);
            second = (TDoubles.All(2) - square) * density;
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static TDoubles ScaledMillsRatio<TDoubles>(TDoubles a)
            where TDoubles : struct, IDoubles<TDoubles>
        {
            TDoubles t = (a - TDoubles.All(Centre)) / (a + TDoubles.All(Centre));
            TDoubles p = TDoubles.MultiplyAdd(t, TDoubles.All(1.5695921634584025e-09), TDoubles.All(2.9426390752797887e-09));
            p = TDoubles.MultiplyAdd(p, t, TDoubles.All(-1.5639864942746644e-08));
            p = TDoubles.MultiplyAdd(p, t, TDoubles.All(-2.0027893278270845e-08));
            p = TDoubles.MultiplyAdd(p, t, TDoubles.All(1.3236790158938167e-07));
            p = TDoubles.MultiplyAdd(p, t, TDoubles.All(-4.2913658269661417e-10));
            p = TDoubles.MultiplyAdd(p, t, TDoubles.All(-9.995898526491916e-07));
            p = TDoubles.MultiplyAdd(p, t, TDoubles.All(1.7838116022958124e-06));
            p = TDoubles.MultiplyAdd(p, t, TDoubles.All(4.412404543912898e-06));
            p = TDoubles.MultiplyAdd(p, t, TDoubles.All(-2.6353393572409072e-05));
            p = TDoubles.MultiplyAdd(p, t, TDoubles.All(3.779490167737176e-05));
            p = TDoubles.MultiplyAdd(p, t, TDoubles.All(0.00011948965571717959));
            p = TDoubles.MultiplyAdd(p, t, TDoubles.All(-0.0008689946656167478));
            p = TDoubles.MultiplyAdd(p, t, TDoubles.All(0.0029356555179146167));
            p = TDoubles.MultiplyAdd(p, t, TDoubles.All(-0.007059819421068707));
            p = TDoubles.MultiplyAdd(p, t, TDoubles.All(0.013246864154012135));
            p = TDoubles.MultiplyAdd(p, t, TDoubles.All(-0.01976647921997029));
            p = TDoubles.MultiplyAdd(p, t, TDoubles.All(0.022592467062783016));
            p = TDoubles.MultiplyAdd(p, t, TDoubles.All(-0.016141517332197368));
            p = TDoubles.MultiplyAdd(p, t, TDoubles.All(-0.004373386779593226));
            p = TDoubles.MultiplyAdd(p, t, TDoubles.All(0.03981142456242982));
            p = TDoubles.MultiplyAdd(p, t, TDoubles.All(-0.08502536230577072));
            return TDoubles.MultiplyAdd(p, t, TDoubles.All(0.45345520027112796));
        }
    }
}
