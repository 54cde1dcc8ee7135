using RankCollapse.LinearAlgebra.Kernels;

namespace RankCollapse.LinearAlgebra;

/// <summary>A = Q·R by blocks of Householder's reflections (Golub and Van Loan, Section 5.2.3).</summary>
internal sealed unsafe class HouseholderQr
{
    private const int Panel = 32;

    private readonly List<BlockReflector> _blocks = [];

    /// <summary>Decomposes A, m×n, which is overwritten.</summary>
    public HouseholderQr(Matrix a)
    {
        int m = a.Rows, n = a.Columns, count = Math.Min(m, n);
        R = new Matrix(count, n);
        fixed (double* start = a.AsSpan())
        {
            var entries = new Operand(start, n, 1);
            for (int k = 0; k < count; k += Panel)
            {
                int width = Math.Min(Panel, count - k), right = n - k - width;
                var block = new BlockReflector(width, m - k);
                Operand corner = entries.From(k, k);
                block.Reduce(new Operand(corner.Start, 1, n), width, m - k);
                block.ApplyLeft(entries.From(k, k + width), right);
                for (int i = 0; i < width; i++)
                {
                    for (int j = i; j < width; j++) R[k + i, k + j] = block.Triangle(j, i);
                    a.Row(k + i)[(k + width)..].CopyTo(R.Row(k + i)[(k + width)..]);
                }
                _blocks.Add(block);
            }
        }
    }

    /// <summary>R, min(m, n) × n, upper triangular, with any signs on its diagonal.</summary>
    public Matrix R { get; }

    /// <summary>The first columns of Q.</summary>
    public Matrix Columns(int rows, int columns)
    {
        var q = Matrix.Identity(rows, columns);
        Apply(q, isIdentity: true);
        return q;
    }

    /// <summary>C := Q·C for C of m rows; of the identity each block changes only the columns from its own on.</summary>
    public void Apply(Matrix c, bool isIdentity = false)
    {
        fixed (double* start = c.AsSpan())
        {
            for (int b = _blocks.Count - 1; b >= 0; b--)
            {
                int row = b * Panel, column = isIdentity ? row : 0;
                _blocks[b].ApplyLeft(new Operand(start, c.Columns, 1).From(row, column), c.Columns - column, transposed: false);
            }
        }
    }
}
