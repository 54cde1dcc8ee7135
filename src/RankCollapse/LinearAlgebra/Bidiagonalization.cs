using RankCollapse.LinearAlgebra.Kernels;

namespace RankCollapse.LinearAlgebra;

/// <summary>
/// A = U·B·Vᵀ with B upper bidiagonal and U = H_1 H_2⋯, V = G_1 G_2⋯ products of reflections, for a square A: the rest of the matrix is updated
/// a panel of rows and columns at a time by one product (Dongarra, Sorensen and Hammarling 1989).
/// </summary>
internal sealed unsafe class Bidiagonalization
{
    private const int Panel = 32;

    private readonly Matrix _left;
    private readonly Matrix _right;
    private readonly double[] _leftScales;
    private readonly double[] _rightScales;

    /// <summary>Reduces A, n×n, which is overwritten.</summary>
    public Bidiagonalization(Matrix a)
    {
        int n = a.Rows;
        _right = a;
        _left = new Matrix(n, n);
        _leftScales = new double[n];
        _rightScales = new double[n];
        Diagonal = new double[n];
        Above = new double[n];
        fixed (double* entries = a.AsSpan(), vectors = _left.AsSpan()) Reduce(entries, vectors);
    }

    /// <summary>B's diagonal.</summary>
    public double[] Diagonal { get; }

    /// <summary>B's entries above the diagonal, and a 0 at the end.</summary>
    public double[] Above { get; }

    /// <summary>Overwrites rows that are vectors x by (U·x)ᵀ.</summary>
    public void ApplyLeft(Operand rows, int count) => Apply(_left, _leftScales, 0, rows, count);

    /// <summary>Overwrites rows that are vectors x by (V·x)ᵀ.</summary>
    public void ApplyRight(Operand rows, int count) => Apply(_right, _rightScales, 1, rows, count);

    /// <summary>Row i holds the i-th vector from column i + offset on.</summary>
    private static void Apply(Matrix vectors, double[] scales, int offset, Operand rows, int rowCount)
    {
        int n = vectors.Rows, total = n - offset;
        if (total == 0) return;
        var reflector = new BlockReflector(Panel, n);
        fixed (double* start = vectors.AsSpan())
        {
            for (int from = (total - 1) / Panel * Panel; from >= 0; from -= Panel)
            {
                int count = Math.Min(Panel, total - from), first = from + offset;
                for (int i = from; i < from + count; i++) new Span<double>(start + ((nint)i * n) + first, i - from).Clear();
                reflector.Take(new Operand(start + ((nint)from * n) + first, n, 1), count, n - first, scales.AsSpan(from, count));
                reflector.ApplyRight(rows.From(0, first), rowCount, transposed: true);
            }
        }
    }

    private void Reduce(double* a, double* u)
    {
        int n = _right.Rows;
        int panel = Math.Min(Panel, n);

        // Within a panel the matrix that is meant is A + PᵀS.
        var left = new double[2 * panel * n];
        var right = new double[2 * panel * n];
        var factors = new double[2 * panel];
        fixed (double* p = left, s = right, c = factors)
        {
            for (int from = 0; from < n; from += panel)
            {
                int to = Math.Min(from + panel, n), depth = 0;
                for (int i = from; i < to; i++)
                {
                    // Column i, then what its reflection makes of the columns right of it.
                    int below = n - i, after = n - i - 1;
                    double* column = u + ((nint)i * n) + i;
                    for (int r = 0; r < below; r++) column[r] = a[((nint)(i + r) * n) + i];
                    for (int k = 0; k < depth; k++) c[k] = s[((nint)k * n) + i];
                    MatrixVector.AddRows(p + i, n, depth, below, c, column);
                    double scale = MatrixVector.MakeReflection(column, below, out Diagonal[i]);
                    _leftScales[i] = scale;
                    if (after == 0) break;
                    double* row = a + ((nint)i * n) + i + 1;
                    if (scale != 0)
                    {
                        double* pu = p + ((nint)depth * n) + i, y = s + ((nint)depth * n) + i + 1;
                        new ReadOnlySpan<double>(column, below).CopyTo(new Span<double>(pu, below));
                        MatrixVector.Multiply(p + i, n, depth, below, pu, c);
                        new Span<double>(y, after).Clear();
                        MatrixVector.AddRows(row, n, below, after, pu, y);
                        MatrixVector.AddRows(s + i + 1, n, depth, after, c, y);
                        MatrixVector.Scale(y, after, -scale, y);
                        depth++;
                    }

                    // Row i, then what its reflection makes of the rows below it.
                    for (int k = 0; k < depth; k++) c[k] = p[((nint)k * n) + i];
                    MatrixVector.AddRows(s + i + 1, n, depth, after, c, row);
                    scale = MatrixVector.MakeReflection(row, after, out Above[i]);
                    _rightScales[i] = scale;
                    if (scale == 0) continue;
                    double* x = p + ((nint)depth * n) + i + 1, sv = s + ((nint)depth * n) + i + 1;
                    MatrixVector.Multiply(s + i + 1, n, depth, after, row, c);
                    MatrixVector.Multiply(row + n, n, after, after, row, x);
                    MatrixVector.AddRows(p + i + 1, n, depth, after, c, x);
                    MatrixVector.Scale(x, after, scale, x);
                    MatrixVector.Scale(row, after, -1, sv);
                    depth++;
                }
                if (depth > 0 && to < n)
                {
                    Product.Run(new Operand(p + to, 1, n), new Operand(s + to, n, 1), new Operand(a + ((nint)to * n) + to, n, 1), n - to, n - to, depth,
                        accumulate: true);
                }
            }
        }
    }
}
