namespace RankCollapse.Training.Solving;

/// <summary>
/// A line search for the strong Wolfe conditions φ(t) ≤ φ(0) + c₁tφ'(0), |φ'(t)| ≤ c₂|φ'(0)|
/// (Nocedal and Wright 2006, algorithms 3.5 and 3.6, with cubic interpolation and safeguards).
/// </summary>
/// <remarks>
/// Near a minimum the decrease is below the rounding of φ, while slopes are still exact to many digits. Values that differ by rounding
/// alone are therefore compared by slopes, with the approximate condition φ'(t) ≤ (2c₁ − 1)φ'(0) for decrease (Hager and Zhang 2005).
/// </remarks>
internal sealed class StrongWolfeSearch
{
    private const double SufficientDecrease = 1e-4;
    private const double Curvature = 0.9;
    private const double Growth = 4;
    private const int MaxEvaluations = 25;

    /// <summary>The rounding error that a value of φ is granted: a sum of many terms of one sign errs by some units in the last place.</summary>
    private const double RelativeRounding = 16 * LinearAlgebra.Tolerances.MachineEpsilon;

    private readonly Func<double, (double Value, double Slope)> _evaluate;
    private double _rounding;
    private double _value0;
    private double _slope0;
    private int _evaluations;

    /// <param name="evaluate">φ and φ' at a step; a value that is not finite means that the step is too long.</param>
    public StrongWolfeSearch(Func<double, (double Value, double Slope)> evaluate) => _evaluate = evaluate;

    /// <summary>Finds a step; the last evaluation is at the step returned. Null when none decreases φ.</summary>
    /// <param name="value0">φ(0).</param>
    /// <param name="slope0">φ'(0) &lt; 0.</param>
    /// <param name="firstStep">The first trial.</param>
    public double? Find(double value0, double slope0, double firstStep)
    {
        _value0 = value0;
        _slope0 = slope0;
        _evaluations = 0;
        _rounding = RelativeRounding * Math.Abs(value0);
        Point previous = new(0, value0, slope0);
        double step = firstStep;
        while (_evaluations < MaxEvaluations)
        {
            Point here = At(step);
            if (IsAcceptable(here)) return here.Step;
            if (IsBeyond(here, previous)) return Zoom(previous, here);
            if (here.Slope >= 0) return Zoom(here, previous);
            previous = here;
            step *= Growth;
        }
        return Settle(previous);
    }

    private double? Zoom(Point low, Point high)
    {
        while (_evaluations < MaxEvaluations)
        {
            double step = Interpolate(low, high);
            Point here = At(step);
            if (IsAcceptable(here)) return here.Step;
            if (IsBeyond(here, low))
            {
                high = here;
            }
            else
            {
                if (here.Slope * (high.Step - low.Step) >= 0) high = low;
                low = here;
            }
            if (Math.Abs(high.Step - low.Step) <= 1e-14 * Math.Max(high.Step, low.Step)) break;
        }
        return Settle(low);
    }

    /// <summary>Falls back to the best point found; the caller's state is left there.</summary>
    private double? Settle(Point best)
    {
        if (best.Step == 0 || !(best.Value < _value0)) return null;
        At(best.Step);
        return best.Step;
    }

    private Point At(double step)
    {
        _evaluations++;
        (double value, double slope) = _evaluate(step);
        return new Point(step, double.IsFinite(value) && double.IsFinite(slope) ? value : double.PositiveInfinity, slope);
    }

    private bool IsAcceptable(Point point) =>
        Math.Abs(point.Slope) <= -Curvature * _slope0
        && (IsSufficient(point) || (IsRounding(point.Value - _value0) && point.Slope <= ((2 * SufficientDecrease) - 1) * _slope0));

    private bool IsSufficient(Point point) => point.Value <= _value0 + (SufficientDecrease * point.Step * _slope0);

    /// <summary>Whether a minimum lies between the best point so far and this one, because this one is no better.</summary>
    private bool IsBeyond(Point here, Point best) => IsRounding(here.Value - best.Value)
        ? here.Slope * (here.Step - best.Step) > 0
        : !IsSufficient(here) || here.Value >= best.Value;

    private bool IsRounding(double difference) => Math.Abs(difference) <= _rounding;

    /// <summary>The minimiser of the cubic through both ends, kept away from them; the middle where there is none.</summary>
    private double Interpolate(Point low, Point high)
    {
        double middle = 0.5 * (low.Step + high.Step), width = Math.Abs(high.Step - low.Step);
        if (!double.IsFinite(high.Value) || !double.IsFinite(high.Slope)) return middle;
        // Where the values say nothing the cubic becomes the parabola through both slopes, whose chord has their mean.
        double chord = IsRounding(low.Value - high.Value) ? 0.5 * (low.Slope + high.Slope) : (low.Value - high.Value) / (low.Step - high.Step);
        double d1 = low.Slope + high.Slope - (3 * chord);
        double square = (d1 * d1) - (low.Slope * high.Slope);
        if (square < 0) return middle;
        double d2 = Math.Sign(high.Step - low.Step) * Math.Sqrt(square);
        double step = high.Step - ((high.Step - low.Step) * ((high.Slope + d2 - d1) / (high.Slope - low.Slope + (2 * d2))));
        double left = Math.Min(low.Step, high.Step) + (0.1 * width), right = Math.Max(low.Step, high.Step) - (0.1 * width);
        return double.IsFinite(step) ? Math.Clamp(step, left, right) : middle;
    }

    private readonly record struct Point(double Step, double Value, double Slope);
}
