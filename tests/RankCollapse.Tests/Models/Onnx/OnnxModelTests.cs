using Google.Protobuf;
using RankCollapse.Models.Formats;
using RankCollapse.Models.Onnx;
using RankCollapse.Models.Reading;
using DataType = RankCollapse.Models.Onnx.TensorProto.Types.DataType;

namespace RankCollapse.Tests.Models.Onnx;

public sealed class OnnxModelTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void EveryWayToStoreNumbers_IsRead()
    {
        var graph = new GraphProto();
        void Add(string name, DataType type, Action<TensorProto> fill)
        {
            var tensor = new TensorProto { Name = name, Dims = { 2 }, DataType = (int)type };
            fill(tensor);
            graph.Initializer.Add(tensor);
        }
        Add("float", DataType.Float, tensor => tensor.FloatData.Add([1.5f, -2]));
        Add("double", DataType.Double, tensor => tensor.DoubleData.Add([1.5, -2]));
        Add("int8", DataType.Int8, tensor => tensor.Int32Data.Add([1, -2]));
        Add("uint8", DataType.Uint8, tensor => tensor.Int32Data.Add([1, 254]));
        Add("bool", DataType.Bool, tensor => tensor.Int32Data.Add([1, 0]));
        Add("half", DataType.Float16, tensor => tensor.Int32Data.Add([0x3C00, 0xC000]));
        Add("bfloat", DataType.Bfloat16, tensor => tensor.Int32Data.Add([0x3F80, 0xC000]));
        Add("int64", DataType.Int64, tensor => tensor.Int64Data.Add([1, -2]));
        Add("uint64", DataType.Uint64, tensor => tensor.Uint64Data.Add([1, ulong.MaxValue]));
        Add("raw", DataType.Int16, tensor => tensor.RawData = ByteString.CopyFrom(1, 0, 0xFE, 0xFF));
        Add("text", DataType.String, tensor => tensor.StringData.Add([ByteString.CopyFromUtf8("a"), ByteString.CopyFromUtf8("b")]));
        Add("nibbles", DataType.Int4, tensor => tensor.RawData = ByteString.CopyFrom(0x21));
        Add("nothing", DataType.Float, _ => { });
        using ModelTensors model = Open(graph);
        Assert.Equal([1.5, -2], model.ReadDoubles("float"));
        Assert.Equal([1.5, -2], model.ReadDoubles("double"));
        Assert.Equal([1, -2], model.ReadDoubles("int8"));
        Assert.Equal([1, 254], model.ReadDoubles("uint8"));
        Assert.Equal([1, 0], model.ReadDoubles("bool"));
        Assert.Equal([1, -2], model.ReadDoubles("half"));
        Assert.Equal([1, -2], model.ReadDoubles("bfloat"));
        Assert.Equal([1, -2], model.ReadDoubles("int64"));
        Assert.Equal([1, ulong.MaxValue], model.ReadDoubles("uint64"));
        Assert.Equal([1, -2], model.ReadDoubles("raw"));
        Assert.Equal([1, 2], model.ReadDoubles("nibbles"));
        Assert.Equal(["text", "nothing"], model.Skipped.Select(tensor => tensor.Name));
    }

    [Fact]
    public void NumbersOneByOne_AreRead()
    {
        // Old writers store 'repeated' numbers each with its tag.
        var tensor = new TensorProto { Name = "w", Dims = { 3 }, DataType = (int)DataType.Float };
        using var stream = new MemoryStream();
        tensor.WriteTo(stream);
        foreach (float value in (float[])[1, 2, 3])
        {
            stream.WriteByte((TensorProto.FloatDataFieldNumber << 3) | 5);
            stream.Write(ModelBytes.Bytes(value));
        }
        byte[] packed = stream.ToArray();
        using var model = new MemoryStream();
        WriteField(model, ModelProto.GraphFieldNumber, Field(GraphProto.InitializerFieldNumber, packed));
        using ModelTensors opened = ModelFormats.Open(_folder.Write("m.onnx", model.ToArray()));
        Assert.Equal([1, 2, 3], opened.ReadDoubles("w"));
    }

    [Fact]
    public void Skeleton_HoldsNoNumbers()
    {
        byte[] bytes = ModelBytes.Onnx(new GraphProto { Initializer = { ModelBytes.Raw("w", [300, 100], ModelBytes.Numbers(30_000)) } });
        using var stream = new MemoryStream(bytes);
        OnnxSkeleton skeleton = OnnxSkeleton.Read(stream, "m.onnx");
        Assert.True(skeleton.Model.CalculateSize() < 200);
        DataSegment segment = Assert.Single(skeleton.DataOf(skeleton.Model.Graph.Initializer[0]));
        Assert.Equal(120_000, segment.Length);
    }

    [Fact]
    public void ExternalData_IsReadFromBesideTheModel()
    {
        _folder.Write("w.bin", [.. new byte[16], .. ModelBytes.Bytes(1, 2, 3, 4), .. new byte[4]]);
        using ModelTensors model = Open(External(("location", "w.bin"), ("offset", "16"), ("length", "16")));
        Assert.Equal([1, 2, 3, 4], model.ReadMatrix("w").AsSpan().ToArray());
    }

    [Fact]
    public void ExternalDataBeyondTwoGigabytes_AreRead()
    {
        const long Offset = 5L << 29;
        using (FileStream file = File.Create(_folder.File("w.bin")))
        {
            // Only the end is written: the rest takes no place on the disk.
            file.Position = Offset;
            file.Write(ModelBytes.Bytes(1, 2, 3, 4));
        }
        using ModelTensors model = Open(External(("location", "w.bin"), ("offset", Offset.ToString()), ("length", "16")));
        Assert.Equal([1, 2, 3, 4], model.ReadDoubles("w"));
    }

    [Theory]
    [InlineData("../w.bin", "0", "16", "no relative path")]
    [InlineData("sub/../../w.bin", "0", "16", "no relative path")]
    [InlineData("/etc/passwd", "0", "16", "no relative path")]
    [InlineData("C:w.bin", "0", "16", "no relative path")]
    [InlineData("", "0", "16", "no relative path")]
    [InlineData("absent.bin", "0", "16", "no such file")]
    [InlineData("w.bin", "8", "16", "has 16")]
    [InlineData("w.bin", "9223372036854775807", "16", "has 16")]
    [InlineData("w.bin", "0", "12", "expected 16")]
    [InlineData("w.bin", "-1", "16", "expected a whole number")]
    [InlineData("w.bin", "zero", "16", "expected a whole number")]
    public void HostileExternalData_IsRefused(string location, string offset, string length, string found)
    {
        _folder.Write("w.bin", new byte[16]);
        var error = Assert.Throws<InvalidInputException>(() => Open(External(("location", location), ("offset", offset), ("length", length))));
        Assert.Contains(found, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error.Message);
    }

    [Theory]
    [InlineData(3, "expected 24")]
    [InlineData(1L << 60, "expected")]
    [InlineData(-2, "size -2")]
    public void ShapesThatDoNotFitTheData_AreRefused(long rows, string found)
    {
        var error = Assert.Throws<InvalidInputException>(() => Open(new GraphProto { Initializer = { ModelBytes.Raw("w", [rows, 2], 1, 2, 3, 4) } }));
        Assert.Contains(found, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ClaimOfMoreNumbersThanBytes_IsRefusedBeforeMemoryIsTaken()
    {
        var tensor = new TensorProto { Name = "w", Dims = { 1L << 30 }, DataType = (int)DataType.Int64, Int64Data = { 1, 2 } };
        long before = GC.GetAllocatedBytesForCurrentThread();
        var error = Assert.Throws<InvalidInputException>(() => Open(new GraphProto { Initializer = { tensor } }));
        Assert.Contains("claims 1073741824 numbers, but has 2 bytes", error.Message, StringComparison.Ordinal);
        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 4 << 20);
    }

    [Fact]
    public void DeepNesting_IsRefused()
    {
        byte[] graph = [];
        for (int i = 0; i < 200; i++)
        {
            graph = Field(AttributeProto.GFieldNumber, graph);
            graph = Field(GraphProto.NodeFieldNumber, Field(NodeProto.AttributeFieldNumber, graph));
        }
        var error = Assert.Throws<InvalidInputException>(() => ModelFormats.Open(_folder.Write("m.onnx", Field(ModelProto.GraphFieldNumber, graph))));
        Assert.Contains("nested", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ForeignSkeletonNumber_CannotNameAnotherTensor()
    {
        var first = ModelBytes.Raw("a", [1], 1);
        first.SkeletonNumber = 7;
        using ModelTensors model = Open(new GraphProto { Initializer = { first, ModelBytes.Raw("b", [1], 2) } });
        Assert.Equal([1.0], model.ReadDoubles("a"));
        Assert.Equal([2.0], model.ReadDoubles("b"));
    }

    [Fact]
    public void TensorsOfSubgraphs_HaveNamesOfTheirOwn()
    {
        var inner = new GraphProto { Initializer = { ModelBytes.Raw("w", [1], 2) } };
        var branch = new AttributeProto { Name = "then_branch", Type = AttributeProto.Types.AttributeType.Graph, G = inner };
        var graph = new GraphProto
        {
            Initializer = { ModelBytes.Raw("w", [1], 1) },
            Node = { ModelBytes.Node("If", ["c"], "y", branch),
                ModelBytes.Node("Constant", [], "k", new AttributeProto { Name = "value", T = ModelBytes.Raw("", [1], 3) }) },
        };
        using ModelTensors model = Open(graph);
        Assert.Equal(["w", "node_y/then_branch/w", "k"], model.Tensors.Select(tensor => tensor.Name));
        Assert.Equal([2.0], model.ReadDoubles("node_y/then_branch/w"));
        Assert.Equal([3.0], model.ReadDoubles("k"));
    }

    [Fact]
    public void FileWithoutGraph_IsRefused() =>
        Assert.Contains("no graph",
            Assert.Throws<InvalidInputException>(() => ModelFormats.Open(_folder.Write("m.onnx", new ModelProto { IrVersion = 8 }.ToByteArray()))).Message,
            StringComparison.Ordinal);

    private static GraphProto External(params (string Key, string Value)[] entries)
    {
        var tensor = new TensorProto { Name = "w", Dims = { 2, 2 }, DataType = (int)DataType.Float, DataLocation = TensorProto.Types.DataLocation.External };
        foreach ((string key, string value) in entries) tensor.ExternalData.Add(new StringStringEntryProto { Key = key, Value = value });
        return new GraphProto { Initializer = { tensor } };
    }

    private static byte[] Field(int number, byte[] content)
    {
        using var stream = new MemoryStream();
        WriteField(stream, number, content);
        return stream.ToArray();
    }

    private static void WriteField(MemoryStream stream, int number, byte[] content)
    {
        using var output = new CodedOutputStream(stream, leaveOpen: true);
        output.WriteTag(number, WireFormat.WireType.LengthDelimited);
        output.WriteBytes(ByteString.CopyFrom(content));
    }

    private ModelTensors Open(GraphProto graph) => ModelFormats.Open(_folder.Write("m.onnx", ModelBytes.Onnx(graph)));
}
