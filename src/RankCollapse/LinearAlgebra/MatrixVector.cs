using RankCollapse.LinearAlgebra.Vectors;

namespace RankCollapse.LinearAlgebra;

/// <summary>
/// Products of a matrix with one vector and their like, over rows that are contiguous: the part of a reduction that is no product of matrices.
/// Sums run in eight lanes whatever the width of the registers, so that results are equal on all machines.
/// </summary>
internal static unsafe class MatrixVector
{
    private const int Lanes = 8;

    /// <summary>Σ x_j·y_j.</summary>
    public static double Dot(double* x, double* y, int length) => Reduction.Dot(new ReadOnlySpan<double>(x, length), new ReadOnlySpan<double>(y, length));

    /// <summary>‖x‖₂, safe against overflow and underflow.</summary>
    public static double Norm(double* x, int length) => Reduction.Norm(new ReadOnlySpan<double>(x, length));

    /// <summary>√(a² + b²), safe against overflow and underflow.</summary>
    public static double Hypotenuse(double a, double b)
    {
        double square = (a * a) + (b * b);
        if (square is > 1e-280 and < 1e280) return Math.Sqrt(square);
        double large = Math.Max(Math.Abs(a), Math.Abs(b)), small = Math.Min(Math.Abs(a), Math.Abs(b));
        if (large == 0) return 0;
        double ratio = small / large;
        return large * Math.Sqrt(1 + (ratio * ratio));
    }

    /// <summary>y_i = Σ_j A_ij·x_j.</summary>
    public static void Multiply(double* a, nint stride, int rows, int columns, double* x, double* y)
    {
        int i = 0;
        for (; i + 4 <= rows; i += 4)
        {
            double* r0 = a + (i * stride), r1 = r0 + stride, r2 = r1 + stride, r3 = r2 + stride;
            Doubles512 s0 = Doubles512.All(0), s1 = s0, s2 = s0, s3 = s0;
            int j = 0;
            for (; j + Lanes <= columns; j += Lanes)
            {
                Doubles512 xj = Doubles512.Load(x + j);
                s0 = Doubles512.MultiplyAdd(Doubles512.Load(r0 + j), xj, s0);
                s1 = Doubles512.MultiplyAdd(Doubles512.Load(r1 + j), xj, s1);
                s2 = Doubles512.MultiplyAdd(Doubles512.Load(r2 + j), xj, s2);
                s3 = Doubles512.MultiplyAdd(Doubles512.Load(r3 + j), xj, s3);
            }
            double t0 = Reduction.Lanes(s0), t1 = Reduction.Lanes(s1), t2 = Reduction.Lanes(s2), t3 = Reduction.Lanes(s3);
            for (; j < columns; j++)
            {
                t0 += r0[j] * x[j];
                t1 += r1[j] * x[j];
                t2 += r2[j] * x[j];
                t3 += r3[j] * x[j];
            }
            y[i] = t0;
            y[i + 1] = t1;
            y[i + 2] = t2;
            y[i + 3] = t3;
        }
        for (; i < rows; i++) y[i] = Dot(a + (i * stride), x, columns);
    }

    /// <summary>y += Σ_i c_i·(row i of A).</summary>
    public static void AddRows(double* a, nint stride, int rows, int columns, double* c, double* y)
    {
        int i = 0;
        for (; i + 4 <= rows; i += 4)
        {
            double* r0 = a + (i * stride), r1 = r0 + stride, r2 = r1 + stride, r3 = r2 + stride;
            double c0 = c[i], c1 = c[i + 1], c2 = c[i + 2], c3 = c[i + 3];
            Doubles512 v0 = Doubles512.All(c0), v1 = Doubles512.All(c1), v2 = Doubles512.All(c2), v3 = Doubles512.All(c3);
            int j = 0;
            for (; j + Lanes <= columns; j += Lanes)
            {
                Doubles512 yj = Doubles512.MultiplyAdd(Doubles512.Load(r0 + j), v0, Doubles512.Load(y + j));
                yj = Doubles512.MultiplyAdd(Doubles512.Load(r1 + j), v1, yj);
                yj = Doubles512.MultiplyAdd(Doubles512.Load(r2 + j), v2, yj);
                Doubles512.MultiplyAdd(Doubles512.Load(r3 + j), v3, yj).Store(y + j);
            }
            for (; j < columns; j++) y[j] = (((y[j] + (r0[j] * c0)) + (r1[j] * c1)) + (r2[j] * c2)) + (r3[j] * c3);
        }
        for (; i < rows; i++) Add(a + (i * stride), columns, c[i], y);
    }

    /// <summary>y += c·x.</summary>
    public static void Add(double* x, int length, double c, double* y)
    {
        Doubles512 v = Doubles512.All(c);
        int j = 0;
        for (; j + Lanes <= length; j += Lanes) Doubles512.MultiplyAdd(Doubles512.Load(x + j), v, Doubles512.Load(y + j)).Store(y + j);
        for (; j < length; j++) y[j] += x[j] * c;
    }

    /// <summary>y = c·x.</summary>
    public static void Scale(double* x, int length, double c, double* y)
    {
        Doubles512 v = Doubles512.All(c);
        int j = 0;
        for (; j + Lanes <= length; j += Lanes) (Doubles512.Load(x + j) * v).Store(y + j);
        for (; j < length; j++) y[j] = x[j] * c;
    }

    /// <summary>Row i of A += c_i·x.</summary>
    public static void AddOuter(double* a, nint stride, int rows, int columns, double* c, double* x)
    {
        int i = 0;
        for (; i + 4 <= rows; i += 4)
        {
            double* r0 = a + (i * stride), r1 = r0 + stride, r2 = r1 + stride, r3 = r2 + stride;
            double c0 = c[i], c1 = c[i + 1], c2 = c[i + 2], c3 = c[i + 3];
            Doubles512 v0 = Doubles512.All(c0), v1 = Doubles512.All(c1), v2 = Doubles512.All(c2), v3 = Doubles512.All(c3);
            int j = 0;
            for (; j + Lanes <= columns; j += Lanes)
            {
                Doubles512 xj = Doubles512.Load(x + j);
                Doubles512.MultiplyAdd(xj, v0, Doubles512.Load(r0 + j)).Store(r0 + j);
                Doubles512.MultiplyAdd(xj, v1, Doubles512.Load(r1 + j)).Store(r1 + j);
                Doubles512.MultiplyAdd(xj, v2, Doubles512.Load(r2 + j)).Store(r2 + j);
                Doubles512.MultiplyAdd(xj, v3, Doubles512.Load(r3 + j)).Store(r3 + j);
            }
            for (; j < columns; j++)
            {
                r0[j] += x[j] * c0;
                r1[j] += x[j] * c1;
                r2[j] += x[j] * c2;
                r3[j] += x[j] * c3;
            }
        }
        for (; i < rows; i++) Add(x, columns, c[i], a + (i * stride));
    }

    /// <summary>y = A·x for the symmetric A whose lower triangle is given; each entry is read once.</summary>
    public static void MultiplySymmetric(double* a, nint stride, int size, double* x, double* y)
    {
        int i = 0;
        for (; i + 4 <= size; i += 4)
        {
            double* r0 = a + (i * stride), r1 = r0 + stride, r2 = r1 + stride, r3 = r2 + stride;
            double x0 = x[i], x1 = x[i + 1], x2 = x[i + 2], x3 = x[i + 3];
            Doubles512 v0 = Doubles512.All(x0), v1 = Doubles512.All(x1), v2 = Doubles512.All(x2), v3 = Doubles512.All(x3);
            Doubles512 s0 = Doubles512.All(0), s1 = s0, s2 = s0, s3 = s0;
            int j = 0;
            for (; j + Lanes <= i; j += Lanes)
            {
                Doubles512 xj = Doubles512.Load(x + j), yj = Doubles512.Load(y + j), a0 = Doubles512.Load(r0 + j), a1 = Doubles512.Load(r1 + j);
                Doubles512 a2 = Doubles512.Load(r2 + j), a3 = Doubles512.Load(r3 + j);
                s0 = Doubles512.MultiplyAdd(a0, xj, s0);
                yj = Doubles512.MultiplyAdd(a0, v0, yj);
                s1 = Doubles512.MultiplyAdd(a1, xj, s1);
                yj = Doubles512.MultiplyAdd(a1, v1, yj);
                s2 = Doubles512.MultiplyAdd(a2, xj, s2);
                yj = Doubles512.MultiplyAdd(a2, v2, yj);
                s3 = Doubles512.MultiplyAdd(a3, xj, s3);
                Doubles512.MultiplyAdd(a3, v3, yj).Store(y + j);
            }
            double t0 = Reduction.Lanes(s0), t1 = Reduction.Lanes(s1), t2 = Reduction.Lanes(s2), t3 = Reduction.Lanes(s3);
            for (; j < i; j++)
            {
                double xj = x[j];
                t0 += r0[j] * xj;
                t1 += r1[j] * xj;
                t2 += r2[j] * xj;
                t3 += r3[j] * xj;
                y[j] += (r0[j] * x0) + (r1[j] * x1) + ((r2[j] * x2) + (r3[j] * x3));
            }
            y[i] = t0 + (r0[i] * x0) + (r1[i] * x1) + ((r2[i] * x2) + (r3[i] * x3));
            y[i + 1] = t1 + (r1[i] * x0) + (r1[i + 1] * x1) + ((r2[i + 1] * x2) + (r3[i + 1] * x3));
            y[i + 2] = t2 + (r2[i] * x0) + (r2[i + 1] * x1) + ((r2[i + 2] * x2) + (r3[i + 2] * x3));
            y[i + 3] = t3 + (r3[i] * x0) + (r3[i + 1] * x1) + ((r3[i + 2] * x2) + (r3[i + 3] * x3));
        }
        for (; i < size; i++)
        {
            double* row = a + (i * stride);
            y[i] = Dot(row, x, i) + (row[i] * x[i]);
            Add(row, i, x[i], y);
        }
    }

    /// <summary>(x, y) := (c·x + s·y, c·y − s·x).</summary>
    public static void Rotate(double* x, double* y, int length, double c, double s)
    {
        Doubles512 vc = Doubles512.All(c), vs = Doubles512.All(s);
        int j = 0;
        for (; j + Lanes <= length; j += Lanes)
        {
            Doubles512 xj = Doubles512.Load(x + j), yj = Doubles512.Load(y + j);
            Doubles512.MultiplyAdd(vc, xj, vs * yj).Store(x + j);
            ((vc * yj) - (vs * xj)).Store(y + j);
        }
        for (; j < length; j++) (x[j], y[j]) = ((c * x[j]) + (s * y[j]), (c * y[j]) - (s * x[j]));
    }

    /// <summary>
    /// Overwrites x by v with v_first = 1 so that (I − scale·v·vᵀ)·x = head·e_first, where first is the first index or, if so told, the last one;
    /// scale 0 when x is a multiple of that unit vector already.
    /// </summary>
    public static double MakeReflection(double* x, int length, out double head, bool toLast = false)
    {
        double* one = toLast ? x + length - 1 : x, others = toLast ? x : x + 1;
        double rest = Norm(others, length - 1);
        if (rest is > 0 and < 1e-250)
        {
            // The smallest numbers have too few digits for a vector of norm 1.
            const double Unit = 1e250;
            for (int j = 0; j < length; j++) x[j] *= Unit;
            double scale = MakeReflection(x, length, out head, toLast);
            head /= Unit;
            return scale;
        }
        double first = *one;
        *one = 1;
        if (rest == 0)
        {
            head = first;
            return 0;
        }
        double norm = Hypotenuse(first, rest);
        head = first > 0 ? -norm : norm;
        double pivot = first - head;

        Scale(others, length - 1, 1 / pivot, others);
        return (head - first) / head;
    }
}
