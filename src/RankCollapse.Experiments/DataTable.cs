using System.Globalization;
using System.Text;
using Parquet;
using Parquet.Schema;
using RankCollapse.Formats;

namespace RankCollapse.Experiments;

/// <summary>A tidy table that is written as Parquet and as csv: typed columns, one observation a row.</summary>
public sealed class DataTable
{
    private readonly List<object?[]> _rows = [];

    /// <summary>Creates an empty table.</summary>
    /// <param name="description">What a row is.</param>
    /// <param name="columns">The columns.</param>
    public DataTable(string description, params DataColumn[] columns)
    {
        Description = description;
        Columns = columns;
    }

    /// <summary>What a row is.</summary>
    public string Description { get; }

    /// <summary>The columns.</summary>
    public IReadOnlyList<DataColumn> Columns { get; }

    /// <summary>The number of rows.</summary>
    public int RowCount => _rows.Count;

    /// <summary>Adds a row.</summary>
    /// <param name="values">A value for each column, of the column's kind; a number that does not exist is NaN.</param>
    /// <exception cref="ArgumentException">There are too many or too few values, or one is of another kind.</exception>
    public void Add(params object[] values)
    {
        if (values.Length != Columns.Count) throw new ArgumentException($"The row has {values.Length} values for {Columns.Count} columns.", nameof(values));
        var row = new object?[values.Length];
        for (int i = 0; i < values.Length; i++) row[i] = Columns[i].Convert(values[i]);
        _rows.Add(row);
    }

    /// <summary>Writes NAME.parquet and NAME.csv into a folder, each whole or not at all.</summary>
    /// <exception cref="InvalidInputException">A file cannot be written.</exception>
    public void Write(string folder, string name)
    {
        AtomicFile.Write(Path.Combine(folder, name + ".parquet"), ToParquet());
        AtomicFile.Write(Path.Combine(folder, name + ".csv"), Encoding.UTF8.GetBytes(ToCsv()));
    }

    /// <summary>The table as csv, with a header, numbers in full precision and an empty field for NaN.</summary>
    public string ToCsv()
    {
        var text = new StringBuilder();
        text.AppendJoin(',', Columns.Select(column => column.Name)).Append('\n');
        foreach (object?[] row in _rows) text.AppendJoin(',', row.Select(Field)).Append('\n');
        return text.ToString();
    }

    /// <summary>The table as Parquet.</summary>
    public byte[] ToParquet() => PackAsync().GetAwaiter().GetResult();

    private static string Field(object? value) => value switch
    {
        double number => double.IsNaN(number) ? "" : number.ToString("R", CultureInfo.InvariantCulture),
        string text when text.AsSpan().IndexOfAny(",\"\n") >= 0 => $"\"{text.Replace("\"", "\"\"")}\"",
        _ => System.Convert.ToString(value, CultureInfo.InvariantCulture) ?? "",
    };

    private async Task<byte[]> PackAsync()
    {
        DataField[] fields = [.. Columns.Select(column => column.Field())];
        using var buffer = new MemoryStream();
        await using (ParquetWriter writer = await ParquetWriter.CreateAsync(new ParquetSchema(fields), buffer))
        {
            using ParquetRowGroupWriter group = writer.CreateRowGroup();
            for (int i = 0; i < fields.Length; i++)
            {
                int column = i;
                switch (Columns[i].Kind)
                {
                    case ColumnKind.Text:
                        await group.WriteAsync(fields[i], _rows.Select(row => (string)row[column]!).ToArray());
                        break;
                    case ColumnKind.Whole:
                        await group.WriteAsync<long>(fields[i], _rows.Select(row => (long)row[column]!).ToArray());
                        break;
                    default:
                        await group.WriteAsync<double>(fields[i], _rows.Select(row => (double)row[column]!).ToArray());
                        break;
                }
            }
            group.CompleteValidate();
        }
        return buffer.ToArray();
    }
}

/// <summary>The kind of a column's values.</summary>
public enum ColumnKind
{
    /// <summary>Double precision.</summary>
    Number,

    /// <summary>64-bit whole numbers.</summary>
    Whole,

    /// <summary>Text.</summary>
    Text,
}

/// <summary>A column of a table.</summary>
/// <param name="Name">Its name, in snake case.</param>
/// <param name="Kind">What it holds.</param>
/// <param name="Meaning">What it means, with symbol and unit.</param>
public sealed record DataColumn(string Name, ColumnKind Kind, string Meaning)
{
    internal object Convert(object value) => (Kind, value) switch
    {
        (ColumnKind.Text, string text) => text,
        (ColumnKind.Whole, int whole) => (long)whole,
        (ColumnKind.Whole, long whole) => whole,
        (ColumnKind.Number, double number) => number,
        (ColumnKind.Number, int number) => (double)number,
        _ => throw new ArgumentException($"The column {Name} holds {Kind}, but the value {value} is a {value.GetType().Name}."),
    };

    internal DataField Field() => Kind switch
    {
        ColumnKind.Text => new DataField(Name, typeof(string), isNullable: false),
        ColumnKind.Whole => new DataField<long>(Name),
        _ => new DataField<double>(Name),
    };
}
