using System.Buffers.Binary;
using System.IO.Compression;

namespace RankCollapse.Formats;

/// <summary>
/// An array of unsigned bytes from an IDX file, the format of MNIST: two zero bytes, the type (8, unsigned byte), the number of dimensions,
/// each dimension as a big-endian 32-bit number, then the values, the last dimension fastest. Files packed with gzip are known by their first bytes.
/// </summary>
internal sealed class IdxFile
{
    private const byte UnsignedByte = 0x08;
    private const int MostDimensions = 8;

    private IdxFile(int[] dimensions, byte[] values)
    {
        Dimensions = dimensions;
        Values = values;
    }

    /// <summary>The sizes: samples first, for images then rows and columns.</summary>
    public IReadOnlyList<int> Dimensions { get; }

    /// <summary>All values, sample after sample.</summary>
    public byte[] Values { get; }

    /// <summary>Reads a file.</summary>
    /// <param name="path">The file, plain or gzip.</param>
    /// <exception cref="InvalidInputException">The file is missing, has another format, is truncated or too long, or would not fit into memory.</exception>
    public static IdxFile Read(string path)
    {
        using FileStream file = InputFile.Open(path);
        return InputFile.Guard(path, () =>
        {
            if (!IsGzip(file)) return Read(file, path, file.Length);
            using var unpacked = new GZipStream(file, CompressionMode.Decompress);
            return Read(unpacked, path, length: null);
        });
    }

    /// <summary>Reads from a stream.</summary>
    /// <param name="stream">The unpacked bytes.</param>
    /// <param name="name">What the stream is, for errors.</param>
    /// <param name="length">The bytes that the stream holds; null where unknown. Memory is then claimed only as the bytes arrive.</param>
    internal static IdxFile Read(Stream stream, string name, long? length)
    {
        Span<byte> magic = stackalloc byte[4];
        ReadHeader(stream, magic, name);
        if (magic[0] != 0 || magic[1] != 0)
            throw new InvalidInputException(
                $"{name} begins with 0x{Convert.ToHexString(magic)}, expected 0x00000803 (images) or 0x00000801 (labels); it is not an IDX file.");
        if (magic[2] != UnsignedByte)
            throw new InvalidInputException($"{name} holds IDX values of type 0x{magic[2]:X2}, expected 0x08 (unsigned byte); convert it.");
        if (magic[3] is 0 or > MostDimensions)
            throw new InvalidInputException($"{name} says that it has {magic[3]} dimensions, expected 1 (labels) or 3 (images); get the file again.");
        var dimensions = new int[magic[3]];
        double count = 1;
        Span<byte> size = stackalloc byte[4];
        for (int i = 0; i < dimensions.Length; i++)
        {
            ReadHeader(stream, size, name);
            uint dimension = BinaryPrimitives.ReadUInt32BigEndian(size);
            count *= dimension;
            if (dimension > int.MaxValue || count > Array.MaxLength)
                throw new InvalidInputException($"{name} says that dimension {i + 1} is {dimension}, which makes more values than one array can hold "
                    + $"({Array.MaxLength}); the file is damaged or too large.");
            dimensions[i] = (int)dimension;
        }
        long header = 4 + (4L * dimensions.Length);
        string shape = string.Join("×", dimensions);
        if (length is { } known && known - header != (long)count)
            throw new InvalidInputException($"{name} has {known} bytes, expected {header + (long)count} for {shape} values; get the file again.");
        MemoryBudget.Require(count, $"{name} with {shape} values", "the file is damaged or too large for this machine");
        return new IdxFile(dimensions, ReadValues(stream, (int)count, name, shape, trusted: length is not null));
    }

    /// <summary>Whether a file begins as gzip does; the position is left at the beginning.</summary>
    internal static bool IsGzip(FileStream file)
    {
        Span<byte> magic = stackalloc byte[2];
        int read = file.ReadAtLeast(magic, magic.Length, throwOnEndOfStream: false);
        file.Position = 0;
        return read == 2 && magic is [0x1F, 0x8B];
    }

    private static void ReadHeader(Stream stream, Span<byte> destination, string name)
    {
        if (stream.ReadAtLeast(destination, destination.Length, throwOnEndOfStream: false) < destination.Length)
            throw new InvalidInputException($"{name} ends inside its header; it is not an IDX file or truncated; get the file again.");
    }

    private static byte[] ReadValues(Stream stream, int count, string name, string shape, bool trusted)
    {
        const int FirstBlock = 1 << 16;
        var values = new byte[trusted ? count : Math.Min(count, FirstBlock)];
        int read = 0;
        while (true)
        {
            read += stream.ReadAtLeast(values.AsSpan(read), values.Length - read, throwOnEndOfStream: false);
            if (read < values.Length)
                throw new InvalidInputException($"{name} ends after {read} values, expected {count} for {shape}; it is truncated; get the file again.");
            if (read == count) break;
            Array.Resize(ref values, (int)Math.Min(count, 2L * values.Length));
        }
        if (stream.ReadByte() >= 0)
            throw new InvalidInputException($"{name} holds more than the {count} values of {shape}; it is damaged; get the file again.");
        return values;
    }
}
