using RankCollapse.Data;

namespace RankCollapse.Models.Features;

/// <summary>What features are measured on, how, and how much memory that takes.</summary>
public sealed record FeatureOptions
{
    /// <summary>A file, the folder of a run, or a built-in data set; null takes a run's own data.</summary>
    public string? Data { get; init; }

    /// <summary>Other data, for NC5.</summary>
    public string? OutOfDistribution { get; init; }

    /// <summary>What settles how files of samples are meant.</summary>
    public FileReading Reading { get; init; } = new();

    /// <summary>
    /// The weights of the last linear layer, [K, d], for files of features: an .npy file, or <c>FILE:NAME</c> of a file of arrays; null where there are none.
    /// </summary>
    public string? Head { get; init; }

    /// <summary>Its bias, likewise.</summary>
    public string? HeadBias { get; init; }

    /// <summary>The epoch whose features are taken, for files of features by epochs; null takes the last.</summary>
    public long? Epoch { get; init; }

    /// <summary>The output that predicts classes; null takes the first.</summary>
    public string? Output { get; init; }

    /// <summary>What the model is trained to tell; null where its output says so.</summary>
    public PredictionTask? Task { get; init; }

    /// <summary>The most samples to take from the data; null for all.</summary>
    public int? Samples { get; init; }

    /// <summary>n up to which scatter matrices (n² numbers) are kept of the features as they are.</summary>
    public int MaxDimension { get; init; } = 4096;

    /// <summary>What is done with more.</summary>
    public WideFeatures Wide { get; init; } = WideFeatures.Sketch;

    /// <summary>The dimension of sketches; at least 4K is taken, at most <see cref="MaxDimension"/>.</summary>
    public int SketchDimension { get; init; } = 1024;

    /// <summary>How many samples are kept for TCV and, in wide layers without scatter, for singular values; all where there are no more.</summary>
    public int Subsample { get; init; } = 500;

    /// <summary>K-means descents for TCV.</summary>
    public int Restarts { get; init; } = 4;

    /// <summary>The seed of subsample, sketch and restarts.</summary>
    public long Seed { get; init; }

    /// <summary>The most samples that go through the model at once; memory may ask for fewer.</summary>
    public int BatchSize { get; init; } = 64;

    /// <summary>Whether every tensor is measured, and not only the last of each layer, the output and what the last linear layer is applied to.</summary>
    public bool HasAllTensors { get; init; }

    /// <summary>Only tensors or layers whose name contains one of these; null for all.</summary>
    public IReadOnlyList<string>? Names { get; init; }
}
