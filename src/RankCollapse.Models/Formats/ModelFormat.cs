using RankCollapse.Models.Compression;
using RankCollapse.Models.Features;
using RankCollapse.Models.Reading;
using RankCollapse.Models.Weights;

namespace RankCollapse.Models.Formats;

/// <summary>How surely a file is of a format; the surest format opens it.</summary>
public enum Recognition
{
    /// <summary>It is not.</summary>
    None,

    /// <summary>Its first byte is as in many files of the format.</summary>
    Likely,

    /// <summary>Its name ends as files of the format do.</summary>
    ByName,

    /// <summary>Its content says so.</summary>
    ByContent,

    /// <summary>What is in it says so, which several formats can hold.</summary>
    ByMeaning,
}

/// <summary>A format of models, an entry of <see cref="ModelFormats.All"/>: how it is recognised, read, run and compressed.</summary>
/// <param name="name">The name for machines: <c>safetensors</c>.</param>
/// <param name="description">The name for people, as help and errors list it: <c>the folder of a run</c>.</param>
public abstract class ModelFormat(string name, string description)
{
    /// <summary>The name for machines.</summary>
    public string Name => name;

    /// <summary>The name for people.</summary>
    public string Description => description;

    /// <summary>Whether a file of it is a whole model, to be looked for in folders.</summary>
    public virtual bool IsWholeModel => true;

    /// <summary>Whether its models bring the data and the objective that they were trained with.</summary>
    public virtual bool HasData => false;

    /// <summary>The endings of files that compressed models of it are written as.</summary>
    public virtual IReadOnlyList<string> CompressedEndings => [".safetensors"];

    /// <summary>How surely a file or folder is of the format.</summary>
    public abstract Recognition Recognise(ModelStart start);

    /// <summary>Opens a model.</summary>
    /// <exception cref="InvalidInputException">It is missing, damaged or hostile.</exception>
    public abstract ModelTensors Open(string path);

    /// <summary>The layers of a model of the format: by names and shapes of tensors where it has no graph.</summary>
    public virtual LayersFound FindLayers(ModelTensors model)
    {
        ArgumentNullException.ThrowIfNull(model);
        return NamedLayers.Find(model.Tensors, new ModelContext(model));
    }

    /// <summary>The epochs of training that a model of the format holds features of, ascending; empty where they have none.</summary>
    internal virtual IReadOnlyList<long> EpochsOf(ModelTensors model) => [];

    /// <summary>Runs a model of the format on data.</summary>
    /// <param name="model">The model.</param>
    /// <param name="data">A file, the folder of a run, or a built-in data set; null for the model's own, where it has some.</param>
    /// <param name="options">How features are measured.</param>
    internal virtual IFeatureSource OpenFeatures(ModelTensors model, string? data, FeatureOptions options) => throw new InvalidInputException(
        $"{model.Path} holds weights without the network that they belong to, so that features cannot be computed; export the network as ONNX, or leave data "
            + "out.")
    { Settings = ["data"] };

    /// <summary>A model of the format as one whose layers can be factored.</summary>
    internal virtual ICompressionTarget OpenTarget(ModelTensors model, string output, CompressionOptions options) =>
        options.Data is null && options.Test is null
        ? new TensorTarget(model, FindLayers(model))
        : throw new InvalidInputException(
            $"{model.Path} holds weights without the network that they belong to, which no samples can go through; leave data and test out, or export the "
            + "network as ONNX.")
        { Settings = ["data", "test"] };
}
