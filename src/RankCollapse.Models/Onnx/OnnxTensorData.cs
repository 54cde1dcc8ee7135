using System.Buffers.Binary;
using RankCollapse.Formats;

namespace RankCollapse.Models.Onnx;

/// <summary>Where the numbers of one ONNX tensor lie, and how to read them: raw bytes, a typed field, or a file beside the model.</summary>
internal sealed class OnnxTensorData
{
    private readonly string _model;
    private readonly TensorProto _tensor;
    private readonly ElementType _type;
    private readonly IReadOnlyList<DataSegment> _segments;
    private readonly ExternalData? _external;

    private OnnxTensorData(string model, TensorProto tensor, ElementType type, long count, IReadOnlyList<DataSegment> segments, ExternalData? external)
    {
        _model = model;
        _tensor = tensor;
        _type = type;
        _segments = segments;
        _external = external;
        Entry = new Reading.TensorEntry(tensor.Name, type, [.. tensor.Dims]);
        Count = count;
    }

    /// <summary>The tensor's description.</summary>
    public Reading.TensorEntry Entry { get; }

    /// <summary>How many numbers it has.</summary>
    public long Count { get; }

    /// <summary>Checks that the file holds what the tensor says.</summary>
    /// <param name="model">The model's file.</param>
    /// <param name="tensor">A tensor of the skeleton.</param>
    /// <param name="segments">Its data in the file.</param>
    /// <param name="reason">Why it is not read, when the result is null.</param>
    /// <exception cref="InvalidInputException">The sizes contradict each other, or external data is missing or lies outside the folder.</exception>
    public static OnnxTensorData? Of(string model, TensorProto tensor, IReadOnlyList<DataSegment> segments, out string? reason)
    {
        string name = ErrorText.Printable(tensor.Name);
        reason = null;
        if (OnnxElementType.Of(tensor.DataType) is not { } type)
        {
            reason = $"its values are of type {OnnxElementType.Name(tensor.DataType)}, which are not read";
            return null;
        }
        if (tensor.Segment is not null)
        {
            reason = "it is a part of a larger tensor (segment), which is not read";
            return null;
        }
        Int128 product = 1;
        foreach (long size in tensor.Dims)
        {
            if (size < 0) throw new InvalidInputException($"{model}: tensor {name} has the size {size}, expected at least 0; export the model again.");
            product = Int128.Min(product * size, long.MaxValue / 8);
        }
        long count = (long)product, stored = OnnxElementType.IsHalfByte(tensor.DataType) ? (count + 1) / 2 : count;
        long bytes = stored * ElementBytes.Size(type);
        if (tensor.DataLocation == TensorProto.Types.DataLocation.External)
            return new OnnxTensorData(model, tensor, type, count, segments, ExternalData.Of(model, tensor, bytes));
        if (Raw(segments) is { } raw)
        {
            if (raw.Length != bytes)
                throw new InvalidInputException(
                    $"{model}: tensor {name} with the shape {string.Join("×", tensor.Dims)} has {raw.Length} bytes, expected {bytes}; export the model again.");
        }
        else
        {
            // A number takes at least one byte: claims beyond that are refused before any memory is taken.
            int field = OnnxElementType.TypedField(type);
            long available = segments.Where(segment => segment.Field == field).Sum(segment => segment.Length);
            if (available == 0 && count > 0)
            {
                reason = "the file holds no numbers for it";
                return null;
            }
            if (stored > available)
                throw new InvalidInputException($"{model}: tensor {name} claims {count} numbers, but has {available} bytes; export the model again.");
        }
        return new OnnxTensorData(model, tensor, type, count, segments, external: null);
    }

    /// <summary>Reads the numbers.</summary>
    /// <param name="stream">The model's file.</param>
    /// <exception cref="InvalidInputException">There are more or fewer than the shape says.</exception>
    public double[] Read(Stream stream)
    {
        if (!OnnxElementType.IsHalfByte(_tensor.DataType)) return Read(stream, _type, new double[Count]);
        double[] bytes = Read(stream, ElementType.U8, new double[(Count + 1) / 2]), values = new double[Count];
        for (long i = 0; i < Count; i++)
        {
            int code = i % 2 == 0 ? (int)bytes[i / 2] & 15 : ((int)bytes[i / 2] >> 4) & 15;
            values[i] = _type == ElementType.I8 && code > 7 ? code - 16 : code;
        }
        return values;
    }

    private double[] Read(Stream stream, ElementType type, double[] values)
    {
        if (_external is not null)
        {
            _external.Read(type, values);
        }
        else if (Raw(_segments) is { } raw)
        {
            stream.Position = raw.Offset;
            ElementBytes.ReadDoubles(stream, type, isBigEndian: false, values);
        }
        else
        {
            ReadTyped(stream, values);
        }
        return values;
    }

    /// <summary>The last raw data of a tensor, which counts when there are several.</summary>
    private static DataSegment? Raw(IReadOnlyList<DataSegment> segments)
    {
        for (int i = segments.Count - 1; i >= 0; i--)
        {
            if (segments[i] is { Field: TensorProto.RawDataFieldNumber, IsPacked: true }) return segments[i];
        }
        return null;
    }

    private void ReadTyped(Stream stream, double[] values)
    {
        int field = OnnxElementType.TypedField(_type), filled = 0;
        foreach (DataSegment segment in _segments.Where(segment => segment.Field == field))
        {
            stream.Position = segment.Offset;
            var reader = new WireReader(stream, _model);
            long end = segment.Offset + segment.Length;
            if (segment.IsPacked && _type is ElementType.F32 or ElementType.F64)
            {
                long count = segment.Length / ElementBytes.Size(_type);
                if (count > values.Length - filled || count * ElementBytes.Size(_type) != segment.Length) throw Miscounted(filled + count);
                ElementBytes.ReadDoubles(stream, _type, isBigEndian: false, values.AsSpan(filled, (int)count));
                filled += (int)count;
                continue;
            }
            while (reader.Position < end)
            {
                if (!segment.IsPacked) reader.ReadTag(end);
                if (filled == values.Length) throw Miscounted(filled + 1L);
                values[filled++] = _type is ElementType.F32 or ElementType.F64 ? ReadFixed(stream, reader, end) : FromVarint(reader.ReadVarint(end));
            }
        }
        if (filled != values.Length) throw Miscounted(filled);
    }

    private double ReadFixed(Stream stream, WireReader reader, long end)
    {
        Span<byte> bytes = stackalloc byte[ElementBytes.Size(_type)];
        stream.ReadExactly(bytes);
        reader.Skip(bytes.Length, end);
        return _type == ElementType.F32 ? BinaryPrimitives.ReadSingleLittleEndian(bytes) : BinaryPrimitives.ReadDoubleLittleEndian(bytes);
    }

    /// <summary>The number that a varint stands for; floating types of 16 and 8 bits are stored as their bits.</summary>
    private double FromVarint(ulong value)
    {
        if (_type == ElementType.U64) return value;
        if (_type == ElementType.U32) return (uint)value;
        if (!ElementBytes.IsFloating(_type)) return _type == ElementType.Bool ? (value == 0 ? 0 : 1) : (long)value;
        Span<byte> bits = stackalloc byte[2];
        BinaryPrimitives.WriteUInt16LittleEndian(bits, (ushort)value);
        Span<double> number = stackalloc double[1];
        ElementBytes.ToDoubles(bits[..ElementBytes.Size(_type)], _type, number);
        return number[0];
    }

    private InvalidInputException Miscounted(long found) =>
        new($"{_model}: tensor {ErrorText.Printable(_tensor.Name)} has {(found > Count ? "more than" : "only")} {(found > Count ? Count : found)} numbers, "
            + $"expected {Count} for the shape {Entry.ShapeText}; export the model again.");
}
