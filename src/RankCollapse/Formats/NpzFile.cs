using System.IO.Compression;

namespace RankCollapse.Formats;

/// <summary>An open .npz archive of NumPy: arrays by name, read one at a time. Names are only names; nothing is ever unpacked to the disk.</summary>
public sealed class NpzFile : IDisposable
{
    private const string Extension = ".npy";

    // Deflate cannot pack more than 1032 bytes into one; an entry that claims more is a trap or damaged.
    private const long MostUnpackedPerByte = 1032;
    private const long UnpackedSlack = 1024;

    private static readonly DateTimeOffset FixedTime = new(1980, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly FileStream _file;
    private readonly ZipArchive _archive;
    private readonly Dictionary<string, ZipArchiveEntry> _entries = new(StringComparer.Ordinal);

    private NpzFile(FileStream file, string path)
    {
        _file = file;
        Path = path;
        _archive = new ZipArchive(file, ZipArchiveMode.Read, leaveOpen: true);
        foreach (ZipArchiveEntry entry in _archive.Entries)
        {
            string name = entry.FullName.EndsWith(Extension, StringComparison.Ordinal) ? entry.FullName[..^Extension.Length] : entry.FullName;
            if (!_entries.TryAdd(name, entry))
                throw new InvalidInputException($"{path} holds two arrays named {ErrorText.Printable(name)}; save it again.");
        }
    }

    /// <summary>The file.</summary>
    public string Path { get; }

    /// <summary>The names of the arrays.</summary>
    public IReadOnlyCollection<string> Names => _entries.Keys;

    /// <summary>Opens an archive.</summary>
    /// <exception cref="InvalidInputException">The file is missing, damaged or not a zip archive.</exception>
    public static NpzFile Open(string path)
    {
        FileStream file = InputFile.Open(path);
        try
        {
            return InputFile.Guard(path, () => new NpzFile(file, path));
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Writes arrays as f8 and i8, uncompressed as <c>numpy.savez</c> does, whole or not at all; equal arrays give equal files.</summary>
    /// <exception cref="InvalidInputException">The file cannot be written.</exception>
    public static void Write(string path, IReadOnlyDictionary<string, NpyArray> arrays)
    {
        ArgumentNullException.ThrowIfNull(arrays);
        AtomicFile.Write(path, stream =>
        {
            using var archive = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true);
            foreach ((string name, NpyArray array) in arrays)
            {
                ZipArchiveEntry entry = archive.CreateEntry(name + Extension, CompressionLevel.NoCompression);
                entry.LastWriteTime = FixedTime;
                using Stream content = entry.Open();
                NpyFormat.Write(content, array);
            }
        });
    }

    /// <summary>Whether there is an array of this name.</summary>
    public bool Contains(string name) => _entries.ContainsKey(name);

    /// <summary>Reads an array and checks its checksum.</summary>
    /// <exception cref="InvalidInputException">
    /// There is no such array (near names are listed), it is damaged, too large, or holds something else than real numbers.
    /// </exception>
    public NpyArray Read(string name)
    {
        ZipArchiveEntry entry = Entry(name);
        string label = $"{Path}, array {ErrorText.Printable(name)}";
        return InputFile.Guard(label, () =>
        {
            using Stream packed = Unpack(entry, label);
            using var content = new ChecksumStream(packed);
            NpyArray array = NpyFormat.Read(content, label, entry.Length);
            return content.Checksum == entry.Crc32
                ? array
                : throw new InvalidInputException($"{label} does not have the content that its checksum says; the file is damaged; get it again.");
        });
    }

    /// <summary>Opens an array to be read some samples at a time; its checksum is checked after the last one.</summary>
    /// <exception cref="InvalidInputException">As for <see cref="Read"/>.</exception>
    public RowReader OpenRows(string name)
    {
        ZipArchiveEntry entry = Entry(name);
        string label = $"{Path}, array {ErrorText.Printable(name)}";
        return InputFile.Guard(label, () =>
        {
            Stream packed = Unpack(entry, label);
            var content = new ChecksumStream(packed);
            NpyHeader header = NpyHeader.Read(content, label);
            NpyFormat.RequireLength(header, label, entry.Length);
            if (!header.IsFortranOrder || header.Shape.Length < 2)
                return new RowReader(label, content, header.Count, header.Type, header.IsBigEndian, () => content.Checksum == entry.Crc32, packed);
            packed.Dispose();
            return new RowReader(label, Read(name).ToDoubles());
        });
    }

    /// <summary>Reads an array of texts (U or S), without the blanks that fill them up; null where it holds something else.</summary>
    /// <exception cref="InvalidInputException">There is no such array, or it is damaged.</exception>
    public string[]? ReadTexts(string name)
    {
        if (!_entries.TryGetValue(name, out ZipArchiveEntry? entry)) return null;
        string label = $"{Path}, array {ErrorText.Printable(name)}";
        return InputFile.Guard(label, () =>
        {
            using Stream packed = Unpack(entry, label);
            return NpyFormat.ReadTexts(packed, label, entry.Length);
        });
    }

    /// <summary>The header of each array, in the archive's order, without its values; what is no array of real numbers has the reason instead.</summary>
    public IEnumerable<(string Name, NpyHeader? Header, string? Reason)> Describe()
    {
        foreach ((string name, ZipArchiveEntry entry) in _entries)
        {
            NpyHeader? header = null;
            string? reason = null;
            try
            {
                header = InputFile.Guard("it", () =>
                {
                    using Stream packed = Unpack(entry, "it");
                    return NpyHeader.Read(packed, "it");
                });
            }
            catch (InvalidInputException e)
            {
                reason = e.Message;
            }
            yield return (name, header, reason);
        }
    }

    private ZipArchiveEntry Entry(string name) => _entries.TryGetValue(name, out ZipArchiveEntry? entry)
        ? entry
        : throw new InvalidInputException(
            $"{Path} has no array {ErrorText.Printable(name)}; {NearMatches.Advice(name, [.. _entries.Keys.Select(ErrorText.Printable)])}");

    /// <summary>Opens an entry whose claims can be true.</summary>
    private Stream Unpack(ZipArchiveEntry entry, string label)
    {
        if (entry.CompressedLength > _file.Length || entry.Length > (MostUnpackedPerByte * entry.CompressedLength) + UnpackedSlack)
            throw new InvalidInputException($"{label} claims to unpack {entry.CompressedLength} bytes of a file of {_file.Length} to {entry.Length}, "
                + "which is impossible; the file is damaged.");
        return entry.Open();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _archive.Dispose();
        _file.Dispose();
    }
}
