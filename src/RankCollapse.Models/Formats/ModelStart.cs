using System.IO.Compression;
using System.Text;
using RankCollapse.Formats;

namespace RankCollapse.Models.Formats;

/// <summary>What tells the formats of models apart: the name and the first bytes.</summary>
/// <param name="Path">The file or folder.</param>
/// <param name="IsFolder">Whether it is a folder, which has no bytes.</param>
/// <param name="Bytes">The first 16 bytes, or all of a shorter file.</param>
/// <param name="Length">How many bytes the file has.</param>
public sealed record ModelStart(string Path, bool IsFolder, ReadOnlyMemory<byte> Bytes, long Length)
{
    private const int Size = 16;

    /// <summary>Whether it is a file whose name ends so, letters' case ignored.</summary>
    public bool HasEnding(string ending) => !IsFolder && Path.EndsWith(ending, StringComparison.OrdinalIgnoreCase);

    /// <summary>Whether the file begins with these bytes.</summary>
    public bool BeginsWith(ReadOnlySpan<byte> bytes) => Bytes.Span.StartsWith(bytes);

    /// <summary>Whether the file is a zip archive with an entry whose name fits; a damaged archive has none.</summary>
    internal bool HasEntry(Func<string, bool> fits)
    {
        if (!BeginsWith("PK"u8)) return false;
        using FileStream file = InputFile.Open(Path);
        try
        {
            using var archive = new ZipArchive(file, ZipArchiveMode.Read);
            return archive.Entries.Any(entry => fits(entry.FullName));
        }
        catch (Exception e) when (e is InvalidDataException or IOException or ArgumentException or NotSupportedException)
        {
            return false;
        }
    }

    /// <summary>Looks at a file or folder.</summary>
    /// <exception cref="InvalidInputException">There is none, or it cannot be read.</exception>
    internal static ModelStart Of(string path)
    {
        if (Directory.Exists(path)) return new ModelStart(path, IsFolder: true, default, 0);
        var bytes = new byte[Size];
        using FileStream file = InputFile.Open(path);
        int count = file.ReadAtLeast(bytes, Size, throwOnEndOfStream: false);
        return new ModelStart(path, IsFolder: false, bytes.AsMemory(0, count), file.Length);
    }

    /// <summary>What the file is, where that is known and not read.</summary>
    internal string? ForeignKind()
    {
        ReadOnlySpan<byte> start = Bytes.Span;
        ReadOnlySpan<byte> inner = start.Length >= 8 ? start[4..8] : [];
        if (start.StartsWith("GGUF"u8)) return "a GGUF file of llama.cpp";
        if (start.StartsWith((ReadOnlySpan<byte>)[0x89, (byte)'H', (byte)'D', (byte)'F'])) return "an HDF5 file, as Keras writes them";
        if (inner.SequenceEqual("TFL3"u8)) return "a TensorFlow Lite model";
        if (inner.SequenceEqual("ORTM"u8)) return "a model in ONNX Runtime's own format";
        if (start.StartsWith("<!"u8) || start.StartsWith("<h"u8)) return "a web page";
        return Encoding.ASCII.GetString(start).StartsWith("version https", StringComparison.Ordinal)
            ? "a Git LFS pointer, not the file itself (git lfs pull gets it)" : null;
    }
}
