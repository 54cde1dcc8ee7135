namespace RankCollapse.LinearAlgebra;

/// <summary>
/// Singular values and vectors of a small upper bidiagonal matrix by implicit QR steps, with shift 0 where a shift would cost the small values their digits
/// (Demmel and Kahan 1990).
/// </summary>
internal static unsafe class BidiagonalQr
{
    /// <summary>Relative error that a neglected entry may make in any value.</summary>
    private const double Tolerance = 8 * Tolerances.MachineEpsilon;

    private const double Smallest = 1e-290;

    /// <summary>Overwrites n diagonal entries by the singular values, in no order, and rotates the rows of left (n) and right (n + 1) along.</summary>
    /// <param name="d">The diagonal.</param>
    /// <param name="e">Entries right of each diagonal entry; the last one stands in column n + 1.</param>
    /// <param name="n">Rows.</param>
    /// <param name="left">Rows of n entries.</param>
    /// <param name="leftStride">From a row to the next.</param>
    /// <param name="right">Rows of n + 1 entries.</param>
    /// <param name="rightStride">From a row to the next.</param>
    public static void Iterate(double* d, double* e, int n, double* left, nint leftStride, double* right, nint rightStride)
    {
        if (e[n - 1] != 0) RemoveLastColumn(d, e, n, left, leftStride, right, rightStride);
        int end = n - 1;
        for (int step = 0; end > 0; step++)
        {
            if (step > 100 * n) throw new ComputationFailedException($"The singular values of a {n}×{n} bidiagonal matrix did not converge.");
            if (Math.Abs(e[end - 1]) <= Smallest || Math.Abs(e[end - 1]) <= Tolerance * Math.Abs(d[end]))
            {
                e[--end] = 0;
                continue;
            }
            int start = end - 1;
            double largest = Math.Max(Math.Abs(d[end]), Math.Max(Math.Abs(d[start]), Math.Abs(e[start])));
            while (start > 0 && Math.Abs(e[start - 1]) > Smallest)
            {
                start--;
                largest = Math.Max(largest, Math.Max(Math.Abs(d[start]), Math.Abs(e[start])));
            }

            // From the larger end to the smaller one; the other way is the transpose read backwards.
            bool isFlipped = Math.Abs(d[start]) < Math.Abs(d[end]);
            var block = isFlipped
                ? new Block(d + end, -1, e + end - 1, right + (end * rightStride), -rightStride, left + (end * leftStride), -leftStride, n + 1, n)
                : new Block(d + start, 1, e + start, left + (start * leftStride), leftStride, right + (start * rightStride), rightStride, n, n + 1);
            block.Step(end - start, largest);
        }
        for (int i = 0; i < n; i++)
        {
            if (!(d[i] < 0)) continue;
            d[i] = -d[i];
            MatrixVector.Scale(right + (i * rightStride), n + 1, -1, right + (i * rightStride));
        }
    }

    /// <summary>Turns the column n + 1 into zeros from the right, which leaves a lower bidiagonal matrix, and that into an upper one from the left.</summary>
    private static void RemoveLastColumn(double* d, double* e, int n, double* left, nint leftStride, double* right, nint rightStride)
    {
        for (int i = 0; i < n; i++)
        {
            Rotation(d[i], e[i], out double c, out double s, out d[i]);
            e[i] = 0;
            if (i + 1 < n)
            {
                e[i] = s * d[i + 1];
                d[i + 1] *= c;
            }
            MatrixVector.Rotate(right + (i * rightStride), right + ((i + 1) * rightStride), n + 1, c, s);
        }
        for (int i = 0; i + 1 < n; i++)
        {
            Rotation(d[i], e[i], out double c, out double s, out d[i]);
            e[i] = s * d[i + 1];
            d[i + 1] *= c;
            MatrixVector.Rotate(left + (i * leftStride), left + ((i + 1) * leftStride), n, c, s);
        }
    }

    /// <summary>c·f + s·g = r and c·g − s·f = 0.</summary>
    private static void Rotation(double f, double g, out double c, out double s, out double r)
    {
        if (g == 0)
        {
            (c, s, r) = (1, 0, f);
            return;
        }
        r = MatrixVector.Hypotenuse(f, g);
        c = f / r;
        s = g / r;
    }

    /// <summary>An unreduced block, from its first entry on, forwards or backwards.</summary>
    private readonly struct Block(
        double* d, int direction, double* e, double* left, nint leftStride, double* right, nint rightStride, int leftLength, int rightLength)
    {
        /// <summary>One step on the entries 0 … last.</summary>
        public void Step(int last, double largest)
        {
            // Entries that are negligible beside a lower bound of the smallest value (Demmel and Kahan's criterion).
            double bound = Math.Abs(D(0)), smallest = bound;
            if (Math.Abs(E(last - 1)) <= Tolerance * Math.Abs(D(last)))
            {
                E(last - 1) = 0;
                return;
            }
            for (int i = 0; i < last; i++)
            {
                if (Math.Abs(E(i)) <= Tolerance * bound)
                {
                    E(i) = 0;
                    return;
                }
                bound = Math.Abs(D(i + 1)) * (bound / (bound + Math.Abs(E(i))));
                smallest = Math.Min(smallest, bound);
            }
            double shift = 0;
            if ((last + 1) * Tolerance * (smallest / largest) > Tolerances.MachineEpsilon)
            {
                shift = SmallerValue(D(last - 1), E(last - 1), D(last));
                double ratio = shift / Math.Abs(D(0));
                if (!(ratio * ratio >= Tolerances.MachineEpsilon)) shift = 0;
            }
            if (shift == 0) WithoutShift(last);
            else WithShift(last, shift);
            if (Math.Abs(E(last - 1)) <= Smallest) E(last - 1) = 0;
        }

        private void WithoutShift(int last)
        {
            double c = 1, oldC = 1, oldS = 0;
            for (int i = 0; i < last; i++)
            {
                Rotation(D(i) * c, E(i), out c, out double s, out double r);
                if (i > 0) E(i - 1) = oldS * r;
                Rotation(oldC * r, D(i + 1) * s, out oldC, out oldS, out D(i));
                RotateRight(i, c, s);
                RotateLeft(i, oldC, oldS);
            }
            double h = D(last) * c;
            D(last) = h * oldC;
            E(last - 1) = h * oldS;
        }

        private void WithShift(int last, double shift)
        {
            double f = (Math.Abs(D(0)) - shift) * (Math.CopySign(1, D(0)) + (shift / D(0))), g = E(0);
            for (int i = 0; i < last; i++)
            {
                Rotation(f, g, out double c, out double s, out double r);
                if (i > 0) E(i - 1) = r;
                f = (c * D(i)) + (s * E(i));
                E(i) = (c * E(i)) - (s * D(i));
                g = s * D(i + 1);
                D(i + 1) *= c;
                RotateRight(i, c, s);
                Rotation(f, g, out c, out s, out D(i));
                f = (c * E(i)) + (s * D(i + 1));
                D(i + 1) = (c * D(i + 1)) - (s * E(i));
                if (i + 1 < last)
                {
                    g = s * E(i + 1);
                    E(i + 1) *= c;
                }
                RotateLeft(i, c, s);
            }
            E(last - 1) = f;
        }

        /// <summary>The smaller singular value of [f g; 0 h] (LAPACK's dlas2).</summary>
        private static double SmallerValue(double f, double g, double h)
        {
            double fa = Math.Abs(f), ga = Math.Abs(g), ha = Math.Abs(h), small = Math.Min(fa, ha), large = Math.Max(fa, ha);
            if (small == 0) return 0;
            double sum = 1 + (small / large), difference = (large - small) / large;
            if (ga < large)
            {
                double ratio = ga / large, square = ratio * ratio;
                return small * (2 / (Math.Sqrt((sum * sum) + square) + Math.Sqrt((difference * difference) + square)));
            }
            double inverse = large / ga;
            if (inverse == 0) return small * large / ga;
            double a = sum * inverse, b = difference * inverse;
            return 2 * (small * (1 / (Math.Sqrt(1 + (a * a)) + Math.Sqrt(1 + (b * b)))) * inverse);
        }

        private ref double D(int i) => ref d[i * direction];

        private ref double E(int i) => ref e[i * direction];

        private void RotateLeft(int i, double c, double s) => MatrixVector.Rotate(left + (i * leftStride), left + ((i + 1) * leftStride), leftLength, c, s);

        private void RotateRight(int i, double c, double s) =>
            MatrixVector.Rotate(right + (i * rightStride), right + ((i + 1) * rightStride), rightLength, c, s);
    }
}
