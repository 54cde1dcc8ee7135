using System.Text.Json;
using RankCollapse.Formats;

namespace RankCollapse.Models.Reading;

/// <summary>
/// A model in several safetensors files, with an index (<c>model.safetensors.index.json</c>) whose <c>weight_map</c> names the file of each tensor.
/// </summary>
internal sealed class ShardedSafetensorsModel : ModelTensors
{
    private const long LargestIndex = 100_000_000;
    private const int MostShards = 10_000;

    private readonly Dictionary<string, SafetensorsFile> _files;
    private readonly Dictionary<string, SafetensorsFile> _byTensor = new(StringComparer.Ordinal);

    private ShardedSafetensorsModel(string path, Dictionary<string, SafetensorsFile> files, Dictionary<string, string> map)
        : base(path)
    {
        _files = files;
        var entries = new List<TensorEntry>();
        var skipped = new List<SkippedTensor>();
        foreach ((string shard, SafetensorsFile file) in files)
        {
            foreach (TensorDescription tensor in file.Tensors)
            {
                if (!map.TryGetValue(tensor.Name, out string? expected) || expected != shard)
                {
                    skipped.Add(new SkippedTensor(tensor.Name, $"it lies in {shard}, but the index does not name it there"));
                    continue;
                }
                map.Remove(tensor.Name);
                if (SafetensorsModel.IsReadable(tensor))
                {
                    entries.Add(SafetensorsModel.Entry(tensor));
                    _byTensor.Add(tensor.Name, file);
                }
                else
                {
                    skipped.Add(SafetensorsModel.Skip(tensor));
                }
            }
        }
        if (map.Count > 0)
        {
            (string name, string shard) = map.First();
            throw new InvalidInputException(
                $"{path}: the index says that tensor {ErrorText.Printable(name)} lies in {ErrorText.Printable(shard)}, which does not hold it; get the "
                + "files again.");
        }
        Announce(entries, skipped);
    }

    /// <summary>Opens the index and every file that it names.</summary>
    /// <param name="path">The index.</param>
    /// <exception cref="InvalidInputException">A file is missing or damaged, the index names a file outside its folder, or it does not fit the
    /// files.</exception>
    public static ShardedSafetensorsModel Open(string path)
    {
        Dictionary<string, string> map = ReadIndex(path);
        var files = new Dictionary<string, SafetensorsFile>(StringComparer.Ordinal);
        try
        {
            foreach (string shard in map.Values.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal))
            {
                if (files.Count == MostShards) throw new InvalidInputException($"{path} names more than {MostShards} files; it is damaged.");
                files.Add(shard, SafetensorsFile.Open(NeighbourFile.Resolve(path, shard)));
            }
            return new ShardedSafetensorsModel(path, files, map);
        }
        catch
        {
            foreach (SafetensorsFile file in files.Values) file.Dispose();
            throw;
        }
    }

    internal override void CopyBytes(string name, Stream destination) => _byTensor[Describe(name).Name].CopyBytes(name, destination);

    protected override double[] ReadNumbers(TensorEntry entry) => _byTensor[entry.Name].ReadDoubles(entry.Name);

    protected override void Dispose(bool disposing)
    {
        foreach (SafetensorsFile file in _files.Values) file.Dispose();
    }

    private static Dictionary<string, string> ReadIndex(string path)
    {
        byte[] content = InputFile.ReadSmall(path, LargestIndex);
        try
        {
            using JsonDocument document = JsonDocument.Parse(content, new JsonDocumentOptions { AllowDuplicateProperties = false, MaxDepth = 16 });
            if (document.RootElement.ValueKind != JsonValueKind.Object || !document.RootElement.TryGetProperty("weight_map", out JsonElement map))
                throw new InvalidInputException($"{path} has no weight_map, so it is no index of safetensors files.");
            var result = new Dictionary<string, string>(StringComparer.Ordinal);
            foreach (JsonProperty entry in map.EnumerateObject())
                result.Add(entry.Name, entry.Value.GetString() ?? throw new JsonException($"no file is named for {ErrorText.Printable(entry.Name)}"));
            return result.Count > 0 ? result : throw new InvalidInputException($"{path} names no tensors in its weight_map; get it again.");
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw new InvalidInputException(
                $"{path} is not the JSON of an index: {ErrorText.Printable(e.Message.ReplaceLineEndings(" ").TrimEnd('.'))}; get it again.", e);
        }
    }
}
