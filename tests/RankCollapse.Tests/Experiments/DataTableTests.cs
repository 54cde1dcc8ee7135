using Parquet;
using Parquet.Schema;
using RankCollapse.Experiments;

namespace RankCollapse.Tests.Experiments;

public sealed class DataTableTests
{
    [Fact]
    public void Csv_HasFullPrecisionQuotedTextAndEmptyFieldsForNaN()
    {
        DataTable table = Sample();
        Assert.Equal("name,count,value\nplain,1,0.1\n\"a, \"\"b\"\"\",-2,\nthird,3,1E-300\n", table.ToCsv());
    }

    [Fact]
    public async Task Parquet_ReadBack_HasColumnsAndValues()
    {
        using var stream = new MemoryStream(Sample().ToParquet());
        await using ParquetReader reader = await ParquetReader.CreateAsync(stream);
        DataField[] fields = reader.Schema.GetDataFields();
        Assert.Equal(["name", "count", "value"], fields.Select(f => f.Name));
        using ParquetRowGroupReader group = reader.OpenRowGroupReader(0);
        var counts = new long[3];
        var values = new double[3];
        await group.ReadAsync<long>(fields[1], counts);
        await group.ReadAsync<double>(fields[2], values);
        Assert.Equal([1, -2, 3], counts);
        Assert.Equal([0.1, double.NaN, 1e-300], values);
    }

    [Fact]
    public void Row_OfAnotherShapeOrKind_IsRefused()
    {
        DataTable table = Sample();
        Assert.Throws<ArgumentException>(() => table.Add("few", 1));
        Assert.Throws<ArgumentException>(() => table.Add(1, 1, 1.0));
        Assert.Throws<ArgumentException>(() => table.Add("a", 1.5, 1.0));
        Assert.Equal(3, table.RowCount);
    }

    private static DataTable Sample()
    {
        var table = new DataTable("A row.", new DataColumn("name", ColumnKind.Text, ""), new DataColumn("count", ColumnKind.Whole, ""),
            new DataColumn("value", ColumnKind.Number, ""));
        table.Add("plain", 1, 0.1);
        table.Add("a, \"b\"", -2L, double.NaN);
        table.Add("third", 3, 1e-300);
        return table;
    }
}
