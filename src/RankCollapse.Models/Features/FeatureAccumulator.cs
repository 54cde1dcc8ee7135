using System.Numerics.Tensors;
using RankCollapse.Collapse;
using RankCollapse.LinearAlgebra;
using RankCollapse.Models.Running;

namespace RankCollapse.Models.Features;

/// <summary>Everything that one pass keeps of one tensor: class means, scatter and the samples of the subsample.</summary>
internal sealed class FeatureAccumulator
{
    private readonly ClassLabels _labels;
    private readonly int[] _subsample;
    private Matrix _reduced = new(0, 0);
    private int _kept;

    /// <summary>Allocates an accumulator.</summary>
    public FeatureAccumulator(FeatureTensor tensor, FeatureReduction reduction, ClassLabels labels, int[] subsample)
    {
        Tensor = tensor;
        Reduction = reduction;
        _labels = labels;
        _subsample = subsample;
        Moments = new ClassScatter(labels.Count, reduction.ReducedDimension);
        Kept = new Matrix(subsample.Length, reduction.ReducedDimension);
    }

    /// <summary>The tensor.</summary>
    public FeatureTensor Tensor { get; }

    /// <summary>How its features are reduced.</summary>
    public FeatureReduction Reduction { get; }

    /// <summary>Counts, means and scatter.</summary>
    public ClassScatter Moments { get; }

    /// <summary>The features of the subsample, a sample a row.</summary>
    public Matrix Kept { get; }

    /// <summary>Why the tensor cannot be measured: an entry that is not finite; null where it can.</summary>
    public string? Failure { get; private set; }

    /// <summary>The bytes that an accumulator needs.</summary>
    public static double Bytes(FeatureReduction reduction, int classCount, int subsample, int batchSize)
    {
        double n = reduction.ReducedDimension;
        return 8.0 * n * (n + classCount + subsample + (3.0 * batchSize));
    }

    /// <summary>Adds a batch that begins with sample <paramref name="first"/>.</summary>
    public void Add(int first, Matrix rows)
    {
        if (Failure is not null) return;
        for (int i = 0; i < rows.Rows; i++)
        {
            if (TensorPrimitives.IsFiniteAll<double>(rows.Row(i))) continue;
            Failure = $"sample {first + i} has features that are not finite";
            return;
        }
        Matrix reduced = Reduce(rows);
        Moments.Add(reduced, _labels.Classes.Slice(first, rows.Rows));
        while (_kept < _subsample.Length && _subsample[_kept] < first + rows.Rows)
        {
            reduced.Row(_subsample[_kept] - first).CopyTo(Kept.Row(_kept));
            _kept++;
        }
    }

    /// <summary>The features as they are measured; valid until the next call.</summary>
    public Matrix Reduce(Matrix rows)
    {
        if (Reduction is WholeFeatures) return rows;
        if (_reduced.Rows < rows.Rows) _reduced = new Matrix(rows.Rows, Reduction.ReducedDimension);
        for (int i = 0; i < rows.Rows; i++) Reduction.Apply(rows.Row(i), _reduced.Row(i));
        return _reduced.RowView(0, rows.Rows);
    }
}
