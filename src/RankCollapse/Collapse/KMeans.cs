using System.Numerics.Tensors;
using RankCollapse.LinearAlgebra;

namespace RankCollapse.Collapse;

/// <summary>
/// One descent of the K-means objective on points in rows: seeds by K-means++ (Arthur and Vassilvitskii 2007) or a given partition,
/// Lloyd's iteration, then moves of single points (Hartigan and Wong 1979), which leave local minima that Lloyd's does not.
/// </summary>
internal sealed class KMeans
{
    /// <summary>Lloyd's iteration and the single moves end by themselves; the limit guards against slow tails on large data.</summary>
    private const int MaxPasses = 100;

    /// <summary>A move must gain this fraction of what it is about, so that rounding cannot make points go round in circles.</summary>
    private const double LeastGain = 1e-12;

    /// <summary>Bounds on distances are taken to be less certain than rounding can make them by this fraction.</summary>
    private const double BoundMargin = 1e-9;

    private readonly Matrix _points;

    /// <summary>The squared distance last found between each point and each centroid, or a lower bound on it.</summary>
    private readonly Matrix _squared;

    /// <summary>How far the centroid had moved by then; for a lower bound, a little less than nothing.</summary>
    private readonly Matrix _movedThen;

    /// <summary>How far each centroid has moved altogether.</summary>
    private readonly double[] _moved;
    private readonly int[] _clusters;
    private readonly double[] _distances;
    private readonly double[] _difference;
    private Matrix _centroids;
    private int[] _sizes;

    private KMeans(Matrix points, int clusterCount)
    {
        _points = points;
        _squared = new Matrix(points.Rows, clusterCount);
        _movedThen = new Matrix(points.Rows, clusterCount);
        _moved = new double[clusterCount];
        _clusters = new int[points.Rows];
        _distances = new double[points.Rows];
        _difference = new double[points.Columns];
        _centroids = new Matrix(clusterCount, points.Columns);
        _sizes = new int[clusterCount];
    }

    /// <summary>A descent from K-means++ seeds.</summary>
    internal static Partition FromSeeds(Matrix points, int clusterCount, RandomStream stream)
    {
        var descent = new KMeans(points, clusterCount);
        descent.Seed(stream);
        return descent.Descend();
    }

    /// <summary>A descent from a partition.</summary>
    internal static Partition FromPartition(Matrix points, Partition start)
    {
        var descent = new KMeans(points, start.ClusterCount);
        start.Clusters.CopyTo(descent._clusters);
        descent.TakeMeans();
        return descent.Descend();
    }

    /// <summary>Draws each next seed with probability in proportion to the squared distance from those before it.</summary>
    private void Seed(RandomStream stream)
    {
        Array.Fill(_distances, double.PositiveInfinity);
        int chosen = stream.NextInteger(_points.Rows);
        for (int k = 0; k < _centroids.Rows; k++)
        {
            _points.Row(chosen).CopyTo(_centroids.Row(k));
            double total = 0;
            for (int i = 0; i < _points.Rows; i++)
            {
                _distances[i] = Math.Min(_distances[i], LabelledPoints.SquaredDistance(_points.Row(i), _centroids.Row(k)));
                total += _distances[i];
            }
            if (total == 0) chosen = stream.NextInteger(_points.Rows);
            else chosen = Draw(stream.NextUniform() * total);
        }
    }

    private int Draw(double target)
    {
        int last = 0;
        for (int i = 0; i < _distances.Length; i++)
        {
            if (_distances[i] == 0) continue;
            last = i;
            target -= _distances[i];
            if (target < 0) break;
        }
        return last;
    }

    private Partition Descend()
    {
        BoundAll();
        for (int pass = 0; pass < MaxPasses; pass++)
        {
            if (!Assign()) break;
            FillEmpty();
            TakeMeans();
        }
        for (int pass = 0; pass < MaxPasses; pass++)
        {
            if (!MoveSinglePoints()) break;
            TakeMeans();
        }
        return new Partition(_clusters, _sizes.Length);
    }

    /// <summary>Sends each point to its nearest centroid; says whether one changed. Points at equal distance stay.</summary>
    private bool Assign()
    {
        bool isFirst = _sizes.All(size => size == 0), changed = isFirst;
        for (int i = 0; i < _points.Rows; i++)
        {
            int best = isFirst ? 0 : _clusters[i];
            double least = SquaredDistance(i, best);
            for (int k = 0; k < _centroids.Rows && least > 0; k++)
            {
                if (k == best || (!isFirst && _sizes[k] == 0) || IsBeyond(i, k, least)) continue;
                double distance = SquaredDistance(i, k);
                if (distance < least * (1 - LeastGain)) (best, least) = (k, distance);
            }
            _distances[i] = least;
            if (best != _clusters[i]) changed = true;
            _clusters[i] = best;
        }
        return changed;
    }

    /// <summary>Gives each empty cluster the point that is farthest from its centroid.</summary>
    private void FillEmpty()
    {
        Array.Clear(_sizes);
        foreach (int cluster in _clusters) _sizes[cluster]++;
        for (int k = 0; k < _sizes.Length; k++)
        {
            if (_sizes[k] > 0) continue;
            int farthest = -1;
            for (int i = 0; i < _clusters.Length; i++)
            {
                if (_sizes[_clusters[i]] > 1 && _distances[i] > (farthest < 0 ? 0 : _distances[farthest])) farthest = i;
            }
            if (farthest < 0) return;
            _sizes[_clusters[farthest]]--;
            _sizes[k] = 1;
            _clusters[farthest] = k;
            _distances[farthest] = 0;
        }
    }

    private void TakeMeans()
    {
        var partition = new Partition(_clusters, _sizes.Length);
        _sizes = partition.Sizes.ToArray();
        Matrix centroids = LabelledPoints.Centroids(_points, partition);
        for (int k = 0; k < _moved.Length; k++) Move(k, Math.Sqrt(LabelledPoints.SquaredDistance(centroids.Row(k), _centroids.Row(k))));
        _centroids = centroids;
    }

    /// <summary>Lower bounds on all distances, from one product: ‖p‖² + ‖c‖² − 2⟨p, c⟩, less what rounding may have added.</summary>
    private void BoundAll()
    {
        Matrix products = Product.MultiplyTransposedRight(_points, _centroids);
        double[] squares = [.. Enumerable.Range(0, _centroids.Rows).Select(k => Reduction.SumOfSquares(_centroids.Row(k)))];
        double rounding = 4 * (_points.Columns + 4) * Tolerances.MachineEpsilon;
        for (int i = 0; i < _points.Rows; i++)
        {
            double own = Reduction.SumOfSquares(_points.Row(i));
            ReadOnlySpan<double> row = products.Row(i);
            Span<double> bounds = _squared.Row(i);
            for (int k = 0; k < row.Length; k++)
            {
                double sum = own + squares[k], bound = sum - (2 * row[k]) - (rounding * sum);
                bounds[k] = bound > 0 ? bound : 0;
            }
        }
        _movedThen.AsSpan().Fill(-double.Epsilon);
        Array.Clear(_moved);
    }

    private void Move(int cluster, double length)
    {
        // So that an equal length says that the centroid is the same.
        if (length > 0) _moved[cluster] = Math.Max(_moved[cluster] + length, Math.BitIncrement(_moved[cluster]));
    }

    private double SquaredDistance(int point, int cluster)
    {
        ref double then = ref _movedThen.Row(point)[cluster];
        ref double squared = ref _squared.Row(point)[cluster];
        if (then == _moved[cluster]) return squared;
        then = _moved[cluster];
        return squared = LabelledPoints.SquaredDistance(_points.Row(point), _centroids.Row(cluster));
    }

    /// <summary>
    /// Whether a distance is sure to exceed the root of a number: since it was last found, it has shrunk by no more than the centroid has moved (Elkan 2003).
    /// </summary>
    private bool IsBeyond(int point, int cluster, double squared)
    {
        double moved = _moved[cluster], margin = BoundMargin * moved;
        double least = (Math.Sqrt(_squared.Row(point)[cluster]) * (1 - BoundMargin)) - (moved - _movedThen.Row(point)[cluster]) - margin;
        return least > 0 && least * least > squared;
    }

    /// <summary>
    /// Moves each point whose move lowers the objective, counting that both centroids move with it:
    /// leaving cluster a frees n_a/(n_a − 1)·‖p − c_a‖², joining b costs n_b/(n_b + 1)·‖p − c_b‖².
    /// </summary>
    private bool MoveSinglePoints()
    {
        bool moved = false;
        for (int i = 0; i < _points.Rows; i++)
        {
            int from = _clusters[i];
            if (_sizes[from] < 2) continue;
            ReadOnlySpan<double> point = _points.Row(i);
            double freed = SquaredDistance(i, from) * _sizes[from] / (_sizes[from] - 1);
            if (freed == 0) continue;
            int best = from;
            double least = freed * (1 - LeastGain);
            for (int k = 0; k < _centroids.Rows; k++)
            {
                if (k == from || (_sizes[k] > 0 && IsBeyond(i, k, least * (_sizes[k] + 1) / _sizes[k]))) continue;
                double cost = _sizes[k] == 0 ? 0 : SquaredDistance(i, k) * _sizes[k] / (_sizes[k] + 1);
                if (cost < least) (best, least) = (k, cost);
            }
            if (best == from) continue;
            Shift(point, from, -1.0 / (_sizes[from] - 1));
            Shift(point, best, 1.0 / (_sizes[best] + 1));
            _sizes[from]--;
            _sizes[best]++;
            _clusters[i] = best;
            moved = true;
        }
        return moved;
    }

    private void Shift(ReadOnlySpan<double> point, int cluster, double weight)
    {
        Span<double> centroid = _centroids.Row(cluster);
        TensorPrimitives.Subtract(point, centroid, _difference);
        Move(cluster, Math.Abs(weight) * Reduction.Norm(_difference));
        TensorPrimitives.MultiplyAdd(_difference, weight, centroid, centroid);
    }
}
