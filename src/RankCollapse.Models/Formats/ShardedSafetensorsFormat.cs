using RankCollapse.Models.Reading;

namespace RankCollapse.Models.Formats;

/// <summary>Several safetensors files with an index, <c>model.safetensors.index.json</c>.</summary>
internal sealed class ShardedSafetensorsFormat() : ModelFormat("shardedSafetensors", $"safetensors in several files (*{Ending})")
{
    /// <summary>How the names of indices end.</summary>
    public const string Ending = ".index.json";

    public override Recognition Recognise(ModelStart start) => start.HasEnding(Ending) ? Recognition.ByName : Recognition.None;

    public override ModelTensors Open(string path) => ShardedSafetensorsModel.Open(path);
}
