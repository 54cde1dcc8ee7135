using System.Numerics.Tensors;
using RankCollapse.LinearAlgebra.Kernels;

namespace RankCollapse.LinearAlgebra;

/// <summary>
/// R of A = Q·R for a tall A, a few rows at a time that stay in cache: what has been found of R is reduced together with the next rows
/// (Demmel, Grigori, Hoemmen and Langou 2012). Neither Q nor a copy of A is made.
/// </summary>
internal static unsafe class TallTriangle
{
    private const int Panel = 32;

    /// <summary>Entries of the rows that are taken at a time.</summary>
    private const int EntriesAtOnce = 1 << 18;

    /// <summary>The most parts, whatever the number of threads is; each has at least so many times as many rows as columns.</summary>
    private const int MostParts = 4, TimesAsManyRows = 8;

    /// <summary>R/unit of A, or of Aᵀ where A is wide, n×n with n the shorter side.</summary>
    public static Matrix Of(Matrix a, double unit)
    {
        int n = Math.Min(a.Rows, a.Columns), m = Math.Max(a.Rows, a.Columns), parts = Math.Clamp(m / (TimesAsManyRows * n), 1, MostParts);
        var triangles = new Matrix[parts];
        Parallel.For(0, parts, new ParallelOptions { MaxDegreeOfParallelism = Product.MaxThreads }, part =>
            triangles[part] = Reduce(a, n, (int)((long)m * part / parts), (int)((long)m * (part + 1) / parts), unit));
        foreach (Matrix triangle in triangles.Skip(1)) Add(triangle, triangles[0], 0, n, 1);
        return triangles[0];
    }

    private static Matrix Reduce(Matrix a, int n, int from, int to, double unit)
    {
        var triangle = new Matrix(n, n);
        Add(a, triangle, from, to, unit);
        return triangle;
    }

    /// <summary>R of R and the rows [from, to) of A together.</summary>
    private static void Add(Matrix a, Matrix triangle, int from, int to, double unit)
    {
        int n = triangle.Rows, most = Math.Min(to - from, Math.Max(2 * Panel, EntriesAtOnce / n));
        var work = new double[(Panel + most) * n];
        var reflector = new BlockReflector(Math.Min(Panel, n), Panel + most);
        fixed (double* start = work)
        {
            for (int row = from; row < to; row += most)
            {
                int rows = Math.Min(most, to - row);
                Fill(a, row, work.AsSpan(Panel * n, rows * n), n, unit);
                AddRows(triangle, start, rows, reflector);
            }
        }
    }

    private static void Fill(Matrix a, int row, Span<double> rows, int n, double unit)
    {
        if (a.Columns == n)
        {
            TensorPrimitives.Divide(a.AsSpan().Slice(row * n, rows.Length), unit, rows);
            return;
        }
        int count = rows.Length / n;
        for (int j = 0; j < n; j++)
        {
            ReadOnlySpan<double> column = a.Row(j).Slice(row, count);
            for (int i = 0; i < count; i++) rows[(i * n) + j] = column[i] / unit;
        }
    }

    /// <summary>The rows stand in the work space after room for the rows of R with which a panel of columns is reduced.</summary>
    private static void AddRows(Matrix triangle, double* work, int rows, BlockReflector reflector)
    {
        int n = triangle.Rows;
        for (int k = 0; k < n; k += Panel)
        {
            int width = Math.Min(Panel, n - k);
            double* top = work + ((nint)(Panel - width) * n);
            for (int i = 0; i < width; i++) triangle.Row(k + i)[k..].CopyTo(new Span<double>(top + ((nint)i * n) + k, n - k));
            var corner = new Operand(top + k, n, 1);
            reflector.Reduce(new Operand(corner.Start, 1, n), width, width + rows);
            reflector.ApplyLeft(corner.From(0, width), n - k - width);
            for (int i = 0; i < width; i++)
            {
                Span<double> row = triangle.Row(k + i)[k..];
                for (int j = 0; j < width; j++) row[j] = i <= j ? reflector.Triangle(j, i) : 0;
                new ReadOnlySpan<double>(top + ((nint)i * n) + k + width, n - k - width).CopyTo(row[width..]);
            }
        }
    }
}
