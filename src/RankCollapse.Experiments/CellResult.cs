using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using RankCollapse.Formats;
using RankCollapse.LinearAlgebra;
using RankCollapse.Runs;
using RankCollapse.Training;

namespace RankCollapse.Experiments;

/// <summary>What is kept of a cell: named matrices and texts, in full precision.</summary>
public sealed class CellResult
{
    private const string StatusKey = "status";
    private const string SummaryName = "summary";
    private const string SecondsKey = "cell-seconds";
    private const string FingerprintKey = "cell-fingerprint";
    private const string ChecksumKey = "cell-checksum";

    private readonly SortedDictionary<string, Matrix> _matrices = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, string> _texts = new(StringComparer.Ordinal);

    /// <summary>The matrices by name.</summary>
    public IReadOnlyDictionary<string, Matrix> Matrices => _matrices;

    /// <summary>The texts by name.</summary>
    public IReadOnlyDictionary<string, string> Texts => _texts;

    /// <summary>Seconds that it took on one thread; not a part of the result.</summary>
    public double Seconds { get; init; }

    /// <summary>How the training ended, where it is one: <c>converged</c>, <c>max-epochs</c>, <c>time-limit</c>, <c>diverged</c>; null otherwise.</summary>
    public string? Status => _texts.GetValueOrDefault(StatusKey);

    /// <summary>J at the end of the training; NaN where there was none.</summary>
    public double Objective => Summary(0);

    /// <summary>D, without the factor a, at the end of the training; NaN where there was none.</summary>
    public double DataLoss => Summary(1);

    /// <summary>The relative gradient norm at the end of the training; NaN where there was none.</summary>
    public double RelativeGradientNorm => Summary(2);

    /// <summary>The epochs of the training; NaN where there was none.</summary>
    public double Epochs => Summary(3);

    /// <summary>Adds a matrix.</summary>
    public CellResult Add(string name, Matrix matrix)
    {
        _matrices.Add(name, matrix);
        return this;
    }

    /// <summary>Adds numbers as one row.</summary>
    public CellResult Add(string name, IReadOnlyList<double> numbers)
    {
        ArgumentNullException.ThrowIfNull(numbers);
        return Add(name, Matrix.FromEntries(1, numbers.Count, (_, j) => numbers[j]));
    }

    /// <summary>Adds a text.</summary>
    public CellResult Add(string name, string text)
    {
        _texts.Add(name, text);
        return this;
    }

    /// <summary>The numbers of a matrix, row by row; empty where there is no such matrix.</summary>
    public double[] Numbers(string name) => _matrices.TryGetValue(name, out Matrix? matrix) ? matrix.AsSpan().ToArray() : [];

    /// <summary>Adds how a training ended.</summary>
    internal CellResult WithSummary(RunSummary summary) =>
        Add(StatusKey, EnumNames.Of(summary.Status)).Add(SummaryName, [summary.Objective, summary.DataLoss, summary.RelativeGradientNorm, summary.Epochs]);

    /// <summary>The same result with the seconds that it took.</summary>
    internal CellResult Timed(double seconds)
    {
        var timed = new CellResult { Seconds = seconds };
        foreach ((string name, Matrix matrix) in _matrices) timed.Add(name, matrix);
        foreach ((string name, string text) in _texts) timed.Add(name, text);
        return timed;
    }

    /// <summary>Writes the result whole or not at all, as safetensors.</summary>
    internal void Write(string path, string fingerprint)
    {
        var writer = new SafetensorsWriter();
        foreach ((string name, Matrix matrix) in _matrices) writer.Add(name, matrix);
        foreach ((string name, string text) in _texts) writer.AddMetadata(name, text);
        writer.AddMetadata(FingerprintKey, fingerprint).AddMetadata(ChecksumKey, Checksum()).AddMetadata(SecondsKey, Seconds.ToString("R", CultureInfo.InvariantCulture));
        writer.Write(path);
    }

    /// <summary>Reads what <see cref="Write"/> wrote; null where the file is missing, damaged or of another fingerprint.</summary>
    internal static CellResult? Read(string path, string fingerprint)
    {
        if (!File.Exists(path)) return null;
        try
        {
            using SafetensorsFile file = SafetensorsFile.Open(path);
            if (file.Metadata.GetValueOrDefault(FingerprintKey) != fingerprint) return null;
            _ = double.TryParse(file.Metadata.GetValueOrDefault(SecondsKey), NumberStyles.Float, CultureInfo.InvariantCulture, out double seconds);
            var result = new CellResult { Seconds = seconds };
            foreach (TensorDescription tensor in file.Tensors) result.Add(tensor.Name, file.ReadMatrix(tensor.Name));
            foreach ((string name, string text) in file.Metadata)
            {
                if (name is not (FingerprintKey or SecondsKey or ChecksumKey)) result.Add(name, text);
            }
            return file.Metadata.GetValueOrDefault(ChecksumKey) == result.Checksum() ? result : null;
        }
        catch (InvalidInputException)
        {
            // A damaged cell is computed again.
            return null;
        }
    }

    /// <summary>A digest of all names, shapes and numbers.</summary>
    private string Checksum()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach ((string name, string text) in _texts) hash.AppendData(Encoding.UTF8.GetBytes($"{name}={text}\n"));
        foreach ((string name, Matrix matrix) in _matrices)
        {
            hash.AppendData(Encoding.UTF8.GetBytes($"{name} {matrix.Rows} {matrix.Columns}\n"));
            hash.AppendData(MemoryMarshal.AsBytes(matrix.AsSpan()));
        }
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private double Summary(int index) => _matrices.TryGetValue(SummaryName, out Matrix? summary) ? summary[0, index] : double.NaN;
}
