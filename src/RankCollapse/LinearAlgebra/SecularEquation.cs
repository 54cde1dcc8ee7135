using RankCollapse.LinearAlgebra.Vectors;

namespace RankCollapse.LinearAlgebra;

/// <summary>
/// The roots of f(x) = c + Σ z_j²/(p_j − x) between ascending poles p_j, by interpolation with two poles (Li 1993: the middle way, and its fixed-weight
/// variant) inside brackets. Poles are d_j, or d_j² with 0 = d_0 and roots x = ω². A root is kept as its distance from the nearer pole, so that all
/// differences p_j − x are right to rounding relative to themselves (Gu and Eisenstat 1995).
/// </summary>
internal readonly unsafe ref struct SecularEquation(double* d, double* squares, int count, double constant, bool isSquared)
{
    private const int Lanes = 8;
    private const int MostSteps = 200;

    /// <summary>Writes p_j − x for the i-th root, ascending, which lies right of the i-th pole.</summary>
    /// <returns>x, or its root ω.</returns>
    /// <exception cref="ComputationFailedException">The iteration did not end; finite coefficients always do.</exception>
    public double Solve(int i, double* differences)
    {
        bool isLast = i == count - 1;
        double total = 0;
        if (isLast)
            for (int j = 0; j < count; j++) total += squares[j];

        // The two poles of the interpolation; the last root has both to its left.
        int left = isLast ? Math.Max(0, i - 1) : i, right = isLast ? i : i + 1;
        double origin = d[i], low, high, offset;
        if (count == 1)
        {
            offset = isSquared ? Offset(origin, total / constant) : total / constant;
            Write(origin, offset, differences);
            return origin + offset;
        }
        double gap = Pole(right, left);
        if (isLast)
        {
            // f is negative right of the last pole and has its sign changed at p + Σz²/c.
            low = 0;
            high = Offset(origin, total / constant);
            offset = high / 2;
        }
        else
        {
            double middle = 0.5 * (d[right] - d[left]);
            Sums sums = Evaluate(d[left], middle, i);
            double fromLeft = isSquared ? middle * (d[left] + d[left] + middle) : middle;
            double rest = sums.Value - (squares[left] / -fromLeft) - (squares[right] / (gap - fromLeft));
            double x;
            if (sums.Value >= 0)
            {
                low = 0;
                high = middle;
                double a = (rest * gap) + squares[left] + squares[right], b = squares[left] * gap;
                double root = Math.Sqrt(Math.Abs((a * a) - (4 * rest * b)));
                x = a > 0 ? 2 * b / (a + root) : (a - root) / (2 * rest);
            }
            else
            {
                origin = d[right];
                low = -middle;
                high = 0;
                double a = (rest * gap) - squares[left] - squares[right], b = squares[right] * gap;
                double root = Math.Sqrt(Math.Abs((a * a) + (4 * rest * b)));
                x = a < 0 ? 2 * b / (a - root) : -(a + root) / (2 * rest);
            }
            offset = Offset(origin, x);
            if (!(offset > low && offset < high)) offset = 0.5 * (low + high);
        }

        double previous = double.PositiveInfinity;
        bool isFixedWeight = !isLast;
        for (int step = 0; step < MostSteps; step++)
        {
            Sums f = Evaluate(origin, offset, left);
            double x = isSquared ? offset * (origin + origin + offset) : offset;
            double noise = ((8 + (count / 16)) * (Math.Abs(f.Above) + Math.Abs(f.Below))) + (2 * constant) + (Math.Abs(x) * f.Slope);
            if (Math.Abs(f.Value) <= 0.5 * Tolerances.MachineEpsilon * noise)
            {
                Write(origin, offset, differences);
                return origin + offset;
            }
            if (f.Value < 0) low = offset;
            else high = offset;
            double toLeft = Difference(left, origin, offset), toRight = Difference(right, origin, offset);
            double a = ((toLeft + toRight) * f.Value) - (toLeft * toRight * f.Slope), b = toLeft * toRight * f.Value, c, move;
            if (isLast)
            {
                c = f.Value - (toLeft * f.BelowSlope) - (toRight * f.AboveSlope);
                if (c < 0) c = -c;
                double root = Math.Sqrt(Math.Abs((a * a) - (4 * b * c)));
                move = c == 0 ? double.NaN : a >= 0 ? (a + root) / (2 * c) : 2 * b / (a - root);
            }
            else
            {
                if (!isFixedWeight)
                {
                    c = f.Value - (toLeft * f.BelowSlope) - (toRight * f.AboveSlope);
                }
                else if (origin == d[left])
                {
                    double weight = squares[left] / (toLeft * toLeft);
                    c = f.Value - (toRight * f.Slope) + (gap * weight);
                }
                else
                {
                    double weight = squares[right] / (toRight * toRight);
                    c = f.Value - (toLeft * f.Slope) - (gap * weight);
                }
                double root = Math.Sqrt(Math.Abs((a * a) - (4 * b * c)));
                move = a <= 0 ? (a - root) / (2 * c) : 2 * b / (a + root);
            }

            // Towards the root at least; else Newton's step, and inside the bracket at least.
            if (!(f.Value * move < 0)) move = -f.Value / f.Slope;
            double next = Moved(origin, offset, move);
            if (!(next > low && next < high) || (step > 0 && step % 8 == 0)) next = 0.5 * (low + high);
            if (next == offset || next == low || next == high)
            {
                // The bracket is as narrow as rounding allows.
                Write(origin, offset, differences);
                return origin + offset;
            }
            if (Math.Abs(f.Value) > 0.1 * Math.Abs(previous)) isFixedWeight = !isFixedWeight;
            previous = f.Value;
            offset = next;
        }
        throw new ComputationFailedException("The roots of a secular equation did not converge.");
    }

    /// <summary>p_to − p_from.</summary>
    private double Pole(int to, int from) => isSquared ? (d[to] - d[from]) * (d[to] + d[from]) : d[to] - d[from];

    /// <summary>The offset of ω from d that moves ω² by x from d², or x itself.</summary>
    private double Offset(double from, double x) => isSquared ? x / (from + Math.Sqrt(Math.Abs((from * from) + x))) : x;

    private double Moved(double origin, double offset, double move)
    {
        if (!isSquared) return offset + move;
        double omega = origin + offset, square = (omega * omega) + move;
        return square > 0 ? offset + (move / (omega + Math.Sqrt(square))) : double.NaN;
    }

    /// <summary>p_j − x.</summary>
    private double Difference(int j, double origin, double offset) =>
        isSquared ? (d[j] - origin - offset) * (d[j] + origin + offset) : d[j] - origin - offset;

    private void Write(double origin, double offset, double* differences)
    {
        for (int j = 0; j < count; j++) differences[j] = Difference(j, origin, offset);
    }

    private Sums Evaluate(double origin, double offset, int last)
    {
        Part(0, last + 1, origin, offset, out double below, out double belowSlope);
        Part(last + 1, count, origin, offset, out double above, out double aboveSlope);
        return new Sums(constant + below + above, below, above, belowSlope, aboveSlope);
    }

    private void Part(int from, int to, double origin, double offset, out double value, out double slope)
    {
        Doubles512 o = Doubles512.All(origin), t = Doubles512.All(offset), one = Doubles512.All(1), sum = Doubles512.All(0), slopes = sum;
        int j = from;
        for (; j + Lanes <= to; j += Lanes)
        {
            Doubles512 dj = Doubles512.Load(d + j);
            Doubles512 difference = dj - o - t;
            if (isSquared) difference *= dj + o + t;
            Doubles512 inverse = one / difference, term = Doubles512.Load(squares + j) * inverse;
            sum += term;
            slopes = Doubles512.MultiplyAdd(term, inverse, slopes);
        }
        value = Reduction.Lanes(sum);
        slope = Reduction.Lanes(slopes);
        for (; j < to; j++)
        {
            double inverse = 1 / Difference(j, origin, offset), term = squares[j] * inverse;
            value += term;
            slope += term * inverse;
        }
    }

    /// <summary>f, and the sums over the poles up to the left one and right of it, with their derivatives.</summary>
    private readonly record struct Sums(double Value, double Below, double Above, double BelowSlope, double AboveSlope)
    {
        public double Slope => BelowSlope + AboveSlope;
    }
}
