using System.Text;
using System.Text.Json;
using RankCollapse.Formats;

namespace RankCollapse.Sweeps.Storage;

/// <summary>The files of a result folder, and their checksums.</summary>
internal static class ResultFiles
{
    public const string ManifestName = "result.json";
    public const string ConfigurationName = "config.json";
    public const string SummaryName = "summary.json";
    public const string MetricsName = "metrics.parquet";

    private const string RecordingExtension = ".recorded";
    private const string LargeExtension = ".safetensors";
    private const long LargestManifest = 1 << 20;
    private const int ChecksumDigits = 2 * Sha256.Size;

    private static readonly string NoChecksum = new('0', ChecksumDigits);

    /// <summary>The file of a recording: safetensors, of whose content every look makes sure.</summary>
    public static string RecordingName(string recording) => recording + RecordingExtension;

    /// <summary>Writes the manifest of a folder whose other files are written.</summary>
    /// <param name="path">The folder.</param>
    /// <param name="manifest">The manifest; its files and checksum are filled in.</param>
    public static void Seal(string path, ResultManifest manifest)
    {
        var files = new SortedDictionary<string, ResultFile>(StringComparer.Ordinal);
        foreach (string file in Directory.EnumerateFiles(path))
        {
            using FileStream stream = InputFile.Open(file);
            files[Path.GetFileName(file)] = new ResultFile(stream.Length, Sha256.Hex(stream));
        }
        byte[] content = JsonSerializer.SerializeToUtf8Bytes(manifest with { Files = files, Checksum = NoChecksum }, StorageJson.Default.ResultManifest);
        string checksum = Sha256.Hex(content);
        Encoding.ASCII.GetBytes(checksum, content.AsSpan(content.AsSpan().LastIndexOf(Encoding.ASCII.GetBytes(NoChecksum)), ChecksumDigits));
        AtomicFile.WriteAside(Path.Combine(path, ManifestName), stream => stream.Write(content));
    }

    /// <summary>Checks a folder and gives its manifest.</summary>
    /// <param name="path">The folder.</param>
    /// <param name="includesLarge">Whether the content of large files is checked too, not only their length.</param>
    /// <exception cref="InvalidInputException">A file is missing or damaged; the message names it.</exception>
    public static ResultManifest Verify(string path, bool includesLarge = false)
    {
        ResultManifest manifest = ReadManifest(Path.Combine(path, ManifestName));
        if (manifest.Trial != Path.GetFileName(path))
            throw new InvalidInputException(
                $"The result {path} says that it belongs to the trial {ErrorText.Printable(manifest.Trial)}; run the sweep again to replace it.");
        foreach ((string name, ResultFile expected) in manifest.Files)
        {
            string file = Path.Combine(path, Path.GetFileName(name));
            var information = new FileInfo(file);
            if (!information.Exists) throw new InvalidInputException($"The result {path} has lost its {name}; run the sweep again to replace it.");
            if (information.Length != expected.Bytes) throw Damaged(file);
            if (name.EndsWith(LargeExtension, StringComparison.Ordinal) && !includesLarge) continue;
            using FileStream stream = InputFile.Open(file);
            if (InputFile.Guard(file, () => Sha256.Hex(stream)) != expected.Sha256) throw Damaged(file);
        }
        return manifest;
    }

    /// <summary>Reads a manifest and checks it against its own checksum.</summary>
    /// <exception cref="InvalidInputException">It is missing or damaged.</exception>
    public static ResultManifest ReadManifest(string file)
    {
        byte[] content = InputFile.ReadSmall(file, LargestManifest);
        try
        {
            if (JsonSerializer.Deserialize(content, StorageJson.Default.ResultManifest) is not { } manifest || manifest.Files.Values.Contains(null!))
                throw Damaged(file);
            int place = content.AsSpan().LastIndexOf(Encoding.ASCII.GetBytes(manifest.Checksum));
            if (manifest.Checksum.Length != ChecksumDigits || place < 0) throw Damaged(file);
            Encoding.ASCII.GetBytes(NoChecksum, content.AsSpan(place, ChecksumDigits));
            return Sha256.Hex(content) == manifest.Checksum ? manifest : throw Damaged(file);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or ArgumentException)
        {
            throw Damaged(file, e);
        }
    }

    private static InvalidInputException Damaged(string file, Exception? inner = null) =>
        new($"{file} is damaged; run the sweep again to replace it.", inner);
}
