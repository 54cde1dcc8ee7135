namespace RankCollapse.LinearAlgebra;

/// <summary>Minimises ½xᵀHx + cᵀx over lower ≤ x ≤ upper, H positive semidefinite, by projected Newton steps (Bertsekas 1982).</summary>
internal static class BoxQuadraticProgram
{
    private const int MostSteps = 25;
    private const double ShortestStep = 1e-6;

    /// <summary>A step that gains this share of the function's value is the last one.</summary>
    private const double Rounding = 1e-12;

    /// <summary>The share of H's largest diagonal entry that is added where H may be singular.</summary>
    private const double Ridge = 1e-14;

    /// <summary>Improves x until no step lowers the function.</summary>
    /// <param name="h">H, n×n, the lower triangle of which is read.</param>
    /// <param name="c">c.</param>
    /// <param name="lower">The lower bounds.</param>
    /// <param name="upper">The upper bounds.</param>
    /// <param name="x">The start, within the bounds; overwritten by the minimiser.</param>
    public static void Solve(Matrix h, ReadOnlySpan<double> c, ReadOnlySpan<double> lower, ReadOnlySpan<double> upper, Span<double> x)
    {
        int n = x.Length;
        var full = new Matrix(n, n);
        double largest = 0;
        for (int i = 0; i < n; i++)
        {
            largest = Math.Max(largest, h[i, i]);
            for (int j = 0; j <= i; j++) full[i, j] = full[j, i] = h[i, j];
        }
        if (!(largest > 0)) return;
        double[] gradient = new double[n], step = new double[n], trial = new double[n];
        var free = new List<int>(n);
        double value = Value(full, c, x, gradient);
        for (int k = 0; k < MostSteps; k++)
        {
            free.Clear();
            for (int i = 0; i < n; i++)
            {
                if (!((x[i] <= lower[i] && gradient[i] > 0) || (x[i] >= upper[i] && gradient[i] < 0))) free.Add(i);
            }
            if (free.Count == 0) return;
            Matrix factor = Factor(full, free, largest);
            for (int i = 0; i < free.Count; i++) step[i] = -gradient[free[i]];
            BlockedCholesky.Solve(factor, step.AsSpan(0, free.Count));
            double reached = double.PositiveInfinity;
            for (double length = 1; length > ShortestStep; length *= 0.5)
            {
                x.CopyTo(trial);
                for (int i = 0; i < free.Count; i++) trial[free[i]] = Math.Clamp(x[free[i]] + (length * step[i]), lower[free[i]], upper[free[i]]);
                reached = Value(full, c, trial, null);
                if (reached < value) break;
            }
            if (!(reached < value)) return;
            bool isLast = value - reached <= Rounding * Math.Abs(reached);
            trial.CopyTo(x);
            value = Value(full, c, x, gradient);
            if (isLast) return;
        }
    }

    /// <summary>The Cholesky factor of the free part of H, which is made definite where it is not.</summary>
    private static Matrix Factor(Matrix h, List<int> free, double largest)
    {
        var part = new Matrix(free.Count, free.Count);
        double ridge = Ridge;
        do
        {
            for (int i = 0; i < part.Rows; i++)
            {
                Span<double> row = part.Row(i);
                ReadOnlySpan<double> from = h.Row(free[i]);
                for (int j = 0; j <= i; j++) row[j] = from[free[j]];
                row[i] += ridge * largest;
            }
            ridge *= 100;
        }
        while (!BlockedCholesky.TryFactor(part));
        return part;
    }

    private static double Value(Matrix h, ReadOnlySpan<double> c, ReadOnlySpan<double> x, double[]? gradient)
    {
        double value = 0;
        for (int i = 0; i < x.Length; i++)
        {
            double product = Reduction.Dot(h.Row(i), x);
            value += x[i] * ((0.5 * product) + c[i]);
            if (gradient is not null) gradient[i] = product + c[i];
        }
        return value;
    }
}
