using System.Text;
using Parquet;
using Parquet.Schema;
using RankCollapse.Formats;

namespace RankCollapse.Runs;

/// <summary>A run's metrics as a tidy Parquet table: epoch (int64), seconds (double), layer (int32), metric (string), value (double).</summary>
public static class MetricsTable
{
    private const int RowGroupRows = 1 << 20;
    private const long LargestFile = 1L << 30;
    private const string ChecksumKey = "checksum";

    // The file holds its own SHA-256, taken with zeros in the checksum's place: Parquet's readers can go astray in damaged files, and must not see them.
    private static ReadOnlySpan<byte> ChecksumMark => "rankcollapse-sha256:"u8;

    /// <summary>What files of this class look like: without rows, with few, and with many that repeat themselves.</summary>
    private static readonly Lazy<MetricsShape[]> Shapes = new(() => [.. new[] { 0, 2, 3000 }.Select(rows => new MetricsShape(PackAsync(
        [.. Enumerable.Range(0, rows).Select(i => new MetricRecord(i / 3, 0.5 * i, i % 3, i % 2 == 0 ? "a" : "b", i % 5 == 0 ? double.NaN : i % 4))])
        .GetAwaiter().GetResult()))]);

    private static readonly DataField<long> Epoch = new("epoch");
    private static readonly DataField<double> Seconds = new("seconds");
    private static readonly DataField<int> Layer = new("layer");
    private static readonly DataField Metric = new("metric", typeof(string), isNullable: false);
    private static readonly DataField<double> Value = new("value");

    /// <summary>Writes the table, whole or not at all.</summary>
    /// <exception cref="InvalidInputException">The file cannot be written.</exception>
    public static void Write(string path, IReadOnlyList<MetricRecord> metrics)
    {
        ArgumentNullException.ThrowIfNull(metrics);
        AtomicFile.WriteInside(path, ToBytes(metrics));
    }

    /// <summary>The content of the file, with its checksum.</summary>
    public static byte[] ToBytes(IReadOnlyList<MetricRecord> metrics)
    {
        byte[] content = PackAsync(metrics).GetAwaiter().GetResult();
        Span<byte> place = ChecksumPlace(content);
        Encoding.ASCII.GetBytes(Sha256.Hex(content), place);
        return content;
    }

    /// <summary>Reads a table back.</summary>
    /// <exception cref="InvalidInputException">The file is missing, damaged, or not as <see cref="Write"/> wrote it.</exception>
    public static IReadOnlyList<MetricRecord> Read(string path)
    {
        byte[] content = InputFile.ReadSmall(path, LargestFile);
        RequireChecksum(content, path);
        try
        {
            return UnpackAsync(content, path).GetAwaiter().GetResult();
        }
        catch (Exception e) when (e is not RankCollapseException)
        {
            // The Parquet reader meets what it does not expect with exceptions of many kinds; here all of them mean a file from elsewhere.
            throw new InvalidInputException($"{path} is not a run's table of metrics: {ErrorText.Printable(e.Message)}; restore it or train again.", e);
        }
    }

    private static void RequireChecksum(byte[] content, string path)
    {
        Span<byte> place = ChecksumPlace(content);
        byte[] found = place.ToArray();
        place.Fill((byte)'0');
        if (!found.AsSpan().SequenceEqual(Encoding.ASCII.GetBytes(Sha256.Hex(content))))
            throw new InvalidInputException(
                $"{path} does not have the content that its checksum says, or no checksum; it is damaged or was not written by rankcollapse; restore it or "
                + "train again.");
    }

    /// <summary>The hexadecimal digits of the checksum; empty when there are none.</summary>
    private static Span<byte> ChecksumPlace(Span<byte> content)
    {
        const int Digits = 2 * Sha256.Size;
        int mark = content.LastIndexOf(ChecksumMark);
        return mark < 0 || mark + ChecksumMark.Length + Digits > content.Length ? [] : content.Slice(mark + ChecksumMark.Length, Digits);
    }

    private static async Task<byte[]> PackAsync(IReadOnlyList<MetricRecord> metrics)
    {
        using var buffer = new MemoryStream();
        await using (ParquetWriter writer = await ParquetWriter.CreateAsync(new ParquetSchema(Epoch, Seconds, Layer, Metric, Value), buffer))
        {
            string mark = Encoding.ASCII.GetString(ChecksumMark) + new string('0', 2 * Sha256.Size);
            writer.CustomMetadata = new Dictionary<string, string> { [ChecksumKey] = mark };
            await WriteRowGroupsAsync(writer, metrics);
        }
        return buffer.ToArray();
    }

    private static async Task WriteRowGroupsAsync(ParquetWriter writer, IReadOnlyList<MetricRecord> metrics)
    {
        for (int start = 0; start == 0 || start < metrics.Count; start += RowGroupRows)
        {
            MetricRecord[] rows = [.. metrics.Skip(start).Take(RowGroupRows)];
            using ParquetRowGroupWriter group = writer.CreateRowGroup();
            await group.WriteAsync<long>(Epoch, Array.ConvertAll(rows, row => row.Epoch));
            await group.WriteAsync<double>(Seconds, Array.ConvertAll(rows, row => row.Seconds));
            await group.WriteAsync<int>(Layer, Array.ConvertAll(rows, row => row.Layer));
            await group.WriteAsync(Metric, Array.ConvertAll(rows, row => row.Metric));
            await group.WriteAsync<double>(Value, Array.ConvertAll(rows, row => row.Value));
            group.CompleteValidate();
        }
    }

    private static async Task<IReadOnlyList<MetricRecord>> UnpackAsync(byte[] content, string path)
    {
        // As columns, and as records with their list.
        const double BytesOfARow = 160, BytesOfAnUnpackedByte = 2;
        var shape = new MetricsShape(content);
        shape.RequireFieldsOf(Shapes.Value);
        MemoryBudget.Require(
            (BytesOfARow * shape.Rows) + (BytesOfAnUnpackedByte * shape.UnpackedBytes), $"{path} with {shape.Rows} rows", "is it the right file?");
        using var stream = new MemoryStream(content);
        await using ParquetReader reader = await ParquetReader.CreateAsync(stream);
        DataField[] fields = reader.Schema.GetDataFields();
        var metrics = new List<MetricRecord>();
        for (int i = 0; i < reader.RowGroupCount; i++)
        {
            using ParquetRowGroupReader group = reader.OpenRowGroupReader(i);
            int rows = checked((int)group.RowCount);
            var epochs = new long[rows];
            var seconds = new double[rows];
            var layers = new int[rows];
            var names = new string[rows];
            var values = new double[rows];
            await group.ReadAsync<long>(fields[0], epochs);
            await group.ReadAsync<double>(fields[1], seconds);
            await group.ReadAsync<int>(fields[2], layers);
            await group.ReadAsync(fields[3], names);
            await group.ReadAsync<double>(fields[4], values);
            if (Array.Exists(names, name => name is null)) throw new InvalidDataException("a metric has no name");
            for (int row = 0; row < rows; row++)
                metrics.Add(new MetricRecord(epochs[row], seconds[row], layers[row], names[row], values[row]));
        }
        return metrics;
    }
}
