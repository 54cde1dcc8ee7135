using RankCollapse.LinearAlgebra;

namespace RankCollapse.Models.Compression;

/// <summary>Σ y·yᵀ over everything that a layer puts out, for each group: all that whitening needs to know of the data.</summary>
internal sealed class OutputMoments
{
    private readonly Matrix[] _sums;

    /// <summary>Creates empty sums.</summary>
    /// <param name="groups">g.</param>
    /// <param name="rows">p.</param>
    public OutputMoments(int groups, int rows)
    {
        _sums = [.. Enumerable.Range(0, groups).Select(_ => new Matrix(rows, rows))];
    }

    /// <summary>How many outputs were added to each group.</summary>
    public long Count { get; private set; }

    /// <summary>Adds outputs.</summary>
    /// <param name="outputs">g·p×M, without bias: group after group, a place or sample a column.</param>
    public void Add(Matrix outputs)
    {
        ArgumentNullException.ThrowIfNull(outputs);
        int rows = _sums[0].Rows;
        for (int g = 0; g < _sums.Length; g++)
        {
            Matrix group = outputs.RowView(g * rows, rows);
            Product.MultiplyTransposedRight(group, group, _sums[g], accumulate: true);
        }
        Count += outputs.Columns;
    }

    /// <summary>A p×p matrix A with A·Aᵀ = Σ y·yᵀ, from eigenvectors; what rounding made negative is 0.</summary>
    public IReadOnlyList<Matrix> Roots() => [.. _sums.Select(Root)];

    private static Matrix Root(Matrix sum)
    {
        var eigen = SymmetricEigendecomposition.Decompose(sum);
        return Matrix.FromEntries(sum.Rows, sum.Rows, (i, j) => eigen.Vectors[i, j] * Math.Sqrt(Math.Max(0, eigen.Values[j])));
    }
}
