using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using RankCollapse.LinearAlgebra;
using RankCollapse.Models.Onnx;
using RankCollapse.Models.Running;

namespace RankCollapse.Models.Features;

/// <summary>The tensors inside an ONNX model, made outputs of its graph and computed by ONNX Runtime.</summary>
internal sealed class OnnxFeatureSource : IFeatureSource
{
    /// <summary>The bytes of a batch's features that are held at once.</summary>
    private const double MostBatchBytes = 64e6;

    private readonly ModelProto _model;
    private readonly string _folder;
    private readonly ModelData _data;
    private readonly Dictionary<string, TensorElementType> _types = new(StringComparer.Ordinal);
    private readonly List<SkippedItem> _skipped = [];
    private ModelInputs? _inputs;
    private OnnxSession? _session;
    private HashSet<string> _exposed = [];

    /// <summary>Opens a model with data and finds out, by running a few samples, which tensors hold features.</summary>
    /// <param name="model">The model.</param>
    /// <param name="data">The samples.</param>
    /// <param name="output">The output that predicts classes; null takes the first that holds numbers for each sample.</param>
    /// <exception cref="InvalidInputException">The model cannot be run on the data, or has no such output.</exception>
    public OnnxFeatureSource(OnnxModel model, ModelData data, string? output = null)
    {
        Name = Path.GetFileName(model.Path);
        _model = OnnxFile.Read(model);
        _folder = OnnxFile.FolderOf(model);
        _data = data;
        var layers = new TensorLayers(_model.Graph);
        try
        {
            // What a model of one linear layer is applied to is its own input.
            string? given = layers.Order.Select(entry => layers.Weighted(entry.Node)).LastOrDefault(node => node is not null)?.Data;
            string[] direct = [.. _model.Graph.Input.Select(input => input.Name).Where(input => input == given)];
            Dictionary<string, long[]> shapes = Probe([.. direct, .. layers.Order.Select(entry => entry.Tensor).Distinct()]);
            Tensors =
            [
                .. direct.Where(shapes.ContainsKey).Select(input => new FeatureTensor(input, shapes[input], "input", null, false)), .. Describe(layers, shapes),
            ];
            Output = FindOutput(output);
            Classifier = Output is null ? null : FindClassifier(model, layers, Output);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public string Name { get; }

    public IReadOnlyList<FeatureTensor> Tensors { get; }

    public IReadOnlyList<SkippedItem> Skipped => _skipped;

    public int SampleCount => _data.SampleCount;

    public IReadOnlyList<int>? Labels => _data.Labels;

    public FeatureTensor? Output { get; }

    public bool IsOutputProbability => Output is not null && OnnxFile.IsProbability(_model.Graph, Output.Name);

    public LinearClassifier? Classifier { get; }

    public void Run(IReadOnlyList<FeatureTensor> tensors, int batchSize, FeatureVisitor visit, CancellationToken cancellation)
    {
        string[] names = [.. tensors.Select(tensor => tensor.Name)];
        OnnxSession session = Expose(names);
        double sampleBytes = tensors.Sum(tensor => 4.0 * tensor.Dimension);
        int batch = _inputs!.FixedBatch ?? (int)Math.Clamp(MostBatchBytes / sampleBytes, 1, batchSize);
        for (int first = 0; first < SampleCount; first += batch)
        {
            cancellation.ThrowIfCancellationRequested();
            int count = Math.Min(batch, SampleCount - first);
            using IDisposableReadOnlyCollection<OrtValue> values = RunBatch(session, first, count, _inputs.FixedBatch ?? count, names);
            for (int t = 0; t < names.Length; t++)
            {
                long expected = (long)(_inputs.FixedBatch ?? count) * tensors[t].Dimension, found = values[t].GetTensorTypeAndShape().ElementCount;
                if (found != expected)
                    throw new InvalidInputException(
                        $"{Name}: tensor {ErrorText.Printable(names[t])} has {found} numbers for {count} samples, expected {expected}; leave it out, its size "
                        + "depends on the data.");
                var rows = new Matrix(count, tensors[t].Dimension);
                TensorValues.Read(values[t], _types[names[t]], rows);
                visit(t, first, rows);
            }
        }
    }

    public void Dispose() => _session?.Dispose();

    /// <summary>The sizes of every tensor for batches of 2 samples, its first one free where it follows the batch; others are listed as skipped.</summary>
    private Dictionary<string, long[]> Probe(string[] names)
    {
        OnnxSession session = Expose(names);
        _inputs = new ModelInputs(session.Inputs, _data);
        foreach (ModelOutput output in session.Outputs) _types[output.Name] = output.Type;
        string[] readable = [.. names.Where(name => _types.TryGetValue(name, out TensorElementType type) && TensorValues.IsReadable(type))];
        foreach (string name in names.Except(readable))
            _skipped.Add(new SkippedItem(name, _types.TryGetValue(name, out TensorElementType type) ? $"its numbers are of type {type}" : "it is no tensor"));
        int[] sizes = _inputs.FixedBatch is { } batch ? [batch] : [2, 3];
        var shapes = new Dictionary<string, long[]>(StringComparer.Ordinal);
        var reasons = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (int size in sizes)
        {
            using IDisposableReadOnlyCollection<OrtValue> values = RunBatch(session, 0, Math.Min(size, SampleCount), size, readable);
            for (int t = 0; t < readable.Length; t++)
            {
                long[] shape = values[t].GetTensorTypeAndShape().Shape;
                if (reasons.ContainsKey(readable[t])) continue;
                if (shape.Length == 0 || shape[0] != size)
                {
                    reasons[readable[t]] =
                        $"its shape {(shape.Length == 0 ? "of a single number" : string.Join("×", shape))} has no place for each of {size} samples";
                }
                else if (shapes.TryGetValue(readable[t], out long[]? known) && !shape.AsSpan(1).SequenceEqual(known))
                    reasons[readable[t]] = "its size for a sample depends on the data";
                else if (shape.Skip(1).Aggregate(1.0, (product, length) => product * length) is 0 or > int.MaxValue)
                    reasons[readable[t]] = "it is empty or too large";
                shapes[readable[t]] = shape.Length == 0 ? [] : shape[1..];
            }
        }
        foreach ((string name, string reason) in reasons)
        {
            _skipped.Add(new SkippedItem(name, reason));
            shapes.Remove(name);
        }
        return shapes;
    }

    private IDisposableReadOnlyCollection<OrtValue> RunBatch(OnnxSession session, int first, int count, int batchSize, string[] names)
    {
        Dictionary<string, OrtValue> inputs = _inputs!.Batch(first, count, batchSize);
        try
        {
            return session.Run(inputs, names);
        }
        finally
        {
            foreach (OrtValue value in inputs.Values) value.Dispose();
        }
    }

    /// <summary>A session whose graph has these outputs; the last one is kept.</summary>
    private OnnxSession Expose(string[] names)
    {
        if (_session is not null && _exposed.SetEquals(names)) return _session;
        _session?.Dispose();
        _session = null;
        _session = new OnnxSession(OnnxFile.WithOutputs(_model, names.Distinct()), Name, _folder);
        _exposed = [.. names];
        return _session;
    }

    private static List<FeatureTensor> Describe(TensorLayers layers, Dictionary<string, long[]> shapes)
    {
        var last = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach ((string tensor, _) in layers.Order)
        {
            if (shapes.ContainsKey(tensor) && layers.LayerOf(tensor) is { } layer) last[layer] = tensor;
        }
        return
        [
            .. layers.Order.Where(entry => shapes.ContainsKey(entry.Tensor)).Select(entry => new FeatureTensor(
                entry.Tensor, shapes[entry.Tensor], entry.Node.OpType, layers.LayerOf(entry.Tensor),
                layers.LayerOf(entry.Tensor) is { } layer && last[layer] == entry.Tensor)),
        ];
    }

    private FeatureTensor? FindOutput(string? name)
    {
        string[] outputs = [.. _model.Graph.Output.Select(output => output.Name)];
        if (name is not null && !Tensors.Any(tensor => tensor.Name == name))
            throw new InvalidInputException(
                $"{Name} has no output {ErrorText.Printable(name)} with numbers for each sample; it has {ErrorText.Printable(string.Join(", ", outputs))}.");
        return Tensors.FirstOrDefault(tensor => tensor.Name == name)
            ?? outputs.Select(output => Tensors.FirstOrDefault(tensor => tensor.Name == output)).FirstOrDefault(tensor => tensor is not null);
    }

    /// <summary>The last linear layer on the way to the output, with its weights turned so that a row belongs to a class.</summary>
    private LinearClassifier? FindClassifier(OnnxModel model, TensorLayers layers, FeatureTensor output)
    {
        WeightedNode? last = layers.Order.Select(entry => layers.Weighted(entry.Node))
            .LastOrDefault(node => node is not null && layers.OriginOf(node.Weights) == output.Layer);
        if (last?.Node.OpType is not ("Gemm" or "MatMul") || Tensors.FirstOrDefault(tensor => tensor.Name == last.Data) is not { } features) return null;
        if (!model.Graphs[0].TensorNames.TryGetValue(output.Layer!, out string? key) || !model.Contains(key) || model.Describe(key).Shape.Count != 2)
            return null;
        Matrix weights = model.ReadMatrix(key);
        if (weights.Rows == output.Dimension && weights.Columns == features.Dimension && !IsInputFirst(last, output.Layer!))
            return new LinearClassifier(features.Name, weights, output.Layer!);
        return weights.Columns == output.Dimension && weights.Rows == features.Dimension
            ? new LinearClassifier(features.Name, weights.Transpose(), output.Layer!) : null;
    }

    /// <summary>Whether weights with equal sides are [in, out]: those of MatMul and of Gemm without transB.</summary>
    private static bool IsInputFirst(WeightedNode node, string origin) =>
        node.Weights == origin && node.Node.Input[1] == node.Weights
            && (node.Node.OpType == "MatMul" || !node.Node.Attribute.Any(attribute => attribute.Name == "transB" && attribute.I != 0));
}
