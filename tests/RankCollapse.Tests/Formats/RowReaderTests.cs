using System.IO.Compression;
using RankCollapse.Formats;
using RankCollapse.Tests.Models;

namespace RankCollapse.Tests.Formats;

public sealed class RowReaderTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Read_GivesWhatReadingTheWholeGives()
    {
        double[] values = [.. ModelBytes.Numbers(35).Select(value => (double)value)];
        using NpzFile npz = NpzFile.Open(_folder.Write("a.npz", ModelBytes.Npz(CompressionLevel.Optimal, ("x", [7, 5], values))));
        Assert.Equal(values, InPieces(npz.OpenRows("x"), 10));
        using var safetensors = SafetensorsFile.Open(_folder.Write("a.safetensors", ModelBytes.Safetensors(
            ("w", [3], [1, 2, 3]), ("x", [7, 5], ModelBytes.Numbers(35)))));
        Assert.Equal(values, InPieces(safetensors.OpenRows("x"), 15));
        using var given = new RowReader("x", values);
        Assert.Equal(values, InPieces(given, 20));
    }

    [Fact]
    public void Read_OfMoreThanThereIs_IsRefused()
    {
        using var reader = new RowReader("the features", [1, 2, 3]);
        reader.Read(new double[4], 2, 2);
        Assert.Contains("the features", Assert.Throws<InvalidInputException>(() => reader.Read(new double[4], 0, 2)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_OfChangedContent_IsRefusedAtItsEnd()
    {
        byte[] content = ModelBytes.Npz(CompressionLevel.NoCompression, ("x", [2, 2], [1, 2, 3, 4]));
        int place = content.AsSpan().IndexOf(BitConverter.GetBytes(3.0));
        content[place + 1] ^= 1;
        using NpzFile npz = NpzFile.Open(_folder.Write("a.npz", content));
        using RowReader reader = npz.OpenRows("x");
        var values = new double[4];
        reader.Read(values, 0, 2);
        Assert.Contains("damaged", Assert.Throws<InvalidInputException>(() => reader.Read(values, 2, 2)).Message, StringComparison.Ordinal);
    }

    private static double[] InPieces(RowReader reader, int piece)
    {
        using (reader)
        {
            var values = new double[reader.Count];
            for (int start = 0; start < values.Length; start += piece) reader.Read(values, start, Math.Min(piece, values.Length - start));
            return values;
        }
    }
}
