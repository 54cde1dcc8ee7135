using RankCollapse.Models.Reading;

namespace RankCollapse.Models.Formats;

/// <summary>One .npy array of NumPy.</summary>
internal sealed class ArrayFormat() : ModelFormat("npy", "npy")
{
    public override bool IsWholeModel => false;

    public override Recognition Recognise(ModelStart start) =>
        start.BeginsWith([0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y']) ? Recognition.ByContent : start.HasEnding(".npy")
            ? Recognition.ByName : Recognition.None;

    public override ModelTensors Open(string path) => new NpyModel(path);
}
