using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace RankCollapse.Formats;

/// <summary>
/// The header of NumPy's .npy format, versions 1 to 3: a mark, the version, the header's length, and a Python dictionary with <c>descr</c>,
/// <c>fortran_order</c> and <c>shape</c>.
/// </summary>
public sealed record NpyHeader(ElementType Type, bool IsBigEndian, bool IsFortranOrder, int[] Shape, int HeaderBytes)
{
    private const int LongestText = 1 << 16;
    private const int MostDimensions = 32;

    // More than any disk holds, and far enough from 2^63 that sizes in bytes fit into 64 bits.
    private const long MostNumbers = 1L << 48;

    private static ReadOnlySpan<byte> Mark => [0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y'];

    /// <summary>The number of values.</summary>
    public long Count => Shape.Aggregate(1L, (product, size) => product * size);

    /// <summary>Reads and checks a header.</summary>
    /// <exception cref="InvalidInputException">It is none, or describes an array that is not supported.</exception>
    public static NpyHeader Read(Stream stream, string name)
    {
        (string text, int headerBytes) = ReadText(stream, name);
        return Parse(text, name, headerBytes);
    }

    /// <summary>Reads a header of texts: how many there are, their most characters, and the bytes of one; null where it is of something else.</summary>
    internal static (int Count, int Length, int CharacterBytes, bool IsBigEndian)? ReadOfTexts(Stream stream, string name)
    {
        (string text, _) = ReadText(stream, name);
        if (PythonDictionary.Parse(text) is not { } entries || !entries.TryGetValue("descr", out string? descr)
            || !entries.TryGetValue("shape", out string? shape))
            return null;
        string quoted = descr.Trim('\'', '"'), type = quoted.TrimStart('<', '>', '|', '=');
        if (type.Length < 2 || type[0] is not ('U' or 'S') || !int.TryParse(type.AsSpan(1), NumberStyles.None, CultureInfo.InvariantCulture, out int length))
            return null;
        int count = (int)Math.Min(int.MaxValue, ParseShape(shape, name).Aggregate(1L, (product, size) => product * size));
        return (count, length, type[0] == 'U' ? 4 : 1, quoted.StartsWith('>'));
    }

    private static (string Text, int HeaderBytes) ReadText(Stream stream, string name)
    {
        Span<byte> start = stackalloc byte[12];
        ReadExactly(stream, start[..8], name);
        if (!start[..6].SequenceEqual(Mark))
            throw new InvalidInputException($"{name} does not begin with \\x93NUMPY; it is not a NumPy array.");
        int lengthBytes = start[6] switch
        {
            1 => 2,
            2 or 3 => 4,
            byte version => throw new InvalidInputException($"{name} has version {version} of NumPy's format, expected 1, 2 or 3; save it again."),
        };
        ReadExactly(stream, start.Slice(8, lengthBytes), name);
        uint length = lengthBytes == 2 ? BinaryPrimitives.ReadUInt16LittleEndian(start[8..]) : BinaryPrimitives.ReadUInt32LittleEndian(start[8..]);
        if (length > LongestText)
            throw new InvalidInputException($"{name} says that its header has {length} bytes, expected at most {LongestText}; it is damaged.");
        var text = new byte[length];
        ReadExactly(stream, text, name);
        return ((start[6] == 3 ? Encoding.UTF8 : Encoding.Latin1).GetString(text), 8 + lengthBytes + text.Length);
    }

    /// <summary>The bytes of a header of version 1, padded so that the values begin at a multiple of 64.</summary>
    public static byte[] ToBytes(string type, IReadOnlyList<int> shape)
    {
        string sizes = shape.Count == 1 ? $"{shape[0]}," : string.Join(", ", shape);
        string text = $"{{'descr': '{type}', 'fortran_order': False, 'shape': ({sizes}), }}";
        int total = (Mark.Length + 4 + text.Length + 1 + 63) / 64 * 64;
        var bytes = new byte[total];
        bytes.AsSpan().Fill((byte)' ');
        Mark.CopyTo(bytes);
        bytes[6] = 1;
        bytes[7] = 0;
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(8), (ushort)(total - 10));
        Encoding.ASCII.GetBytes(text, bytes.AsSpan(10));
        bytes[^1] = (byte)'\n';
        return bytes;
    }

    private static NpyHeader Parse(string text, string name, int headerBytes)
    {
        Dictionary<string, string> entries = PythonDictionary.Parse(text)
            ?? throw new InvalidInputException(
                $"{name} has the header {ErrorText.Printable(text.Trim())}, expected descr, fortran_order and shape; it is damaged, or has named fields.");
        string Entry(string key) => entries.TryGetValue(key, out string? value)
            ? value
            : throw new InvalidInputException($"{name} has no {key} in its header; it is damaged.");

        (ElementType type, bool isBigEndian) = ParseType(Entry("descr"), name);
        bool isFortranOrder = Entry("fortran_order") switch
        {
            "True" => true,
            "False" => false,
            string value => throw new InvalidInputException($"{name} has fortran_order {ErrorText.Printable(value)}, expected True or False; it is damaged."),
        };
        return new NpyHeader(type, isBigEndian, isFortranOrder, ParseShape(Entry("shape"), name), headerBytes);
    }

    private static (ElementType Type, bool IsBigEndian) ParseType(string descr, string name)
    {
        string quoted = descr.Trim('\'', '"');
        bool isBigEndian = quoted.StartsWith('>');
        ElementType? type = quoted.TrimStart('<', '>', '|', '=') switch
        {
            "b1" => ElementType.Bool,
            "u1" => ElementType.U8,
            "i1" => ElementType.I8,
            "u2" => ElementType.U16,
            "i2" => ElementType.I16,
            "u4" => ElementType.U32,
            "i4" => ElementType.I32,
            "u8" => ElementType.U64,
            "i8" => ElementType.I64,
            "f2" => ElementType.F16,
            "f4" => ElementType.F32,
            "f8" => ElementType.F64,
            _ => null,
        };
        return type is { } known
            ? (known, isBigEndian)
            : throw new InvalidInputException($"{name} holds values of NumPy type {ErrorText.Printable(descr)}, expected real numbers (f2, f4, f8, i1 … "
                + "i8, u1 … u8, b1); convert it with astype('<f8').");
    }

    private static int[] ParseShape(string text, string name)
    {
        string[] parts = text.Trim('(', ')').Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        if (parts.Length > MostDimensions)
            throw new InvalidInputException($"{name} has {parts.Length} dimensions, expected at most {MostDimensions}; it is damaged.");
        var shape = new int[parts.Length];
        long count = 1;
        for (int i = 0; i < parts.Length; i++)
        {
            if (!int.TryParse(parts[i].TrimEnd('L'), NumberStyles.None, CultureInfo.InvariantCulture, out shape[i])
                || (shape[i] > 0 && count > MostNumbers / shape[i]))
            {
                throw new InvalidInputException($"{name} has the shape {ErrorText.Printable(text)}, expected whole numbers with a product of at most "
                    + $"{MostNumbers}; it is damaged or too large.");
            }
            count *= shape[i];
        }
        return shape;
    }

    private static void ReadExactly(Stream stream, Span<byte> destination, string name)
    {
        if (stream.ReadAtLeast(destination, destination.Length, throwOnEndOfStream: false) < destination.Length)
            throw new InvalidInputException($"{name} ends inside its header; it is truncated; get the file again.");
    }
}
