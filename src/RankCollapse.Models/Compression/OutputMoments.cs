using System.Numerics.Tensors;
using RankCollapse.LinearAlgebra;

namespace RankCollapse.Models.Compression;

/// <summary>Σ y and Σ y·yᵀ over everything that a layer puts out, for each group: all that the best factors need to know of the data.</summary>
internal sealed class OutputMoments
{
    private readonly Matrix[] _squares;
    private readonly double[][] _sums;

    /// <summary>Creates empty sums.</summary>
    /// <param name="groups">g.</param>
    /// <param name="rows">p.</param>
    public OutputMoments(int groups, int rows)
    {
        _squares = [.. Enumerable.Range(0, groups).Select(_ => new Matrix(rows, rows))];
        _sums = [.. Enumerable.Range(0, groups).Select(_ => new double[rows])];
    }

    /// <summary>How many outputs were added to each group.</summary>
    public long Count { get; private set; }

    /// <summary>Adds outputs.</summary>
    /// <param name="outputs">g·p×M, without bias: group after group, a place or sample a column.</param>
    public void Add(Matrix outputs)
    {
        ArgumentNullException.ThrowIfNull(outputs);
        int rows = _squares[0].Rows;
        for (int g = 0; g < _squares.Length; g++)
        {
            Matrix group = outputs.RowView(g * rows, rows);
            Product.MultiplyTransposedRight(group, group, _squares[g], accumulate: true);
            for (int i = 0; i < rows; i++) _sums[g][i] += Reduction.Sum(group.Row(i));
        }
        Count += outputs.Columns;
    }

    /// <summary>Roots of p×p from eigenvectors; what rounding made negative is 0.</summary>
    /// <param name="hasMeans">Whether the means are taken away from the squares and given beside them.</param>
    public LayerOutputs Outputs(bool hasMeans) => new(
        [.. Enumerable.Range(0, _squares.Length).Select(g => Root(hasMeans ? Centred(g) : _squares[g]))], hasMeans ? [.. _sums.Select(Mean)] : null);

    private double[] Mean(double[] sum) => [.. sum.Select(value => value / Math.Max(1, Count))];

    private Matrix Centred(int group)
    {
        double[] mean = Mean(_sums[group]);
        Matrix centred = _squares[group].Copy();
        for (int i = 0; i < centred.Rows; i++) TensorPrimitives.MultiplyAdd(mean, -Count * mean[i], centred.Row(i), centred.Row(i));
        return centred;
    }

    private static Matrix Root(Matrix sum)
    {
        var eigen = SymmetricEigendecomposition.Decompose(sum);
        return Matrix.FromEntries(sum.Rows, sum.Rows, (i, j) => eigen.Vectors[i, j] * Math.Sqrt(Math.Max(0, eigen.Values[j])));
    }
}
