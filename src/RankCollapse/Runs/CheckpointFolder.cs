using System.Globalization;
using RankCollapse.Formats;

namespace RankCollapse.Runs;

/// <summary>
/// The checkpoints of a run, newest last by their number. A file is a mark (8 bytes), the SHA-256 of the rest, the identity of its run and the state itself,
/// so that one that was torn by a crash is recognised and the one before it is used. Files of version 0.1.0 have no identity, and another mark.
/// </summary>
/// <param name="path">The folder.</param>
/// <param name="identity">Gives the identity of the run, hexadecimal; null where it has none.</param>
internal sealed class CheckpointFolder(string path, Func<string?>? identity = null)
{
    private const int HashBytes = Sha256.Size;
    private const int HashedFrom = 8 + HashBytes;
    private const int HeaderBytes = HashedFrom + HashBytes;
    private const int Kept = 2;
    private const string Extension = ".checkpoint";

    private static ReadOnlySpan<byte> Mark => "RCCKPT02"u8;

    private static ReadOnlySpan<byte> EarlierMark => "RCCKPT01"u8;

    /// <summary>Writes a state after all others and removes all but the newest two.</summary>
    public void Write(string name, Action<Stream> write)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        if (name.AsSpan().IndexOfAny('/', '\\', '\0') >= 0) throw new ArgumentException($"The checkpoint name {name} holds a path separator.", nameof(name));
        MakeFolder();
        AtomicFile.RemoveLeftovers(path);
        List<(long Number, string Path)> before = Files();
        long number = before.Count == 0 ? 1 : before[^1].Number + 1;
        AtomicFile.WriteInside(Path.Combine(path, $"{number:D8}-{name}{Extension}"), stream =>
        {
            stream.Write(new byte[HeaderBytes]);
            write(new PayloadStream(stream, HeaderBytes));
            stream.Position = HashedFrom;
            stream.Write(Identity());
            stream.Position = HashedFrom;
            byte[] hash = Sha256.Of(stream);
            stream.Position = 0;
            stream.Write(Mark);
            stream.Write(hash);
        });
        foreach ((_, string old) in before.Take(before.Count + 1 - Kept)) FileSteps.TryDelete(old);
    }

    /// <summary>Opens the newest state that is whole, positioned at its beginning; null when there is no checkpoint.</summary>
    /// <exception cref="InvalidInputException">There are checkpoints, but none is whole.</exception>
    public Checkpoint? OpenNewest()
    {
        List<(long Number, string Path)> files = Files();
        if (files.Count == 0) return null;
        foreach ((_, string file) in Enumerable.Reverse(files))
        {
            if (StateOf(file) is not { } start) continue;
            string name = Path.GetFileNameWithoutExtension(file);
            return new Checkpoint(name[(name.IndexOf('-') + 1)..], InputFile.Open(file), start);
        }
        throw new InvalidInputException($"All {files.Count} checkpoints in {path} are damaged; delete that folder and train again.");
    }

    /// <summary>Where the state begins in a file; null where the file is not whole.</summary>
    /// <exception cref="InvalidInputException">It is whole, but the state of another run.</exception>
    private int? StateOf(string file)
    {
        using FileStream stream = InputFile.Open(file);
        (int Start, byte[] Identity)? found = InputFile.Guard(file, (Func<(int, byte[])?>)(() =>
        {
            var header = new byte[HeaderBytes];
            int read = stream.ReadAtLeast(header, HeaderBytes, throwOnEndOfStream: false);
            bool isEarlier = header.AsSpan(0, Mark.Length).SequenceEqual(EarlierMark);
            if (read < HashedFrom || (!isEarlier && (read < HeaderBytes || !header.AsSpan(0, Mark.Length).SequenceEqual(Mark)))) return null;
            stream.Position = HashedFrom;
            return !Sha256.Of(stream).AsSpan().SequenceEqual(header.AsSpan(Mark.Length, HashBytes)) ? null
                : isEarlier ? (HashedFrom, new byte[HashBytes]) : (HeaderBytes, header[HashedFrom..]);
        }));
        if (found is not { } state) return null;
        byte[] own = Identity(), none = new byte[HashBytes];
        if (!state.Identity.AsSpan().SequenceEqual(own) && !state.Identity.AsSpan().SequenceEqual(none) && !own.AsSpan().SequenceEqual(none))
            throw new InvalidInputException($"The checkpoint {file} belongs to another run; remove it, or restore those of this run.");
        return state.Start;
    }

    private byte[] Identity() => identity?.Invoke() is { } text ? Convert.FromHexString(text) : new byte[HashBytes];

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
            FileSteps.MakeFolder(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new InvalidInputException(
                $"Cannot write checkpoints to {path}: {FileSteps.InWords(e)}.", e);
        }
    }
}
