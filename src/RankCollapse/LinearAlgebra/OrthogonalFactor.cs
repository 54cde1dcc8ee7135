namespace RankCollapse.LinearAlgebra;

/// <summary>What matrices with orthonormal columns are asked.</summary>
internal static class OrthogonalFactor
{
    /// <summary>Refuses factors that are not of n columns or whose columns are not orthonormal.</summary>
    internal static void Require(Matrix orthogonal, int columns)
    {
        ArgumentNullException.ThrowIfNull(orthogonal);
        if (orthogonal.Columns != columns || orthogonal.Rows < columns)
            throw new InvalidInputException(
                $"An orthogonal factor of {columns} columns and at least as many rows is needed, found {orthogonal.Rows}×{orthogonal.Columns}.");
        double distance = Frobenius.Distance(Product.Gram(orthogonal), Matrix.Identity(columns));
        if (!(distance <= 1e-10 * Math.Sqrt(columns)))
            throw new InvalidInputException($"The columns of an orthogonal factor are orthonormal, but OᵀO differs from I by {distance:G3}.");
    }
}
