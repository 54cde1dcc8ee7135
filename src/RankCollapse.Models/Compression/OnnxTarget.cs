using RankCollapse.Formats;
using RankCollapse.LinearAlgebra;
using RankCollapse.Models.Features;
using RankCollapse.Models.Onnx;
using RankCollapse.Models.Reading;
using RankCollapse.Models.Running;
using RankCollapse.Models.Weights;

namespace RankCollapse.Models.Compression;

/// <summary>A model of ONNX.</summary>
internal sealed class OnnxTarget : ICompressionTarget
{
    private const long InitialisersAlone = 4;

    private readonly OnnxModel _model;
    private readonly ModelProto _proto;
    private readonly CompressionOptions _options;
    private readonly Dictionary<string, WeightLayer> _weights = new(StringComparer.Ordinal);
    private readonly ModelData? _data;

    public OnnxTarget(OnnxModel model, CompressionOptions options)
    {
        _model = model;
        _options = options;
        _proto = OnnxFile.Read(model);
        Layers = [.. GraphLayers.Find(model).Layers.Select(Describe)];
        Parameters = model.Tensors.Where(tensor => ElementBytes.IsFloating(tensor.Type)).Sum(tensor => tensor.Count);
        if (options.Data is { } data) _data = ModelData.Read(data, [.. OnnxFile.InputNames(_proto.Graph)], options.Samples, options.Seed, options.Reading);
    }

    public IReadOnlyList<CompressibleLayer> Layers { get; }

    public long Parameters { get; }

    public IReadOnlyDictionary<string, IReadOnlyList<Matrix>>? Outputs(IReadOnlyList<CompressibleLayer> layers)
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
            for (int u = 0; u < uses.Length; u++)
            {
                tensors.Add(outputs[u]!);
                readers.Add(uses[u]);
            }
        }
        _options.Progress?.Invoke($"{_data.SampleCount} samples through {source.Name}, for the outputs of {moments.Count} layers");
        source.Run(tensors, new FeatureOptions().BatchSize, (tensor, _, rows) => readers[tensor].AddTo(moments[readers[tensor].Layer], rows),
            _options.Cancellation);
        return moments.ToDictionary(entry => entry.Key, entry => entry.Value.Roots());
    }

    public CompressionCheck? Write(string path, IReadOnlyDictionary<string, LayerFactors> factors, out string? reason)
    {
        reason = null;
        ModelProto changed = _proto.Clone();
        GraphFactors.Replace(changed.Graph, factors);
        // Before version 4 every initialiser had to be an input as well, which factors are not.
        changed.IrVersion = Math.Max(changed.IrVersion, InitialisersAlone);
        string name = Path.GetFileName(_model.Path), folder = OnnxFile.FolderOf(_model);
        using var before = new OnnxSession(_proto, name, folder);
        using var after = new OnnxSession(changed, Path.GetFileName(path), folder);
        ModelData? samples = _options.Test is { } test
            ? ModelData.Read(test, [.. before.Inputs.Select(input => input.Name)], _options.Samples, _options.Seed, _options.Reading)
            : _data;
        ModelBatches data = samples is null
            ? RandomInputs.For(before, _proto.Graph, _options.Seed) : ModelBatches.Of(samples, before.Inputs, new FeatureOptions().BatchSize);
        CompressionCheck check = ModelComparison.Compare(_proto.Graph, before, after, data, _options);
        _options.Progress?.Invoke("looking which layers the check sees");
        check = check with
        {
            Unseen = ModelComparison.Unseen(_proto, model => new OnnxSession(model, name, folder),
                factors.Keys.Select(layer => (layer, _model.ReadDoubles(layer))), data, _options.Cancellation),
        };
        OnnxFile.Embed(changed, _model.Path);
        OnnxFile.Write(path, changed);
        return check;
    }

    private CompressibleLayer Describe(WeightLayer layer)
    {
        TensorEntry tensor = layer.Tensor;
        bool isConvolution = layer.Kind == LayerKind.Convolution;
        string? reason = layer.Kind switch
        {
            _ when layer.Quantization is not null => "its weights are stored as whole numbers; compress the model before it is quantised",
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
