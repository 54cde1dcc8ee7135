using System.Buffers.Binary;

namespace RankCollapse.Formats;

/// <summary>Turns numbers into the bytes of tensor files.</summary>
public static class ElementWriter
{
    /// <summary>Whether real numbers can be written in a type.</summary>
    public static bool CanWrite(ElementType type) => type is ElementType.F64 or ElementType.F32 or ElementType.F16 or ElementType.BF16;

    /// <summary>The nearest number of a type, as a double.</summary>
    /// <exception cref="NotSupportedException">The type is not one of real numbers.</exception>
    public static double Round(double value, ElementType type) => type switch
    {
        ElementType.F64 => value,
        ElementType.F32 => (float)value,
        ElementType.F16 => (double)(Half)value,
        ElementType.BF16 => BitConverter.Int32BitsToSingle(BrainFloat((float)value) << 16),
        _ => throw Unwritable(type),
    };

    /// <summary>The bytes of numbers, little-endian, rounded to nearest.</summary>
    /// <exception cref="NotSupportedException">The type is not one of real numbers.</exception>
    public static byte[] ToBytes(ReadOnlySpan<double> values, ElementType type)
    {
        if (!CanWrite(type)) throw Unwritable(type);
        int size = ElementBytes.Size(type);
        var bytes = new byte[checked(size * values.Length)];
        for (int i = 0; i < values.Length; i++)
        {
            Span<byte> place = bytes.AsSpan(i * size, size);
            switch (type)
            {
                case ElementType.F64: BinaryPrimitives.WriteDoubleLittleEndian(place, values[i]); break;
                case ElementType.F32: BinaryPrimitives.WriteSingleLittleEndian(place, (float)values[i]); break;
                case ElementType.F16: BinaryPrimitives.WriteHalfLittleEndian(place, (Half)values[i]); break;
                default: BinaryPrimitives.WriteUInt16LittleEndian(place, (ushort)BrainFloat((float)values[i])); break;
            }
        }
        return bytes;
    }

    /// <summary>The upper half of a float, rounded to nearest, ties to even.</summary>
    private static int BrainFloat(float value)
    {
        uint bits = BitConverter.SingleToUInt32Bits(value);
        return (int)(float.IsNaN(value) ? (bits >> 16) | 0x40 : (bits + 0x7FFF + ((bits >> 16) & 1)) >> 16);
    }

    private static NotSupportedException Unwritable(ElementType type) => new($"tensors of type {type} are not written");
}
