using RankCollapse.LinearAlgebra.Kernels;

namespace RankCollapse.LinearAlgebra;

/// <summary>
/// A = Q·T·Qᵀ with T tridiagonal and Q = H_{n−1}⋯H_2 a product of reflections, for a symmetric A: rows are reduced from the last one up,
/// the rest of the matrix is updated a panel of rows at a time by one product (Dongarra, Sorensen and Hammarling 1989).
/// </summary>
internal sealed unsafe class Tridiagonalization
{
    private const int Panel = 32;

    private readonly Matrix _vectors;
    private readonly double[] _scales;

    /// <summary>Reduces A, whose lower triangle alone counts and which is overwritten.</summary>
    public Tridiagonalization(Matrix a)
    {
        _vectors = a;
        _scales = new double[a.Rows];
        Diagonal = new double[a.Rows];
        Beside = new double[a.Rows];
        fixed (double* entries = a.AsSpan()) Reduce(entries);
    }

    /// <summary>T's diagonal.</summary>
    public double[] Diagonal { get; }

    /// <summary>T's entries beside the diagonal, and a 0 at the end.</summary>
    public double[] Beside { get; }

    /// <summary>Overwrites rows that are vectors x by (Q·x)ᵀ.</summary>
    public void Apply(Matrix rows)
    {
        int n = _vectors.Rows;
        var reflector = new BlockReflector(Panel, n);
        fixed (double* vectors = _vectors.AsSpan(), target = rows.AsSpan())
        {
            for (int from = 1; from < n; from += Panel)
            {
                int count = Math.Min(Panel, n - from), length = from + count - 1;
                for (int i = from; i < from + count; i++) new Span<double>(vectors + ((nint)i * n) + i, length - i).Clear();
                reflector.Take(new Operand(vectors + ((nint)from * n), n, 1), count, length, _scales.AsSpan(from, count));
                reflector.ApplyRight(new Operand(target, rows.Columns, 1), rows.Rows);
            }
        }
    }

    private void Reduce(double* a)
    {
        int n = _vectors.Rows;
        int panel = Math.Min(Panel, n);

        // Within a panel the matrix that is meant is A + PᵀS.
        var left = new double[2 * panel * n];
        var right = new double[2 * panel * n];
        var factors = new double[2 * panel];
        fixed (double* p = left, s = right, c = factors)
        {
            for (int end = n; end > 0; end -= panel)
            {
                int width = Math.Min(panel, end), depth = 0;
                for (int i = end - 1; i >= end - width; i--)
                {
                    double* row = a + ((nint)i * n);
                    for (int k = 0; k < depth; k++) c[k] = p[((nint)k * n) + i];
                    MatrixVector.AddRows(s, n, depth, i + 1, c, row);
                    Diagonal[i] = row[i];
                    if (i == 0) break;
                    double scale = MatrixVector.MakeReflection(row, i, out Beside[i - 1], toLast: true);
                    _scales[i] = scale;
                    if (scale == 0) continue;

                    double* v = p + ((nint)depth * n), w = v + n;
                    new ReadOnlySpan<double>(row, i).CopyTo(new Span<double>(v, i));
                    MatrixVector.MultiplySymmetric(a, n, i, v, w);
                    MatrixVector.Multiply(p, n, depth, i, v, c);
                    MatrixVector.AddRows(s, n, depth, i, c, w);
                    MatrixVector.Scale(w, i, scale, w);
                    MatrixVector.Add(v, i, -0.5 * scale * MatrixVector.Dot(w, v, i), w);
                    double* negated = s + ((nint)depth * n);
                    MatrixVector.Scale(w, i, -1, negated);
                    MatrixVector.Scale(v, i, -1, negated + n);
                    depth += 2;
                }
                int rest = end - width;
                if (depth > 0 && rest > 0) Update(new Operand(p, 1, n), new Operand(s, n, 1), new Operand(a, n, 1), rest, depth);
            }
        }
    }

    /// <summary>The lower triangle of A += PᵀS.</summary>
    private static void Update(Operand p, Operand s, Operand a, int size, int depth)
    {
        const int Band = 192;
        if (Product.MaxThreads == 1 || size < 2 * Band)
        {
            Product.RunPart(p, s, a, size, size, depth, accumulate: true, ProductPart.Lower);
            return;
        }
        Parallel.For(0, (size + Band - 1) / Band, new ParallelOptions { MaxDegreeOfParallelism = Product.MaxThreads }, band =>
        {
            int from = band * Band, to = Math.Min(from + Band, size);
            Product.RunPart(p.From(from, 0), s, a.From(from, 0), to - from, to, depth, accumulate: true, ProductPart.All);
        });
    }
}
