using System.Buffers.Binary;
using RankCollapse.Models.Reading;

namespace RankCollapse.Models.Formats;

/// <summary>One safetensors file.</summary>
internal sealed class SafetensorsFormat() : ModelFormat("safetensors", "safetensors")
{
    public override Recognition Recognise(ModelStart start)
    {
        bool hasHeader = start.Length > 8 && start.Bytes.Span[8] == '{' && BinaryPrimitives.ReadUInt64LittleEndian(start.Bytes.Span) is > 1 and var header
            && header <= (ulong)start.Length;
        return hasHeader ? Recognition.ByContent : start.HasEnding(".safetensors") ? Recognition.ByName : Recognition.None;
    }

    public override ModelTensors Open(string path) => SafetensorsModel.Open(path, path);
}
