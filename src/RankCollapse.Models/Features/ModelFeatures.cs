using RankCollapse.Models.Onnx;
using RankCollapse.Models.Reading;
using RankCollapse.Models.Running;
using RankCollapse.Runs;

namespace RankCollapse.Models.Features;

/// <summary>What the features of a model are measured on.</summary>
public sealed record FeatureRequest
{
    /// <summary>A file, the folder of a run, or a built-in data set; null takes a run's own data.</summary>
    public string? Data { get; init; }

    /// <summary>Other data, for NC5.</summary>
    public string? OutOfDistribution { get; init; }

    /// <summary>The output that predicts classes; null takes the first.</summary>
    public string? Output { get; init; }

    /// <summary>The most samples to take from the data; null for all.</summary>
    public int? Samples { get; init; }
}

/// <summary>Measures collapse in the features of a model: the front door.</summary>
public static class ModelFeatures
{
    /// <summary>Runs a model on data and measures the features of every layer.</summary>
    /// <param name="model">An ONNX model or a run; other files hold no network that could be run.</param>
    /// <param name="request">The data.</param>
    /// <param name="options">How to measure.</param>
    /// <param name="progress">Is told what goes on.</param>
    /// <param name="cancellation">Stops between batches.</param>
    /// <exception cref="InvalidInputException">The model cannot be run, or the data do not fit it.</exception>
    public static FeatureReport Measure(
        ModelTensors model, FeatureRequest request, FeatureOptions? options = null, Action<string>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(request);
        options ??= new FeatureOptions();
        using IFeatureSource source = Open(model, request.Data, request, options.Seed);
        using IFeatureSource? other = request.OutOfDistribution is null ? null : Open(model, request.OutOfDistribution, request, options.Seed);
        return FeatureMeasurement.Measure(source, options, other, progress, cancellation);
    }

    private static IFeatureSource Open(ModelTensors model, string? data, FeatureRequest request, long seed)
    {
        if (model.Format == ModelFormat.Run)
        {
            Run run = RunFolder.Read(model.Path);
            if (data is null && request.Samples is null) return new RunFeatureSource(model.Path, run.Trained, run.DataSet);
            ModelData samples = ModelData.Read(data ?? model.Path, [], request.Samples, seed);
            return new RunFeatureSource(model.Path, run.Trained, samples.Arrays[0].Rows.Transpose(), samples.Labels);
        }
        if (model is not OnnxModel onnx)
            throw new InvalidInputException($"{model.Path} holds weights without the network that they belong to, so that features cannot be computed; export the network as ONNX, or leave --data out.");
        if (data is null) throw new InvalidInputException("Features need data to be computed on; give --data.");
        string[] names = [.. OnnxFile.InputNames(onnx.Skeleton.Model.Graph)];
        return new OnnxFeatureSource(onnx, ModelData.Read(data, names, request.Samples, seed), request.Output);
    }
}
