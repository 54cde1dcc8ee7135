using RankCollapse.Models.Reading;
using RankCollapse.Models.Torch;

namespace RankCollapse.Models.Formats;

/// <summary>Several files of one model with an index, such as <c>model.safetensors.index.json</c> or <c>pytorch_model.bin.index.json</c>.</summary>
internal sealed class ShardedFormat : ModelFormat
{
    private ShardedFormat(string name, string description, string ending)
        : base(name, $"{description} in several files (*{ending})") => Ending = ending;

    /// <summary>Files of safetensors; also indices of other names.</summary>
    public static ShardedFormat Safetensors { get; } = new("shardedSafetensors", "safetensors", ".index.json");

    /// <summary>Files of PyTorch.</summary>
    public static ShardedFormat Torch { get; } = new("shardedTorch", "PyTorch", ".bin.index.json");

    /// <summary>How the names of indices end.</summary>
    public string Ending { get; }

    public override Recognition Recognise(ModelStart start) => start.HasEnding(Ending) ? Recognition.ByName : Recognition.None;

    /// <summary>Opens the index and its files, which are themselves no indices, whatever they are called.</summary>
    public override ModelTensors Open(string path) => ShardedModel.Open(
        path, file => TorchFormat.IsTorch(ModelStart.Of(file)) ? TorchModel.Open(file) : SafetensorsModel.Open(file, file));
}
