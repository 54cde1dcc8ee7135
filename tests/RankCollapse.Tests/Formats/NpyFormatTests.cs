using System.Text;
using CsCheck;
using RankCollapse.Formats;

namespace RankCollapse.Tests.Formats;

public sealed class NpyFormatTests
{
    private static readonly Gen<int[]> Shapes = Gen.Int[0, 5].Array[0, 4];

    [Fact]
    public void Arrays_ReadBackBitForBit()
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("a.npy");
        (from shape in Shapes
         from bits in Gen.Long.Array[shape.Aggregate(1, (p, s) => p * s)]
         select (shape, bits)).Sample(
            array =>
            {
                NpyFormat.Write(path, new NpyArray(array.shape, array.bits));
                NpyArray integers = NpyFormat.Read(path);
                Assert.True(integers.IsInteger);
                Assert.Equal(array.shape, integers.Shape);
                Assert.Equal(array.bits, integers.ToIntegers());
                NpyFormat.Write(path, new NpyArray(array.shape, Array.ConvertAll(array.bits, BitConverter.Int64BitsToDouble)));
                NpyArray doubles = NpyFormat.Read(path);
                Assert.False(doubles.IsInteger);
                Assert.Equal(array.bits, Array.ConvertAll(doubles.ToDoubles(), BitConverter.DoubleToInt64Bits));
            },
            iter: 100,
            threads: 1);
    }

    [Theory]
    [InlineData("<f8", "000000000000F03F00000000000000C0", 1.0, -2.0)]
    [InlineData(">f8", "3FF0000000000000C000000000000000", 1.0, -2.0)]
    [InlineData("<f4", "0000803F000000C0", 1.0, -2.0)]
    [InlineData(">f4", "3F800000C0000000", 1.0, -2.0)]
    [InlineData("<f2", "003C00C0", 1.0, -2.0)]
    [InlineData(">i8", "0000000000000001FFFFFFFFFFFFFFFE", 1.0, -2.0)]
    [InlineData("<i4", "01000000FEFFFFFF", 1.0, -2.0)]
    [InlineData(">i4", "00000001FFFFFFFE", 1.0, -2.0)]
    [InlineData(">u2", "0001FFFE", 1.0, 65534.0)]
    [InlineData("|u1", "01FE", 1.0, 254.0)]
    [InlineData("|i1", "01FE", 1.0, -2.0)]
    [InlineData("|b1", "0100", 1.0, 0.0)]
    public void EveryType_IsRead(string type, string data, double first, double second)
    {
        using var folder = new TemporaryFolder();
        string path = folder.Write("a.npy", File($"{{'descr': '{type}', 'fortran_order': False, 'shape': (2,), }}", Convert.FromHexString(data)));
        Assert.Equal([first, second], NpyFormat.Read(path).ToDoubles());
    }

    [Fact]
    public void FortranOrder_IsTurnedIntoRowOrder()
    {
        using var folder = new TemporaryFolder();
        // a[i, j, k] = 100 i + 10 j + k with shape (2, 3, 2), first dimension fastest.
        byte[] values = [.. from k in Enumerable.Range(0, 2) from j in Enumerable.Range(0, 3) from i in Enumerable.Range(0, 2) select (
            byte)((100 * i) + (10 * j) + k)];
        string path = folder.Write("a.npy", File("{'shape': (2, 3, 2), 'fortran_order': True, 'descr': '|u1'}", values));
        Assert.Equal([0, 1, 10, 11, 20, 21, 100, 101, 110, 111, 120, 121], NpyFormat.Read(path).ToDoubles());
    }

    [Theory]
    [InlineData("{'descr': '|O', 'fortran_order': False, 'shape': (2,), }", "type '|O'")]
    [InlineData("{'descr': '<U5', 'fortran_order': False, 'shape': (2,), }", "type '<U5'")]
    [InlineData("{'descr': '<c16', 'fortran_order': False, 'shape': (2,), }", "type '<c16'")]
    [InlineData("{'descr': [('a', '<f8')], 'fortran_order': False, 'shape': (2,), }", "named fields")]
    [InlineData("{'descr': '<f8', 'fortran_order': False, 'shape': (-2,), }", "shape (-2,)")]
    [InlineData("{'descr': '<f8', 'fortran_order': False, 'shape': (99999, 99999, 99999), }", "at most")]
    [InlineData("{'descr': '<f8', 'fortran_order': False, 'shape': (200000000,), }", "truncated")]
    [InlineData("{'descr': '<f8', 'fortran_order': 1, 'shape': (2,), }", "fortran_order 1")]
    [InlineData("{'descr': '<f8', 'shape': (2,), }", "no fortran_order")]
    [InlineData("{'descr': '<f8'", "header")]
    [InlineData("{'descr': '<f8', 'descr': '<f8', 'fortran_order': False, 'shape': (2,), }", "header")]
    [InlineData("{'descr': '<f8', 'fortran_order': False, 'shape': (3,), }", "truncated")]
    public void WrongHeader_IsRefused(string header, string found)
    {
        using var folder = new TemporaryFolder();
        string path = folder.Write("a.npy", File(header, new byte[16]));
        var error = Assert.Throws<InvalidInputException>(() => NpyFormat.Read(path));
        Assert.Contains(found, error.Message, StringComparison.Ordinal);
        Assert.Contains(path, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error.Message);
    }

    [Fact]
    public void DamagedFile_IsRefusedOrReadAsItStands()
    {
        using var folder = new TemporaryFolder();
        NpyFormat.Write(folder.File("good"), new NpyArray([3, 4], [.. Enumerable.Range(0, 12).Select(i => (double)i)]));
        DamagedBytes.AreRefusedOrReadAsTheyStand(
            System.IO.File.ReadAllBytes(folder.File("good")), bytes => [NpyFormat.Read(folder.Write("damaged", bytes)).ToDoubles()]);
    }

    [Fact]
    public void ShapeThatDoesNotFit_IsRefused() =>
        Assert.Throws<ShapeMismatchException>(() => new NpyArray([2, 3], new double[5]));

    private static byte[] File(string header, byte[] data)
    {
        byte[] text = Encoding.ASCII.GetBytes(header);
        return [0x93, .. "NUMPY"u8, 1, 0, (byte)text.Length, (byte)(text.Length >> 8), .. text, .. data];
    }
}
