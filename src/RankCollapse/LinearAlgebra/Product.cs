namespace RankCollapse.LinearAlgebra;

/// <summary>Matrix products C = A·B, Aᵀ·B, A·Bᵀ; the destination comes last, and must not share memory with a factor.</summary>
public static class Product
{
    /// <summary>A·B for A m×k and B k×n.</summary>
    public static Matrix Multiply(Matrix a, Matrix b)
    {
        ArgumentNullException.ThrowIfNull(a);
        ArgumentNullException.ThrowIfNull(b);
        var c = new Matrix(a.Rows, b.Columns);
        Multiply(a, b, c);
        return c;
    }

    /// <summary>Aᵀ·B for A k×m and B k×n.</summary>
    public static Matrix MultiplyTransposedLeft(Matrix a, Matrix b)
    {
        ArgumentNullException.ThrowIfNull(a);
        ArgumentNullException.ThrowIfNull(b);
        var c = new Matrix(a.Columns, b.Columns);
        MultiplyTransposedLeft(a, b, c);
        return c;
    }

    /// <summary>A·Bᵀ for A m×k and B n×k.</summary>
    public static Matrix MultiplyTransposedRight(Matrix a, Matrix b)
    {
        ArgumentNullException.ThrowIfNull(a);
        ArgumentNullException.ThrowIfNull(b);
        var c = new Matrix(a.Rows, b.Rows);
        MultiplyTransposedRight(a, b, c);
        return c;
    }

    /// <summary>C = A·B.</summary>
    public static void Multiply(Matrix a, Matrix b, Matrix c)
    {
        ArgumentNullException.ThrowIfNull(a);
        ArgumentNullException.ThrowIfNull(b);
        ArgumentNullException.ThrowIfNull(c);
        for (int i = 0; i < a.Rows; i++)
            for (int j = 0; j < b.Columns; j++)
            {
                double sum = 0;
                for (int k = 0; k < a.Columns; k++) sum += a[i, k] * b[k, j];
                c[i, j] = sum;
            }
    }

    /// <summary>C = Aᵀ·B.</summary>
    public static void MultiplyTransposedLeft(Matrix a, Matrix b, Matrix c) => Multiply(a.Transpose(), b, c);

    /// <summary>C = A·Bᵀ.</summary>
    public static void MultiplyTransposedRight(Matrix a, Matrix b, Matrix c) => Multiply(a, b.Transpose(), c);
}
