using RankCollapse.Models.Reading;

namespace RankCollapse.Models.Formats;

/// <summary>A .npz archive of NumPy.</summary>
internal sealed class NpzFormat() : ModelFormat("npz", "npz")
{
    public override Recognition Recognise(ModelStart start) =>
        start.BeginsWith("PK"u8) ? Recognition.ByContent : start.HasEnding(".npz") ? Recognition.ByName : Recognition.None;

    public override ModelTensors Open(string path) => NpzModel.OpenArchive(path);
}
