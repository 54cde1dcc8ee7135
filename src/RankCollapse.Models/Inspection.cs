using System.Diagnostics;
using RankCollapse.Collapse;
using RankCollapse.Models.Onnx;
using RankCollapse.Models.Reading;
using RankCollapse.Models.Weights;

namespace RankCollapse.Models;

/// <summary>What <see cref="Inspection"/> is asked.</summary>
public sealed record InspectionOptions
{
    /// <summary>Which matrix stands for a convolution.</summary>
    public ConvolutionView Convolution { get; init; } = ConvolutionView.Unfolded;

    /// <summary>n of the n×…×n images for <see cref="ConvolutionView.Fourier"/>.</summary>
    public int FourierSize { get; init; } = 32;

    /// <summary>K for the tail energy; null for none.</summary>
    public int? Classes { get; init; }

    /// <summary>Only layers whose names contain one of these texts; empty for all.</summary>
    public IReadOnlyList<string> Only { get; init; } = [];

    /// <summary>Called before each layer with its number from 0, the number of layers and the layer.</summary>
    public Action<int, int, WeightLayer>? Progress { get; init; }

    /// <summary>Stops between layers.</summary>
    public CancellationToken Cancellation { get; init; }
}

/// <summary>A layer of an inspected model.</summary>
/// <param name="Layer">The layer.</param>
/// <param name="Spectrum">What its singular values say.</param>
/// <param name="Seconds">The time that reading and decomposing took.</param>
public sealed record InspectedLayer(WeightLayer Layer, WeightSpectrum Spectrum, double Seconds)
{
    /// <summary>What was measured of the layer's features, where data was given.</summary>
    public LayerFeatures? Features { get; init; }

    /// <summary>The layer's number of weights.</summary>
    public long Parameters => Layer.Tensor.Count;
}

/// <summary>What was measured of a layer's features, to be joined with its weights by the layer's name.</summary>
/// <param name="Layer">The layer's name, as in <see cref="WeightLayer.Name"/>; the name of the value in the graph where no layer computes it.</param>
/// <param name="Value">The graph's value that was measured.</param>
/// <param name="Metrics">Each metric by its key; null where it does not exist.</param>
/// <param name="Reasons">Why metrics do not exist, by their keys.</param>
public sealed record LayerFeatures(string Layer, string Value, IReadOnlyDictionary<string, double?> Metrics, IReadOnlyDictionary<string, string> Reasons);

/// <summary>The weights of a user's model, layer by layer.</summary>
public sealed record Inspection
{
    /// <summary>The file or folder, as it was given.</summary>
    public required string Path { get; init; }

    /// <summary>What kind of file it is.</summary>
    public required ModelFormat Format { get; init; }

    /// <summary>What was asked.</summary>
    public required InspectionOptions Options { get; init; }

    /// <summary>The layers, in the model's order.</summary>
    public required IReadOnlyList<InspectedLayer> Layers { get; init; }

    /// <summary>Every tensor that is no layer, with its reason.</summary>
    public required IReadOnlyList<SkippedTensor> Skipped { get; init; }

    /// <summary>Features of values that no inspected layer computes, in the model's order.</summary>
    public IReadOnlyList<LayerFeatures> OtherFeatures { get; init; } = [];

    /// <summary>What the metrics of features are called and what they mean; those that are not listed go by their keys.</summary>
    public IReadOnlyList<FeatureColumn> FeatureColumns { get; init; } = [];

    /// <summary>What the features were measured on, in a few sentences; null where no data was given.</summary>
    public string? FeatureNote { get; init; }

    /// <summary>Blocks above this many numbers are set free before the next tensor is read, so that two large tensors are never held at once.</summary>
    private const int LargeArray = 1 << 20;

    /// <summary>Inspects an open model: one tensor at a time is in memory.</summary>
    /// <exception cref="InvalidInputException">A tensor is damaged or too large, no layer has a name as asked, or an option is out of range.</exception>
    /// <exception cref="OperationCanceledException">The inspection was stopped.</exception>
    public static Inspection Of(ModelTensors model, InspectionOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        options ??= new InspectionOptions();
        if (options.FourierSize is < 1 or > 4096) throw new InvalidInputException($"The size of images for the Fourier view is {options.FourierSize}; expected 1 to 4096.");
        if (options.Classes < 0) throw new InvalidInputException($"The number of classes is {options.Classes}; expected at least 0.");
        LayersFound found = FindLayers(model);
        WeightLayer[] chosen = [.. found.Layers.Where(layer => options.Only.Count == 0 || options.Only.Any(text => layer.Name.Contains(text, StringComparison.Ordinal)))];
        if (chosen.Length == 0 && found.Layers.Count > 0)
            throw new InvalidInputException($"{model.Path} has no layer whose name contains {string.Join(" or ", options.Only.Select(ErrorText.Printable))}; its {found.Layers.Count} layers begin with {ErrorText.Printable(found.Layers[0].Name)}.");
        var layers = new List<InspectedLayer>();
        var skipped = new List<SkippedTensor>([.. model.Skipped, .. found.Skipped]);
        for (int i = 0; i < chosen.Length; i++)
        {
            options.Cancellation.ThrowIfCancellationRequested();
            options.Progress?.Invoke(i, chosen.Length, chosen[i]);
            long start = Stopwatch.GetTimestamp();
            if (Measure(model, chosen[i], options, out string? reason) is { } spectrum) layers.Add(new InspectedLayer(chosen[i], spectrum, Stopwatch.GetElapsedTime(start).TotalSeconds));
            else skipped.Add(new SkippedTensor(chosen[i].Name, reason!));
            if (chosen[i].Tensor.Count > LargeArray) GC.Collect(GC.MaxGeneration, GCCollectionMode.Forced, blocking: true);
        }
        return new Inspection { Path = model.Path, Format = model.Format, Options = options, Layers = layers, Skipped = skipped };
    }

    /// <summary>The layers of a model: by its graph where it has one, otherwise by names and shapes.</summary>
    public static LayersFound FindLayers(ModelTensors model)
    {
        ArgumentNullException.ThrowIfNull(model);
        return model is OnnxModel onnx ? GraphLayers.Find(onnx) : NamedLayers.Find(model.Tensors);
    }

    /// <summary>This inspection with features joined to the layers by name.</summary>
    /// <param name="features">What was measured.</param>
    /// <param name="columns">What its metrics are called.</param>
    /// <param name="note">What the features were measured on.</param>
    public Inspection WithFeatures(IReadOnlyList<LayerFeatures> features, IReadOnlyList<FeatureColumn> columns, string? note = null)
    {
        ArgumentNullException.ThrowIfNull(features);
        var byLayer = features.GroupBy(feature => feature.Layer, StringComparer.Ordinal).ToDictionary(group => group.Key, group => group.First(), StringComparer.Ordinal);
        InspectedLayer[] layers = [.. Layers.Select(layer => layer with { Features = byLayer.GetValueOrDefault(layer.Layer.Name) })];
        var joined = layers.Select(layer => layer.Features).OfType<LayerFeatures>().ToHashSet(ReferenceEqualityComparer.Instance);
        return this with { Layers = layers, FeatureColumns = columns, FeatureNote = note, OtherFeatures = [.. features.Where(feature => !joined.Contains(feature))] };
    }

    private static WeightSpectrum? Measure(ModelTensors model, WeightLayer layer, InspectionOptions options, out string? reason)
    {
        BlockShape shape = LayerMatrices.Shape(layer, options.Convolution, options.FourierSize);
        bool isConvolution = layer.Kind is LayerKind.Convolution or LayerKind.TransposedConvolution;
        double[] values = LayerMatrices.Read(model, layer);
        int bad = Array.FindIndex(values, value => !double.IsFinite(value));
        reason = bad < 0 ? null : $"its number {bad} is {values[bad]}; only finite weights have singular values";
        if (reason is not null) return null;
        double[][] blocks = [.. LayerMatrices.Spectra(layer, values, options.Convolution, options.FourierSize)];
        return WeightSpectrum.Of(blocks, shape, isFactored: !isConvolution || options.Convolution == ConvolutionView.Unfolded);
    }
}
