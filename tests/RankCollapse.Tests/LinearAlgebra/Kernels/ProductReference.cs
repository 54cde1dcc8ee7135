using RankCollapse.LinearAlgebra;

namespace RankCollapse.Tests.LinearAlgebra.Kernels;

/// <summary>Which factor of a product is read as its transpose.</summary>
public enum ProductForm
{
    Plain,
    TransposedLeft,
    TransposedRight,
}

/// <summary>Products by a plain triple loop, and the error that any order of summation may have.</summary>
internal static class ProductReference
{
    /// <summary>The factors of an m×n product over a depth, laid out for a form, with values from a seed.</summary>
    public static (Matrix A, Matrix B) Factors(ProductForm form, int rows, int columns, int depth, long seed)
    {
        Matrix a = form == ProductForm.TransposedLeft ? Random(depth, rows, seed) : Random(rows, depth, seed);
        Matrix b = form == ProductForm.TransposedRight ? Random(columns, depth, seed + 1) : Random(depth, columns, seed + 1);
        return (a, b);
    }

    public static Matrix Random(int rows, int columns, long seed) => RandomMatrix.Gaussian(rows, columns, new RandomStream(seed, RandomPurpose.Sampling));

    /// <summary>C (+)= A·B in the given form, one sum after the other.</summary>
    public static Matrix Multiply(ProductForm form, Matrix a, Matrix b, Matrix? before = null) => Sum(form, a, b, before, x => x);

    /// <summary>
    /// Asserts |C − Ĉ| ≤ 2γ_{k+1}·(|C₀| + |A||B|) for every entry, with γ_n = nu/(1 − nu) and u = ε/2: the bound that holds for every order of
    /// summation, fused or not (Higham 2002, section 3.5), once for the result and once for the reference.
    /// </summary>
    public static void AssertClose(ProductForm form, Matrix a, Matrix b, Matrix? before, Matrix actual)
    {
        Matrix expected = Multiply(form, a, b, before);
        Matrix magnitude = Sum(form, a, b, before, Math.Abs);
        int depth = form == ProductForm.TransposedLeft ? a.Rows : a.Columns;
        double gamma = (depth + 1) * 0.5 * Tolerances.MachineEpsilon;
        Assert.Equal((expected.Rows, expected.Columns), (actual.Rows, actual.Columns));
        ReadOnlySpan<double> c = expected.AsSpan(), m = magnitude.AsSpan(), found = actual.AsSpan();
        for (int i = 0; i < c.Length; i++)
        {
            if (!(Math.Abs(c[i] - found[i]) <= 2 * gamma / (1 - gamma) * m[i]))
                Assert.Fail($"{form} {actual.Rows}×{actual.Columns}×{depth}: entry ({i / actual.Columns}, {i % actual.Columns}) is {found[i]:R}, expected "
                    + $"{c[i]:R}.");
        }
    }

    private static Matrix Sum(ProductForm form, Matrix a, Matrix b, Matrix? before, Func<double, double> part)
    {
        // Rows of Aᵀ or of B as copies, so that the loop is the same for every form; the sum itself is entry by entry.
        Matrix left = form == ProductForm.TransposedLeft ? a.Transpose() : a;
        Matrix right = form == ProductForm.TransposedRight ? b.Transpose() : b;
        double[] x = [.. left.AsSpan().ToArray().Select(part)], y = [.. right.AsSpan().ToArray().Select(part)];
        int rows = left.Rows, columns = right.Columns, depth = left.Columns;
        var result = new double[rows * columns];
        for (int i = 0; i < rows; i++)
        {
            Span<double> row = result.AsSpan(i * columns, columns);
            if (before is not null)
            {
                for (int j = 0; j < columns; j++) row[j] = part(before[i, j]);
            }
            for (int p = 0; p < depth; p++)
            {
                double factor = x[(i * depth) + p];
                ReadOnlySpan<double> other = y.AsSpan(p * columns, columns);
                for (int j = 0; j < columns; j++) row[j] += factor * other[j];
            }
        }
        return new Matrix(result, 0, rows, columns);
    }
}
