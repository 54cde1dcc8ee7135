using RankCollapse.Formats;
using RankCollapse.LinearAlgebra;
using RankCollapse.Models.Reading;
using RankCollapse.Models.Weights;

namespace RankCollapse.Models.Compression;

/// <summary>
/// Tensors without a graph: safetensors and files of PyTorch, one or several, and npz. The result is one safetensors file, in which all other tensors are
/// kept byte for byte.
/// </summary>
internal sealed class TensorTarget : ICompressionTarget
{
    private readonly ModelTensors _model;

    public TensorTarget(ModelTensors model, LayersFound layers)
    {
        _model = model;
        // A second tensor of a name, which an index of shards decides against, is not lost.
        SkippedTensor[] lost = [.. model.Skipped.Where(tensor => tensor.IsOfModel && !model.Contains(tensor.Name))];
        if (lost.Length > 0)
            throw new InvalidInputException(
                $"{model.Path} holds {lost.Length} tensors that are not read, such as {ErrorText.Printable(lost[0].Name)} ({lost[0].Reason}); a compressed "
                + "file would lose them.");
        Layers = [.. layers.Layers.Where(layer => layer.PartOf is null).Select(Describe)];
        // Packed weights count as what they stand for, without what unpacks them.
        WeightLayer[] packed = [.. layers.Layers.Where(layer => layer is { PartOf: null, Applied.Use.IsOfMatrices: true })];
        HashSet<string> apart = [.. packed.SelectMany(layer => layer.Applied!.Beside.Append(layer.Tensor.Name))];
        Parameters = packed.Sum(layer => layer.Tensor.Count)
            + model.Tensors.Where(tensor => ElementBytes.IsFloating(tensor.Type) && !apart.Contains(tensor.Name)).Sum(tensor => tensor.Count);
    }

    public IReadOnlyList<CompressibleLayer> Layers { get; }

    public long Parameters { get; }

    public bool CanRun => false;

    public CompressionCheck? Write(string path, IReadOnlyDictionary<string, LayerFactors> factors, out string? reason)
    {
        reason = "The file holds no network that could be run.";
        foreach (string name in factors.Keys.SelectMany(name => (string[])[FactorNames.Down(name), FactorNames.Up(name)]).Where(_model.Contains))
            throw new InvalidInputException(
                $"{_model.Path} already has a tensor {ErrorText.Printable(name)}, which a factor would be named; leave its layer out with except.")
            {
                Settings =
                ["except"]
            };
        var writer = new SafetensorsWriter();
        foreach ((string key, string value) in _model.Metadata) writer.AddMetadata(key, value);
        writer.AddMetadata(FactorNames.MetadataKey, string.Join(",", factors.Keys));
        foreach (TensorEntry tensor in _model.Tensors)
        {
            if (!factors.TryGetValue(tensor.Name, out LayerFactors? factor))
            {
                writer.Add(tensor.Name, tensor.Type, tensor.Shape, stream => _model.CopyBytes(tensor.Name, stream));
                continue;
            }
            IReadOnlyList<long> shape = tensor.Shape;
            Add(FactorNames.Down(tensor.Name), factor.Down[0], [factor.Rank, .. shape.Skip(1)]);
            Add(FactorNames.Up(tensor.Name), factor.Up[0], [shape[0], factor.Rank, .. shape.Skip(2).Select(_ => 1L)]);

            void Add(string name, Matrix values, long[] sizes) =>
                writer.Add(name, tensor.Type, sizes, stream => stream.Write(ElementWriter.ToBytes(values.AsSpan(), tensor.Type)));
        }
        writer.Write(path);
        return null;
    }

    private CompressibleLayer Describe(WeightLayer layer)
    {
        TensorEntry tensor = layer.Tensor;
        string? reason = layer.Kind switch
        {
            _ when layer.Applied is { Use.Shape: not null } => "its weights are made of other tensors; write them out as one before",
            _ when layer.Applied is { Beside.Count: 0 } => "its numbers lie in another order than its matrix's",
            _ when layer.Applied is { } applied =>
                $"its weights are several tensors ({string.Join(", ", applied.Beside.Select(ErrorText.Printable))}); merge them first",
            LayerKind.Linear or LayerKind.Convolution when !ElementWriter.CanWrite(tensor.Type) =>
                $"its weights are of type {tensor.Type}, which factors are not written in",
            LayerKind.Linear when tensor.Shape.Count != 2 => "it is a stack of matrices",
            LayerKind.Linear or LayerKind.Convolution when layer.Layout != WeightLayout.OutputFirst =>
                "its numbers lie as [in, out]; factors are written for [out, in] only",
            LayerKind.Convolution when layer.Groups > 1 || tensor.Shape[1] == 1 => "it is a depthwise convolution, or may be one",
            LayerKind.Linear or LayerKind.Convolution => null,
            LayerKind.Embedding => "it is a table that rows are looked up in, by its name",
            _ => "layers of its kind have no form with factors",
        };
        bool isConvolution = layer.Kind == LayerKind.Convolution;
        return new CompressibleLayer(
            layer.Name, isConvolution ? "convolution" : layer.Kind.ToString().ToLowerInvariant(), tensor.ShapeText, tensor.Count, tensor.Type,
            reason is null ? () => LayerCutter.Cut(layer, _model.ReadDoubles(layer.Name)) : null, reason);
    }
}
