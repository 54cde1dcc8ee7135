using RankCollapse.LinearAlgebra.Kernels;

namespace RankCollapse.LinearAlgebra;

/// <summary>
/// Eigenvalues and eigenvectors of a symmetric tridiagonal matrix T by dividing it in two halves and an update of rank one (Cuppen 1981),
/// whose vectors are those of a nearby update that has the computed values exactly (Gu and Eisenstat 1995); nearly all work is in matrix products.
/// </summary>
internal sealed unsafe class TridiagonalEigen
{
    /// <summary>Halves of up to so many rows are left to the iteration by rotations.</summary>
    private const int Smallest = 24;

    private readonly double[] _values;
    private readonly double[] _beside;
    private readonly Matrix _rows;
    private readonly double[] _old;
    private readonly double[] _new;

    private TridiagonalEigen(double[] diagonal, double[] beside)
    {
        int n = diagonal.Length;
        (_values, _beside, _rows) = (diagonal, beside, new Matrix(n, n));
        (_old, _new) = n > Smallest ? (new double[n * n], new double[n * n]) : ([], []);
    }

    /// <summary>The eigenvalues in no order, and eigenvectors as rows; the operands are overwritten.</summary>
    /// <param name="diagonal">T's diagonal, with ‖T‖ near 1 or n.</param>
    /// <param name="beside">T's entries beside the diagonal, one of no meaning at the end.</param>
    public static (double[] Values, Matrix Rows) Decompose(double[] diagonal, double[] beside)
    {
        var work = new TridiagonalEigen(diagonal, beside);
        fixed (double* rows = work._rows.AsSpan(), old = work._old, next = work._new)
        fixed (double* values = work._values, sides = work._beside)
            work.Solve(0, diagonal.Length, rows, values, sides, old, next);
        return (work._values, work._rows);
    }

    /// <summary>The eigenvalues alone, in no order; the operands are overwritten.</summary>
    public static void Values(double[] diagonal, double[] beside)
    {
        fixed (double* values = diagonal, sides = beside) Iterate(values, sides, diagonal.Length, null, 0);
    }

    private void Solve(int from, int to, double* rows, double* values, double* beside, double* old, double* next)
    {
        int n = _rows.Rows, size = to - from;
        if (size <= Smallest)
        {
            double* block = rows + ((nint)from * n) + from;
            for (int i = 0; i < size; i++) block[((nint)i * n) + i] = 1;
            Iterate(values + from, beside + from, size, block, n);
            return;
        }
        int middle = from + (size / 2);
        double coupling = beside[middle - 1];
        values[middle - 1] -= Math.Abs(coupling);
        values[middle] -= Math.Abs(coupling);
        Solve(from, middle, rows, values, beside, old, next);
        Solve(middle, to, rows, values, beside, old, next);
        Merge(from, middle, to, coupling, rows, values, old, next);
    }

    /// <summary>diag(values) + |coupling|·z·zᵀ, where z holds the halves' last and first entries.</summary>
    private void Merge(int from, int middle, int to, double coupling, double* rows, double* values, double* old, double* next)
    {
        int n = _rows.Rows, size = to - from;
        double sign = coupling < 0 ? -1 : 1, scale = Math.Sqrt(0.5), largest = 2 * Math.Abs(coupling);

        // In units of a power of two near the norm of this part.
        for (int i = from; i < to; i++) largest = Math.Max(largest, Math.Abs(values[i]));
        if (largest == 0) return;
        double unit = Math.ScaleB(1, Math.Max(Math.ILogB(largest), -1000)), rho = 2 * Math.Abs(coupling) / unit;
        var z = new double[size];
        var d = new double[size];
        var order = new int[size];
        var group = new int[size];
        for (int i = 0; i < size; i++)
        {
            z[i] = scale * (from + i < middle ? rows[((nint)(from + i) * n) + middle - 1] : sign * rows[((nint)(from + i) * n) + middle]);
            d[i] = values[from + i] / unit;
            order[i] = i;
            group[i] = from + i < middle ? 0 : 2;
        }
        Array.Sort((double[])d.Clone(), order);

        // What is too small to couple, or lies too near to its neighbour to be told from it, is an eigenvector already.
        double tolerance = 4 * Tolerances.MachineEpsilon * (largest / unit);
        var kept = new List<int>(size);
        var deflated = new List<int>(size);
        int pending = -1;
        foreach (int j in order)
        {
            if (rho * Math.Abs(z[j]) <= tolerance)
            {
                deflated.Add(j);
                continue;
            }
            if (pending >= 0)
            {
                if (SecularVectors.Joins(pending, j, d, z, group, tolerance, out double c, out double s))
                {
                    MatrixVector.Rotate(rows + ((nint)(from + pending) * n) + from, rows + ((nint)(from + j) * n) + from, size, c, s);
                    deflated.Add(pending);
                }
                else
                {
                    kept.Add(pending);
                }
            }
            pending = j;
        }
        if (pending >= 0) kept.Add(pending);
        int count = kept.Count;
        if (count == 0)
        {
            for (int i = 0; i < size; i++) values[from + i] = unit * d[i];
            return;
        }

        // The old vectors by groups: those of the first half, of both, of the second; then what stays.
        int[] place = SecularVectors.Place(kept, group, out int firsts, out int both);
        for (int k = 0; k < count; k++) Copy(kept[k], place[k]);
        for (int k = 0; k < deflated.Count; k++) Copy(deflated[k], count + k);
        double[] poles = [.. kept.Select(k => d[k])], weights = [.. kept.Select(k => z[k] * z[k])];
        double[] signs = [.. kept.Select(k => z[k])];
        var corrected = new double[count];
        fixed (double* p = poles, w = weights, zHat = corrected)
        {
            var equation = new SecularEquation(p, w, count, 1 / rho, isSquared: false);
            for (int i = 0; i < count; i++) values[from + i] = unit * equation.Solve(i, next + ((nint)i * count));
            SecularVectors.CorrectWeights(p, count, next, signs, zHat, isSquared: false);
            var vector = new double[count];
            fixed (double* v = vector)
            {
                for (int i = 0; i < count; i++)
                {
                    double* row = next + ((nint)i * count);
                    SecularVectors.Divide(zHat, row, count, v);
                    SecularVectors.Scatter(v, count, 1 / MatrixVector.Norm(v, count), place, row);
                }
            }
        }
        double* target = rows + ((nint)from * n) + from;
        int half = middle - from;
        Product.Run(new Operand(next, count, 1), new Operand(old, size, 1), new Operand(target, n, 1), count, half, firsts + both, accumulate: false);
        Product.Run(new Operand(next + firsts, count, 1), new Operand(old + ((nint)firsts * size) + half, size, 1), new Operand(target + half, n, 1), count,
            size - half, count - firsts, accumulate: false);
        for (int k = count; k < size; k++)
        {
            values[from + k] = unit * d[deflated[k - count]];
            new ReadOnlySpan<double>(old + ((nint)k * size), size).CopyTo(new Span<double>(target + ((nint)k * n), size));
        }

        void Copy(int index, int to) =>
            new ReadOnlySpan<double>(rows + ((nint)(from + index) * n) + from, size).CopyTo(new Span<double>(old + ((nint)to * size), size));
    }

    /// <summary>Implicit QL steps with Wilkinson's shifts on each block, from its larger end to its smaller one; rows, where given, turn along.</summary>
    private static void Iterate(double* d, double* e, int n, double* rows, int stride)
    {
        int end = n - 1;
        for (int step = 0; end > 0; step++)
        {
            if (step > 60 * n) throw new ComputationFailedException($"The eigenvalues of a {n}×{n} tridiagonal matrix did not converge.");
            if (IsNegligible(d, e, end - 1))
            {
                end--;
                continue;
            }
            int start = end - 1;
            while (start > 0 && !IsNegligible(d, e, start - 1)) start--;
            if (Math.Abs(d[start]) <= Math.Abs(d[end])) Step(d + start, e + start, 1, end - start, rows + ((nint)start * stride), stride, n, rows != null);
            else Step(d + end, e + end - 1, -1, end - start, rows + ((nint)end * stride), -stride, n, rows != null);
        }
    }

    private static bool IsNegligible(double* d, double* e, int i) =>
        Math.Abs(e[i]) <= Math.Max(0.5 * Tolerances.MachineEpsilon * (Math.Abs(d[i]) + Math.Abs(d[i + 1])), 1e-290);

    /// <summary>One step on the entries 0 … last of a block, which runs forwards or backwards in memory.</summary>
    private static void Step(double* d, double* e, int direction, int last, double* rows, nint stride, int length, bool hasRows)
    {
        double g = (d[direction] - d[0]) / (2 * e[0]);
        g = d[last * direction] - d[0] + (e[0] / (g + Math.CopySign(MatrixVector.Hypotenuse(g, 1), g)));
        double s = 1, c = 1, p = 0;
        for (int i = last - 1; i >= 0; i--)
        {
            double f = s * e[i * direction], b = c * e[i * direction], r = MatrixVector.Hypotenuse(f, g);
            if (i + 1 < last) e[(i + 1) * direction] = r;
            if (r == 0)
            {
                d[(i + 1) * direction] -= p;
                return;
            }
            s = f / r;
            c = g / r;
            g = d[(i + 1) * direction] - p;
            r = ((d[i * direction] - g) * s) + (2 * c * b);
            p = s * r;
            d[(i + 1) * direction] = g + p;
            g = (c * r) - b;
            if (hasRows) MatrixVector.Rotate(rows + ((i + 1) * stride), rows + (i * stride), length, c, s);
        }
        d[0] -= p;
        e[0] = g;
    }
}
