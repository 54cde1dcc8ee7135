using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text.Json;
using RankCollapse.LinearAlgebra;

namespace RankCollapse.Formats;

/// <summary>Collects tensors and writes them as one safetensors file; the arrays are not copied.</summary>
public sealed class SafetensorsWriter
{
    private readonly List<(string Name, string Type, long[] Shape, long Bytes, Action<Stream> Write)> _tensors = [];
    private readonly Dictionary<string, string> _metadata = new(StringComparer.Ordinal);

    /// <summary>Adds a matrix as F64 with shape [rows, columns].</summary>
    /// <exception cref="ArgumentException">The name is taken.</exception>
    public SafetensorsWriter Add(string name, Matrix matrix)
    {
        ArgumentNullException.ThrowIfNull(matrix);
        return Add(name, "F64", [matrix.Rows, matrix.Columns], matrix.Length, stream => WriteDoubles(stream, matrix.AsSpan()));
    }

    /// <summary>Adds the entries of a matrix, row by row, as F64 with shape [entries].</summary>
    /// <exception cref="ArgumentException">The name is taken.</exception>
    public SafetensorsWriter AddVector(string name, Matrix vector)
    {
        ArgumentNullException.ThrowIfNull(vector);
        return Add(name, "F64", [vector.Length], vector.Length, stream => WriteDoubles(stream, vector.AsSpan()));
    }

    /// <summary>Adds whole numbers as I64 with shape [length].</summary>
    /// <exception cref="ArgumentException">The name is taken.</exception>
    public SafetensorsWriter Add(string name, long[] values)
    {
        ArgumentNullException.ThrowIfNull(values);
        return Add(name, "I64", [values.Length], values.Length, stream => WriteIntegers(stream, values));
    }

    /// <summary>Adds a free text entry.</summary>
    public SafetensorsWriter AddMetadata(string key, string value)
    {
        _metadata[key] = value;
        return this;
    }

    /// <summary>Writes the file, whole or not at all.</summary>
    /// <exception cref="InvalidInputException">The file cannot be written.</exception>
    public void Write(string path) => AtomicFile.Write(path, Write);

    /// <summary>Writes the content of the file.</summary>
    /// <param name="stream">Where it goes; it stays open.</param>
    public void Write(Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        byte[] header = Header();
        Span<byte> length = stackalloc byte[SafetensorsHeader.LengthBytes];
        BinaryPrimitives.WriteUInt64LittleEndian(length, (ulong)header.Length);
        stream.Write(length);
        stream.Write(header);
        foreach ((_, _, _, _, Action<Stream> write) in _tensors) write(stream);
    }

    /// <summary>Adds a tensor of any type whose bytes are written when the file is.</summary>
    /// <param name="name">The name.</param>
    /// <param name="type">The type of its numbers.</param>
    /// <param name="shape">Its sizes, the last one fastest.</param>
    /// <param name="write">Writes exactly as many bytes as shape and type need, little-endian.</param>
    /// <exception cref="ArgumentException">The name is taken.</exception>
    public SafetensorsWriter Add(string name, ElementType type, IReadOnlyList<long> shape, Action<Stream> write) =>
        AddBytes(name, type.ToString().ToUpperInvariant(), [.. shape],
            shape.Aggregate(ElementBytes.Bits(type), (long bits, long size) => checked(bits * size)) / 8, write);

    private SafetensorsWriter Add(string name, string type, long[] shape, int count, Action<Stream> write) => AddBytes(name, type, shape, 8L * count, write);

    private SafetensorsWriter AddBytes(string name, string type, long[] shape, long bytes, Action<Stream> write)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        if (name == SafetensorsHeader.MetadataKey || _tensors.Exists(tensor => tensor.Name == name))
            throw new ArgumentException($"The tensor name {name} is taken.", nameof(name));
        _tensors.Add((name, type, shape, bytes, write));
        return this;
    }

    /// <summary>The header's JSON, padded with spaces so that the tensors begin at a multiple of 8 bytes.</summary>
    private byte[] Header()
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            if (_metadata.Count > 0)
            {
                json.WriteStartObject(SafetensorsHeader.MetadataKey);
                foreach ((string key, string value) in _metadata) json.WriteString(key, value);
                json.WriteEndObject();
            }
            long offset = 0;
            foreach ((string name, string type, long[] shape, long bytes, _) in _tensors)
            {
                json.WriteStartObject(name);
                json.WriteString("dtype", type);
                WriteArray(json, "shape", shape);
                WriteArray(json, "data_offsets", [offset, offset + bytes]);
                json.WriteEndObject();
                offset += bytes;
            }
            json.WriteEndObject();
        }
        while (buffer.Length % 8 != 0) buffer.WriteByte((byte)' ');
        return buffer.ToArray();
    }

    private static void WriteArray(Utf8JsonWriter json, string name, ReadOnlySpan<long> values)
    {
        json.WriteStartArray(name);
        foreach (long value in values) json.WriteNumberValue(value);
        json.WriteEndArray();
    }

    private static void WriteDoubles(Stream stream, ReadOnlySpan<double> values)
    {
        if (BitConverter.IsLittleEndian)
        {
            WriteBlocks(stream, values);
            return;
        }
        Span<byte> bytes = stackalloc byte[sizeof(double)];
        foreach (double value in values)
        {
            BinaryPrimitives.WriteDoubleLittleEndian(bytes, value);
            stream.Write(bytes);
        }
    }

    private static void WriteIntegers(Stream stream, ReadOnlySpan<long> values)
    {
        if (BitConverter.IsLittleEndian)
        {
            WriteBlocks(stream, values);
            return;
        }
        Span<byte> bytes = stackalloc byte[sizeof(long)];
        foreach (long value in values)
        {
            BinaryPrimitives.WriteInt64LittleEndian(bytes, value);
            stream.Write(bytes);
        }
    }

    /// <summary>Writes in blocks because the bytes of one span cannot exceed 2 GB.</summary>
    private static void WriteBlocks<T>(Stream stream, ReadOnlySpan<T> values)
        where T : struct
    {
        const int Block = 1 << 20;
        for (int start = 0; start < values.Length; start += Block)
            stream.Write(MemoryMarshal.AsBytes(values.Slice(start, Math.Min(Block, values.Length - start))));
    }
}
