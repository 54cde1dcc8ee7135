using System.Numerics.Tensors;
using RankCollapse.LinearAlgebra;

namespace RankCollapse.Models.Features;

/// <summary>The mean of features that arrive in batches, without a scatter.</summary>
internal sealed class RunningMean(int dimension)
{
    private readonly double[] _mean = new double[dimension];
    private long _count;

    /// <summary>The mean so far; null before the first sample and where it is not finite.</summary>
    public double[]? Mean => _count > 0 && TensorPrimitives.IsFiniteAll<double>(_mean) ? _mean : null;

    /// <summary>Adds a batch, B×n.</summary>
    public void Add(Matrix rows)
    {
        var batch = new double[_mean.Length];
        for (int i = 0; i < rows.Rows; i++) TensorPrimitives.Add(batch, rows.Row(i), batch);
        TensorPrimitives.Divide(batch, rows.Rows, batch);
        _count += rows.Rows;
        TensorPrimitives.Subtract(batch, _mean, batch);
        TensorPrimitives.MultiplyAdd(batch, (double)rows.Rows / _count, _mean, _mean);
    }
}
