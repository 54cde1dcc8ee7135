using System.Numerics.Tensors;
using RankCollapse.LinearAlgebra;
using RankCollapse.Networks;

namespace RankCollapse.Collapse.Metrics;

/// <summary>What metrics need of the features of one layer, from samples that come in parts: n² numbers, and one cluster for each sample.</summary>
/// <remarks>
/// Means, scatter and what follows from them are of all samples. So are both ends of the interval for TCV: the lower one is the spectral bound, from the
/// scatter; the upper one is the WCSS of the classes, or of the partition of all samples by the nearest of K centres, which a search on some of the samples
/// found. Singular values are those of second moments.
/// </remarks>
internal sealed class LayerInParts
{
    private readonly NetworkSpecification _specification;
    private readonly int _layer;
    private readonly int[] _classes;
    private readonly int? _clusterCount;
    private readonly Matrix _targets;
    private readonly ClassScatter? _origins;
    private readonly Matrix _centres;
    private readonly Matrix _sums;
    private readonly double[] _halfSquares;
    private readonly int[] _nearest;
    private readonly long[] _sizes;
    private double _squaredDistances;
    private double _incrementSquares;
    private readonly int[] _everyRow;
    private double[] _first = [];
    private Matrix _rows = new(0, 0);

    /// <summary>Reserves the memory.</summary>
    /// <param name="specification">The network's shape.</param>
    /// <param name="layer">l.</param>
    /// <param name="classes">The class of each sample; 0 for all where there are none.</param>
    /// <param name="clusterCount">K; null where there are no classes.</param>
    /// <param name="targets">Yᵀ, N×K', equal inside each class.</param>
    /// <param name="centres">K centres of pairs (z, y), K×(n + K'), for the upper end of TCV; without rows where there are no classes.</param>
    /// <param name="hasOrigins">Whether what the activation was applied to is measured too, where the activation has an inverse.</param>
    public LayerInParts(
        NetworkSpecification specification, int layer, int[] classes, int? clusterCount, Matrix targets, Matrix centres, bool hasOrigins)
    {
        _specification = specification;
        _layer = layer;
        _classes = classes;
        _clusterCount = clusterCount;
        _targets = targets;
        _centres = centres;
        _sums = new Matrix(centres.Rows, centres.Columns);
        _halfSquares = [.. Enumerable.Range(0, centres.Rows).Select(k => 0.5 * Reduction.SumOfSquares(centres.Row(k)))];
        _nearest = new int[centres.Rows == 0 ? 0 : classes.Length];
        _sizes = new long[centres.Rows];
        _everyRow = [.. Enumerable.Range(0, specification.Width(layer))];
        Activation activation = specification.ActivationOf(layer);
        Moments = new ClassScatter(clusterCount ?? 1, specification.Width(layer));
        bool isNeeded = hasOrigins && !specification.HasSkip(layer) && activation.IsHomeomorphism && !ReferenceEquals(activation, Activation.Identity);
        _origins = isNeeded ? new ClassScatter(clusterCount ?? 1, specification.Width(layer)) : null;
        HasOrigins = hasOrigins;
    }

    /// <summary>Counts, means and scatter of Z^l.</summary>
    public ClassScatter Moments { get; }

    /// <summary>Whether what the activation was applied to is measured.</summary>
    private bool HasOrigins { get; }

    /// <summary>Why σ^{-1}(Z^l) does not exist; null where it does.</summary>
    private string? WhyNoOrigins { get; set; }

    /// <summary>The spectrum of Z^l.</summary>
    public SpectralSummary Spectrum => SpectralSummary.FromSingularValues(Moments.SingularValues());

    /// <summary>‖Z^l‖_F.</summary>
    public double Norm
    {
        get
        {
            double squares = Moments.Variations.Sum();
            for (int k = 0; k < Moments.Counts.Count; k++) squares += Moments.Counts[k] * Reduction.SumOfSquares(Moments.Means.Row(k));
            return Math.Sqrt(squares);
        }
    }

    /// <summary>WCSS (6) of the partition into classes, to which the targets add nothing; null without classes.</summary>
    public double? WcssOfClasses => _clusterCount is null ? null : Moments.WithinVariation;

    /// <summary>The verdict; null without classes.</summary>
    public CollapseVerdict? Verdict => _clusterCount is null ? null : CollapseVerdict.Of(Moments.WithinVariation, Moments.BetweenVariation);

    /// <summary>Block structure of Z^{l,T}Z^l; null without classes.</summary>
    public BlockStructure? Blocks => _clusterCount is null ? null : BlockStructure.Measure(Moments);

    /// <summary>Block structure of the Gram matrix of σ_l^{-1}(Z^l); null without classes, inverse, or where the layer has a skip.</summary>
    public BlockStructure? BlocksOfOrigins =>
        _clusterCount is null || _specification.HasSkip(_layer) || Origins is not { } origins ? null : BlockStructure.Measure(origins);

    /// <summary>Moments of what the layer's activation was applied to, or of Z^l itself where it has a skip; null where there are none.</summary>
    private ClassScatter? Origins => !HasOrigins || WhyNoOrigins is not null ? null
        : _specification.HasSkip(_layer) || ReferenceEquals(_specification.ActivationOf(_layer), Activation.Identity) ? Moments
        : _origins;

    /// <summary>Adds a part.</summary>
    /// <param name="first">The number of its first sample.</param>
    /// <param name="features">Z^l of the part, n×B.</param>
    /// <param name="before">Z^{l−1} of the part.</param>
    public void Add(int first, Matrix features, Matrix before)
    {
        if (_rows.Rows < features.Columns) _rows = new Matrix(features.Columns, features.Rows);
        Matrix rows = _rows.RowView(0, features.Columns);
        features.TransposeTo(_everyRow, rows);
        ReadOnlySpan<int> classes = _classes.AsSpan(first, rows.Rows);
        if (!TensorPrimitives.IsFiniteAll<double>(rows.AsSpan()))
        {
            double entry = Array.Find(rows.AsSpan().ToArray(), entry => !double.IsFinite(entry));
            throw new InvalidInputException($"Nothing can be measured: the features of layer {_layer} hold {entry}; training has diverged there.");
        }
        if (first == 0) _first = rows.Row(0).ToArray();
        Moments.Add(rows, classes);
        if (_centres.Rows > 0) Assign(first, rows);
        if (_specification.HasSkip(_layer))
        {
            double difference = Reduction.Distance(features.AsSpan(), before.AsSpan());
            _incrementSquares += difference * difference;
        }
        if (_origins is null || WhyNoOrigins is not null) return;
        Matrix? origins = Preimage.Of(_specification.ActivationOf(_layer), rows, _layer, out string? reason);
        WhyNoOrigins = reason;
        if (origins is not null) _origins.Add(origins, classes);
    }

    /// <summary>The interval for TCV; null without classes.</summary>
    public TotalClusterVariation? Variation()
    {
        if (_clusterCount is not { } k) return null;
        double upper = Moments.WithinVariation, found = _squaredDistances;

        // Each sample's distance was taken to its centre; the mean of those that are nearest to it is nearer to all of them together.
        for (int c = 0; c < _sizes.Length; c++)
        {
            if (_sizes[c] > 0) found -= Reduction.SumOfSquares(_sums.Row(c)) / _sizes[c];
        }
        found /= Moments.Count;
        bool isBetter = found < upper * (1 - 1e-9);
        return TotalClusterVariation.Of(LowerBound(k), isBetter ? found : upper, new Partition(isBetter ? _nearest : _classes, k));
    }

    /// <summary>The features as the metrics of features measure them; null where there are no two classes, or one is empty.</summary>
    public MeasuredFeatures? OfClasses(Lazy<(double Disagreement, double Accuracy)> nearestMeans) =>
        _clusterCount is >= 2 && Moments.Counts.All(count => count > 0) ? MeasuredFeatures.Of(Moments, nearestMeans) : null;

    /// <summary>The singular values of Z^l predicted from the next layer.</summary>
    /// <param name="next">The next layer; null for the last one.</param>
    public PredictedSingularValues Prediction(LayerInParts? next)
    {
        string? reason = next is null ? null
            : next.WhyNoOrigins ?? $"The activation of layer {next._layer}, {_specification.ActivationOf(next._layer).Name}, has no inverse.";
        double? increment = next is not null && _specification.HasSkip(next._layer) && next.Norm is > 0 and var norm
            ? Math.Sqrt(next._incrementSquares) / norm : null;
        return PredictedSingularValues.Of(
            _specification, _layer, _classes.Length, Moments.SingularValues(), next?.Origins?.SingularValues(), reason, increment);
    }

    private void Assign(int first, Matrix rows)
    {
        int n = rows.Columns;
        var centresOfFeatures = _centres.Block(0, 0, _centres.Rows, n);
        Matrix scores = Product.MultiplyTransposedRight(rows, centresOfFeatures);
        var difference = new double[_centres.Columns];
        for (int i = 0; i < rows.Rows; i++)
        {
            ReadOnlySpan<double> target = _targets.Row(first + i);
            int nearest = 0;
            double best = double.NegativeInfinity;
            for (int k = 0; k < _centres.Rows; k++)
            {
                // Of equally near ones the class's own, and else the first.
                double score = scores[i, k] + Reduction.Dot(target, _centres.Row(k)[n..]) - _halfSquares[k];
                if (score > best || (score == best && k == _classes[first + i])) (nearest, best) = (k, score);
            }
            TensorPrimitives.Subtract(rows.Row(i), _centres.Row(nearest)[..n], difference);
            TensorPrimitives.Subtract(target, _centres.Row(nearest)[n..], difference.AsSpan(n));
            TensorPrimitives.Add(_sums.Row(nearest), difference, _sums.Row(nearest));
            _squaredDistances += Reduction.SumOfSquares(difference);
            _sizes[nearest]++;
            _nearest[first + i] = nearest;
        }
    }

    /// <summary>
    /// The spectral bound, of the scatter of all pairs (z_i, y_i): that inside classes, to which targets add nothing, and that of class means.
    /// </summary>
    private (double Bound, double RootAllowance, double TotalVariation) LowerBound(int clusterCount)
    {
        int n = Moments.Means.Columns, size = n + _targets.Columns;
        var means = new Matrix(clusterCount, size);
        var target = new int[clusterCount];
        for (int i = 0; i < _classes.Length; i++) target[_classes[i]] = i;
        var mean = new double[size];
        for (int k = 0; k < clusterCount; k++)
        {
            if (Moments.Counts[k] == 0) continue;
            Moments.Means.Row(k).CopyTo(means.Row(k));
            _targets.Row(target[k]).CopyTo(means.Row(k)[n..]);
            TensorPrimitives.MultiplyAdd(means.Row(k), (double)Moments.Counts[k] / Moments.Count, mean, mean);
        }
        for (int k = 0; k < clusterCount; k++)
        {
            TensorPrimitives.Subtract(means.Row(k), mean, means.Row(k));
            TensorPrimitives.Multiply(means.Row(k), Math.Sqrt(Moments.Counts[k]), means.Row(k));
        }
        var scatter = new Matrix(size, size);
        for (int i = 0; i < n; i++) Moments.Scatter.Row(i).CopyTo(scatter.Row(i));
        Product.MultiplyTransposedLeft(means, means, scatter, accumulate: true);
        double[] first = [.. _first, .. _targets.Row(0)];
        return SpectralLowerBound.OfScatter(scatter, Moments.Count, Reduction.Norm(mean), Reduction.Distance(mean, first), clusterCount);
    }
}
