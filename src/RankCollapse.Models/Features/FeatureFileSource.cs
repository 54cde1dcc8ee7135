using RankCollapse.Formats;
using RankCollapse.LinearAlgebra;
using RankCollapse.Models.Reading;
using RankCollapse.Models.Running;

namespace RankCollapse.Models.Features;

/// <summary>Features that another program computed and saved, read some samples at a time.</summary>
internal sealed class FeatureFileSource : IFeatureSource
{
    /// <summary>Batches have about so many numbers, or samples, so that products with them are large and memory is not.</summary>
    private const int BatchNumbers = 1 << 19;
    private const int BatchSamples = 512;

    /// <summary>Samples for each class in a batch, below which the classes' means would take much of the time.</summary>
    private const long SamplesOfClass = 8;

    private const int MostBatchNumbers = 1 << 22;

    private const string HeadName = "head";

    private readonly List<(string Path, long First, int Count)> _parts = [];
    private readonly int[]? _chosen;
    private readonly Matrix? _head;
    private readonly double[]? _bias;
    private readonly int _classCount;

    /// <summary>What the head makes of its layer, which is in no file; null where an array of the files is the output, or there is no head.</summary>
    private readonly FeatureTensor? _outputs;

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
        else if (_head is not null) Output = _outputs = new FeatureTensor(HeadName, [_head.Rows], HeadName, null, EndsLayer: false);
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
        long good = Math.Max(Math.Max(BatchNumbers / tensor.Dimension, BatchSamples), SamplesOfClass * _classCount);
        return (int)Math.Clamp(Math.Min(good, MostBatchNumbers / tensor.Dimension), 1, SampleCount);
    }

    public void Run(IReadOnlyList<FeatureTensor> tensors, int batchSize, FeatureVisitor visit, CancellationToken cancellation)
    {
        int output = tensors.ToList().FindIndex(tensor => ReferenceEquals(tensor, _outputs));
        List<(FeatureTensor Tensor, int Number)> read = [.. tensors.Select((tensor, t) => (Mine(tensor), t)).Where(pair => pair.t != output)];
        if (output >= 0 && read.All(pair => pair.Tensor.Name != Classifier!.Features))
            read.Add((Tensors.First(tensor => tensor.Name == Classifier!.Features), -1));
        Block[] blocks = [.. read.Select(pair => new Block(BatchSize(pair.Tensor, batchSize), pair.Tensor.Dimension))];
        foreach ((string path, long first, int count) in _parts)
        {
            using ModelTensors file = ArrayFile.Open(path);
            for (int t = 0; t < read.Count; t++)
            {
                using RowReader rows = file.OpenRows(read[t].Tensor.Name);
                for (int begin = 0; begin < count;)
                {
                    cancellation.ThrowIfCancellationRequested();
                    begin += blocks[t].Fill(rows, first + begin, count - begin, _chosen);
                    if (blocks[t].IsFull) Visit(t);
                }
            }
        }
        for (int t = 0; t < read.Count; t++) Visit(t);

        void Visit(int t)
        {
            if (blocks[t].Empty(out int place) is not { } features) return;
            if (read[t].Number >= 0) visit(read[t].Number, place, features);
            if (output >= 0 && read[t].Tensor.Name == Classifier!.Features) visit(output, place, Outputs(features));
        }
    }

    public void Dispose()
    {
    }

    /// <summary>The tensor of this name and size, which one of other data may lack.</summary>
    private FeatureTensor Mine(FeatureTensor asked) => ReferenceEquals(asked, _outputs) ? asked
        : Tensors.FirstOrDefault(tensor => tensor.Name == asked.Name && tensor.Dimension == asked.Dimension)
            ?? throw new InvalidInputException(
                $"{Name} has no layer {ErrorText.Printable(asked.Name)} of {asked.ShapeText} numbers for a sample; it has {Listed(Tensors)}.");

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

    /// <summary>Samples of one layer that are collected, over parts too, until there are enough for a batch.</summary>
    private sealed class Block(int capacity, int length)
    {
        private readonly double[] _values = new double[(long)capacity * length];
        private int _place;
        private int _filled;

        /// <summary>Whether no sample has room any more.</summary>
        public bool IsFull => _filled == capacity;

        /// <summary>Reads as many samples as have room, of which the chosen ones stay.</summary>
        /// <param name="rows">Where from.</param>
        /// <param name="first">The number of the next sample.</param>
        /// <param name="left">How many are left in the part.</param>
        /// <param name="chosen">The numbers of the chosen samples, ascending; null for all.</param>
        /// <returns>How many were read.</returns>
        public int Fill(RowReader rows, long first, int left, int[]? chosen)
        {
            int size = Math.Min(left, capacity - _filled), start = _filled;
            rows.Read(_values, start * length, size * length);
            if (chosen is null) _filled += size;
            for (int i = chosen is null ? 0 : At(chosen, first); i < chosen?.Length && chosen[i] < first + size; i++, _filled++)
                Row(start + (int)(chosen[i] - first)).CopyTo(Row(_filled));
            return size;
        }

        /// <summary>The samples so far, and the number of the first; null where there are none. Then there are none.</summary>
        public Matrix? Empty(out int place)
        {
            place = _place;
            int count = _filled;
            _place += count;
            _filled = 0;
            return count == 0 ? null : new Matrix(_values, 0, count, length);
        }

        /// <summary>The place of the first chosen sample that is not before this one.</summary>
        private static int At(int[] chosen, long sample) => Array.BinarySearch(chosen, (int)sample) is var at && at >= 0 ? at : ~at;

        private Span<double> Row(int i) => _values.AsSpan(i * length, length);
    }
}
