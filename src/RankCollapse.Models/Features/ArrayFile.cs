using System.Buffers.Binary;
using RankCollapse.Formats;
using RankCollapse.Models.Reading;
using RankCollapse.Models.Torch;

namespace RankCollapse.Models.Features;

/// <summary>Opens files of arrays, whatever these mean: weights, features or labels.</summary>
internal static class ArrayFile
{
    private const int StartSize = 16;

    /// <summary>Opens a file of NumPy, safetensors or PyTorch, told apart by its content.</summary>
    /// <exception cref="InvalidInputException">It is missing, damaged or of another kind.</exception>
    public static ModelTensors Open(string path)
    {
        ModelTensors? file = TryOpen(path);
        if (file is NpzModel && IsTorch(file))
        {
            file.Dispose();
            return TorchModel.Open(path);
        }
        return file ?? (TorchFile.IsStart(Start(path, out _))
            ? TorchModel.Open(path)
            : throw new InvalidInputException($"{path} is none of .npz, .npy, safetensors and files of torch.save; save the arrays as one of them."));
    }

    /// <summary>Opens a file of NumPy or safetensors; null where it is of another kind.</summary>
    /// <exception cref="InvalidInputException">It is missing or damaged.</exception>
    public static ModelTensors? TryOpen(string path) => Start(path, out long length) switch
    {
        [(byte)'P', (byte)'K', ..] => NpzModel.OpenArchive(path),
        [0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y', ..] => new NpyModel(path, takesTexts: true),
        [_, _, _, _, _, _, _, _, (byte)'{', ..] start when BinaryPrimitives.ReadUInt64LittleEndian(start) <= (ulong)length =>
            SafetensorsModel.Open(path, path),
        _ => null,
    };

    private static bool IsTorch(ModelTensors archive) => archive.Skipped.Any(entry => TorchFile.IsPickle(entry.Name));

    private static byte[] Start(string path, out long length)
    {
        using FileStream file = InputFile.Open(path);
        length = file.Length;
        var start = new byte[StartSize];
        return start[..file.ReadAtLeast(start, StartSize, throwOnEndOfStream: false)];
    }
}
