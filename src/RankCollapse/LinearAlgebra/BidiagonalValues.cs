using System.Runtime.CompilerServices;
using RankCollapse.LinearAlgebra.Vectors;

namespace RankCollapse.LinearAlgebra;

/// <summary>
/// Singular values of an upper bidiagonal matrix B by bisection: the number of values below x is the number of negative pivots of BᵀB − x²,
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
            Count(q, e, points, below.AsSpan(chunk * PointsAtOnce, PointsAtOnce));
        });
        below[0] = 0;
        var cell = new int[n];
        for (int k = 0, c = 0; k < n; k++)
        {
            while (c + 1 < cells && below[c + 1] <= k) c++;
            cell[k] = c;
        }
        Run((n + PointsAtOnce - 1) / PointsAtOnce, n, chunk => Bisect(q, e, bound, cells, cell, chunk * PointsAtOnce, values));
        Array.Reverse(values);
        return values;
    }

    /// <summary>Halves the brackets of the values k, k + 1, … (ascending) until they are as narrow as rounding allows.</summary>
    private static void Bisect(double[] q, double[] e, double bound, int cells, int[] cell, int first, double[] values)
    {
        int count = Math.Min(PointsAtOnce, values.Length - first);
        Span<double> low = stackalloc double[PointsAtOnce], high = stackalloc double[PointsAtOnce], middle = stackalloc double[PointsAtOnce];
        Span<int> below = stackalloc int[PointsAtOnce];
        for (int i = 0; i < PointsAtOnce; i++)
        {
            int c = cell[first + Math.Min(i, count - 1)];
            low[i] = bound * c / cells;
            high[i] = bound * (c + 1) / cells;
        }
        double tolerance = bound * Tolerances.MachineEpsilon / 16;
        while (true)
        {
            bool isDone = true;
            for (int i = 0; i < PointsAtOnce; i++)
            {
                middle[i] = low[i] + ((high[i] - low[i]) / 2);
                isDone &= high[i] - low[i] <= tolerance || middle[i] <= low[i] || middle[i] >= high[i];
            }
            if (isDone) break;
            Count(q, e, middle, below);
            for (int i = 0; i < count; i++)
            {
                if (below[i] <= first + i) low[i] = middle[i];
                else high[i] = middle[i];
            }
            for (int i = count; i < PointsAtOnce; i++) (low[i], high[i]) = (low[count - 1], high[count - 1]);
        }
        // A bracket that still begins at 0 holds a value that cannot be told from 0.
        for (int i = 0; i < count; i++) values[first + i] = low[i] == 0 ? 0 : middle[i];
    }

    /// <summary>How many singular values lie below each point; q = d², e = above².</summary>
    private static unsafe void Count(double[] q, double[] e, ReadOnlySpan<double> points, Span<int> below)
    {
        fixed (double* p = points)
        {
            Doubles512 x0 = Square(p), x1 = Square(p + Lanes), x2 = Square(p + (2 * Lanes)), x3 = Square(p + (3 * Lanes));
            Doubles512 t0 = -x0, t1 = -x1, t2 = -x2, t3 = -x3, c0 = Doubles512.All(0), c1 = c0, c2 = c0, c3 = c0;
            int last = q.Length - 1;
            for (int i = 0; i <= last; i++)
            {
                Doubles512 qi = Doubles512.All(q[i]), ei = Doubles512.All(i < last ? e[i] : 0);
                Step(qi, ei, x0, ref t0, ref c0);
                Step(qi, ei, x1, ref t1, ref c1);
                Step(qi, ei, x2, ref t2, ref c2);
                Step(qi, ei, x3, ref t3, ref c3);
            }
            double* counts = stackalloc double[PointsAtOnce];
            c0.Store(counts);
            c1.Store(counts + Lanes);
            c2.Store(counts + (2 * Lanes));
            c3.Store(counts + (3 * Lanes));
            for (int k = 0; k < PointsAtOnce; k++) below[k] = (int)counts[k];
        }
    }

    private static unsafe Doubles512 Square(double* points)
    {
        Doubles512 x = Doubles512.Load(points);
        return x * x;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Step(Doubles512 q, Doubles512 e, Doubles512 x, ref Doubles512 t, ref Doubles512 negative)
    {
        Doubles512 pivot = q + t;
        pivot = Doubles512.Select(Doubles512.Less(Doubles512.Abs(pivot), Doubles512.All(SmallestPivot)), Doubles512.All(-SmallestPivot), pivot);
        negative += Doubles512.Select(Doubles512.Less(pivot, Doubles512.All(0)), Doubles512.All(1), Doubles512.All(0));
        t = (e * (t / pivot)) - x;
    }

    private static void Run(int chunks, int n, Action<int> body)
    {
        const int WorthThreads = 256;
        int threads = n < WorthThreads ? 1 : Product.MaxThreads;
        if (threads == 1)
        {
            for (int chunk = 0; chunk < chunks; chunk++) body(chunk);
        }
        else
        {
            Parallel.For(0, chunks, new ParallelOptions { MaxDegreeOfParallelism = threads }, body);
        }
    }
}
