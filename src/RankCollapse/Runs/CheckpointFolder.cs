using System.Globalization;
using System.Security.Cryptography;
using RankCollapse.Formats;

namespace RankCollapse.Runs;

/// <summary>
/// The checkpoints of a run, newest last by their number. A file is a mark (8 bytes), the SHA-256 of the state and the state itself,
/// so that one that was torn by a crash is recognised and the one before it is used.
/// </summary>
internal sealed class CheckpointFolder(string path)
{
    private const int HeaderBytes = 8 + SHA256.HashSizeInBytes;
    private const int Kept = 2;
    private const string Extension = ".checkpoint";

    private static ReadOnlySpan<byte> Mark => "RCCKPT01"u8;

    /// <summary>Writes a state after all others and removes all but the newest two.</summary>
    public void Write(string name, Action<Stream> write)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        if (name.AsSpan().IndexOfAny('/', '\\', '\0') >= 0) throw new ArgumentException($"The checkpoint name {name} holds a path separator.", nameof(name));
        MakeFolder();
        List<(long Number, string Path)> before = Files();
        long number = before.Count == 0 ? 1 : before[^1].Number + 1;
        AtomicFile.WriteInside(Path.Combine(path, $"{number:D8}-{name}{Extension}"), stream =>
        {
            stream.Write(new byte[HeaderBytes]);
            write(new PayloadStream(stream, HeaderBytes));
            stream.Position = HeaderBytes;
            byte[] hash = SHA256.HashData(stream);
            stream.Position = 0;
            stream.Write(Mark);
            stream.Write(hash);
        });
        foreach ((_, string old) in before.Take(before.Count + 1 - Kept)) Remove(old);
    }

    /// <summary>Opens the newest state that is whole, positioned at its beginning; null when there is no checkpoint.</summary>
    /// <exception cref="InvalidInputException">There are checkpoints, but none is whole.</exception>
    public Checkpoint? OpenNewest()
    {
        List<(long Number, string Path)> files = Files();
        if (files.Count == 0) return null;
        foreach ((_, string file) in Enumerable.Reverse(files))
        {
            if (!IsWhole(file)) continue;
            string name = Path.GetFileNameWithoutExtension(file);
            return new Checkpoint(name[(name.IndexOf('-') + 1)..], InputFile.Open(file), HeaderBytes);
        }
        throw new InvalidInputException($"All {files.Count} checkpoints in {path} are damaged; delete that folder and train again.");
    }

    private static bool IsWhole(string file)
    {
        using FileStream stream = InputFile.Open(file);
        return InputFile.Guard(file, () =>
        {
            var header = new byte[HeaderBytes];
            return stream.ReadAtLeast(header, HeaderBytes, throwOnEndOfStream: false) == HeaderBytes
                && header.AsSpan(0, Mark.Length).SequenceEqual(Mark)
                && SHA256.HashData(stream).AsSpan().SequenceEqual(header.AsSpan(Mark.Length));
        });
    }

    private List<(long Number, string Path)> Files()
    {
        if (!Directory.Exists(path)) return [];
        var files = new List<(long Number, string Path)>();
        foreach (string file in Directory.EnumerateFiles(path, "*" + Extension))
        {
            string digits = Path.GetFileName(file).Split('-')[0];
            if (long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out long number)) files.Add((number, file));
        }
        files.Sort((a, b) => a.Number.CompareTo(b.Number));
        return files;
    }

    private void MakeFolder()
    {
        try
        {
            Directory.CreateDirectory(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new InvalidInputException(
                $"Cannot write checkpoints to {path}: {e.Message.ReplaceLineEndings(" ").TrimEnd('.')}; free some space or choose another folder.", e);
        }
    }

    private static void Remove(string file)
    {
        try
        {
            File.Delete(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // An old checkpoint too many does no harm; it is tried again after the next one.
        }
    }
}
