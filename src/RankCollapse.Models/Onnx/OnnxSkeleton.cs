using Google.Protobuf;

namespace RankCollapse.Models.Onnx;

/// <summary>
/// An ONNX model without the numbers of its tensors: the graph as generated classes, and where in the file each tensor's numbers lie.
/// </summary>
/// <remarks>
/// Protocol buffers are parsed whole and hold at most 2 GB. Here the file is walked once in pieces of a few bytes; numbers are stepped over,
/// and only what is left is parsed, so that memory grows with the graph and not with the weights. Texts for people (<c>doc_string</c> of nodes) are left out
/// too.
/// </remarks>
internal sealed class OnnxSkeleton
{
    private const long LargestSkeleton = 1L << 28;
    private const int MostSegments = 1_000_000;
    private const int DeepestNesting = 60;

    // What small messages, texts, and numbers of one byte each come to as objects, at the most.
    private const double BytesOfAMessage = 512;
    private const double BytesOfATextByte = 48;
    private const double BytesOfANumberByte = 24;

    private readonly List<List<DataSegment>> _data = [];
    private readonly string _path;
    private long _size;
    private int _segments;

    private OnnxSkeleton(Stream stream, string path)
    {
        _path = path;
        var reader = new WireReader(stream, path);
        using var skeleton = new MemoryStream();
        Copy(reader, stream.Length, Message.Model, skeleton, depth: 0);
        skeleton.Position = 0;
        try
        {
            Model = ModelProto.Parser.ParseFrom(skeleton);
        }
        catch (InvalidProtocolBufferException e)
        {
            throw new InvalidInputException($"{path} is no ONNX model: {e.Message.ReplaceLineEndings(" ").TrimEnd('.')}; get it again.", e);
        }
        if (Model.Graph is null) throw new InvalidInputException($"{path} has no graph, so it is no ONNX model; get it again.");
    }

    private enum Message
    {
        Model,
        Graph,
        Node,
        Attribute,
        Function,
        Sparse,
        Tensor,
    }

    /// <summary>The model; tensors have no data, but <see cref="TensorProto.SkeletonNumber"/>, and external data where the file names it.</summary>
    public ModelProto Model { get; }

    /// <summary>The memory, at the most, that the model's messages take beside the bytes of its tensors once they are objects.</summary>
    public double ObjectBytes { get; private set; }

    /// <summary>Reads the skeleton of a model.</summary>
    /// <exception cref="InvalidInputException">The file is damaged or no ONNX model.</exception>
    public static OnnxSkeleton Read(Stream stream, string path) => new(stream, path);

    /// <summary>Where the numbers of a tensor of <see cref="Model"/> lie in the file; empty when they lie elsewhere.</summary>
    public IReadOnlyList<DataSegment> DataOf(TensorProto tensor) => _data[tensor.SkeletonNumber];

    private void Copy(WireReader reader, long end, Message kind, MemoryStream destination, int depth)
    {
        if (depth > DeepestNesting) throw reader.Damaged($"has messages nested more than {DeepestNesting} deep");
        List<DataSegment>? data = null;
        if (kind == Message.Tensor)
        {
            WriteTag(destination, TensorProto.SkeletonNumberFieldNumber, WireType.Varint);
            WriteVarint(destination, (ulong)_data.Count);
            data = [];
            _data.Add(data);
            Grow(reader, 16);
        }
        while (reader.Position < end)
        {
            long start = reader.Position;
            (int field, WireType type) = reader.ReadTag(end);
            if (type != WireType.Bytes)
            {
                if (data is not null && IsData(field))
                {
                    reader.SkipScalar(type, end);
                    Claim(BytesOfANumberByte);
                    AddLoose(reader, data, new DataSegment(field, type, IsPacked: false, start, reader.Position - start));
                    continue;
                }
                CopyScalar(reader, field, type, end, destination, isKept: !IsOwn(kind, field));
                continue;
            }
            long length = reader.ReadLength(end);
            Claim(BytesOfAMessage);
            if (data is not null && IsData(field))
            {
                if (!IsPlain(field)) Claim(BytesOfANumberByte * length);
                Add(reader, data, new DataSegment(field, type, IsPacked: true, reader.Position, length));
                reader.Skip(length, end);
            }
            else if (Child(kind, field) is { } child)
            {
                using var inner = new MemoryStream();
                Copy(reader, reader.Position + length, child, inner, depth + 1);
                WriteTag(destination, field, type);
                WriteVarint(destination, (ulong)inner.Length);
                inner.WriteTo(destination);
            }
            else if (IsOwn(kind, field) || IsForPeople(kind, field))
            {
                reader.Skip(length, end);
            }
            else
            {
                Grow(reader, length + 16);
                Claim(BytesOfATextByte * length);
                WriteTag(destination, field, type);
                WriteVarint(destination, (ulong)length);
                reader.Copy(length, destination);
            }
        }
    }

    private void CopyScalar(WireReader reader, int field, WireType type, long end, MemoryStream destination, bool isKept)
    {
        Grow(reader, 16);
        if (type == WireType.Varint)
        {
            ulong value = reader.ReadVarint(end);
            if (!isKept) return;
            WriteTag(destination, field, type);
            WriteVarint(destination, value);
            return;
        }
        int size = type == WireType.Fixed64 ? 8 : 4;
        if (size > end - reader.Position) throw reader.Damaged($"ends at byte {end}, inside a value");
        if (isKept) WriteTag(destination, field, type);
        reader.Copy(size, isKept ? destination : Stream.Null);
    }

    /// <summary>Values one by one, each with its tag, join into one segment.</summary>
    private void AddLoose(WireReader reader, List<DataSegment> data, DataSegment next)
    {
        if (data.Count > 0 && data[^1] is var last && !last.IsPacked && last.Field == next.Field && last.Type == next.Type
            && last.Offset + last.Length == next.Offset)
            data[^1] = last with { Length = last.Length + next.Length };
        else Add(reader, data, next);
    }

    private void Add(WireReader reader, List<DataSegment> data, DataSegment segment)
    {
        if (++_segments > MostSegments) throw reader.Damaged($"keeps the numbers of its tensors in more than {MostSegments} pieces");
        data.Add(segment);
    }

    /// <summary>Counts what something will take as an object, before anything is one.</summary>
    private void Claim(double bytes)
    {
        ObjectBytes += bytes;
        MemoryBudget.Require(ObjectBytes, _path, "is it the right file?");
    }

    private void Grow(WireReader reader, long bytes)
    {
        _size += bytes;
        if (_size > LargestSkeleton) throw reader.Damaged($"holds more than {LargestSkeleton >> 20} MB beside the numbers of its tensors");
    }

    private static Message? Child(Message kind, int field) => (kind, field) switch
    {
        (Message.Model, ModelProto.GraphFieldNumber) => Message.Graph,
        (Message.Model, ModelProto.FunctionsFieldNumber) => Message.Function,
        (Message.Graph, GraphProto.NodeFieldNumber) or (Message.Function, FunctionProto.NodeFieldNumber) => Message.Node,
        (Message.Graph, GraphProto.InitializerFieldNumber) => Message.Tensor,
        (Message.Graph, GraphProto.SparseInitializerFieldNumber) => Message.Sparse,
        (Message.Node, NodeProto.AttributeFieldNumber) or (Message.Function, FunctionProto.AttributeProtoFieldNumber) => Message.Attribute,
        (Message.Attribute, AttributeProto.TFieldNumber or AttributeProto.TensorsFieldNumber) => Message.Tensor,
        (Message.Attribute, AttributeProto.GFieldNumber or AttributeProto.GraphsFieldNumber) => Message.Graph,
        (Message.Attribute, AttributeProto.SparseTensorFieldNumber or AttributeProto.SparseTensorsFieldNumber) => Message.Sparse,
        (Message.Sparse, SparseTensorProto.ValuesFieldNumber or SparseTensorProto.IndicesFieldNumber) => Message.Tensor,
        _ => null,
    };

    private static bool IsData(int field) => field is TensorProto.RawDataFieldNumber
        or TensorProto.FloatDataFieldNumber or TensorProto.DoubleDataFieldNumber
        or TensorProto.Int32DataFieldNumber or TensorProto.Int64DataFieldNumber or TensorProto.Uint64DataFieldNumber
        or TensorProto.StringDataFieldNumber;

    /// <summary>Whether numbers take as many bytes in the file as in memory.</summary>
    private static bool IsPlain(int field) =>
        field is TensorProto.RawDataFieldNumber or TensorProto.FloatDataFieldNumber or TensorProto.DoubleDataFieldNumber;

    /// <summary>The field that only skeletons have: a file that holds it would name tensors that are not its own.</summary>
    private static bool IsOwn(Message kind, int field) => kind == Message.Tensor && field == TensorProto.SkeletonNumberFieldNumber;

    private static bool IsForPeople(Message kind, int field) =>
        (kind, field) is (Message.Node, NodeProto.DocStringFieldNumber) or (Message.Tensor, TensorProto.DocStringFieldNumber);

    private static void WriteTag(MemoryStream destination, int field, WireType type) => WriteVarint(destination, ((ulong)field << 3) | (ulong)type);

    private static void WriteVarint(MemoryStream destination, ulong value)
    {
        for (; value >= 0x80; value >>= 7) destination.WriteByte((byte)(value | 0x80));
        destination.WriteByte((byte)value);
    }
}

/// <summary>A piece of a tensor's numbers in an ONNX file.</summary>
/// <param name="Field">The field of <see cref="TensorProto"/>.</param>
/// <param name="Type">How values that are not packed are stored.</param>
/// <param name="IsPacked">Whether the bytes are values alone; otherwise a tag stands before each.</param>
/// <param name="Offset">Where it begins.</param>
/// <param name="Length">How many bytes it has.</param>
internal readonly record struct DataSegment(int Field, WireType Type, bool IsPacked, long Offset, long Length);
