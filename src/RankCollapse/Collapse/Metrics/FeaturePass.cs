using RankCollapse.Data;
using RankCollapse.LinearAlgebra;
using RankCollapse.Networks;
using RankCollapse.Training;

namespace RankCollapse.Collapse.Metrics;

/// <summary>
/// One pass of many samples through a network, a part at a time, that keeps of each layer's features what metrics need: memory does not grow with N times
/// the widths.
/// </summary>
/// <remarks>
/// TCV's upper end is searched for on <see cref="SearchSamples"/> samples, evenly spaced, and then taken of all; nearest class means take a second pass, when
/// they are asked for.
/// </remarks>
internal sealed class FeaturePass
{
    /// <summary>On so many samples, or sixteen for each class, K-means looks for a partition that is better than the classes.</summary>
    public const int SearchSamples = 1024;

    private readonly Network _network;
    private readonly DataSet _data;
    private readonly MeasurementOptions _options;
    private readonly bool _hasOrigins;
    private readonly Partition? _classes;
    private readonly int[] _ofSamples;
    private readonly Matrix _targets;
    private LayerInParts[] _layers = [];
    private int _seen;

    /// <summary>Prepares a pass.</summary>
    /// <param name="network">The network.</param>
    /// <param name="data">Data for which <see cref="IsFor"/> holds.</param>
    /// <param name="options">What to measure.</param>
    /// <param name="hasOrigins">Whether what activations were applied to is measured too.</param>
    public FeaturePass(Network network, DataSet data, MeasurementOptions options, bool hasOrigins)
    {
        (_network, _data, _options, _hasOrigins) = (network, data, options, hasOrigins);
        _classes = Partition.OfClasses(data);
        _ofSamples = _classes?.Clusters.ToArray() ?? new int[data.SampleCount];
        _targets = data.Targets.Transpose();
    }

    /// <summary>Whether all samples have passed.</summary>
    public bool IsComplete => _seen == _data.SampleCount;

    /// <summary>
    /// Whether samples are measured in parts: there are more than <see cref="SampleParts.MostAtOnce"/> and than four for each row of a layer, and targets are
    /// equal inside classes, or clusters are not asked for.
    /// </summary>
    public static bool IsFor(NetworkSpecification specification, DataSet data, MeasurementOptions? options)
    {
        const int SamplesPerRow = 4;
        if (data.SampleCount <= Math.Max(SampleParts.MostAtOnce, (long)SamplesPerRow * specification.Widths.Max())) return false;
        if (Partition.OfClasses(data) is not { } classes) return options?.ClusterCount is null;
        if (options?.ClusterCount is { } count && count != classes.ClusterCount) return false;
        var first = new int[classes.ClusterCount];
        Array.Fill(first, -1);
        for (int i = 0; i < data.SampleCount; i++)
        {
            int k = classes.Clusters[i];
            if (first[k] < 0) first[k] = i;
            for (int j = 0; j < data.Targets.Rows; j++)
            {
                if (data.Targets[j, i] != data.Targets[j, first[k]]) return false;
            }
        }
        return true;
    }

    /// <summary>Adds a part; the one that begins with sample 0 begins the pass anew.</summary>
    /// <param name="first">The number of its first sample.</param>
    /// <param name="features">Z^0 … Z^L of the part, samples as columns.</param>
    public void Add(int first, IReadOnlyList<Matrix> features)
    {
        if (first == 0) Begin();
        ForEachLayer(l => _layers[l - 1].Add(first, features[l], features[l - 1]));
        _seen = first + features[0].Columns;
    }

    /// <summary>Passes all samples through the network.</summary>
    public void Run() => ForEachPart(Add);

    /// <summary>The layers, once all samples have passed.</summary>
    public IReadOnlyList<MeasuredLayer> Layers()
    {
        if (!IsComplete) Run();
        LayerInParts[] layers = _layers;
        Network network = _network.Copy();
        var nearest = new Lazy<NearestMeans[]>(() => CompareNearestMeans(network, layers));
        return
        [
            .. Enumerable.Range(1, layers.Length)
                .Select(l => new MeasuredLayer(network, _data, l, _options, layers[l - 1], l < layers.Length ? layers[l] : null,
                new Lazy<(double, double)>(() => Shares(nearest.Value[l - 1])))),
        ];
    }

    private static (double Disagreement, double Accuracy) Shares(NearestMeans means) =>
        (1 - ((double)means.Agreements / means.Count), (double)means.Hits / means.Count);

    /// <summary>Looks for centres on some of the samples, and forgets what was seen.</summary>
    private void Begin()
    {
        Matrix[] some = [];
        int[] chosen = [];
        if (_classes is not null)
        {
            int samples = _data.SampleCount, count = Math.Min(samples, Math.Max(SearchSamples, 16 * _classes.ClusterCount));
            chosen = [.. Enumerable.Range(0, count).Select(i => (int)((long)i * samples / count))];
            some = _network.Features(Columns(_data.Inputs, chosen));
        }
        var layers = new LayerInParts[_network.Specification.Depth];
        ForEachLayer(l =>
        {
            var centres = new Matrix(0, 0);
            if (_classes is not null)
            {
                var classes = new Partition([.. chosen.Select(i => _ofSamples[i])], _classes.ClusterCount);
                centres = TotalClusterVariation.BestCentroids(
                    LabelledPoints.Join(some[l], Columns(_data.Targets, chosen)), classes, _options.TotalClusterVariation);
            }
            layers[l - 1] = new LayerInParts(_network.Specification, l, _ofSamples, _classes?.ClusterCount, _targets, centres, _hasOrigins);
        });
        _layers = layers;
    }

    private NearestMeans[] CompareNearestMeans(Network network, LayerInParts[] layers)
    {
        NearestMeans[] means = [.. layers.Select(layer => new NearestMeans(new ClassMeanGeometry(layer.Moments.Means)))];
        ForEachPart((first, features) =>
        {
            Matrix outputs = features[^1];
            var predictions = new int[outputs.Columns];
            for (int i = 0; i < predictions.Length; i++)
            {
                for (int k = 1; k < outputs.Rows; k++)
                {
                    if (outputs[k, i] > outputs[predictions[i], i]) predictions[i] = k;
                }
            }
            ForEachLayer(l => means[l - 1].Add(features[l].Transpose(), _ofSamples.AsSpan(first, predictions.Length), predictions));
        }, network);
        return means;
    }

    private void ForEachPart(Action<int, IReadOnlyList<Matrix>> visit, Network? network = null)
    {
        for (int first = 0; first < _data.SampleCount; first += SampleParts.Size)
        {
            int count = Math.Min(SampleParts.Size, _data.SampleCount - first);
            visit(first, (network ?? _network).Features(_data.Inputs.Block(0, first, _data.InputDimension, count)));
        }
    }

    /// <summary>Layers on all threads of products, each on one of them.</summary>
    private void ForEachLayer(Action<int> body)
    {
        int threads = Product.MaxThreads;
        Parallel.For(1, _network.Specification.Depth + 1, new ParallelOptions { MaxDegreeOfParallelism = threads }, l =>
        {
            Product.MaxThreads = 1;
            body(l);
        });
        Product.MaxThreads = threads;
    }

    private static Matrix Columns(Matrix a, int[] columns)
    {
        var result = new Matrix(a.Rows, columns.Length);
        for (int i = 0; i < a.Rows; i++)
        {
            for (int j = 0; j < columns.Length; j++) result[i, j] = a[i, columns[j]];
        }
        return result;
    }
}
