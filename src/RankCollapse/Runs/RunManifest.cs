using System.Buffers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using RankCollapse.Formats;

namespace RankCollapse.Runs;

/// <summary>A file of a run, as its manifest has it.</summary>
/// <param name="Name">Its path in the run's folder, with <c>/</c> between folders.</param>
/// <param name="Bytes">Its length.</param>
/// <param name="Sha256">The SHA-256 of its content, hexadecimal.</param>
internal sealed record ManifestFile(string Name, long Bytes, string Sha256);

/// <summary>
/// <c>manifest.json</c>: the length and the SHA-256 of every file of a run, and the run's identity, which its checkpoints carry. A file that is about to be
/// replaced is there with both contents, so that an interruption at any point leaves none that the manifest does not know.
/// </summary>
internal sealed class RunManifest
{
    /// <summary>Its name in a run's folder; folders of version 0.1.0 have none, and are not checked.</summary>
    public const string FileName = "manifest.json";

    private const int FormatVersion = 1;
    private const long LargestFile = 1 << 22;

    private readonly List<ManifestFile> _files = [];

    /// <summary>The identity of the run: a hash of its first configuration, its data and its initial weights; null where it is not known.</summary>
    public string? Identity { get; private set; }

    /// <summary>The names of its files.</summary>
    public IEnumerable<string> Names => _files.Select(file => file.Name).Distinct(StringComparer.Ordinal);

    /// <summary>The schema of the file.</summary>
    public static JsonObject Schema() => Shape.Schema();

    /// <summary>Reads the manifest of a folder; null where there is none.</summary>
    /// <exception cref="InvalidInputException">It is damaged, or of a newer version.</exception>
    public static RunManifest? Read(string folder)
    {
        string path = Path.Combine(folder, FileName);
        if (!File.Exists(path)) return null;
        byte[] content = InputFile.ReadSmall(path, LargestFile);
        try
        {
            using JsonDocument document = JsonText.Parse(content);
            JsonElement root = document.RootElement;
            if (root.GetProperty("version").GetInt32() != FormatVersion)
                throw new JsonException($"it has version {root.GetProperty("version")}, this program reads version {FormatVersion}");
            var manifest = new RunManifest { Identity = root.GetProperty("identity").GetString() };
            if (manifest.Identity is { } identity && !IsHash(identity)) throw new JsonException("its identity is no hash");
            foreach (JsonElement file in root.GetProperty("files").EnumerateArray())
            {
                var read = new ManifestFile(
                    file.GetProperty("name").GetString() ?? "", file.GetProperty("bytes").GetInt64(), file.GetProperty("sha256").GetString() ?? "");
                if (!IsInside(read.Name) || read.Bytes < 0 || !IsHash(read.Sha256)) throw new JsonException($"it describes no file as {read.Name}");
                manifest._files.Add(read);
            }
            return manifest;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException or KeyNotFoundException)
        {
            throw new InvalidInputException($"{path} is damaged: {ErrorText.Printable(e.Message)}; restore it, or accept the files as they are "
                + "(accept-changed).", e)
            { Settings = ["accept-changed"] };
        }
    }

    /// <summary>Writes the manifest.</summary>
    /// <exception cref="InvalidInputException">It cannot be written.</exception>
    public void Write(string folder)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, new JsonWriterOptions { Indented = true })) Shape.Write(this).WriteTo(writer);
        AtomicFile.WriteInside(Path.Combine(folder, FileName), buffer.WrittenSpan.ToArray());
    }

    /// <summary>Says that a file will have another content besides those that it may have now.</summary>
    public void Announce(ManifestFile file)
    {
        if (!_files.Contains(file)) _files.Add(file);
        if (Identity is null) Identity = IdentityOf(RunFolder.Beginning);
    }

    /// <summary>Says that a file has this content and no other.</summary>
    public void Settle(ManifestFile file)
    {
        _files.RemoveAll(other => other.Name == file.Name && other != file);
        if (!_files.Contains(file)) _files.Add(file);
    }

    /// <summary>Says nothing about a file any more.</summary>
    public void Forget(string name) => _files.RemoveAll(file => file.Name == name);

    /// <summary>Whether a file of a folder has a content that it may have; one that the manifest does not name may have any.</summary>
    /// <exception cref="InvalidInputException">The file cannot be read.</exception>
    public bool Accepts(string folder, string name)
    {
        ManifestFile[] known = [.. _files.Where(file => file.Name == name)];
        return known.Length == 0 || (known.Any(file => file.Bytes == Length(folder, name)) && known.Contains(Describe(folder, name)));
    }

    private static long Length(string folder, string name)
    {
        using FileStream stream = InputFile.Open(Path.Combine(folder, name));
        return stream.Length;
    }

    /// <summary>The file as it is now.</summary>
    /// <exception cref="InvalidInputException">The file cannot be read.</exception>
    public static ManifestFile Describe(string folder, string name)
    {
        string path = Path.Combine(folder, name);
        using FileStream stream = InputFile.Open(path);
        return InputFile.Guard(path, () => new ManifestFile(name, stream.Length, Sha256.Hex(stream)));
    }

    private static JsonShape<RunManifest> Shape => new JsonShape<RunManifest>()
        .Whole("version", _ => FormatVersion)
        .TextOrNull("identity", manifest => manifest.Identity)
        .List("files", manifest => manifest._files, new JsonShape<ManifestFile>()
            .Text("name", file => file.Name).Whole("bytes", file => file.Bytes).Text("sha256", file => file.Sha256));

    private string? IdentityOf(IReadOnlyList<string> names)
    {
        ManifestFile[] files = [.. names.Select(name => _files.Find(file => file.Name == name)).OfType<ManifestFile>()];
        return files.Length < names.Count ? null
            : Sha256.Hex(Encoding.UTF8.GetBytes(string.Concat(files.Select(file => $"{file.Name} {file.Sha256}\n"))));
    }

    private static bool IsHash(string text) => text.Length == 2 * Sha256.Size && text.All(char.IsAsciiHexDigitLower);

    private static bool IsInside(string name) => name.Length is > 0 and <= 256 && !Path.IsPathRooted(name)
        && name.Split('/').All(part => part is not ("" or "." or "..") && part.AsSpan().IndexOfAny('\\', '\0', ':') < 0);
}
