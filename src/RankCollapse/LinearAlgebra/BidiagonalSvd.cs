using RankCollapse.LinearAlgebra.Kernels;

namespace RankCollapse.LinearAlgebra;

/// <summary>
/// Singular values and vectors of an upper bidiagonal matrix B by dividing it at a row (Gu and Eisenstat 1995): two smaller matrices with one column more
/// than rows, joined by that row; nearly all work is in matrix products.
/// </summary>
/// <remarks>Every matrix on the way has a column more than rows; the whole one gets a column of zeros, which stays uncoupled exactly.</remarks>
internal sealed unsafe class BidiagonalSvd
{
    /// <summary>Parts of up to so many rows are left to the iteration by rotations.</summary>
    private const int Smallest = 24;

    private readonly int _size;
    private readonly double* _values;
    private readonly double* _above;
    private readonly double* _left;
    private readonly double* _right;
    private readonly double* _old;
    private readonly double* _differences;
    private readonly double* _vectors;

    private BidiagonalSvd(int size, double* values, double* above, double* left, double* right, double* old, double* differences, double* vectors)
    {
        _size = size;
        _values = values;
        _above = above;
        _left = left;
        _right = right;
        _old = old;
        _differences = differences;
        _vectors = vectors;
    }

    private nint RightStride => _size + 1;

    /// <summary>
    /// The singular values in no order, and left and right singular vectors as rows, the right ones with a zero at the end; operands are overwritten.
    /// </summary>
    /// <param name="diagonal">B's diagonal, with ‖B‖ near 1 or n.</param>
    /// <param name="above">B's entries above the diagonal, and a 0 at the end.</param>
    public static (double[] Values, Matrix Left, Matrix Right) Decompose(double[] diagonal, double[] above)
    {
        int n = diagonal.Length;
        var left = new Matrix(n, n);
        var right = new Matrix(n + 1, n + 1);
        int room = n > Smallest ? n : 0;
        double[] old = new double[room * (room + 1)], differences = new double[room * room], vectors = new double[room * room];
        fixed (double* values = diagonal, sides = above, u = left.AsSpan(), v = right.AsSpan(), o = old, d = differences, s = vectors)
            new BidiagonalSvd(n, values, sides, u, v, o, d, s).Solve(0, n);
        return (diagonal, left, right);
    }

    private double* Left(int row, int column) => _left + ((nint)row * _size) + column;

    private double* Right(int row, int column) => _right + (row * RightStride) + column;

    /// <summary>Rows [from, to) and columns [from, to].</summary>
    private void Solve(int from, int to)
    {
        int size = to - from;
        if (size <= Smallest)
        {
            for (int i = from; i < to; i++) *Left(i, i) = 1;
            for (int i = from; i <= to; i++) *Right(i, i) = 1;
            BidiagonalQr.Iterate(_values + from, _above + from, size, Left(from, from), _size, Right(from, from), RightStride);
            return;
        }
        int middle = from + (size / 2);
        double alpha = _values[middle], beta = _above[middle];
        Solve(from, middle);
        Solve(middle + 1, to);
        Merge(from, middle, to, alpha, beta);
    }

    private void Merge(int from, int middle, int to, double alpha, double beta)
    {
        int size = to - from, center = middle - from;
        *Left(middle, middle) = 1;

        // z in units of a power of two near the norm of this part; index `center` stands for the row between, whose value is 0.
        double largest = Math.Max(Math.Abs(alpha), Math.Abs(beta));
        for (int i = 0; i < size; i++)
            if (i != center) largest = Math.Max(largest, _values[from + i]);
        if (largest == 0)
        {
            _values[middle] = 0;
            return;
        }
        double unit = Math.ScaleB(1, Math.Max(Math.ILogB(largest), -1000));
        largest /= unit;
        var z = new double[size];
        var d = new double[size];
        var group = new int[size];
        for (int i = 0; i < size; i++)
        {
            if (i == center) continue;
            z[i] = (i < center ? alpha * *Right(from + i, middle) : beta * *Right(from + i, middle + 1)) / unit;
            d[i] = _values[from + i] / unit;
            group[i] = i < center ? 0 : 2;
        }
        group[center] = 1;

        // The two vectors on which both halves vanish become one that the row reaches and one that it does not.
        double first = alpha * *Right(middle, middle) / unit, second = beta * *Right(to, middle + 1) / unit, head = MatrixVector.Hypotenuse(first, second);
        if (second != 0 || first < 0) MatrixVector.Rotate(Right(middle, from), Right(to, from), size + 1, first / head, second / head);
        var order = new int[size];
        for (int i = 0; i < size; i++) order[i] = i;
        double[] keys = (double[])d.Clone();
        keys[center] = -1;
        Array.Sort(keys, order);

        double tolerance = 4 * Tolerances.MachineEpsilon * largest;
        var kept = new List<int>(size) { center };
        var deflated = new List<int>(size);
        int pending = -1;
        foreach (int j in order)
        {
            if (j == center) continue;
            if (Math.Abs(z[j]) <= tolerance)
            {
                deflated.Add(j);
                continue;
            }
            if (d[j] <= tolerance)
            {
                // Too near to the row's own value 0: its weight goes there.
                double length = MatrixVector.Hypotenuse(head, z[j]), c = head / length, s = z[j] / length;
                MatrixVector.Rotate(Right(middle, from), Right(from + j, from), size + 1, c, s);
                head = length;
                d[j] *= c;
                deflated.Add(j);
                continue;
            }
            if (pending >= 0)
            {
                if (SecularVectors.Joins(pending, j, d, z, group, tolerance, out double c, out double s))
                {
                    MatrixVector.Rotate(Left(from + pending, from), Left(from + j, from), size, c, s);
                    MatrixVector.Rotate(Right(from + pending, from), Right(from + j, from), size + 1, c, s);
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

        // A weight of 0 there would make two roots coincide; this one is far below all rounding.
        z[center] = Math.Max(head, 1e-100);
        int count = kept.Count;
        int[] place = SecularVectors.Place(kept, group, out int firsts, out int both);
        double[] poles = [.. kept.Select(k => d[k])], signs = [.. kept.Select(k => z[k])], weights = [.. kept.Select(k => z[k] * z[k])];
        poles[0] = 0;
        var corrected = new double[count];
        var room = new double[count];
        fixed (double* p = poles, w = weights, zHat = corrected, vector = room)
        {
            var equation = new SecularEquation(p, w, count, 1, isSquared: true);
            for (int i = 0; i < count; i++) _values[from + i] = unit * equation.Solve(i, _differences + ((nint)i * count));
            SecularVectors.CorrectWeights(p, count, _differences, signs, zHat, isSquared: true);
            for (int i = 0; i < count; i++)
            {
                // Right vectors ẑ_j/(d_j² − ω²), in place, and left ones d_j·ẑ_j/(d_j² − ω²) with −1 for the row between.
                double* row = _differences + ((nint)i * count), leftRow = _vectors + ((nint)i * count);
                SecularVectors.Divide(zHat, row, count, vector);
                SecularVectors.Scatter(vector, count, 1 / MatrixVector.Norm(vector, count), place, row);
                for (int j = 1; j < count; j++) vector[j] *= p[j];
                vector[0] = -1;
                SecularVectors.Scatter(vector, count, 1 / MatrixVector.Norm(vector, count), place, leftRow);
            }
        }
        for (int k = count; k < size; k++) _values[from + k] = unit * d[deflated[k - count]];
        Update(kept, place, deflated, Left(from, from), _size, size, center, _vectors, firsts, both);
        Update(kept, place, deflated, Right(from, from), RightStride, size + 1, center + 1, _differences, firsts, both);
    }

    /// <summary>New vectors from the old ones of this part, whose first columns, up to <paramref name="half"/>, belong to the first half.</summary>
    private void Update(
        List<int> kept, int[] place, List<int> deflated, double* rows, nint stride, int columns, int half, double* factors, int firsts, int both)
    {
        int count = kept.Count;
        for (int k = 0; k < count; k++) Copy(rows + (kept[k] * stride), _old + ((nint)place[k] * columns), columns);
        for (int k = 0; k < deflated.Count; k++) Copy(rows + (deflated[k] * stride), _old + ((nint)(count + k) * columns), columns);
        Product.Run(new Operand(factors, count, 1), new Operand(_old, columns, 1), new Operand(rows, stride, 1), count, half, firsts + both,
            accumulate: false);
        Product.Run(new Operand(factors + firsts, count, 1), new Operand(_old + ((nint)firsts * columns) + half, columns, 1),
            new Operand(rows + half, stride, 1), count, columns - half, count - firsts, accumulate: false);
        for (int k = 0; k < deflated.Count; k++) Copy(_old + ((nint)(count + k) * columns), rows + ((count + k) * stride), columns);
    }

    private static void Copy(double* from, double* to, int count) => new ReadOnlySpan<double>(from, count).CopyTo(new Span<double>(to, count));
}
