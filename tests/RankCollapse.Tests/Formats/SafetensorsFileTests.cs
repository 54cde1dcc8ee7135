using RankCollapse.Formats;
using RankCollapse.LinearAlgebra;

namespace RankCollapse.Tests.Formats;

public sealed class SafetensorsFileTests
{
    [Theory]
    [InlineData("F64", "000000000000F03F00000000000000C0", 1.0, -2.0)]
    [InlineData("F32", "0000803F000000C0", 1.0, -2.0)]
    [InlineData("F16", "003C00C0", 1.0, -2.0)]
    [InlineData("BF16", "803F00C0", 1.0, -2.0)]
    [InlineData("I64", "0100000000000000FEFFFFFFFFFFFFFF", 1.0, -2.0)]
    [InlineData("I32", "01000000FEFFFFFF", 1.0, -2.0)]
    [InlineData("I16", "0100FEFF", 1.0, -2.0)]
    [InlineData("I8", "01FE", 1.0, -2.0)]
    [InlineData("U64", "0100000000000000FEFFFFFFFFFFFFFF", 1.0, 18446744073709551614.0)]
    [InlineData("U32", "01000000FEFFFFFF", 1.0, 4294967294.0)]
    [InlineData("U16", "0100FEFF", 1.0, 65534.0)]
    [InlineData("U8", "01FE", 1.0, 254.0)]
    [InlineData("BOOL", "0100", 1.0, 0.0)]
    public void EveryType_BecomesDoubles(string type, string data, double first, double second)
    {
        using var folder = new TemporaryFolder();
        byte[] bytes = Convert.FromHexString(data);
        string path = folder.Write(
            "a", SafetensorsBytes.Of($$"""{ "t": { "dtype": "{{type}}", "shape": [2, 1], "data_offsets": [0, {{bytes.Length}}] } }""", bytes));
        using SafetensorsFile file = SafetensorsFile.Open(path);
        Matrix matrix = file.ReadMatrix("t");
        Assert.Equal((2, 1), (matrix.Rows, matrix.Columns));
        Assert.Equal([first, second], matrix.AsSpan().ToArray());
    }

    [Fact]
    public void BigWholeNumbers_AreExact()
    {
        using var folder = new TemporaryFolder();
        new SafetensorsWriter().Add("n", [long.MinValue, long.MaxValue, (1L << 53) + 1]).Write(folder.File("a"));
        using SafetensorsFile file = SafetensorsFile.Open(folder.File("a"));
        Assert.Equal([long.MinValue, long.MaxValue, (1L << 53) + 1], file.ReadIntegers("n"));
    }

    [Theory]
    [InlineData("""{"a":{"dtype":"F64","shape":[1],"data_offsets":[0,8]},"a":{"dtype":"F64","shape":[1],"data_offsets":[8,16]}}""", "JSON")]
    [InlineData("""{"a":{"dtype":"F64","shape":[1],"data_offsets":[0,8]},"b":{"dtype":"F64","shape":[1],"data_offsets":[4,12]}}""", "gap or overlap")]
    [InlineData("""{"a":{"dtype":"F64","shape":[1],"data_offsets":[0,8]},"b":{"dtype":"I32","shape":[1],"data_offsets":[12,16]}}""", "gap or overlap")]
    [InlineData("""{"a":{"dtype":"F64","shape":[1],"data_offsets":[0,8]}}""", "its header describes 8")]
    [InlineData("""{"a":{"dtype":"F64","shape":[3],"data_offsets":[0,24]}}""", "its header describes 24")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,16]}}""", "need 8 bytes")]
    [InlineData("""{"a":{"dtype":"F64","shape":[9223372036854775807,9223372036854775807,2],"data_offsets":[0,16]}}""", "lies at bytes")]
    [InlineData("""{"a":{"dtype":"F64","shape":[-2],"data_offsets":[0,16]}}""", "size -2")]
    [InlineData("""{"a":{"dtype":"F64","shape":[2],"data_offsets":[16,0]}}""", "bytes 16 to 0")]
    [InlineData("""{"a":{"dtype":"F64","shape":[2],"data_offsets":[0]}}""", "1 data_offsets")]
    [InlineData("""{"a":{"dtype":"F65","shape":[2],"data_offsets":[0,16]}}""", "type F65")]
    [InlineData("""{"a":{"dtype":"f64","shape":[2],"data_offsets":[0,16]}}""", "type f64")]
    [InlineData("""{"a":{"dtype":12,"shape":[2],"data_offsets":[0,16]}}""", "JSON")]
    [InlineData("""{"a":{"shape":[2],"data_offsets":[0,16]}}""", "no dtype")]
    [InlineData("""{"a":[]}""", "JSON")]
    [InlineData("""[]""", "begin")]
    [InlineData("""{"a":""", "JSON")]
    [InlineData("""{"__metadata__":{"k":1},"a":{"dtype":"F64","shape":[2],"data_offsets":[0,16]}}""", "JSON")]
    public void BrokenHeader_IsRefused(string json, string found)
    {
        using var folder = new TemporaryFolder();
        string path = folder.Write("bad", SafetensorsBytes.Of(json, new byte[16]));
        var error = Assert.Throws<InvalidInputException>(() => SafetensorsFile.Open(path).Dispose());
        Assert.Contains(found, error.Message, StringComparison.Ordinal);
        Assert.Contains(path, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error.Message);
    }

    [Theory]
    [InlineData("", "0 bytes")]
    [InlineData("01000000000000FF7B", "at most 100000000")]
    [InlineData("00E1F505000000007B", "truncated")]
    public void BrokenLength_IsRefused(string hexadecimal, string found)
    {
        using var folder = new TemporaryFolder();
        string path = folder.Write("bad", Convert.FromHexString(hexadecimal));
        var error = Assert.Throws<InvalidInputException>(() => SafetensorsFile.Open(path).Dispose());
        Assert.Contains(found, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void DamagedFile_IsRefusedOrReadAsItStands()
    {
        using var folder = new TemporaryFolder();
        new SafetensorsWriter()
            .AddMetadata("name", "x")
            .Add("W1", new Matrix([1.5, -2, 3e5, 4, 5e-7, 6], 0, 3, 2))
            .Add("labels", [1, 2, 3])
            .Write(folder.File("good"));
        DamagedBytes.AreRefusedOrReadAsTheyStand(File.ReadAllBytes(folder.File("good")), bytes =>
        {
            using SafetensorsFile file = SafetensorsFile.Open(folder.Write("damaged", bytes));
            double[] labels = Array.ConvertAll(file.ReadIntegers("labels"), label => (double)label);
            return [labels, .. file.Tensors.Select(tensor => file.ReadDoubles(tensor.Name))];
        });
    }

    [Fact]
    public void UnknownTensor_ListsNearNames()
    {
        using var folder = new TemporaryFolder();
        new SafetensorsWriter().Add("weights", [1]).Write(folder.File("a"));
        using SafetensorsFile file = SafetensorsFile.Open(folder.File("a"));
        var error = Assert.Throws<InvalidInputException>(() => file.ReadDoubles("weigths"));
        Assert.Contains("near it are weights", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Fractions_AreNoWholeNumbers()
    {
        using var folder = new TemporaryFolder();
        new SafetensorsWriter().Add("a", Matrix.FromRows([0.5])).Write(folder.File("a"));
        using SafetensorsFile file = SafetensorsFile.Open(folder.File("a"));
        Assert.Throws<InvalidInputException>(() => file.ReadIntegers("a"));
    }
}
