using System.Runtime.CompilerServices;
using RankCollapse.LinearAlgebra.Vectors;

namespace RankCollapse.LinearAlgebra;

/// <summary>
/// Singular values of an upper bidiagonal matrix B by bisection, hastened by Newton's method: the number of values below x is
/// the number of negative pivots of BᵀB − x²,
/// computed by the stationary quotient–difference recurrence, whose rounding errors are as small relative changes of B's entries
/// (Fernando 1998; Dhillon and Parlett 2004). Many points are counted at once in the lanes of vectors.
/// </summary>
internal static class BidiagonalValues
{
    private const int Lanes = 8;

    /// <summary>Points in one pass: four vectors, which hide the latency of divisions.</summary>
    private const int PointsAtOnce = 4 * Lanes;

    /// <summary>Pivots nearer to 0 than this count as this and negative; squares of entries near 1 stay finite when divided by it.</summary>
    private const double SmallestPivot = 1e-290;

    /// <summary>The values, descending, each to about ε·s_1/4 or better.</summary>
    /// <param name="diagonal">d, whose largest entry is near 1 or n times that.</param>
    /// <param name="above">e, one shorter.</param>
    public static double[] Compute(double[] diagonal, double[] above)
    {
        int n = diagonal.Length;
        double bound = 0;
        for (int i = 0; i < n; i++)
        {
            // Rows and columns have at most two entries: ‖B‖₂ ≤ max(row sum, column sum).
            double row = Math.Abs(diagonal[i]) + (i + 1 < n ? Math.Abs(above[i]) : 0);
            double column = Math.Abs(diagonal[i]) + (i > 0 ? Math.Abs(above[i - 1]) : 0);
            bound = Math.Max(bound, Math.Max(row, column));
        }
        var values = new double[n];
        if (bound == 0) return values;
        double[] q = Array.ConvertAll(diagonal, d => d * d), e = Array.ConvertAll(above, x => x * x);

        // Counts on an even grid bracket all values at once; each is then bisected within its cell.
        bound *= 1 + (8 * Tolerances.MachineEpsilon);
        int cells = ((n + PointsAtOnce - 1) / PointsAtOnce * PointsAtOnce) + PointsAtOnce;
        var below = new int[cells + 1];
        below[cells] = n;
        int chunks = cells / PointsAtOnce;
        Run(chunks, n, chunk =>
        {
            Span<double> points = stackalloc double[PointsAtOnce];
            for (int k = 0; k < points.Length; k++) points[k] = bound * ((chunk * PointsAtOnce) + k) / cells;
            Count(q, e, points, below.AsSpan(chunk * PointsAtOnce, PointsAtOnce), stackalloc double[PointsAtOnce]);
        });
        below[0] = 0;
        var cell = new int[n];
        for (int k = 0, c = 0; k < n; k++)
        {
            while (c + 1 < cells && below[c + 1] <= k) c++;
            cell[k] = c;
        }
        int parts = Threads(n);
        Run(parts, n, part => Narrow(q, e, bound, cells, cell, below, (int)((long)n * part / parts), (int)((long)n * (part + 1) / parts), values));
        Array.Reverse(values);
        return values;
    }

    /// <summary>
    /// Narrows the brackets of the values [from, to) (ascending) until they are as narrow as rounding allows. A lane whose value is found takes the next one.
    /// </summary>
    private static void Narrow(double[] q, double[] e, double bound, int cells, int[] cell, int[] belowCell, int from, int to, double[] values)
    {
        Span<Bracket> brackets = stackalloc Bracket[PointsAtOnce];
        Span<double> points = stackalloc double[PointsAtOnce], slopes = stackalloc double[PointsAtOnce];
        Span<int> below = stackalloc int[PointsAtOnce];
        double tolerance = bound * Tolerances.MachineEpsilon / 16, spacing = bound / cells;
        int next = from, active = 0;
        for (int i = 0; i < PointsAtOnce; i++)
        {
            if (next < to) active++;
            brackets[i] = Take(next < to ? next++ : -1, out points[i]);
        }
        while (active > 0)
        {
            Count(q, e, points, below, slopes);
            for (int i = 0; i < PointsAtOnce; i++)
            {
                ref Bracket bracket = ref brackets[i];
                if (bracket.Index < 0) continue;
                double middle = bracket.Narrow(points[i], below[i], slopes[i], tolerance, spacing, out bool isDone);
                if (isDone)
                {
                    // A bracket that still begins at 0 holds a value that cannot be told from 0.
                    values[bracket.Index] = bracket.Low == 0 ? 0 : middle;
                    if (next >= to) active--;
                    bracket = Take(next < to ? next++ : -1, out middle);
                }
                points[i] = middle;
            }
        }

        Bracket Take(int index, out double point)
        {
            int c = cell[Math.Max(index, 0)];
            double low = bound * c / cells, high = bound * (c + 1) / cells;
            point = low + ((high - low) / 2);
            return new Bracket
            {
                Index = index,
                Low = low,
                High = high,
                BelowLow = belowCell[c],
                BelowHigh = belowCell[c + 1],
                Width = double.PositiveInfinity,
                EarlierWidth = double.PositiveInfinity,
            };
        }
    }

    /// <summary>How many singular values lie below each point, and the derivative of ln|det(BᵀB − s)| at its square s; q = d², e = above².</summary>
    private static unsafe void Count(double[] q, double[] e, ReadOnlySpan<double> points, Span<int> below, Span<double> slope)
    {
        Doubles512 zero = Doubles512.All(0), s0 = zero, s1 = zero, s2 = zero, s3 = zero, n0 = zero, n1 = zero, n2 = zero, n3 = zero;
        fixed (double* p = points, slopes = slope)
        {
            Doubles512 x0 = Square(p), x1 = Square(p + Lanes), x2 = Square(p + (2 * Lanes)), x3 = Square(p + (3 * Lanes));
            Doubles512 t0 = -x0, t1 = -x1, t2 = -x2, t3 = -x3, d0 = Doubles512.All(-1), d1 = d0, d2 = d0, d3 = d0;
            int last = q.Length - 1;
            for (int i = 0; i <= last; i++)
            {
                Doubles512 qi = Doubles512.All(q[i]), ei = Doubles512.All(i < last ? e[i] : 0);
                Step(qi, ei, x0, ref t0, ref d0, ref s0, ref n0);
                Step(qi, ei, x1, ref t1, ref d1, ref s1, ref n1);
                Step(qi, ei, x2, ref t2, ref d2, ref s2, ref n2);
                Step(qi, ei, x3, ref t3, ref d3, ref s3, ref n3);
            }
            s0.Store(slopes);
            s1.Store(slopes + Lanes);
            s2.Store(slopes + (2 * Lanes));
            s3.Store(slopes + (3 * Lanes));
            double* counts = stackalloc double[PointsAtOnce];
            n0.Store(counts);
            n1.Store(counts + Lanes);
            n2.Store(counts + (2 * Lanes));
            n3.Store(counts + (3 * Lanes));
            for (int k = 0; k < PointsAtOnce; k++) below[k] = (int)counts[k];
        }
    }

    private static unsafe Doubles512 Square(double* points)
    {
        Doubles512 x = Doubles512.Load(points);
        return x * x;
    }

    /// <summary>The next pivot q + t, its sign and its derivative over itself, and the next t = e·t/(q + t) − s with t' = e·t'·q/(q + t)² − 1.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Step(
        Doubles512 q, Doubles512 e, Doubles512 x, ref Doubles512 t, ref Doubles512 derivative, ref Doubles512 slope, ref Doubles512 negative)
    {
        Doubles512 pivot = q + t;
        pivot = Doubles512.Select(Doubles512.Less(Doubles512.Abs(pivot), Doubles512.All(SmallestPivot)), Doubles512.All(-SmallestPivot), pivot);
        negative += Doubles512.Select(Doubles512.Less(pivot, Doubles512.All(0)), Doubles512.All(1), Doubles512.All(0));
        Doubles512 inverse = Doubles512.All(1) / pivot, part = derivative * inverse;
        slope += part;
        t = (e * (t * inverse)) - x;
        derivative = (e * (part * (q * inverse))) - Doubles512.All(1);
    }

    private static void Run(int chunks, int n, Action<int> body)
    {
        int threads = Threads(n);
        if (threads == 1)
        {
            for (int chunk = 0; chunk < chunks; chunk++) body(chunk);
        }
        else
        {
            Parallel.For(0, chunks, new ParallelOptions { MaxDegreeOfParallelism = threads }, body);
        }
    }

    private static int Threads(int n)
    {
        const int WorthThreads = 256;
        return n < WorthThreads ? 1 : Product.MaxThreads;
    }

    /// <summary>Two points between which the value of an index lies.</summary>
    private struct Bracket
    {
        public int Index;
        public double Low;
        public double High;
        public int BelowLow;
        public int BelowHigh;
        public double Width;
        public double EarlierWidth;

        /// <summary>
        /// Takes what was found at a point, and gives the next one: the middle, or by Newton's method on ln|det(BᵀB − s)|, where the bracket holds one value
        /// only, a little beyond the root, so that it closes from both sides.
        /// </summary>
        public double Narrow(double x, int below, double slope, double tolerance, double spacing, out bool isDone)
        {
            if (x > Low && x < High)
            {
                if (below <= Index) (Low, BelowLow) = (x, below);
                else (High, BelowHigh) = (x, below);
            }
            double width = High - Low, middle = Low + (width / 2), digits = Tolerances.MachineEpsilon * x;
            isDone = width <= Math.Max(tolerance, digits) || middle <= Low || middle >= High;
            bool isAlone = BelowLow == Index && BelowHigh == Index + 1, isNarrowing = width <= 0.5 * EarlierWidth;
            (EarlierWidth, Width) = (Width, width);
            if (isDone || !isAlone || !isNarrowing) return middle;
            double square = (x * x) - (1 / slope);
            if (!(square > 0)) return middle;
            double step = Math.Sqrt(square) - x;
            double beyond = Math.Max(Math.Max(tolerance / 2, digits), Math.Min(Math.Abs(step) / 8, 4 * step * step / spacing));
            double next = x + step + Math.CopySign(beyond, step);
            return next > Low && next < High ? next : middle;
        }
    }
}
