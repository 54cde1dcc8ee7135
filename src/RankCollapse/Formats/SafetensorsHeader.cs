using System.Buffers.Binary;
using System.Text.Json;

namespace RankCollapse.Formats;

/// <summary>
/// The header of a safetensors file: 8 bytes with its length (little-endian), then JSON with type, shape and place of each tensor.
/// The rules are those of the format's reference implementation: at most 100 MB, no duplicate names, tensors without gaps or overlaps up to the end of the
/// file.
/// </summary>
internal static class SafetensorsHeader
{
    public const int LengthBytes = 8;
    public const long LongestHeader = 100_000_000;
    public const string MetadataKey = "__metadata__";

    private static readonly Dictionary<string, ElementType> TypesByName =
        Enum.GetValues<ElementType>().ToDictionary(type => type.ToString().ToUpperInvariant(), StringComparer.Ordinal);

    private static readonly JsonDocumentOptions Strict = new() { MaxDepth = 8 };

    /// <summary>Reads and checks the header; the stream's position is then at the first tensor.</summary>
    /// <exception cref="InvalidInputException">The header breaks a rule; the message names the file and the tensor.</exception>
    public static (IReadOnlyList<TensorDescription> Tensors, IReadOnlyDictionary<string, string> Metadata) Read(Stream stream, string path)
    {
        Span<byte> lengthBytes = stackalloc byte[LengthBytes];
        if (stream.ReadAtLeast(lengthBytes, LengthBytes, throwOnEndOfStream: false) < LengthBytes)
            throw new InvalidInputException($"{path} has {stream.Length} bytes, fewer than the 8 that begin a safetensors file; get the file again.");
        ulong length = BinaryPrimitives.ReadUInt64LittleEndian(lengthBytes);
        if (length > (ulong)LongestHeader)
            throw new InvalidInputException(
                $"{path} says that its header has {length} bytes, expected at most {LongestHeader}; it is damaged or not a safetensors file.");
        if ((long)length > stream.Length - LengthBytes)
            throw new InvalidInputException(
                $"{path} says that its header has {length} bytes, but the file has {stream.Length}; it is truncated; get the file again.");
        var json = new byte[length];
        stream.ReadExactly(json);
        if (json is not [(byte)'{', ..])
            throw new InvalidInputException($"{path} has a header that does not begin with '{{'; it is damaged or not a safetensors file.");
        try
        {
            using JsonDocument document = JsonText.Parse(json, Strict);
            return Read(document.RootElement, path, stream.Length - LengthBytes - (long)length);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException)
        {
            throw new InvalidInputException(
                $"{path} has a header that is not the JSON of safetensors: {e.Message.ReplaceLineEndings(" ").TrimEnd('.')}; get the file again.", e);
        }
    }

    private static (IReadOnlyList<TensorDescription> Tensors, IReadOnlyDictionary<string, string> Metadata) Read(JsonElement root, string path, long dataBytes)
    {
        var tensors = new List<TensorDescription>();
        var metadata = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (JsonProperty property in root.EnumerateObject())
        {
            if (property.Name != MetadataKey)
            {
                tensors.Add(Describe(property, path));
                continue;
            }
            foreach (JsonProperty entry in property.Value.EnumerateObject()) metadata.Add(entry.Name, entry.Value.GetString() ?? "");
        }
        tensors.Sort((a, b) => (a.Offset, a.ByteCount).CompareTo((b.Offset, b.ByteCount)));
        long end = 0;
        foreach (TensorDescription tensor in tensors)
        {
            if (tensor.Offset != end)
                throw new InvalidInputException($"{path}: tensor {ErrorText.Printable(tensor.Name)} begins at byte {tensor.Offset}, but the tensor before "
                    + $"it ends at {end}; tensors follow each other without gap or overlap; get the file again.");
            end += tensor.ByteCount;
        }
        if (end != dataBytes)
            throw new InvalidInputException(
                $"{path} holds {dataBytes} bytes of tensors, but its header describes {end}; it is truncated or damaged; get the file again.");
        return (tensors, metadata);
    }

    private static TensorDescription Describe(JsonProperty property, string path)
    {
        string name = ErrorText.Printable(property.Name);
        JsonElement Part(string part) => property.Value.TryGetProperty(part, out JsonElement value)
            ? value
            : throw new InvalidInputException($"{path}: tensor {name} has no {part} in the header; get the file again.");

        string typeName = Part("dtype").GetString() ?? "";
        if (!TypesByName.TryGetValue(typeName, out ElementType type))
            throw new InvalidInputException($"{path}: tensor {name} has numbers of type {ErrorText.Printable(typeName)}, expected one of "
                + $"{string.Join(", ", TypesByName.Keys)}; convert it.");
        long[] shape = [.. Part("shape").EnumerateArray().Select(size => size.GetInt64())];
        JsonElement offsets = Part("data_offsets");
        if (offsets.GetArrayLength() != 2)
            throw new InvalidInputException($"{path}: tensor {name} has {offsets.GetArrayLength()} data_offsets, expected 2; get the file again.");
        long begin = offsets[0].GetInt64();
        long end = offsets[1].GetInt64();
        Int128 bits = ElementBytes.Bits(type);
        foreach (long size in shape)
        {
            if (size < 0)
                throw new InvalidInputException($"{path}: tensor {name} has the size {size}, expected at least 0; get the file again.");
            // The product stays below 2^127: it is cut off at 2^62 bits, which exceeds every file's size.
            bits = Int128.Min(bits * size, 1L << 62);
        }
        Int128 bytes = bits / 8;
        if (bits % 8 != 0)
            throw new InvalidInputException(
                $"{path}: tensor {name} has {string.Join("×", shape)} numbers of type {typeName}, which do not fill whole bytes; get the file again.");
        if (begin < 0 || end < begin || end - begin != bytes)
            throw new InvalidInputException($"{path}: tensor {name} lies at bytes {begin} to {end}, but {string.Join("×", shape)} numbers of type "
                + $"{typeName} need {bytes} bytes; get the file again.");
        return new TensorDescription(property.Name, type, shape, begin, end - begin);
    }
}
