using System.Diagnostics;
using System.Numerics.Tensors;
using System.Runtime.ExceptionServices;
using RankCollapse.Collapse;
using RankCollapse.Collapse.Metrics;
using RankCollapse.LinearAlgebra;
using RankCollapse.Models.Features;
using RankCollapse.Models.Formats;
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

    /// <summary>Whether the model is files of features, also where it does not look like them.</summary>
    public bool IsOfFeatures { get; init; }

    /// <summary>How features are measured, and on what; null measures those of models that bring their own data, and of no others.</summary>
    public FeatureOptions? Features { get; init; }

    /// <summary>Called before each layer with how many were begun before it, the number of layers and the layer; never by two threads at once.</summary>
    public Action<int, int, WeightLayer>? LayerProgress { get; init; }

    /// <summary>Is told what goes on while features are measured.</summary>
    public Action<string>? Progress { get; init; }

    /// <summary>Stops between layers and batches.</summary>
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

/// <summary>The weights of a user's model, layer by layer.</summary>
public sealed record Inspection
{
    /// <summary>The file or folder, as it was given.</summary>
    public required string Path { get; init; }

    /// <summary>Its format.</summary>
    public required ModelFormat Format { get; init; }

    /// <summary>What was asked.</summary>
    public required InspectionOptions Options { get; init; }

    /// <summary>The layers, in the model's order.</summary>
    public required IReadOnlyList<InspectedLayer> Layers { get; init; }

    /// <summary>Every tensor that is no layer, with its reason.</summary>
    public required IReadOnlyList<SkippedTensor> Skipped { get; init; }

    /// <summary>What was measured of features; null where no data was given.</summary>
    public FeatureReport? Features { get; init; }

    /// <summary>What was measured at each epoch, ascending, where features are numbered by epochs; <see cref="Features"/> are those of the last.</summary>
    public IReadOnlyList<FeatureEpoch> Epochs { get; init; } = [];

    /// <summary>Features of values that no inspected layer computes, in the model's order.</summary>
    public IReadOnlyList<LayerFeatures> OtherFeatures { get; init; } = [];

    /// <summary>What the features were measured on, in a few sentences; null where no data was given.</summary>
    public string? FeatureNote { get; init; }

    /// <summary>
    /// Tensors above this many numbers are read one at a time, and each is set free before the next one, so that two are never held at once; smaller ones are
    /// shared out among threads.
    /// </summary>
    private const int LargeArray = 1 << 20;

    /// <summary>
    /// Inspects a model: one large tensor at a time, or a small one for each thread, is in memory. Features are measured where there are data for them, and
    /// joined with the layers' weights.
    /// </summary>
    /// <param name="path">A file or folder of any of <see cref="ModelFormats.All"/>.</param>
    /// <param name="options">What to measure; null for the defaults.</param>
    /// <exception cref="InvalidInputException">
    /// The model or a tensor is damaged or too large, it cannot be run on the data, no layer has a name as asked, or an option is out of range.
    /// </exception>
    /// <exception cref="OperationCanceledException">The inspection was stopped.</exception>
    public static Inspection Run(string path, InspectionOptions? options = null)
    {
        options ??= new InspectionOptions();
        if (options.FourierSize is < 1 or > 4096)
            throw new InvalidInputException($"The size of images for the Fourier view is {options.FourierSize}; expected 1 to 4096.");
        if (options.Classes < 0) throw new InvalidInputException($"The number of classes is {options.Classes}; expected at least 0.");
        ModelFormat format = ModelFormats.All.Parse(FeatureFilesFormat.FormatName);
        using ModelTensors model = options.IsOfFeatures ? format.Open(path) : ModelFormats.Open(path, out format);
        FeatureOptions? asked = options.Features ?? (format.HasData ? new FeatureOptions() : null);
        FeatureEpoch[] epochs = asked is null ? [] : MeasureEpochs(model, format, asked, options);
        FeatureReport? features = epochs.Length > 0 ? epochs[^1].Features : asked is null ? null : MeasureFeatures(model, format, asked, options);
        if (features is { Labels.Count: > 0 }) options = options with { Classes = options.Classes ?? features.Labels.Count };
        Inspection weights = InspectWeights(model, format, options);
        if (features is { Layers.Count: 0, Skipped: [.., var last] } && weights.Layers.Count == 0)
            throw new InvalidInputException($"{model.Path}: nothing can be measured; {ErrorText.Printable(last.Name)}: {last.Reason}; save it again.");
        return features is null ? weights : weights.WithFeatures(features.ToLayerFeatures(), features.Note()) with { Features = features, Epochs = epochs };
    }

    /// <summary>Measures the features of each epoch, after all were found to have the same layers.</summary>
    private static FeatureEpoch[] MeasureEpochs(ModelTensors model, ModelFormat format, FeatureOptions features, InspectionOptions options)
    {
        IReadOnlyList<long> epochs = format.EpochsOf(model);
        string? first = null;
        foreach (long epoch in epochs)
        {
            using IFeatureSource source = format.OpenFeatures(model, features.Data, features with { Epoch = epoch });
            string layers = string.Join(", ", source.Tensors.Select(tensor => $"{ErrorText.Printable(tensor.Name)} ({tensor.ShapeText})"));
            if (layers != (first ??= layers))
                throw new InvalidInputException(
                    $"{model.Path}: epoch {epoch} has the layers {layers}, but epoch {epochs[0]} has {first}; all epochs hold the same layers.");
        }
        return [.. epochs.Select((epoch, i) => new FeatureEpoch(epoch, MeasureFeatures(model, format, features with { Epoch = epoch },
            options with { Progress = options.Progress is { } say ? what => say($"epoch {epoch} ({i + 1} of {epochs.Count}): {what}") : null })))];
    }

    private static FeatureReport MeasureFeatures(ModelTensors model, ModelFormat format, FeatureOptions features, InspectionOptions options)
    {
        if (features.Data is null && !format.HasData)
            throw new InvalidInputException(
                $"Features are of samples that go through the model, and {model.Path} holds none; give data.")
            { Settings = ["data"] };
        if (features.Head is not null && format is not FeatureFilesFormat)
            throw new InvalidInputException($"{model.Path} is no file of features, whose last layer has to be given; leave head out.") { Settings = ["head"] };
        using IFeatureSource source = format.OpenFeatures(model, features.Data, features);
        using IFeatureSource? other = features.OutOfDistribution is null ? null : format.OpenFeatures(model, features.OutOfDistribution, features);
        return FeatureMeasurement.Measure(source, features, other, options.Progress, options.Cancellation);
    }

    private static Inspection InspectWeights(ModelTensors model, ModelFormat format, InspectionOptions options)
    {
        LayersFound found = format.FindLayers(model);
        WeightLayer[] chosen =
            [.. found.Layers.Where(layer => options.Only.Count == 0 || options.Only.Any(text => layer.Name.Contains(text, StringComparison.Ordinal)))];
        if (chosen.Length == 0 && found.Layers.Count > 0)
            throw new InvalidInputException(
                $"{model.Path} has no layer whose name contains {string.Join(" or ", options.Only.Select(ErrorText.Printable))}; its {found.Layers.Count} "
                + $"layers begin with {ErrorText.Printable(found.Layers[0].Name)}.");
        var layers = new InspectedLayer?[chosen.Length];
        var reasons = new string?[chosen.Length];
        ILookup<bool, int> bySize = Enumerable.Range(0, chosen.Length).ToLookup(i => chosen[i].Tensor.Count > LargeArray);
        var reading = new Lock();
        int begun = 0;
        ShareOut([.. bySize[false]], Inspect);
        foreach (int i in bySize[true])
        {
            Inspect(i);
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Forced, blocking: true);
        }
        return new Inspection
        {
            Path = model.Path,
            Format = format,
            Options = options,
            Layers = [.. layers.OfType<InspectedLayer>()],
            Skipped =
            [
                .. model.Skipped, .. found.Skipped,
                .. chosen.Zip(reasons, (layer, reason) => (layer, reason)).Where(pair => pair.reason is not null)
                    .Select(pair => new SkippedTensor(pair.layer.Name, pair.reason!)),
            ],
        };

        void Inspect(int i)
        {
            options.Cancellation.ThrowIfCancellationRequested();
            BlockShape shape = LayerMatrices.Shape(chosen[i], options.Convolution, options.FourierSize);
            long start;
            double[] values;
            lock (reading)
            {
                options.LayerProgress?.Invoke(begun++, chosen.Length, chosen[i]);
                start = Stopwatch.GetTimestamp();
                values = LayerMatrices.Read(model, chosen[i]);
            }
            if (Measure(chosen[i], shape, values, options, out reasons[i]) is { } spectrum)
                layers[i] = new InspectedLayer(chosen[i], spectrum, Stopwatch.GetElapsedTime(start).TotalSeconds);
        }
    }

    /// <summary>Does what is asked for each of the items, on as many threads as products may use; of what fails, the first in order is thrown.</summary>
    private static void ShareOut(int[] items, Action<int> action)
    {
        int before = Product.MaxThreads, threads = Math.Min(before, items.Length), next = -1;
        if (threads <= 1)
        {
            Array.ForEach(items, action);
            return;
        }
        var failures = new ExceptionDispatchInfo?[items.Length];
        Parallel.For(0, threads, new ParallelOptions { MaxDegreeOfParallelism = threads }, _ =>
        {
            Product.MaxThreads = 1;
            for (int at; (at = Interlocked.Increment(ref next)) < items.Length;)
            {
                try
                {
                    action(items[at]);
                }
                catch (Exception e) when (e is RankCollapseException or OperationCanceledException or OutOfMemoryException or IOException)
                {
                    failures[at] = ExceptionDispatchInfo.Capture(e);
                    Interlocked.Add(ref next, items.Length);
                }
            }
        });
        Product.MaxThreads = before;
        failures.FirstOrDefault(failure => failure is not null)?.Throw();
    }

    /// <summary>The layers that are no parts of others.</summary>
    public IEnumerable<InspectedLayer> WholeLayers => Layers.Where(layer => layer.Layer.PartOf is null);

    /// <summary>The number of a metric of a layer's weights; null where it does not exist.</summary>
    public double? Number(InspectedLayer layer, Metric metric)
    {
        ArgumentNullException.ThrowIfNull(layer);
        ArgumentNullException.ThrowIfNull(metric);
        return metric.OfWeights?.Invoke(new MeasuredWeights(layer.Spectrum, layer.Parameters, Options.Classes)).Number;
    }

    /// <summary>The layers together.</summary>
    public InspectionSummary Summary => InspectionSummary.Of(this);

    /// <summary>The metrics of weights that some layer has.</summary>
    public IReadOnlyList<Metric> WeightMetrics() =>
        [.. MetricTable.Of(MetricScopes.Weights).Where(metric => Layers.Any(layer => Number(layer, metric) is not null))];

    /// <summary>The metrics of features that some layer or value has; none where no data was given.</summary>
    public IReadOnlyList<Metric> FeatureMetrics()
    {
        LayerFeatures[] measured = [.. Layers.Select(layer => layer.Features).OfType<LayerFeatures>(), .. OtherFeatures];
        return [.. MetricTable.Of(MetricScopes.Features).Where(metric => measured.Any(features => features.Metrics.GetValueOrDefault(metric.Key) is not null))];
    }

    /// <summary>This inspection with features joined to the layers by name.</summary>
    /// <param name="features">What was measured.</param>
    /// <param name="note">What the features were measured on.</param>
    public Inspection WithFeatures(IReadOnlyList<LayerFeatures> features, string? note = null)
    {
        ArgumentNullException.ThrowIfNull(features);
        var byLayer = features.GroupBy(feature => feature.Layer, StringComparer.Ordinal)
            .ToDictionary(group => group.Key, group => group.First(), StringComparer.Ordinal);
        InspectedLayer[] layers = [.. Layers.Select(layer => layer with { Features = byLayer.GetValueOrDefault(layer.Layer.Name) })];
        var joined = layers.Select(layer => layer.Features).OfType<LayerFeatures>().ToHashSet(ReferenceEqualityComparer.Instance);
        return this with { Layers = layers, FeatureNote = note, OtherFeatures = [.. features.Where(feature => !joined.Contains(feature))] };
    }

    private static WeightSpectrum? Measure(WeightLayer layer, BlockShape shape, double[] values, InspectionOptions options, out string? reason)
    {
        bool isConvolution = layer.Kind is LayerKind.Convolution or LayerKind.TransposedConvolution;
        // The largest magnitude is NaN where one is.
        int bad = values.Length == 0 || double.IsFinite(TensorPrimitives.MaxMagnitude<double>(values))
            ? -1 : Array.FindIndex(values, value => !double.IsFinite(value));
        reason = bad < 0 ? null : $"its number {bad} is {values[bad]}; only finite weights have singular values";
        if (reason is not null) return null;
        double[][] blocks = [.. LayerMatrices.Spectra(layer, values, options.Convolution, options.FourierSize)];
        // The blocks of the Fourier view are complex and stand nowhere at once.
        double[] windows = isConvolution && options.Convolution == ConvolutionView.Fourier
            ? [] : FixedAspectWindows.SingularValues(LayerMatrices.Blocks(layer, values, options.Convolution));
        return WeightSpectrum.Of(blocks, shape, isFactored: !isConvolution || options.Convolution == ConvolutionView.Unfolded, () => windows);
    }
}
