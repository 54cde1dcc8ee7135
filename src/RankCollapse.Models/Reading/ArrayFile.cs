using System.Buffers.Binary;
using RankCollapse.Formats;

namespace RankCollapse.Models.Reading;

/// <summary>Opens files of arrays, whatever these mean: weights, features or labels.</summary>
internal static class ArrayFile
{
    private const int StartSize = 16;

    /// <summary>Opens an .npz, .npy or safetensors file, told apart by its content.</summary>
    /// <exception cref="InvalidInputException">It is missing, damaged or of another kind.</exception>
    public static ModelTensors Open(string path) => TryOpen(path)
        ?? throw new InvalidInputException($"{path} is none of .npz, .npy and safetensors; save the arrays as one of them.");

    /// <summary>Opens a file of arrays; null where it is of another kind.</summary>
    /// <exception cref="InvalidInputException">It is missing or damaged.</exception>
    public static ModelTensors? TryOpen(string path)
    {
        var start = new byte[StartSize];
        long length;
        int read;
        using (FileStream file = InputFile.Open(path))
        {
            length = file.Length;
            read = file.ReadAtLeast(start, StartSize, throwOnEndOfStream: false);
        }
        return start.AsSpan(0, read) switch
        {
            [(byte)'P', (byte)'K', ..] => NpzModel.OpenArchive(path),
            [0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y', ..] => new NpyModel(path, takesTexts: true),
            [_, _, _, _, _, _, _, _, (byte)'{', ..] when BinaryPrimitives.ReadUInt64LittleEndian(start) <= (ulong)length => SafetensorsModel.Open(path, path),
            _ => null,
        };
    }
}
