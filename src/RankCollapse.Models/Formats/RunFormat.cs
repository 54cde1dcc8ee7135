using RankCollapse.Models.Compression;
using RankCollapse.Models.Features;
using RankCollapse.Models.Reading;
using RankCollapse.Models.Running;
using RankCollapse.Runs;

namespace RankCollapse.Models.Formats;

/// <summary>The folder of a run, which holds the network's data too.</summary>
internal sealed class RunFormat() : ModelFormat("run", "the folder of a run")
{
    public override bool HasData => true;

    public override IReadOnlyList<string> CompressedEndings => [".safetensors", OnnxEnding];

    private const string OnnxEnding = ".onnx";

    /// <summary>Other programs' models have a config.json too, but no weights of this name beside it.</summary>
    public override Recognition Recognise(ModelStart start)
    {
        bool Has(string name) => File.Exists(Path.Combine(start.Path, name));

        return start.IsFolder && Has("config.json") && (Has("weights.safetensors") || Has("dataset.safetensors")) ? Recognition.ByContent : Recognition.None;
    }

    public override ModelTensors Open(string path)
    {
        var folder = RunFolder.Open(path);
        folder.Verify();
        return SafetensorsModel.Open(path, folder.WeightsPath);
    }

    internal override IFeatureSource OpenFeatures(ModelTensors model, string? data, FeatureOptions options)
    {
        Run run = RunFolder.Read(model.Path);
        if (data is null && options.Samples is null) return new RunFeatureSource(model.Path, run.Trained, run.DataSet);
        ModelData samples = ModelData.Read(data ?? model.Path, [], options.Samples, options.Seed, options.Reading);
        return new RunFeatureSource(model.Path, run.Trained, samples.Arrays[0].Rows.Transpose(), samples.Labels);
    }

    internal override ICompressionTarget OpenTarget(ModelTensors model, string output, CompressionOptions options) =>
        new RunTarget(model.Path, output.EndsWith(OnnxEnding, StringComparison.OrdinalIgnoreCase), options);
}
