using RankCollapse.LinearAlgebra;

namespace RankCollapse.Models.Weights;

/// <summary>
/// Singular values of a matrix with far more rows than columns, or the other way round, as roots of the eigenvalues of its smaller Gram matrix: half the work
/// of a triangle by reflections, and all of it in one product.
/// </summary>
/// <remarks>
/// Rounding the Gram matrix moves a value s_i by some ε·s_1²/(2·s_i), which is a modest multiple of ε·s_1, as elsewhere, where the ratio s_1/s_n is small.
/// Where it exceeds <see cref="LargestRatio"/> the values are those of <see cref="SingularValueDecomposition"/>.
/// </remarks>
internal static class TallSpectrum
{
    /// <summary>The largest s_1/s_n at which the Gram matrix serves: the smallest value then has an error of some 100·ε·s_1 = 2e−14·s_1.</summary>
    public const double LargestRatio = 64;

    /// <summary>From this ratio of sides on the Gram matrix takes less work.</summary>
    private const int TallRatio = 2;

    /// <summary>Squares of entries between these neither overflow nor vanish.</summary>
    private const double SmallestSquare = 1e-200, LargestSquare = 1e200;

    /// <summary>The min(m, n) values, descending.</summary>
    /// <param name="a">A, m×n; unchanged.</param>
    /// <exception cref="InvalidInputException">An entry is NaN or infinite.</exception>
    public static double[] Of(Matrix a)
    {
        int shorter = Math.Min(a.Rows, a.Columns);
        if (shorter == 0 || Math.Max(a.Rows, a.Columns) < TallRatio * shorter) return SingularValueDecomposition.SingularValues(a);
        Matrix gram = a.Rows > a.Columns ? Product.Gram(a) : Product.OuterGram(a);
        double smallest = double.PositiveInfinity, largest = 0;
        for (int i = 0; i < shorter; i++)
        {
            smallest = Math.Min(smallest, gram[i, i]);
            largest = Math.Max(largest, gram[i, i]);
        }

        // s_n² is at most the smallest entry of the diagonal, and s_1² at least the largest. (NaN fails both comparisons.)
        if (!(smallest >= SmallestSquare && largest <= LargestSquare && largest <= LargestRatio * LargestRatio * smallest))
            return SingularValueDecomposition.SingularValues(a);
        double[] squares = SymmetricEigendecomposition.Eigenvalues(gram);
        return squares[0] <= LargestRatio * LargestRatio * squares[^1]
            ? Array.ConvertAll(squares, Math.Sqrt) : SingularValueDecomposition.SingularValues(a);
    }
}
