using System.IO.Compression;
using RankCollapse.Formats;
using RankCollapse.Models;
using RankCollapse.Models.Compression;
using RankCollapse.Models.Formats;
using RankCollapse.Models.Reading;
using RankCollapse.Tests.Fuzzing;

namespace RankCollapse.Tests.Models.Torch;

public sealed class TorchModelTests : IDisposable
{
    private static readonly byte[] Floats = ModelBytes.Bytes([.. Enumerable.Range(0, 12).Select(i => (float)i)]);

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("checkpoint", "model.")]
    [InlineData("legacy", "model.")]
    [InlineData("module", "")]
    public void FileThatPyTorchWrote_IsRead(string file, string prefix)
    {
        using ModelTensors model = ModelFormats.Open(Path.Combine(FrontDoor.CorpusPath, $"torch.{file}.pt"), out ModelFormat format);
        Assert.Equal("torch", format.Name);
        Assert.Equal(["fc.weight", "norm.running_mean", "norm.running_var", "norm.num_batches_tracked"],
            model.Tensors.Where(tensor => tensor.Name != "half").Select(tensor => tensor.Name[prefix.Length..]));
        Assert.Equal([2L, 3L], model.Describe($"{prefix}fc.weight").Shape);
        Assert.Equal([0.0, 1, 2, 3, 4, 5], model.ReadDoubles($"{prefix}fc.weight"));
        if (prefix.Length == 0) return;
        Assert.Equal(ElementType.BF16, model.Describe("half").Type);
        Assert.Equal([0.0, 2, 1, 3], model.ReadDoubles("half"));
        Assert.Equal([("optimizer", false), ("args", false)], model.Skipped.Select(tensor => (tensor.Name, tensor.IsOfModel)));
    }

    [Theory]
    [InlineData(0, new long[] { 3, 4 }, new long[] { 4, 1 }, new double[] { 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11 })]
    [InlineData(0, new long[] { 4, 3 }, new long[] { 1, 4 }, new double[] { 0, 4, 8, 1, 5, 9, 2, 6, 10, 3, 7, 11 })]
    [InlineData(5, new long[] { 2, 2 }, new long[] { 4, 2 }, new double[] { 5, 7, 9, 11 })]
    [InlineData(7, new long[] { 3 }, new long[] { 1 }, new double[] { 7, 8, 9 })]
    [InlineData(3, new long[] { 2, 3 }, new long[] { 0, 1 }, new double[] { 3, 4, 5, 3, 4, 5 })]
    [InlineData(11, new long[] { }, new long[] { }, new double[] { 11 })]
    [InlineData(4, new long[] { 2, 1, 3 }, new long[] { 3, 99, 1 }, new double[] { 4, 5, 6, 7, 8, 9 })]
    [InlineData(0, new long[] { 0, 3 }, new long[] { 3, 1 }, new double[] { })]
    public void TensorInAnyOrder_HasItsNumbers(long offset, long[] shape, long[] strides, double[] expected)
    {
        byte[] value = TorchBytes.Dictionary(
            ("w", TorchBytes.Tensor(TorchBytes.Storage("FloatStorage", "0", 12), offset, shape, strides)),
            ("tied", TorchBytes.Tensor(TorchBytes.Storage("FloatStorage", "0", 12), 0, [12], [1])));
        byte[] big = [.. Floats.Chunk(4).SelectMany(number => number.Reverse())];
        foreach (byte[] file in (byte[][])[TorchBytes.Archive(value, ("data/0", Floats)), TorchBytes.Legacy(value, ("0", 12, Floats)),
            TorchBytes.Archive(value, ("data/0", big), ("byteorder", "big"u8.ToArray()))])
        {
            using ModelTensors model = ModelFormats.Open(_folder.Write("a.pt", file));
            Assert.Equal(shape, model.Describe("w").Shape);
            Assert.Equal(expected, model.ReadDoubles("w"));
            Assert.Equal(12, model.ReadDoubles("tied").Length);
            using var copy = new MemoryStream();
            model.CopyBytes("w", copy);
            Assert.Equal(ModelBytes.Bytes([.. expected.Select(number => (float)number)]), copy.ToArray());
        }
    }

    [Fact]
    public void ColumnOfALargeStorage_IsReadInPieces()
    {
        const int Rows = 700, Columns = 600;
        float[] numbers = ModelBytes.Numbers(Rows * Columns);
        byte[] value = TorchBytes.Dictionary(("w", TorchBytes.Tensor(TorchBytes.Storage("FloatStorage", "0", Rows * Columns), 5, [Rows], [Columns])));
        using ModelTensors model = ModelFormats.Open(_folder.Write("a.pt", TorchBytes.Archive(value, ("data/0", ModelBytes.Bytes(numbers)))));
        Assert.Equal(Enumerable.Range(0, Rows).Select(row => (double)numbers[(row * Columns) + 5]), model.ReadDoubles("w"));
    }

    [Theory]
    [InlineData("float8_e4m3fn", "38C4", ElementType.F8_E4M3, 1.0, -3.0)]
    [InlineData("float8_e5m2", "3CC4", ElementType.F8_E5M2, 1.0, -4.0)]
    [InlineData("uint16", "01000200", ElementType.U16, 1.0, 2.0)]
    public void TypesThatStoragesHaveNot_AreRead(string type, string data, ElementType expected, double first, double second)
    {
        byte[] bytes = Convert.FromHexString(data);
        byte[] value = TorchBytes.Dictionary(("w", TorchBytes.Tensor(TorchBytes.Storage("UntypedStorage", "0", bytes.Length), [2], [1], type)));
        using ModelTensors model = ModelFormats.Open(_folder.Write("a.pt", TorchBytes.Archive(value, ("data/0", bytes))));
        Assert.Equal(expected, model.Describe("w").Type);
        Assert.Equal([first, second], model.ReadDoubles("w"));
    }

    [Theory]
    [InlineData("ComplexFloatStorage", "complex")]
    [InlineData("QInt8Storage", "not read")]
    public void TypesThatAreNotRead_AreListedWithTheReason(string type, string reason)
    {
        byte[] unread = TorchBytes.Tensor(TorchBytes.Storage(type, "1", 1), 0, [1], [1]);
        using ModelTensors model = ModelFormats.Open(_folder.Write("a.pt", With(("x", unread), ("q", TorchBytes.Call("torch._utils", "_rebuild_qtensor")))));
        Assert.Equal("w", Assert.Single(model.Tensors).Name);
        Assert.Equal(["x", "q"], model.Skipped.Select(tensor => tensor.Name));
        Assert.Contains(reason, model.Skipped[0].Reason, StringComparison.Ordinal);
        Assert.Contains("quantised", model.Skipped[1].Reason, StringComparison.Ordinal);
        Assert.Contains("would lose them", Assert.Throws<InvalidInputException>(
            () => ModelCompression.Run(model.Path, _folder.File("out.safetensors"), new CompressionOptions())).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ProgramInTheFile_IsNamedAndDoesNotRun()
    {
        string trace = _folder.File("trace");
        using ModelTensors model = ModelFormats.Open(_folder.Write("a.pt", With(("x", TorchBytes.Call("os", "system", TorchBytes.Text($"touch {trace}"))))));
        Assert.Equal("w", Assert.Single(model.Tensors).Name);
        Assert.Contains("os.system", Assert.Single(model.Skipped).Reason, StringComparison.Ordinal);
        Assert.False(File.Exists(trace));
    }

    [Fact]
    public void TensorsInUnknownObjects_AreFound()
    {
        byte[] tensor = TorchBytes.Tensor(TorchBytes.Storage("FloatStorage", "0", 12), 0, [12], [1]);
        byte[] made = [.. TorchBytes.Call("my.models", "Model", tensor), .. TorchBytes.Dictionary(("inner", tensor)), (byte)'b'];
        using ModelTensors model = ModelFormats.Open(_folder.Write("a.pt", With(("net", made))));
        Assert.Equal(["w", "net.inner", "net.0"], model.Tensors.Select(one => one.Name));
    }

    [Theory]
    [InlineData(0, new long[] { 13 }, new long[] { 1 }, "outside its storage")]
    [InlineData(-1, new long[] { 3 }, new long[] { 1 }, "outside its storage")]
    [InlineData(0, new long[] { 3 }, new long[] { -1 }, "below 0")]
    [InlineData(0, new long[] { 2, 2 }, new long[] { 1L << 62, 1L << 62 }, "outside its storage")]
    [InlineData(0, new long[] { 3 }, new long[] { }, "without a shape")]
    public void TensorThatDoesNotFit_IsRefused(long offset, long[] shape, long[] strides, string found)
    {
        byte[] tensor = TorchBytes.Tensor(TorchBytes.Storage("FloatStorage", "0", 12), offset, shape, strides);
        var error = Assert.Throws<InvalidInputException>(() => ModelFormats.Open(_folder.Write("a.pt", With(("x", tensor)))));
        Assert.Contains(found, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error.Message);
    }

    [Fact]
    public void TensorThatClaimsMoreThanTheFileHolds_IsListed()
    {
        byte[] tensor = TorchBytes.Tensor(TorchBytes.Storage("FloatStorage", "0", 12), 0, [1L << 40, 1L << 40, 1L << 40], [0, 0, 0]);
        using ModelTensors model = ModelFormats.Open(_folder.Write("a.pt", With(("x", tensor))));
        Assert.Contains("repeats", Assert.Single(model.Skipped).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void StorageThatIsMissingOrShort_IsRefused()
    {
        byte[] value = TorchBytes.Dictionary(("w", TorchBytes.Tensor(TorchBytes.Storage("FloatStorage", "0", 12), 0, [12], [1])));
        foreach ((byte[] file, string found) in ((byte[], string)[])
            [(TorchBytes.Archive(value), "no entry m/data/0"), (TorchBytes.Archive(value, ("data/0", Floats[..40])), "has 40 bytes"),
            (TorchBytes.Legacy(value, ("0", 12, Floats[..40])), "cut off"), (TorchBytes.Legacy(value), "does not hold the storage"),
            (TorchBytes.Legacy(value, ("1", 12, Floats)), "no tensor uses")])
        {
            var error = Assert.Throws<InvalidInputException>(() => ModelFormats.Open(_folder.Write("a.pt", file)));
            Assert.Contains(found, error.Message, StringComparison.Ordinal);
        }
    }

    /// <summary>Lists of two times the list before: 2^60 ways lead to the tensor; and a list that holds itself, and ten thousand in each other.</summary>
    [Fact]
    public void ListsOfLists_DoNotMultiply()
    {
        byte[] tensor = TorchBytes.Tensor(TorchBytes.Storage("FloatStorage", "0", 12), 0, [12], [1]);
        byte[] pair = [(byte)'q', 9, (byte)'0', (byte)'(', (byte)'h', 9, (byte)'h', 9, (byte)'l'];
        byte[] doubled = [.. tensor, .. Enumerable.Repeat(pair, 60).SelectMany(one => one)];
        byte[] itself = [(byte)']', (byte)'q', 8, (byte)'h', 8, (byte)'a'];
        byte[] deep = [.. Enumerable.Repeat((byte)']', 10_000), .. tensor, .. Enumerable.Repeat((byte)'a', 10_000)];
        using ModelTensors model = ModelFormats.Open(_folder.Write("a.pt", With(("doubled", doubled), ("itself", itself), ("deep", deep))));
        Assert.InRange(model.Tensors.Count, 3, 4);
        Assert.Contains("levels deep", Assert.Single(model.Skipped).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void StateOfAnOptimiserAlone_IsRefused()
    {
        byte[] value = TorchBytes.Dictionary(("state", TorchBytes.Dictionary()), ("param_groups", [(byte)']']));
        var error = Assert.Throws<InvalidInputException>(() => ModelFormats.Open(_folder.Write("optimizer.pt", TorchBytes.Archive(value))));
        Assert.Contains("the state of an optimiser", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void TensorAlone_HasTheFilesName()
    {
        byte[] tensor = TorchBytes.Tensor(TorchBytes.Storage("FloatStorage", "0", 12), 0, [12], [1]);
        using ModelTensors model = ModelFormats.Open(_folder.Write("direction.pt", TorchBytes.Archive(tensor, ("data/0", Floats))));
        Assert.Equal("direction", Assert.Single(model.Tensors).Name);
    }

    [Fact]
    public void ArchiveThatWasPackedAgain_IsRead_UnlessNumbersLieInAnotherOrder()
    {
        byte[] storage = TorchBytes.Storage("FloatStorage", "0", 12);
        byte[] value = TorchBytes.Dictionary(("w", TorchBytes.Tensor(storage, 4, [2, 2], [2, 1])), ("t", TorchBytes.Tensor(storage, 0, [4, 3], [1, 4])));
        byte[] file = TorchBytes.Archive(
            CompressionLevel.Optimal, ("x/y/data.pkl", TorchBytes.Pickle(value)), ("x/y/data/0", Floats), ("x/y/readme", [1]));
        using ModelTensors model = ModelFormats.Open(_folder.Write("a.zip", file));
        Assert.Equal([4.0, 5, 6, 7], model.ReadDoubles("w"));
        Assert.Contains("packed", Assert.Throws<InvalidInputException>(() => model.ReadDoubles("t")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ShardedModel_ReadsEachTensorFromItsFile()
    {
        _folder.Write("pytorch_model-1.bin", With());
        _folder.Write("pytorch_model-2.bin", TorchBytes.Legacy(
            TorchBytes.Dictionary(("v", TorchBytes.Tensor(TorchBytes.Storage("FloatStorage", "7", 12), 2, [2], [1]))), ("7", 12, Floats)));
        _folder.Write("training_args.bin", "x");
        string index = _folder.Write("pytorch_model.bin.index.json", """{"weight_map":{"w":"pytorch_model-1.bin","v":"pytorch_model-2.bin"}}""");
        foreach (string path in (string[])[index, _folder.Root])
        {
            using ModelTensors model = ModelFormats.Open(path, out ModelFormat format);
            Assert.Equal("shardedTorch", format.Name);
            Assert.Equal([2.0, 3], model.ReadDoubles("v"));
        }

        // An index that names an index is none of a model's files.
        _folder.Write("pytorch_model.bin.index.json", """{"weight_map":{"w":"pytorch_model.bin.index.json"}}""");
        Assert.Throws<InvalidInputException>(() => ModelFormats.Open(index));
    }

    [Fact]
    public void Compressed_IsASafetensorsFileOfTheModelAlone()
    {
        byte[] optimizer = TorchBytes.Dictionary(("state", TorchBytes.Dictionary()), ("param_groups", [(byte)']']));
        string path = _folder.Write("a.pt", With(("optimizer", optimizer), ("t", TorchBytes.Tensor(TorchBytes.Storage("FloatStorage", "0", 12), 0, [6], [2]))));
        string written = _folder.File("small.safetensors");
        ModelCompression.Run(path, written, new CompressionOptions { Rule = RankRule.Rank, Rank = 1 });
        using ModelTensors before = ModelFormats.Open(path), after = ModelFormats.Open(written);
        Assert.Equal(["t", "w.down", "w.up"], after.Tensors.Select(tensor => tensor.Name).Order(StringComparer.Ordinal));
        Assert.Equal(before.ReadDoubles("t"), after.ReadDoubles("t"));
    }

    /// <summary>A checkpoint with a tensor w [3, 4] and more.</summary>
    private static byte[] With(params (string Key, byte[] Value)[] others) => TorchBytes.Archive(
        TorchBytes.Dictionary([("w", TorchBytes.Tensor(TorchBytes.Storage("FloatStorage", "0", 12), 0, [3, 4], [4, 1])), .. others]),
        ("data/0", Floats), ("data/1", new byte[16]));
}
