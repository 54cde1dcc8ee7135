using RankCollapse.Models.Compression;
using RankCollapse.Models.Features;
using RankCollapse.Models.Onnx;
using RankCollapse.Models.Reading;
using RankCollapse.Models.Running;
using RankCollapse.Models.Weights;

namespace RankCollapse.Models.Formats;

/// <summary>A graph of ONNX with its weights inside or beside it.</summary>
internal sealed class OnnxFormat() : ModelFormat("onnx", "ONNX")
{
    public override IReadOnlyList<string> CompressedEndings => [".onnx"];

    public override Recognition Recognise(ModelStart start) =>
        start.HasEnding(".onnx") ? Recognition.ByName : start.BeginsWith([0x08]) ? Recognition.Likely : Recognition.None;

    public override ModelTensors Open(string path) => OnnxModel.Open(path);

    public override LayersFound FindLayers(ModelTensors model) => GraphLayers.Find((OnnxModel)model);

    internal override IFeatureSource OpenFeatures(ModelTensors model, string? data, FeatureOptions options)
    {
        var onnx = (OnnxModel)model;
        string[] names = [.. OnnxFile.InputNames(onnx.Skeleton.Model.Graph)];
        return new OnnxFeatureSource(onnx, ModelData.Read(data!, names, options.Samples, options.Seed, options.Reading), options.Output);
    }

    internal override ICompressionTarget OpenTarget(ModelTensors model, string output, CompressionOptions options) => new OnnxTarget((OnnxModel)model, options);
}
