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

    private readonly Matrix _points;
    private readonly int[] _clusters;
    private readonly double[] _distances;
    private readonly double[] _difference;
    private Matrix _centroids;
    private int[] _sizes;

    private KMeans(Matrix points, int clusterCount)
    {
        _points = points;
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
            ReadOnlySpan<double> point = _points.Row(i);
            int best = isFirst ? 0 : _clusters[i];
            double least = LabelledPoints.SquaredDistance(point, _centroids.Row(best));
            for (int k = 0; k < _centroids.Rows && least > 0; k++)
            {
                if (k == best || (!isFirst && _sizes[k] == 0)) continue;
                double distance = LabelledPoints.SquaredDistance(point, _centroids.Row(k));
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
        _centroids = LabelledPoints.Centroids(_points, partition);
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
            double freed = LabelledPoints.SquaredDistance(point, _centroids.Row(from)) * _sizes[from] / (_sizes[from] - 1);
            if (freed == 0) continue;
            int best = from;
            double least = freed * (1 - LeastGain);
            for (int k = 0; k < _centroids.Rows; k++)
            {
                if (k == from) continue;
                double cost = _sizes[k] == 0 ? 0 : LabelledPoints.SquaredDistance(point, _centroids.Row(k)) * _sizes[k] / (_sizes[k] + 1);
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
        TensorPrimitives.MultiplyAdd(_difference, weight, centroid, centroid);
    }
}
