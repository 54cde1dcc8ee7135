using System.Security.Cryptography;
using System.Text.Json;
using RankCollapse.Data;

namespace RankCollapse.Sweeps.Specification;

/// <summary>The data sets of a sweep: full paths of files, so that workers find them from any folder, and hashes of their content.</summary>
internal sealed class TrialData
{
    private readonly Dictionary<string, string> _paths = [];
    private readonly Dictionary<string, string?> _hashes = [];

    /// <summary>The full path of a file; a built-in set's name as it is.</summary>
    public string PathOf(string data)
    {
        if (_paths.TryGetValue(data, out string? path)) return path;
        path = DataSource.Names.Contains(data) ? data : Path.GetFullPath(data);
        return _paths[data] = path;
    }

    /// <summary>The value of the setting <c>data</c> with a full path.</summary>
    public JsonElement PathOf(JsonElement data)
    {
        string given = data.GetString() ?? "", path = PathOf(given);
        return path == given ? data : JsonSerializer.SerializeToElement(path, SpecificationJson.Default.String);
    }

    /// <summary>The hash of a file's content, with that of its labels where they are in another file; null for a built-in set.</summary>
    /// <exception cref="InvalidInputException">There is no such file.</exception>
    public string? HashOf(string data)
    {
        if (_hashes.TryGetValue(data, out string? hash)) return hash;
        if (!DataSource.Names.Contains(data))
        {
            string name = Path.GetFileName(data);
            bool hasLabels = name.Contains("images-idx3") || name.Contains("images.idx3");
            hash = hasLabels ? $"{HashOfFile(data)}+{HashOfFile(IdxImages.LabelsPathOf(data))}" : HashOfFile(data);
        }
        return _hashes[data] = hash;
    }

    private static string HashOfFile(string path)
    {
        using FileStream stream = InputFile.Open(path);
        return InputFile.Guard(path, () => Convert.ToHexStringLower(SHA256.HashData(stream)));
    }
}
