using CsCheck;
using RankCollapse.Runs;

namespace RankCollapse.Tests.Runs;

public sealed class MetricsTableTests
{
    private static readonly Gen<MetricRecord> Records = Gen.Select(
        Gen.Long,
        Gen.Double,
        Gen.Int,
        Gen.OneOf(Gen.Const("objective"), Gen.Const("tcvUpper"), Gen.Const("ärger")),
        Gen.OneOf(Gen.Double, Gen.Const(double.NaN)),
        (epoch, seconds, layer, metric, value) => new MetricRecord(epoch, seconds, layer, metric, value));

    [Fact]
    public void Table_ReadsBackWhatWasWritten()
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("metrics.parquet");
        Records.Array[0, 30].Sample(
            records =>
            {
                MetricsTable.Write(path, records);
                Assert.Equal(records, MetricsTable.Read(path));
            },
            iter: 40,
            threads: 1);
        Assert.Single(Directory.GetFiles(folder.Root));
    }

    [Fact]
    public void ManyEqualRows_ReadBack()
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("metrics.parquet");
        MetricRecord[] records = [.. Enumerable.Repeat(new MetricRecord(1, 2, 3, "objective", 4), 100_000)];
        MetricsTable.Write(path, records);
        Assert.Equal(records, MetricsTable.Read(path));
    }

    [Fact]
    public void DamagedTable_IsRefusedOrReadAsWritten()
    {
        using var folder = new TemporaryFolder();
        MetricsTable.Write(folder.File("good"), [.. Enumerable.Range(0, 50).Select(i => new MetricRecord(i, i, i, "objective", i))]);
        DamagedBytes.AreRefusedOrReadAsWritten(File.ReadAllBytes(folder.File("good")), bytes => MetricsTable.Read(folder.Write("damaged", bytes)));
    }

    [Fact]
    public void EveryChangedByte_IsNoticed()
    {
        using var folder = new TemporaryFolder();
        MetricsTable.Write(folder.File("good"), [new(1, 2, 3, "objective", 4)]);
        byte[] good = File.ReadAllBytes(folder.File("good"));
        for (int i = 0; i < good.Length; i++)
        {
            byte[] bytes = [.. good];
            bytes[i] ^= 0x10;
            Assert.Throws<InvalidInputException>(() => MetricsTable.Read(folder.Write("damaged", bytes)));
        }
    }
}
