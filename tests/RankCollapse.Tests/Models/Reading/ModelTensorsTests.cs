using System.IO.Compression;
using System.Text;
using RankCollapse.Formats;
using RankCollapse.LinearAlgebra;
using RankCollapse.Models.Formats;
using RankCollapse.Models.Reading;
using RankCollapse.Tests.Formats;

namespace RankCollapse.Tests.Models.Reading;

public sealed class ModelTensorsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("F8_E4M3", "38C4", 1.0, -3.0)]
    [InlineData("F8_E4M3", "7E01", 448.0, 0.001953125)]
    [InlineData("F8_E4M3", "7F80", double.NaN, -0.0)]
    [InlineData("F8_E5M2", "3CC4", 1.0, -4.0)]
    [InlineData("F8_E5M2", "7CFC", double.PositiveInfinity, double.NegativeInfinity)]
    [InlineData("F8_E5M2", "017B", 1.52587890625e-5, 57344.0)]
    [InlineData("F8_E4M3FNUZ", "4080", 1.0, double.NaN)]
    [InlineData("F8_E5M2FNUZ", "4001", 1.0, 7.62939453125e-6)]
    [InlineData("F8_E8M0", "807E", 2.0, 0.5)]
    public void EightBitFractions_AreExact(string type, string data, double first, double second)
    {
        string path = _folder.Write(
            "a.safetensors", SafetensorsBytes.Of($$"""{ "t": { "dtype": "{{type}}", "shape": [2], "data_offsets": [0, 2] } }""", Convert.FromHexString(data)));
        using ModelTensors model = ModelFormats.Open(path);
        Assert.Equal([first, second], model.ReadDoubles("t"));
    }

    [Theory]
    [InlineData("C64", 16, "complex")]
    [InlineData("F4", 1, "below a byte")]
    public void TypesThatAreNotRead_AreListedWithTheReason(string type, int bytes, string reason)
    {
        string path = _folder.Write(
            "a.safetensors", SafetensorsBytes.Of($$"""{ "t": { "dtype": "{{type}}", "shape": [2], "data_offsets": [0, {{bytes}}] } }""", new byte[bytes]));
        using ModelTensors model = ModelFormats.Open(path);
        Assert.Empty(model.Tensors);
        Assert.Contains(reason, Assert.Single(model.Skipped).Reason, StringComparison.Ordinal);
        Assert.Contains(reason, Assert.Throws<InvalidInputException>(() => model.ReadDoubles("t")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ShardedModel_ReadsEachTensorFromItsFile()
    {
        WriteShards("""{"metadata":{"total_size":20},"weight_map":{"a":"s-1.safetensors","b":"s-2.safetensors"}}""");
        foreach (string path in (string[])[_folder.File("model.safetensors.index.json"), _folder.Root])
        {
            using ModelTensors model = ModelFormats.Open(path, out ModelFormat format);
            Assert.Equal("shardedSafetensors", format.Name);
            Assert.Equal(["a", "b"], model.Tensors.Select(tensor => tensor.Name));
            Assert.Equal([3.0, 4.0, 5.0], model.ReadDoubles("b"));
        }
    }

    [Theory]
    [InlineData("""{"weight_map":{"a":"../s-1.safetensors"}}""", "no relative path")]
    [InlineData("""{"weight_map":{"a":"/etc/passwd"}}""", "no relative path")]
    [InlineData("""{"weight_map":{"a":"x\\y"}}""", "no relative path")]
    [InlineData("""{"weight_map":{"a":"absent.safetensors"}}""", "no such file")]
    [InlineData("""{"weight_map":{"b":"s-1.safetensors"}}""", "does not hold it")]
    [InlineData("""{"weight_map":{}}""", "names no tensors")]
    [InlineData("""{"weight_map":{"a":1}}""", "not the JSON of an index")]
    [InlineData("""{"weight_map":{"a":"s-1.safetensors","a":"s-2.safetensors"}}""", "not the JSON of an index")]
    [InlineData("""{"weights":{}}""", "no weight_map")]
    [InlineData("""[1]""", "no weight_map")]
    public void BadIndex_IsRefused(string index, string found)
    {
        WriteShards(index);
        var error = Assert.Throws<InvalidInputException>(() => ModelFormats.Open(_folder.File("model.safetensors.index.json")));
        Assert.Contains(found, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error.Message);
    }

    [Fact]
    public void LinkThatLeadsOutOfTheFolder_IsRefused_UnlessTheModelLiesThereToo()
    {
        using var elsewhere = new TemporaryFolder();
        string secret = elsewhere.Write("secret.safetensors", ModelBytes.Safetensors(("a", [1], [1])));
        string index = _folder.Write("model.safetensors.index.json", """{"weight_map":{"a":"s.safetensors"}}""");
        File.CreateSymbolicLink(_folder.File("s.safetensors"), secret);
        Assert.Contains("leads out of its folder", Assert.Throws<InvalidInputException>(() => ModelFormats.Open(index)).Message, StringComparison.Ordinal);

        // A download cache: the index is a link to where the files lie, too.
        File.Delete(index);
        File.CreateSymbolicLink(index, elsewhere.Write("index", """{"weight_map":{"a":"s.safetensors"}}"""));
        using ModelTensors model = ModelFormats.Open(index);
        Assert.Equal([1.0], model.ReadDoubles("a"));
    }

    [Fact]
    public void TensorThatTheIndexDoesNotName_IsListed()
    {
        WriteShards("""{"weight_map":{"b":"s-2.safetensors"}}""");
        _folder.Write("s-2.safetensors", ModelBytes.Safetensors(("b", [1], [3]), ("c", [1], [4])));
        using ModelTensors model = ModelFormats.Open(_folder.Root);
        Assert.Equal("c", Assert.Single(model.Skipped).Name);
    }

    [Fact]
    public void Npz_ListsArraysAndWhatIsNoArray()
    {
        byte[] bytes = ModelBytes.Npz(CompressionLevel.Optimal, ("layer/w", [2, 2], [1, 2, 3, 4]));
        using (var stream = new MemoryStream())
        {
            stream.Write(bytes);
            using (var archive = new ZipArchive(stream, ZipArchiveMode.Update, leaveOpen: true))
            {
                using Stream entry = archive.CreateEntry("notes.txt").Open();
                entry.Write("hello"u8);
            }
            bytes = stream.ToArray();
        }
        using ModelTensors model = ModelFormats.Open(_folder.Write("m.npz", bytes));
        Assert.Equal([1, 2, 3, 4], model.ReadMatrix("layer/w").AsSpan().ToArray());
        Assert.Equal("notes.txt", Assert.Single(model.Skipped).Name);
    }

    [Fact]
    public void FortranOrderAndBigEndian_AreReadInRowOrder()
    {
        using var stream = new MemoryStream();
        NpyFormat.Write(stream, new NpyArray([2, 3], [1.0, 4, 2, 5, 3, 6]));
        string header = Encoding.Latin1.GetString(stream.ToArray());
        byte[] bytes = Encoding.Latin1.GetBytes(header.Replace("'<f8'", "'>f8'").Replace("False,", "True, "));
        int data = bytes.Length - 48;
        for (int i = data; i < bytes.Length; i += 8) bytes.AsSpan(i, 8).Reverse();
        using ModelTensors model = ModelFormats.Open(_folder.Write("w.npy", bytes));
        Assert.Equal([1, 2, 3, 4, 5, 6], model.ReadMatrix("w").AsSpan().ToArray());
    }

    [Theory]
    [InlineData("80027D71002E", "pickle of Python", "torch.save")]
    [InlineData("8005954B000000000000007D942E", "pickle of Python", "torch.save")]
    [InlineData("47475546030000000000000000000000", "GGUF", "expected safetensors")]
    [InlineData("894844460D0A1A0A", "HDF5", "expected safetensors")]
    [InlineData("1C00000054464C33000000000000", "TensorFlow Lite", "expected safetensors")]
    [InlineData("3C21444F4354595045", "web page", "expected safetensors")]
    [InlineData("", "empty", "get the file again")]
    [InlineData("0123", "no model that is read", "expected safetensors")]
    public void OtherKindsOfFiles_AreRefusedByName(string hexadecimal, string found, string advice)
    {
        var error = Assert.Throws<InvalidInputException>(() => ModelFormats.Open(_folder.Write("model.bin", Convert.FromHexString(hexadecimal))));
        Assert.Contains(found, error.Message, StringComparison.Ordinal);
        Assert.Contains(advice, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(257, "a tar archive")]
    [InlineData(0, "none that torch.save wrote")]
    public void FileWithTheNameOfPyTorchs_ThatIsNone_IsRefused(int place, string found)
    {
        var content = new byte[600];
        "ustar"u8.CopyTo(content.AsSpan(place));
        var error = Assert.Throws<InvalidInputException>(() => ModelFormats.Open(_folder.Write("model.pth", content)));
        Assert.Contains(found, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void FolderWithSeveralModels_AsksForOne()
    {
        _folder.Write("a.safetensors", ModelBytes.Safetensors(("a", [1], [1])));
        Assert.Equal("safetensors", Format(_folder.Root));
        _folder.Write("b.npz", ModelBytes.Npz(CompressionLevel.Optimal, ("a", [1], [1])));
        Assert.Contains("a.safetensors, b.npz", Assert.Throws<InvalidInputException>(() => ModelFormats.Open(_folder.Root)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void FolderOfARun_GivesItsWeights()
    {
        _folder.Write("config.json", "{}");
        new SafetensorsWriter().Add("W1", Matrix.Identity(3, 2)).Write(_folder.File("weights.safetensors"));
        new SafetensorsWriter().Add("X", Matrix.Identity(3, 2)).Write(_folder.File("dataset.safetensors"));
        using ModelTensors model = ModelFormats.Open(_folder.Root, out ModelFormat format);
        Assert.Equal("run", format.Name);
        Assert.Equal("W1", Assert.Single(model.Tensors).Name);
    }

    [Fact]
    public void UnknownTensor_ListsNearNames()
    {
        using ModelTensors model = ModelFormats.Open(_folder.Write("a.safetensors", ModelBytes.Safetensors(("encoder.weight", [1], [1]))));
        Assert.Contains("encoder.weight", Assert.Throws<InvalidInputException>(() => model.ReadDoubles("encoder.wieght")).Message, StringComparison.Ordinal);
    }

    private static string Format(string path)
    {
        using ModelTensors model = ModelFormats.Open(path, out ModelFormat format);
        return format.Name;
    }

    private void WriteShards(string index)
    {
        _folder.Write("s-1.safetensors", ModelBytes.Safetensors(("a", [2], [1, 2])));
        _folder.Write("s-2.safetensors", ModelBytes.Safetensors(("b", [3], [3, 4, 5])));
        _folder.Write("model.safetensors.index.json", index);
    }
}
