using System.Buffers.Binary;

namespace RankCollapse.Data;

/// <summary>Turns the bytes of tensor files into numbers.</summary>
internal static class ElementBytes
{
    private const int BlockElements = 1 << 13;

    /// <summary>The bytes of one number.</summary>
    public static int Size(ElementType type) => type switch
    {
        ElementType.Bool or ElementType.U8 or ElementType.I8 => 1,
        ElementType.U16 or ElementType.I16 or ElementType.F16 or ElementType.BF16 => 2,
        ElementType.U32 or ElementType.I32 or ElementType.F32 => 4,
        _ => 8,
    };

    /// <summary>Whether the type holds fractions.</summary>
    public static bool IsFloating(ElementType type) => type is ElementType.F16 or ElementType.BF16 or ElementType.F32 or ElementType.F64;

    /// <summary>Reads numbers as doubles; whole numbers beyond 2^53 are rounded.</summary>
    /// <exception cref="EndOfStreamException">The stream ends too early.</exception>
    public static void ReadDoubles(Stream stream, ElementType type, bool isBigEndian, Span<double> destination)
    {
        int size = Size(type);
        var block = new byte[size * Math.Min(BlockElements, destination.Length)];
        while (destination.Length > 0)
        {
            int count = Math.Min(BlockElements, destination.Length);
            ReadOnlySpan<byte> bytes = Fill(stream, block.AsSpan(0, count * size), size, isBigEndian);
            for (int i = 0; i < count; i++) destination[i] = ToDouble(bytes[(i * size)..], type);
            destination = destination[count..];
        }
    }

    /// <summary>Reads whole numbers exactly.</summary>
    /// <exception cref="EndOfStreamException">The stream ends too early.</exception>
    /// <exception cref="OverflowException">A number does not fit into 64 signed bits.</exception>
    /// <exception cref="FormatException">A number has a fraction.</exception>
    public static void ReadIntegers(Stream stream, ElementType type, bool isBigEndian, Span<long> destination)
    {
        int size = Size(type);
        var block = new byte[size * Math.Min(BlockElements, destination.Length)];
        while (destination.Length > 0)
        {
            int count = Math.Min(BlockElements, destination.Length);
            ReadOnlySpan<byte> bytes = Fill(stream, block.AsSpan(0, count * size), size, isBigEndian);
            for (int i = 0; i < count; i++) destination[i] = ToInteger(bytes[(i * size)..], type);
            destination = destination[count..];
        }
    }

    private static Span<byte> Fill(Stream stream, Span<byte> bytes, int size, bool isBigEndian)
    {
        stream.ReadExactly(bytes);
        if (isBigEndian && size > 1)
        {
            for (int i = 0; i < bytes.Length; i += size) bytes.Slice(i, size).Reverse();
        }
        return bytes;
    }

    private static double ToDouble(ReadOnlySpan<byte> bytes, ElementType type) => type switch
    {
        ElementType.F64 => BinaryPrimitives.ReadDoubleLittleEndian(bytes),
        ElementType.F32 => BinaryPrimitives.ReadSingleLittleEndian(bytes),
        ElementType.F16 => (double)BinaryPrimitives.ReadHalfLittleEndian(bytes),
        ElementType.BF16 => BitConverter.Int32BitsToSingle(BinaryPrimitives.ReadUInt16LittleEndian(bytes) << 16),
        ElementType.U64 => BinaryPrimitives.ReadUInt64LittleEndian(bytes),
        _ => ToInteger(bytes, type),
    };

    private static long ToInteger(ReadOnlySpan<byte> bytes, ElementType type) => type switch
    {
        ElementType.Bool => bytes[0] == 0 ? 0 : 1,
        ElementType.U8 => bytes[0],
        ElementType.I8 => (sbyte)bytes[0],
        ElementType.U16 => BinaryPrimitives.ReadUInt16LittleEndian(bytes),
        ElementType.I16 => BinaryPrimitives.ReadInt16LittleEndian(bytes),
        ElementType.U32 => BinaryPrimitives.ReadUInt32LittleEndian(bytes),
        ElementType.I32 => BinaryPrimitives.ReadInt32LittleEndian(bytes),
        ElementType.I64 => BinaryPrimitives.ReadInt64LittleEndian(bytes),
        ElementType.U64 => checked((long)BinaryPrimitives.ReadUInt64LittleEndian(bytes)),
        _ => Whole(ToDouble(bytes, type)),
    };

    private static long Whole(double value) =>
        Math.Abs(value) <= 1L << 53 && Math.Floor(value) == value
            ? (long)value
            : throw new FormatException($"the number {value} stands where a whole number was expected");
}
