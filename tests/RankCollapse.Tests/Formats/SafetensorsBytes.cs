using System.Buffers.Binary;
using System.Text;

namespace RankCollapse.Tests.Formats;

/// <summary>Makes safetensors files from a header's JSON, good or bad.</summary>
internal static class SafetensorsBytes
{
    public static byte[] Of(string json, params byte[] data)
    {
        byte[] header = Encoding.UTF8.GetBytes(json);
        var bytes = new byte[8 + header.Length + data.Length];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, header.Length);
        header.CopyTo(bytes, 8);
        data.CopyTo(bytes, 8 + header.Length);
        return bytes;
    }
}
