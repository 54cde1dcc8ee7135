namespace RankCollapse.Models.Onnx;

/// <summary>Reads the wire format of protocol buffers from a file: tags, varints and lengths, with every step checked against the end of its message.</summary>
internal sealed class WireReader(Stream stream, string path)
{
    private const int LongestVarint = 10;

    /// <summary>Where the next byte lies.</summary>
    public long Position { get; private set; } = stream.Position;

    /// <summary>The file's name, for errors.</summary>
    public string Path => path;

    /// <summary>Reads a tag: the field's number and its wire type.</summary>
    public (int Field, WireType Type) ReadTag(long end)
    {
        ulong tag = ReadVarint(end);
        ulong field = tag >> 3;
        if (field is 0 or > 0x1FFFFFFF || (tag & 7) is 3 or 4 or > 5) throw Damaged($"holds the tag {tag} before byte {Position}, which no ONNX file has");
        return ((int)field, (WireType)(tag & 7));
    }

    /// <summary>Reads a varint that ends before <paramref name="end"/>.</summary>
    public ulong ReadVarint(long end)
    {
        ulong value = 0;
        for (int i = 0; i < LongestVarint; i++)
        {
            int next = Position < end ? stream.ReadByte() : -1;
            if (next < 0) throw Damaged($"ends inside a number at byte {Position}");
            Position++;
            value |= (ulong)(next & 0x7F) << (7 * i);
            if (next < 0x80) return value;
        }
        throw Damaged($"holds a number of more than {LongestVarint} bytes at byte {Position}");
    }

    /// <summary>Reads a length that fits before <paramref name="end"/>.</summary>
    public long ReadLength(long end)
    {
        ulong length = ReadVarint(end);
        return length <= (ulong)(end - Position) ? (long)length
            : throw Damaged($"says at byte {Position} that {length} bytes follow, but its message has {end - Position} left");
    }

    /// <summary>The bytes of a value of a fixed wire type, or of a varint that is stepped over.</summary>
    public void SkipScalar(WireType type, long end)
    {
        switch (type)
        {
            case WireType.Varint:
                ReadVarint(end);
                break;
            case WireType.Fixed64 or WireType.Fixed32:
                Skip(type == WireType.Fixed64 ? 8 : 4, end);
                break;
            default:
                throw Damaged($"holds a text where a number was expected at byte {Position}");
        }
    }

    /// <summary>Steps over bytes.</summary>
    public void Skip(long bytes, long end)
    {
        if (bytes > end - Position) throw Damaged($"ends at byte {end}, inside a value");
        Position += bytes;
        stream.Position = Position;
    }

    /// <summary>Copies bytes.</summary>
    public void Copy(long bytes, Stream destination)
    {
        Span<byte> block = stackalloc byte[1024];
        while (bytes > 0)
        {
            Span<byte> part = block[..(int)Math.Min(block.Length, bytes)];
            stream.ReadExactly(part);
            destination.Write(part);
            Position += part.Length;
            bytes -= part.Length;
        }
    }

    /// <summary>An error about the file.</summary>
    public InvalidInputException Damaged(string what) => new($"{path} {what}; it is damaged or no ONNX model; get it again.");
}

/// <summary>How the value of a field is stored.</summary>
internal enum WireType
{
    /// <summary>7 bits a byte, the lowest first.</summary>
    Varint = 0,

    /// <summary>8 bytes.</summary>
    Fixed64 = 1,

    /// <summary>A length, and that many bytes.</summary>
    Bytes = 2,

    /// <summary>4 bytes.</summary>
    Fixed32 = 5,
}
