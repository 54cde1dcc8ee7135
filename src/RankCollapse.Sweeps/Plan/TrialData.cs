using System.Text.Json;
using RankCollapse.Data;
using RankCollapse.Formats;

namespace RankCollapse.Sweeps.Plan;

/// <summary>The data sets of a sweep: full paths of files, so that workers find them from any folder, and hashes of their content.</summary>
internal sealed class TrialData
{
    private readonly Dictionary<string, string> _paths = [];
    private readonly Dictionary<string, string?> _hashes = [];

    /// <summary>The full path of a file; a built-in set's name as it is.</summary>
    /// <exception cref="InvalidInputException">It is no path.</exception>
    public string PathOf(string data)
    {
        if (_paths.TryGetValue(data, out string? path)) return path;
        if (DataSource.Names.Contains(data)) return data;
        InputFile.RequirePath(data);
        return _paths[data] = Path.GetFullPath(data);
    }

    /// <summary>The value of the setting <c>data</c> with a full path.</summary>
    public JsonElement PathOf(JsonElement data)
    {
        string given = data.GetString() ?? "", path = PathOf(given);
        return path == given ? data : JsonSerializer.SerializeToElement(path, SpecificationJson.Default.String);
    }

    /// <summary>The hashes of all files that were asked for, by their paths.</summary>
    public IReadOnlyDictionary<string, string> Hashes => _hashes.Where(hash => hash.Value is not null).ToDictionary(hash => hash.Key, hash => hash.Value!);

    /// <summary>The hash of a file's content, as <see cref="DataHash"/> takes it; null for a built-in set.</summary>
    /// <exception cref="InvalidInputException">There is no such file.</exception>
    public string? HashOf(string data)
    {
        if (_hashes.TryGetValue(data, out string? hash)) return hash;
        return _hashes[data] = DataSource.Names.Contains(data) ? null : DataHash.Of(data);
    }
}
