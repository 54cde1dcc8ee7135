using Parquet;
using Parquet.Schema;
using RankCollapse.Formats;

namespace RankCollapse.Sweeps.Storage;

/// <summary>A column of a Parquet file: its field, and how its values are written.</summary>
/// <param name="Field">Name and type.</param>
/// <param name="WriteAsync">Writes the values into a row group.</param>
internal sealed record ParquetColumn(DataField Field, Func<ParquetRowGroupWriter, DataField, Task> WriteAsync)
{
    /// <summary>Numbers that exist in every row.</summary>
    public static ParquetColumn Of<TRow, T>(string name, IReadOnlyList<TRow> rows, Func<TRow, T> value)
        where T : struct
    {
        T[] values = [.. rows.Select(value)];
        return new ParquetColumn(new DataField<T>(name), async (group, field) => await group.WriteAsync<T>(field, values));
    }

    /// <summary>Numbers that may be missing; what is not finite is null.</summary>
    public static ParquetColumn Number<TRow>(string name, IReadOnlyList<TRow> rows, Func<TRow, double?> value)
    {
        double?[] values = [.. rows.Select(row => value(row) is { } number && double.IsFinite(number) ? number : (double?)null)];
        return new ParquetColumn(new DataField<double?>(name), async (group, field) => await group.WriteAsync<double>(field, values));
    }

    /// <summary>Whole numbers that may be missing.</summary>
    public static ParquetColumn Whole<TRow>(string name, IReadOnlyList<TRow> rows, Func<TRow, double?> value)
    {
        long?[] values = [.. rows.Select(row => value(row) is { } number && double.IsFinite(number) ? (long)number : (long?)null)];
        return new ParquetColumn(new DataField<long?>(name), async (group, field) => await group.WriteAsync<long>(field, values));
    }

    /// <summary>Texts that exist in every row.</summary>
    public static ParquetColumn Text<TRow>(string name, IReadOnlyList<TRow> rows, Func<TRow, string> value)
    {
        string[] values = [.. rows.Select(value)];
        return new ParquetColumn(new DataField(name, typeof(string), isNullable: false), async (group, field) => await group.WriteAsync(field, values));
    }

    /// <summary>Texts that may be missing.</summary>
    public static ParquetColumn TextOrNull<TRow>(string name, IReadOnlyList<TRow> rows, Func<TRow, string?> value)
    {
        string?[] values = [.. rows.Select(value)];
        return new ParquetColumn(new DataField(name, typeof(string), isNullable: true), async (group, field) => await group.WriteAsync(field, values!));
    }
}

/// <summary>Writes columns as a Parquet file of one row group.</summary>
internal static class ParquetColumns
{
    /// <summary>Writes the file; not atomic.</summary>
    public static void Write(string file, IReadOnlyList<ParquetColumn> columns) =>
        AtomicFile.WriteAside(file, stream => WriteAsync(stream, columns).GetAwaiter().GetResult());

    private static async Task WriteAsync(Stream stream, IReadOnlyList<ParquetColumn> columns)
    {
        await using ParquetWriter writer = await ParquetWriter.CreateAsync(new ParquetSchema([.. columns.Select(column => column.Field)]), stream);
        using ParquetRowGroupWriter group = writer.CreateRowGroup();
        foreach (ParquetColumn column in columns) await column.WriteAsync(group, column.Field);
        group.CompleteValidate();
    }
}
