using RankCollapse.Formats;
using RankCollapse.LinearAlgebra;
using RankCollapse.Models.Reading;
using RankCollapse.Models.Running;

namespace RankCollapse.Models.Features;

/// <summary>Features that another program computed and saved, read some samples at a time.</summary>
internal sealed class FeatureFileSource : IFeatureSource
{
    /// <summary>Batches have about so many numbers, so that products with them are large and memory is not.</summary>
    private const int BatchNumbers = 1 << 21;

    private const string HeadName = "head";

    private readonly List<(string Path, long First, int Count)> _parts = [];
    private readonly int[]? _chosen;
    private readonly Matrix? _head;
    private readonly double[]? _bias;
    private readonly int _classCount;

    /// <summary>Opens features: describes the arrays of all parts, and reads labels and head.</summary>
    /// <exception cref="InvalidInputException">Files are damaged, or what they hold does not fit together.</exception>
    public FeatureFileSource(FeatureFiles files, FeatureOptions options)
    {
        Name = files.Path;
        IReadOnlyList<string> parts = files.PartsOf(options.Epoch);
        FeatureLabels? labels = FeatureLabels.Read(parts, isAlone: false, options);
        string? beside = labels is null ? files.LabelsOf(options.Epoch) : null;
        if (beside is not null) labels = FeatureLabels.Read([beside], isAlone: true, options);
        HeadArray? head = options.Head is { } weights ? new HeadArray(weights, "head", parts[0]) : null;
        HeadArray? bias = options.HeadBias is { } added ? new HeadArray(added, "head-bias", parts[0]) : null;
        string[] others = [.. ((string?[])[head?.Name, bias?.Name]).OfType<string>()];
        var first = new List<FeatureTensor>();
        var skipped = new List<SkippedItem>();
        long total = 0;
        for (int p = 0; p < parts.Count; p++)
        {
            (List<FeatureTensor> layers, List<SkippedItem> left, int count) =
                Describe(parts[p], beside is null ? labels?.Counts[p] : null, others, options.Reading.Label);
            if (p == 0) (first, skipped) = (layers, left);
            else RequireSame(first, parts[0], layers, parts[p]);
            _parts.Add((parts[p], total, count));
            total += count;
        }
        if (total > int.MaxValue) throw new InvalidInputException($"{Name} has {total} samples, more than can be counted ({int.MaxValue}); take fewer parts.");
        if (beside is not null && labels!.Counts[0] != total)
            throw new InvalidInputException($"{beside} has {labels.Counts[0]} labels, but the features beside it have {total} samples; save one for each.");
        Tensors = first;
        Skipped = skipped;
        SampleCount = (int)total;
        Labels = labels?.Classes;
        Targets = labels?.Targets;
        if (options.Samples is { } most && most < SampleCount)
        {
            _chosen = new ClassLabels(Labels, SampleCount).Subsample(most, options.Seed);
            SampleCount = _chosen.Length;
            Labels = Labels is null ? null : [.. _chosen.Select(i => Labels[i])];
            if (Targets is { } all) Targets = Matrix.FromEntries(SampleCount, all.Columns, (i, k) => all[_chosen[i], k]);
        }
        _classCount = new ClassLabels(Labels, SampleCount).Count;
        if (head is not null) (_head, _bias, Classifier) = FindHead(head, bias);
        else if (bias is not null)
            throw new InvalidInputException("A bias of the last layer is given without its weights; give both.") { Settings = ["head"] };
        if (options.Output is { } output)
        {
            Output = Tensors.FirstOrDefault(tensor => tensor.Name == output)
                ?? throw new InvalidInputException($"{Name} has no array {ErrorText.Printable(output)} with outputs for each sample; it has {Listed(Tensors)}.")
                { Settings = ["output"] };
        }
        else if (_head is not null) Output = new FeatureTensor(HeadName, [_head.Rows], HeadName, null, EndsLayer: false);
    }

    public string Name { get; }

    public IReadOnlyList<FeatureTensor> Tensors { get; }

    public IReadOnlyList<SkippedItem> Skipped { get; }

    public int SampleCount { get; }

    public IReadOnlyList<int>? Labels { get; }

    public Matrix? Targets { get; }

    public FeatureTensor? Output { get; }

    public string WhyNoOutput => "Predictions need the last linear layer (head), or an array of outputs.";

    public string WhyNoClassifier => "The last linear layer (head) is not given.";

    public LinearClassifier? Classifier { get; }

    public int BatchSize(FeatureTensor tensor, int asked)
    {
        long most = Math.Max(1, 4L * BatchNumbers / tensor.Dimension), good = Math.Max(BatchNumbers / tensor.Dimension, 8L * _classCount);
        return (int)Math.Min(SampleCount, Math.Max(Math.Min(good, most), asked));
    }

    public void Run(IReadOnlyList<FeatureTensor> tensors, int batchSize, FeatureVisitor visit, CancellationToken cancellation)
    {
        int output = _head is null ? -1 : tensors.ToList().FindIndex(tensor => ReferenceEquals(tensor, Output));
        List<(FeatureTensor Tensor, int Number)> read = [.. tensors.Select((tensor, t) => (Mine(tensor), t)).Where(pair => pair.t != output)];
        if (output >= 0 && read.All(pair => pair.Tensor.Name != Classifier!.Features))
            read.Add((Tensors.First(tensor => tensor.Name == Classifier!.Features), -1));
        foreach ((string path, long first, int count) in _parts)
        {
            using ModelTensors file = ArrayFile.Open(path);
            foreach ((FeatureTensor tensor, int t) in read)
            {
                using RowReader rows = file.OpenRows(tensor.Name);
                int batch = Math.Min(count, BatchSize(tensor, batchSize)), length = tensor.Dimension;
                var block = new double[(long)batch * length];
                for (int begin = 0; begin < count; begin += batch)
                {
                    cancellation.ThrowIfCancellationRequested();
                    int size = Math.Min(batch, count - begin);
                    rows.Read(block, size * length);
                    (int place, size) = Choose(block, first + begin, size, length);
                    if (size == 0) continue;
                    var features = new Matrix(block, 0, size, length);
                    if (t >= 0) visit(t, place, features);
                    if (output >= 0 && tensor.Name == Classifier!.Features) visit(output, place, Outputs(features));
                }
            }
        }
    }

    public void Dispose()
    {
    }

    /// <summary>The tensor of this name and size, which one of other data may lack.</summary>
    private FeatureTensor Mine(FeatureTensor asked) => ReferenceEquals(asked, Output) ? asked
        : Tensors.FirstOrDefault(tensor => tensor.Name == asked.Name && tensor.Dimension == asked.Dimension)
            ?? throw new InvalidInputException(
                $"{Name} has no layer {ErrorText.Printable(asked.Name)} of {asked.ShapeText} numbers for a sample; it has {Listed(Tensors)}.");

    /// <summary>Moves the chosen samples of a block to its start.</summary>
    /// <returns>The number of the first among the chosen ones, and how many there are.</returns>
    private (int Place, int Count) Choose(double[] block, long first, int size, int length)
    {
        if (_chosen is null) return ((int)first, size);
        int At(long sample) => Array.BinarySearch(_chosen, (int)sample) is >= 0 and var at ? at : ~Array.BinarySearch(_chosen, (int)sample);
        int place = At(first), end = At(first + size);
        for (int i = place; i < end; i++) block.AsSpan((int)(_chosen[i] - first) * length, length).CopyTo(block.AsSpan((i - place) * length, length));
        return (place, end - place);
    }

    private Matrix Outputs(Matrix features)
    {
        Matrix outputs = Product.MultiplyTransposedRight(features, _head!);
        for (int i = 0; _bias is not null && i < outputs.Rows; i++)
            System.Numerics.Tensors.TensorPrimitives.Add(outputs.Row(i), _bias, outputs.Row(i));
        return outputs;
    }

    private (Matrix Head, double[]? Bias, LinearClassifier Classifier) FindHead(HeadArray head, HeadArray? bias)
    {
        Matrix weights = head.Read();
        FeatureTensor? layer = Tensors.LastOrDefault(tensor => tensor.Dimension == weights.Columns);
        if (layer is null && Tensors.LastOrDefault(tensor => tensor.Dimension == weights.Rows) is { } turned) (layer, weights) = (turned, weights.Transpose());
        if (layer is null)
            throw new InvalidInputException($"{head} is {weights.Rows}×{weights.Columns}, but no layer has {weights.Columns} numbers for a sample, as the "
                + $"input of the last linear layer has; there are {Listed(Tensors)}.")
            { Settings = ["head"] };
        double[]? added = bias?.Read().AsSpan().ToArray();
        if (added is not null && added.Length != weights.Rows)
            throw new InvalidInputException($"{bias} has {added.Length} numbers, expected {weights.Rows}, one for each row of {head}.")
            { Settings = ["head-bias"] };
        return (weights, added, new LinearClassifier(layer.Name, weights, head.ToString()));
    }

    private static (List<FeatureTensor> Layers, List<SkippedItem> Skipped, int Count) Describe(string path, long? count, string[] others, string? label)
    {
        using ModelTensors file = ArrayFile.Open(path);
        string? labels = FeatureLabels.FindIn(file, label)?.Name, from = count is null ? null : labels;
        var layers = new List<FeatureTensor>();
        var skipped = file.Skipped.Where(array => array.Name != labels).Select(array => new SkippedItem(array.Name, array.Reason)).ToList();
        foreach (TensorEntry array in file.Tensors.Where(array => array.Name != labels && !others.Contains(array.Name)))
        {
            string name = ErrorText.Printable(array.Name);
            if (array.Shape.Count == 0)
            {
                skipped.Add(new SkippedItem(array.Name, "it is a single number"));
                continue;
            }
            if (array.Shape[0] != (count ??= array.Shape[0]))
            {
                string other = ErrorText.Printable(from ?? layers[0].Name);
                throw new InvalidInputException($"{path}: {name} has {array.Shape[0]} samples, but {other} has {count}; every array has a sample a row.");
            }
            double length = array.Shape.Skip(1).Aggregate(1.0, (product, size) => product * size);
            if (length is 0 or > int.MaxValue || count is 0 or > int.MaxValue)
                throw new InvalidInputException($"{path}: {name} has the shape {array.ShapeText}, which is empty or too large; expected a sample a row.");
            layers.Add(new FeatureTensor(array.Name, [.. array.Shape.Skip(1)], array.Type.ToString(), null, EndsLayer: true));
        }
        return layers.Count > 0 ? (layers, skipped, (int)count!)
            : throw new InvalidInputException($"{path} has no array of features, expected at least one with a sample a row beside the labels.");
    }

    private static void RequireSame(List<FeatureTensor> first, string firstPath, List<FeatureTensor> layers, string path)
    {
        bool IsIn(FeatureTensor layer) => first.Exists(other => other.Name == layer.Name && other.Shape.SequenceEqual(layer.Shape));

        if (layers.Count == first.Count && layers.All(IsIn)) return;
        throw new InvalidInputException($"{path} has the layers {Listed(layers)}, but {firstPath} has {Listed(first)}; all parts hold the same layers.");
    }

    private static string Listed(IReadOnlyList<FeatureTensor> layers)
    {
        const int Most = 5;
        IEnumerable<string> shown = layers.Take(Most).Select(layer => $"{ErrorText.Printable(layer.Name)} ({layer.ShapeText})");
        return string.Join(", ", shown) + (layers.Count > Most ? ", …" : "");
    }
}
