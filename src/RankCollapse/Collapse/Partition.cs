using RankCollapse.Data;

namespace RankCollapse.Collapse;

/// <summary>A partition of N samples into at most K clusters: C = {C_1, …, C_K} of Section 3.1.</summary>
public sealed class Partition
{
    private readonly int[] _clusters;
    private readonly int[] _sizes;

    /// <summary>Creates a partition from the cluster of each sample.</summary>
    /// <param name="clusters">The cluster of each sample, 0 … <paramref name="clusterCount"/>−1; copied.</param>
    /// <param name="clusterCount">K, at least 1; clusters may be empty.</param>
    /// <exception cref="InvalidInputException">There is no sample, K is below 1, or a cluster lies outside 0 … K−1.</exception>
    public Partition(ReadOnlySpan<int> clusters, int clusterCount)
    {
        if (clusterCount < 1) throw new InvalidInputException($"A partition needs at least 1 cluster, found {clusterCount}.");
        if (clusters.IsEmpty) throw new InvalidInputException("A partition needs at least 1 sample, found none.");
        _clusters = clusters.ToArray();
        _sizes = new int[clusterCount];
        for (int i = 0; i < _clusters.Length; i++)
        {
            if ((uint)_clusters[i] >= (uint)clusterCount)
                throw new InvalidInputException($"Sample {i} belongs to cluster {_clusters[i]}, outside 0…{clusterCount - 1}.");
            _sizes[_clusters[i]]++;
        }
    }

    /// <summary>The partition of data into its classes, K as many as there are outputs; null for regression.</summary>
    public static Partition? OfClasses(DataSet data)
    {
        ArgumentNullException.ThrowIfNull(data);
        return data.Labels.Length == 0 ? null : new Partition(data.Labels, data.OutputDimension);
    }

    /// <summary>N.</summary>
    public int SampleCount => _clusters.Length;

    /// <summary>K, empty clusters included.</summary>
    public int ClusterCount => _sizes.Length;

    /// <summary>How many clusters have a sample.</summary>
    public int NonEmptyCount => _sizes.Count(size => size > 0);

    /// <summary>The cluster of each sample.</summary>
    public ReadOnlySpan<int> Clusters => _clusters;

    /// <summary>N_k = |C_k|.</summary>
    public ReadOnlySpan<int> Sizes => _sizes;

    /// <summary>Whether both group the samples alike, whatever the clusters' numbers.</summary>
    public bool GroupsLike(Partition other)
    {
        ArgumentNullException.ThrowIfNull(other);
        if (other.SampleCount != SampleCount) return false;
        int[] there = new int[ClusterCount], back = new int[other.ClusterCount];
        Array.Fill(there, -1);
        Array.Fill(back, -1);
        for (int i = 0; i < _clusters.Length; i++)
        {
            int mine = _clusters[i], yours = other._clusters[i];
            if (there[mine] == -1 && back[yours] == -1) (there[mine], back[yours]) = (yours, mine);
            else if (there[mine] != yours || back[yours] != mine) return false;
        }
        return true;
    }
}
