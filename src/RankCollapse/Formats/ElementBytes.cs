using System.Buffers.Binary;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;

namespace RankCollapse.Formats;

/// <summary>Turns the bytes of tensor files into numbers.</summary>
public static class ElementBytes
{
    private const int BlockElements = 1 << 13;
    private const int BlockOfHalves = 256;

    /// <summary>The bits of one number.</summary>
    public static int Bits(ElementType type) => type switch
    {
        ElementType.F4 => 4,
        ElementType.F6_E2M3 or ElementType.F6_E3M2 => 6,
        ElementType.Bool or ElementType.U8 or ElementType.I8 => 8,
        ElementType.F8_E4M3 or ElementType.F8_E5M2 or ElementType.F8_E4M3FNUZ or ElementType.F8_E5M2FNUZ or ElementType.F8_E8M0 => 8,
        ElementType.U16 or ElementType.I16 or ElementType.F16 or ElementType.BF16 => 16,
        ElementType.U32 or ElementType.I32 or ElementType.F32 => 32,
        _ => 64,
    };

    /// <summary>The bytes of one number of a readable type.</summary>
    public static int Size(ElementType type) => Bits(type) / 8;

    /// <summary>Whether numbers of the type are read: real ones that fill whole bytes.</summary>
    public static bool IsReadable(ElementType type) => type is not (ElementType.C64 or ElementType.F4 or ElementType.F6_E2M3 or ElementType.F6_E3M2);

    /// <summary>Whether the type holds fractions.</summary>
    public static bool IsFloating(ElementType type) => type >= ElementType.F8_E4M3;

    /// <summary>Reads numbers as doubles; whole numbers beyond 2^53 are rounded.</summary>
    /// <exception cref="EndOfStreamException">The stream ends too early.</exception>
    public static void ReadDoubles(Stream stream, ElementType type, bool isBigEndian, Span<double> destination)
    {
        int size = Size(type);
        var block = new byte[size * Math.Min(BlockElements, destination.Length)];
        while (destination.Length > 0)
        {
            int count = Math.Min(BlockElements, destination.Length);
            ToDoubles(Fill(stream, block.AsSpan(0, count * size), size, isBigEndian), type, destination[..count]);
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

    /// <summary>Turns little-endian bytes into doubles; the frequent types in loops of their own.</summary>
    public static void ToDoubles(ReadOnlySpan<byte> bytes, ElementType type, Span<double> destination)
    {
        int size = Size(type);
        if (BitConverter.IsLittleEndian && type == ElementType.F32)
        {
            TensorPrimitives.ConvertTruncating(MemoryMarshal.Cast<byte, float>(bytes)[..destination.Length], destination);
        }
        else if (BitConverter.IsLittleEndian && type == ElementType.F64)
        {
            MemoryMarshal.Cast<byte, double>(bytes)[..destination.Length].CopyTo(destination);
        }
        else if (BitConverter.IsLittleEndian && type == ElementType.F16)
        {
            ReadOnlySpan<Half> halves = MemoryMarshal.Cast<byte, Half>(bytes)[..destination.Length];
            Span<float> part = stackalloc float[BlockOfHalves];
            for (int start = 0; start < halves.Length; start += part.Length)
            {
                int count = Math.Min(part.Length, halves.Length - start);
                TensorPrimitives.ConvertTruncating<Half, float>(halves.Slice(start, count), part);
                TensorPrimitives.ConvertTruncating<float, double>(part[..count], destination[start..]);
            }
        }
        else if (type == ElementType.BF16)
        {
            for (int i = 0; i < destination.Length; i++)
                destination[i] = BitConverter.Int32BitsToSingle(BinaryPrimitives.ReadUInt16LittleEndian(bytes[(2 * i)..]) << 16);
        }
        else
        {
            for (int i = 0; i < destination.Length; i++) destination[i] = ToDouble(bytes[(i * size)..], type);
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
        ElementType.F8_E4M3 => EightBits(bytes[0], fractionBits: 3, bias: 7, (bytes[0] & 0x7F) == 0x7F),
        ElementType.F8_E5M2 when (bytes[0] & 0x7F) == 0x7C => bytes[0] == 0x7C ? double.PositiveInfinity : double.NegativeInfinity,
        ElementType.F8_E5M2 => EightBits(bytes[0], fractionBits: 2, bias: 15, (bytes[0] & 0x7F) > 0x7C),
        ElementType.F8_E4M3FNUZ => EightBits(bytes[0], fractionBits: 3, bias: 8, bytes[0] == 0x80),
        ElementType.F8_E5M2FNUZ => EightBits(bytes[0], fractionBits: 2, bias: 16, bytes[0] == 0x80),
        ElementType.F8_E8M0 => bytes[0] == 0xFF ? double.NaN : Math.ScaleB(1, bytes[0] - 127),
        ElementType.C64 or ElementType.F4 or ElementType.F6_E2M3 or ElementType.F6_E3M2 =>
            throw new NotSupportedException($"numbers of type {type} are not read"),
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

    /// <summary>A sign bit, an exponent and a fraction; subnormal where the exponent is 0.</summary>
    private static double EightBits(int bits, int fractionBits, int bias, bool isNaN)
    {
        if (isNaN) return double.NaN;
        int exponent = (bits & 0x7F) >> fractionBits;
        int fraction = bits & ((1 << fractionBits) - 1);
        double size = exponent == 0
            ? Math.ScaleB(fraction, 1 - bias - fractionBits)
            : Math.ScaleB((1 << fractionBits) + fraction, exponent - bias - fractionBits);
        return bits >= 0x80 ? -size : size;
    }

    private static long Whole(double value) =>
        Math.Abs(value) <= 1L << 53 && Math.Floor(value) == value
            ? (long)value
            : throw new FormatException($"the number {value} stands where a whole number was expected");
}
