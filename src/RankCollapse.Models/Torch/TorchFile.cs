using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;
using RankCollapse.Formats;

namespace RankCollapse.Models.Torch;

/// <summary>
/// An open file of <c>torch.save</c>: an archive with a pickle and an entry for each storage (PyTorch 1.6 and later; also TorchScript's), or pickles with
/// storages behind them (before). Storages stay in the file.
/// </summary>
internal sealed class TorchFile : IDisposable
{
    /// <summary>The pickle of an archive.</summary>
    public const string PickleName = "data.pkl";

    private const int Block = 1 << 16;
    private const long MostUnpackedPerByte = 1032;

    /// <summary>The first pickle of a file without an archive: the number 0x1950A86A20F9469CFC6C.</summary>
    private static readonly byte[] Magic = [0x8A, 0x0A, 0x6C, 0xFC, 0x9C, 0x46, 0xF9, 0x20, 0x6A, 0xA8, 0x50, 0x19];

    private readonly FileStream _file;
    private readonly ZipArchive? _archive;
    private readonly Dictionary<string, ZipArchiveEntry> _entries = new(StringComparer.Ordinal);
    private readonly Dictionary<string, long> _places = new(StringComparer.Ordinal);
    private readonly TorchObjects _objects = new();
    private readonly string _folder = "";

    private TorchFile(FileStream file)
    {
        _file = file;
        Span<byte> start = stackalloc byte[2];
        int read = file.ReadAtLeast(start, 2, throwOnEndOfStream: false);
        file.Position = 0;
        if (start[..read].SequenceEqual("PK"u8))
        {
            _archive = new ZipArchive(file, ZipArchiveMode.Read, leaveOpen: true);
            foreach (ZipArchiveEntry entry in _archive.Entries)
            {
                if (!_entries.TryAdd(entry.FullName, entry)) throw new InvalidDataException($"it holds {ErrorText.Printable(entry.FullName)} twice");
            }
            string pickle = _entries.Keys.Where(IsPickle).MinBy(name => name.Length) ?? throw new InvalidDataException($"it holds no {PickleName}");
            _folder = pickle[..^PickleName.Length];
            IsBigEndian = _entries.TryGetValue($"{_folder}byteorder", out ZipArchiveEntry? order) && order.Length < Block && ReadText(order).Trim() == "big";
            using var content = new BufferedStream(Unpack(_entries[pickle]), Block);
            Root = Reader(content).Read();
            foreach (TorchStorage storage in _objects.Storages.Values) RequireEntry(storage);
        }
        else
        {
            PickleReader reader = Reader(file);
            if (!IsMagic(reader.Read())) throw new InvalidDataException("it is neither an archive nor a pickle of torch.save");
            reader.Read();
            IsBigEndian = reader.Read() is PickleDictionary system && system.Find("little_endian") is false;
            Root = reader.Read();
            FindPlaces(reader.Read() as List<object?> ?? throw new InvalidDataException("it has no list of its storages"));
        }
    }

    /// <summary>What the pickle describes.</summary>
    public object? Root { get; }

    /// <summary>Whether numbers have their high bytes first.</summary>
    public bool IsBigEndian { get; }

    /// <summary>Opens a file and reads what its pickle describes.</summary>
    /// <exception cref="InvalidInputException">It is missing, damaged or no file of PyTorch.</exception>
    public static TorchFile Open(string path)
    {
        FileStream? file = InputFile.Open(path);
        try
        {
            TorchFile opened = InputFile.Guard(path, () => new TorchFile(file));
            file = null;
            return opened;
        }
        finally
        {
            file?.Dispose();
        }
    }

    /// <summary>Whether a file without an archive begins so.</summary>
    public static bool IsStart(ReadOnlySpan<byte> start) =>
        start.StartsWith("L1195470371460"u8) || (start.Length >= 7 && start[0] == 0x80 && (start[2..].StartsWith(Magic.AsSpan(0, 5))
            || (start.Length >= 16 && start[2] == 0x95 && start[11..].StartsWith(Magic.AsSpan(0, 5)))));

    /// <summary>Whether an entry of an archive is the pickle.</summary>
    public static bool IsPickle(string name) => name == PickleName || name.EndsWith($"/{PickleName}", StringComparison.Ordinal);

    /// <summary>A storage's bytes from a place on; the stream is the file itself where the storage is not packed.</summary>
    /// <param name="storage">The storage.</param>
    /// <param name="place">Where, in bytes.</param>
    public Stream At(TorchStorage storage, long place)
    {
        if (!_places.TryGetValue(storage.Key, out long start))
        {
            ZipArchiveEntry entry = _entries[EntryName(storage.Key)];
            Stream content = Unpack(entry);
            if (content is DeflateStream || entry.CompressedLength != entry.Length)
            {
                Skip(content, place);
                return content;
            }

            // Where its bytes lie in the file is seen from where the first of them was read.
            using (content)
            {
                if (content.ReadByte() < 0) return Stream.Null;
                _places[storage.Key] = start = _file.Position - 1;
            }
        }
        _file.Position = start + place;
        return _file;
    }

    /// <summary>Whether a storage is packed, so that it is read from its beginning only.</summary>
    public bool IsPacked(TorchStorage storage) =>
        _archive is not null && _entries[EntryName(storage.Key)] is var entry && entry.CompressedLength != entry.Length;

    public void Dispose()
    {
        _archive?.Dispose();
        _file.Dispose();
    }

    private PickleReader Reader(Stream stream) => new(stream, TorchObjects.Call, _objects.Persistent);

    private string EntryName(string key) => $"{_folder}data/{key}";

    private static bool IsMagic(object? value) => value is "6CFC9C46F9206AA85019" or "119547037146038801333356L" or "119547037146038801333356";

    private void RequireEntry(TorchStorage storage)
    {
        if (!_entries.TryGetValue(EntryName(storage.Key), out ZipArchiveEntry? entry))
            throw new InvalidDataException($"it has no entry {ErrorText.Printable(EntryName(storage.Key))} with the numbers of a tensor");
        long size = storage.Type is { } type ? ElementBytes.Size(type) : 0;
        if ((Int128)size * storage.Count > entry.Length)
            throw new InvalidDataException(
                $"its entry {ErrorText.Printable(entry.FullName)} has {entry.Length} bytes, but {storage.Count} numbers of {size} bytes are expected");
    }

    /// <summary>Where storages lie that follow the pickles: of each its number of numbers, and these.</summary>
    private void FindPlaces(List<object?> keys)
    {
        long at = _file.Position;
        Span<byte> count = stackalloc byte[sizeof(long)];
        foreach (object? listed in keys)
        {
            string key = $"{listed}";
            if (!_objects.Storages.TryGetValue(key, out TorchStorage? storage))
                throw new InvalidDataException($"it has a storage {ErrorText.Printable(key)} that no tensor uses");
            if (storage.Type is not { } type)
                throw new InvalidDataException(
                    $"it has numbers of type {ErrorText.Printable(storage.TypeName)}, whose size is not known; save it with PyTorch 1.6 or later");
            _file.Position = at;
            _file.ReadExactly(count);
            long stored = IsBigEndian ? BinaryPrimitives.ReadInt64BigEndian(count) : BinaryPrimitives.ReadInt64LittleEndian(count);
            Int128 end = at + sizeof(long) + ((Int128)stored * ElementBytes.Size(type));
            if (stored < storage.Count || end > _file.Length || !_places.TryAdd(key, at + sizeof(long)))
                throw new InvalidDataException(
                    $"its storage {ErrorText.Printable(key)} has {stored} numbers, expected {storage.Count}; it is cut off or damaged");
            at = (long)end;
        }
        if (_objects.Storages.Keys.FirstOrDefault(key => !_places.ContainsKey(key)) is { } missing)
            throw new InvalidDataException($"it does not hold the storage {ErrorText.Printable(missing)}");
    }

    private Stream Unpack(ZipArchiveEntry entry)
    {
        if (entry.CompressedLength > _file.Length || entry.Length > (MostUnpackedPerByte * entry.CompressedLength) + Block)
            throw new InvalidDataException($"its entry {ErrorText.Printable(entry.FullName)} claims {entry.Length} bytes, which its file cannot hold");
        return entry.Open();
    }

    private string ReadText(ZipArchiveEntry entry)
    {
        using var reader = new StreamReader(Unpack(entry), Encoding.UTF8);
        return reader.ReadToEnd();
    }

    private static void Skip(Stream stream, long count)
    {
        var block = new byte[Block];
        while (count > 0)
        {
            int read = stream.Read(block, 0, (int)Math.Min(count, block.Length));
            if (read == 0) throw new EndOfStreamException("an entry is cut off");
            count -= read;
        }
    }
}
