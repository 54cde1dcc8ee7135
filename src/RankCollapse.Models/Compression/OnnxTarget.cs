using RankCollapse.Formats;
using RankCollapse.Models.Features;
using RankCollapse.Models.Onnx;
using RankCollapse.Models.Reading;
using RankCollapse.Models.Running;
using RankCollapse.Models.Weights;

namespace RankCollapse.Models.Compression;

/// <summary>A model of ONNX.</summary>
internal sealed class OnnxTarget : ICompressionTarget
{
    private readonly OnnxModel _model;
    private readonly ModelProto _proto;
    private readonly CompressionOptions _options;
    private readonly Dictionary<string, WeightLayer> _weights = new(StringComparer.Ordinal);
    private readonly Dictionary<string, IReadOnlyList<(GraphBias Bias, double[] Numbers)>> _biases = new(StringComparer.Ordinal);
    private readonly ModelData? _data;
    private readonly Lazy<ModelData?> _test;

    public OnnxTarget(OnnxModel model, CompressionOptions options)
    {
        _model = model;
        _options = options;
        _proto = OnnxFile.Read(model);
        Layers = [.. GraphLayers.Find(model).Layers.Select(Describe)];
        Parameters = model.Tensors.Where(tensor => ElementBytes.IsFloating(tensor.Type)).Sum(tensor => tensor.Count);
        if (options.Data is { } data) _data = Read(data);
        _test = new Lazy<ModelData?>(() => options.Test is { } test ? Read(test) : null);
    }

    public IReadOnlyList<CompressibleLayer> Layers { get; }

    public long Parameters { get; }

    private string Name => Path.GetFileName(_model.Path);

    private string Folder => OnnxFile.FolderOf(_model);

    public IReadOnlyDictionary<string, LayerOutputs>? Outputs(IReadOnlyList<CompressibleLayer> layers)
    {
        if (_data is null) return null;
        using var source = new OnnxFeatureSource(_model, _data, _options.Output);
        var moments = new Dictionary<string, OutputMoments>(StringComparer.Ordinal);
        var tensors = new List<FeatureTensor>();
        var readers = new List<OutputReader>();
        foreach (CompressibleLayer layer in layers)
        {
            OutputReader[] uses =
                [.. _proto.Graph.Node.Where(node => node.Input.Contains(layer.Name))
                .Select(node => OutputReader.Of(node, layer.Name, _weights[layer.Name], Constant))];
            FeatureTensor?[] outputs = [.. uses.Select(use => source.Tensors.FirstOrDefault(tensor => tensor.Name == use.Output))];

            // Without all its outputs, each with a place for every sample and a constant bias, a layer is fitted to its weights alone.
            if (outputs.Contains(null) || uses.Any(use => !use.IsReadable)) continue;
            int groups = _weights[layer.Name].Groups, rows = uses[0].Channels / groups;
            MemoryBudget.Require(16.0 * groups * rows * rows, $"The outputs' moments of {ErrorText.Printable(layer.Name)}", "leave the layer out");
            moments[layer.Name] = new OutputMoments(groups, rows);
            FindBiases(layer.Name, uses[0].Channels);
            for (int u = 0; u < uses.Length; u++)
            {
                tensors.Add(outputs[u]!);
                readers.Add(uses[u]);
            }
        }
        if (tensors.Count == 0) return new Dictionary<string, LayerOutputs>();
        _options.Progress?.Invoke($"{_data.SampleCount} samples through {source.Name}, for the outputs of {moments.Count} layers");
        source.Run(tensors, new FeatureOptions().BatchSize, (tensor, _, rows) => readers[tensor].AddTo(moments[readers[tensor].Layer], rows),
            _options.Cancellation);
        return moments.ToDictionary(entry => entry.Key, entry => entry.Value.Outputs(_biases.ContainsKey(entry.Key)));
    }

    public CompressionCheck? Write(string path, IReadOnlyDictionary<string, LayerFactors> factors, out string? reason)
    {
        ModelProto changed = With(factors);
        reason = _data is null && _test.Value is null && OnnxSession.Missing is { } missing ? $"Not run: {missing}" : null;
        CompressionCheck? check = reason is null ? Check(changed, Path.GetFileName(path), factors.Keys) : null;
        OnnxFile.Embed(changed, _model.Path);
        OnnxFile.Write(path, changed);
        return check;
    }

    public TrialSamples? Trials(bool isTest)
    {
        if (isTest && _test.Value is null) return null;
        ModelData? data = isTest ? _test.Value : _data;
        using var session = new OnnxSession(_proto, Name, Folder);
        return ModelComparison.Trials(
            _proto.Graph, session, order => Batches(session, order is null ? data : data!.Choose(order)),
            factors => new OnnxSession(With(factors), Name, Folder), _options);
    }

    public ModelTimer Timer()
    {
        using var session = new OnnxSession(_proto, Name, Folder);
        ModelData? data = _data ?? _test.Value;
        ModelBatches inputs = data is null ? Batches(session, null) : ModelBatches.Of(data, session.Inputs, 1);
        return new ModelTimer(_proto, Name, Folder, inputs.Batches[0], _options.Cancellation);
    }

    public IReadOnlyList<LatencyChange> Latency(IReadOnlyDictionary<string, LayerFactors> factors) => Timer().Compare(With(factors));

    /// <summary>Runs the model before and after on the same inputs.</summary>
    private CompressionCheck Check(ModelProto changed, string name, IEnumerable<string> layers)
    {
        ModelBatches data;
        CompressionCheck check;
        using (var before = new OnnxSession(_proto, Name, Folder))
        using (var after = new OnnxSession(changed, name, Folder))
        {
            data = Batches(before, _test.Value ?? _data);
            check = ModelComparison.Compare(_proto.Graph, before, after, data, _options);
        }
        _options.Progress?.Invoke("looking which layers the check sees");
        return check with
        {
            Unseen = ModelComparison.Unseen(_proto, model => new OnnxSession(model, Name, Folder),
                layers.Select(layer => (layer, _model.ReadDoubles(layer))), data, _options.Cancellation),
        };
    }

    private ModelData Read(string source) =>
        ModelData.Read(source, [.. OnnxFile.InputNames(_proto.Graph)], _options.Samples, _options.Seed, _options.Reading);

    /// <summary>Data in batches, or random inputs where there are none.</summary>
    private ModelBatches Batches(OnnxSession session, ModelData? data) => data is null
        ? RandomInputs.For(session, _proto.Graph, _options.Seed) : ModelBatches.Of(data, session.Inputs, new FeatureOptions().BatchSize);

    /// <summary>The model with factors.</summary>
    private ModelProto With(IReadOnlyDictionary<string, LayerFactors> factors)
    {
        ModelProto changed = _proto.Clone();
        GraphFactors.Replace(changed.Graph, factors, _biases);
        changed.IrVersion = Math.Max(changed.IrVersion, OnnxFile.InitialisersAlone);
        return changed;
    }

    /// <summary>Keeps the biases of a layer where all of its uses have one of their own.</summary>
    private void FindBiases(string layer, int channels)
    {
        GraphBias?[] biases =
            [.. _proto.Graph.Node.Where(node => node.Input.Contains(layer)).Select(node => GraphBias.Of(_proto.Graph, node, channels))];
        double[]?[] numbers = [.. biases.Select(bias => bias is null ? null : Constant(bias.Name))];
        if (!numbers.Contains(null)) _biases[layer] = [.. biases.Zip(numbers, (bias, values) => (bias!, values!))];
    }

    private CompressibleLayer Describe(WeightLayer layer)
    {
        TensorEntry tensor = layer.Tensor;
        bool isConvolution = layer.Kind == LayerKind.Convolution;
        string? reason = layer.Kind switch
        {
            _ when layer.Applied is not null => ElementBytes.IsFloating(tensor.Type)
                ? "the graph makes its weights of constants; fold them into one before"
                : "its weights are stored as whole numbers; compress the model before it is quantised",
            LayerKind.Linear or LayerKind.Convolution when !ElementWriter.CanWrite(tensor.Type) =>
                $"its weights are of type {tensor.Type}, which factors are not written in",
            LayerKind.Linear or LayerKind.Convolution when !_model.Graphs[0].TensorNames.ContainsKey(layer.Name) =>
                "it lies inside a conditional, a loop or a function",
            LayerKind.Linear or LayerKind.Convolution => GraphFactors.WhyNot(_proto.Graph, layer.Name, tensor.Shape.Count),
            LayerKind.Embedding => "it is a table that rows are looked up in",
            LayerKind.TransposedConvolution => "transposed convolutions have no form with factors here",
            _ => "recurrent layers have no form with factors",
        };
        _weights[layer.Name] = layer;
        return new CompressibleLayer(
            layer.Name, isConvolution ? "convolution" : layer.Kind.ToString().ToLowerInvariant(), tensor.ShapeText, tensor.Count, tensor.Type,
            reason is null ? () => LayerCutter.Cut(layer, _model.ReadDoubles(layer.Name)) : null, reason);
    }

    /// <summary>A constant of the main graph, or null.</summary>
    private double[]? Constant(string name) => _model.Graphs[0].TensorNames.TryGetValue(name, out string? key) && _model.Contains(key)
        ? _model.ReadDoubles(key) : null;
}
