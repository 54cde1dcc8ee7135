using System.Buffers.Binary;
using System.Text;
using CsCheck;
using RankCollapse.Formats;
using RankCollapse.LinearAlgebra;

namespace RankCollapse.Tests.Formats;

public sealed class SafetensorsWriterTests
{
    private static readonly Gen<Matrix> Matrices =
        from rows in Gen.Int[0, 6]
        from columns in Gen.Int[0, 6]
        from values in Gen.Double.Array[rows * columns]
        select new Matrix(values, 0, rows, columns);

    [Fact]
    public void TensorsAndMetadata_ReadBackBitForBit()
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("a.safetensors");
        Gen.Select(Matrices.Array[0, 4], Gen.Long.Array[0, 5], Gen.String).Sample(
            (matrices, labels, text) =>
            {
                SafetensorsWriter writer = new SafetensorsWriter().AddMetadata("text", text).Add("labels", labels);
                for (int i = 0; i < matrices.Length; i++) writer.Add($"W{i}", matrices[i]);
                writer.Write(path);
                using SafetensorsFile file = SafetensorsFile.Open(path);
                Assert.Equal(matrices.Length + 1, file.Tensors.Count);
                Assert.Equal(labels, file.ReadIntegers("labels"));
                for (int i = 0; i < matrices.Length; i++)
                {
                    Matrix read = file.ReadMatrix($"W{i}");
                    Assert.Equal((matrices[i].Rows, matrices[i].Columns), (read.Rows, read.Columns));
                    Assert.Equal(Bits(matrices[i]), Bits(read));
                }
            },
            iter: 100,
            threads: 1);
    }

    [Fact]
    public void Tensors_BeginAtAMultipleOfEightBytes()
    {
        using var folder = new TemporaryFolder();
        for (int length = 1; length <= 9; length++)
        {
            new SafetensorsWriter().Add(new string('n', length), [7]).Write(folder.File("a"));
            byte[] bytes = File.ReadAllBytes(folder.File("a"));
            long header = BinaryPrimitives.ReadInt64LittleEndian(bytes);
            Assert.Equal(0, header % 8);
            Assert.Equal(8 + header + 8, bytes.Length);
            Assert.StartsWith("{\"nn"[..3], Encoding.UTF8.GetString(bytes, 8, (int)header), StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("a")]
    [InlineData("__metadata__")]
    public void TakenName_IsRefused(string name) =>
        Assert.Throws<ArgumentException>(() => new SafetensorsWriter().Add("a", [1]).Add(name, [2]));

    private static long[] Bits(Matrix matrix) => Array.ConvertAll(matrix.AsSpan().ToArray(), BitConverter.DoubleToInt64Bits);
}
