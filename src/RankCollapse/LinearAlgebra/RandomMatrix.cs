namespace RankCollapse.LinearAlgebra;

/// <summary>Seeded random matrices.</summary>
public static class RandomMatrix
{
    /// <summary>Independent standard normal entries, drawn row by row.</summary>
    /// <param name="rows">The number of rows.</param>
    /// <param name="columns">The number of columns.</param>
    /// <param name="stream">Where the numbers come from; it moves on by rows·columns of them.</param>
    public static Matrix Gaussian(int rows, int columns, RandomStream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        var result = new Matrix(rows, columns);
        foreach (ref double entry in result.AsSpan()) entry = stream.NextGaussian();
        return result;
    }

    /// <summary>
    /// A matrix with orthonormal columns (rows ≥ columns) or orthonormal rows (rows &lt; columns), uniform (Haar) on the set of all such:
    /// the factor Q of a Gaussian matrix, with the signs that make R's diagonal positive (Mezzadri 2007).
    /// </summary>
    /// <param name="rows">The number of rows.</param>
    /// <param name="columns">The number of columns.</param>
    /// <param name="stream">Where the numbers come from; it moves on by rows·columns of them.</param>
    public static Matrix HaarOrthogonal(int rows, int columns, RandomStream stream)
    {
        Matrix gaussian = Gaussian(Math.Max(rows, columns), Math.Min(rows, columns), stream);
        Matrix q = QrDecomposition.Decompose(gaussian).Q;
        return rows >= columns ? q : q.Transpose();
    }
}
