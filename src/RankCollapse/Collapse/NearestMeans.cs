using System.Numerics.Tensors;
using RankCollapse.LinearAlgebra;

namespace RankCollapse.Collapse;

/// <summary>
/// The classifier that takes the class of the nearest class mean (NC4): how often it agrees with the model's own prediction, and how often it is right.
/// </summary>
public sealed class NearestMeans
{
    private readonly Matrix _means;
    private readonly double[] _centre;
    private readonly double[] _halfSquares;
    private Matrix _centred = new(0, 0);
    private Matrix _products = new(0, 0);

    /// <summary>Prepares the classifier.</summary>
    /// <param name="geometry">The class means.</param>
    public NearestMeans(ClassMeanGeometry geometry)
    {
        ArgumentNullException.ThrowIfNull(geometry);

        // With the centre taken away, ‖m‖² − 2⟨m, z⟩ orders distances without cancellation between large common parts.
        Geometry = geometry;
        _means = geometry.Centred;
        _centre = geometry.Centre;
        _halfSquares = [.. Enumerable.Range(0, _means.Rows).Select(k => 0.5 * Reduction.SumOfSquares(_means.Row(k)))];
    }

    /// <summary>The class means.</summary>
    public ClassMeanGeometry Geometry { get; }

    /// <summary>How many samples were compared with the model's prediction.</summary>
    public long Count { get; private set; }

    /// <summary>On how many the nearest mean is the class that the model predicts.</summary>
    public long Agreements { get; private set; }

    /// <summary>On how many it is the sample's own class.</summary>
    public long Hits { get; private set; }

    /// <summary>Compares a batch; ties go to the first class.</summary>
    /// <param name="rows">B×n.</param>
    /// <param name="classes">The class of each sample.</param>
    /// <param name="predictions">The class that the model predicts; −1 for one that has no mean; empty where there are no predictions.</param>
    public void Add(Matrix rows, ReadOnlySpan<int> classes, ReadOnlySpan<int> predictions)
    {
        ArgumentNullException.ThrowIfNull(rows);
        if (_centred.Rows < rows.Rows) (_centred, _products) = (new Matrix(rows.Rows, rows.Columns), new Matrix(rows.Rows, _means.Rows));
        Matrix centred = _centred.RowView(0, rows.Rows), products = _products.RowView(0, rows.Rows);
        for (int i = 0; i < rows.Rows; i++) TensorPrimitives.Subtract(rows.Row(i), _centre, centred.Row(i));
        Product.MultiplyTransposedRight(centred, _means, products);
        for (int i = 0; i < rows.Rows; i++)
        {
            ReadOnlySpan<double> scores = products.Row(i);
            int nearest = 0;
            for (int k = 1; k < scores.Length; k++)
            {
                if (scores[k] - _halfSquares[k] > scores[nearest] - _halfSquares[nearest]) nearest = k;
            }
            Count++;
            if (nearest == classes[i]) Hits++;
            if (!predictions.IsEmpty && nearest == predictions[i]) Agreements++;
        }
    }
}
