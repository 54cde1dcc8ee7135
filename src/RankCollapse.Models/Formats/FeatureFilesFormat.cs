using RankCollapse.Models.Compression;
using RankCollapse.Models.Features;
using RankCollapse.Models.Reading;

namespace RankCollapse.Models.Formats;

/// <summary>Features with labels, computed elsewhere: a file of arrays, or a folder of them, by parts and by epochs.</summary>
internal sealed class FeatureFilesFormat() : ModelFormat(FormatName, "features with labels")
{
    /// <summary>The format's name.</summary>
    public const string FormatName = "features";

    public override bool IsWholeModel => false;

    public override bool HasData => true;

    /// <summary>A file of arrays that has labels, and something beside them for each; or a folder with such files.</summary>
    public override Recognition Recognise(ModelStart start)
    {
        if (start is { IsFolder: false, Length: 0 }) return Recognition.None;
        try
        {
            return FeatureFiles.AreAt(start.Path) ? start.IsFolder ? Recognition.ByName : Recognition.ByMeaning : Recognition.None;
        }
        catch (InvalidInputException)
        {
            return Recognition.None;
        }
    }

    public override ModelTensors Open(string path) => FeatureFiles.Open(path);

    internal override IReadOnlyList<long> EpochsOf(ModelTensors model) => ((FeatureFiles)model).Epochs;

    internal override IFeatureSource OpenFeatures(ModelTensors model, string? data, FeatureOptions options)
    {
        if (data is not null && data == options.Data)
            throw new InvalidInputException($"{model.Path} holds features, which no samples go through; leave data out.") { Settings = ["data"] };
        if (data is null) return new FeatureFileSource((FeatureFiles)model, options);
        using var other = FeatureFiles.Open(data);
        long? epoch = options.Epoch is { } same && other.Epochs.Contains(same) ? same : null;
        return new FeatureFileSource(other, options with { Head = null, HeadBias = null, Output = null, Epoch = epoch });
    }

    internal override ICompressionTarget OpenTarget(ModelTensors model, string output, CompressionOptions options) =>
        throw new InvalidInputException($"{model.Path} holds features with labels and no weights, so that nothing can be compressed; give the model.");
}
