using System.Text.Json;
using RankCollapse.Formats;

namespace RankCollapse.Models.Reading;

/// <summary>
/// A model in several files, with an index (<c>model.safetensors.index.json</c>) whose <c>weight_map</c> names the file of each tensor.
/// </summary>
internal sealed class ShardedModel : ModelTensors
{
    private const long LargestIndex = 100_000_000;
    private const int MostShards = 10_000;

    private readonly Dictionary<string, ModelTensors> _files;
    private readonly Dictionary<string, ModelTensors> _byTensor = new(StringComparer.Ordinal);

    private ShardedModel(string path, Dictionary<string, ModelTensors> files, Dictionary<string, string> map)
        : base(path)
    {
        _files = files;
        var entries = new List<TensorEntry>();
        var skipped = new List<SkippedTensor>();
        foreach ((string shard, ModelTensors file) in files)
        {
            foreach (TensorEntry tensor in file.Tensors.Where(tensor => IsNamed(tensor.Name)))
            {
                entries.Add(tensor);
                _byTensor.Add(tensor.Name, file);
            }
            skipped.AddRange(file.Skipped.Where(tensor => IsNamed(tensor.Name)));

            bool IsNamed(string name)
            {
                bool isNamed = map.TryGetValue(name, out string? expected) && expected == shard && map.Remove(name);
                if (!isNamed) skipped.Add(new SkippedTensor(name, $"it lies in {shard}, but the index does not name it there"));
                return isNamed;
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
    /// <param name="open">Opens one of the files.</param>
    /// <exception cref="InvalidInputException">A file is missing or damaged, the index names a file outside its folder, or it does not fit the
    /// files.</exception>
    public static ShardedModel Open(string path, Func<string, ModelTensors> open)
    {
        Dictionary<string, string> map = ReadIndex(path);
        var files = new Dictionary<string, ModelTensors>(StringComparer.Ordinal);
        try
        {
            foreach (string shard in map.Values.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal))
            {
                if (files.Count == MostShards) throw new InvalidInputException($"{path} names more than {MostShards} files; it is damaged.");
                files.Add(shard, open(NeighbourFile.Resolve(path, shard)));
            }
            return new ShardedModel(path, files, map);
        }
        catch
        {
            foreach (ModelTensors file in files.Values) file.Dispose();
            throw;
        }
    }

    internal override void CopyBytes(string name, Stream destination) => _byTensor[Describe(name).Name].CopyBytes(name, destination);

    protected override double[] ReadNumbers(TensorEntry entry) => _byTensor[entry.Name].ReadDoubles(entry.Name);

    protected override void Dispose(bool disposing)
    {
        foreach (ModelTensors file in _files.Values) file.Dispose();
    }

    private static Dictionary<string, string> ReadIndex(string path)
    {
        byte[] content = InputFile.ReadJson(path, LargestIndex);
        try
        {
            using JsonDocument document = JsonText.Parse(content, new JsonDocumentOptions { MaxDepth = 16 });
            if (document.RootElement.ValueKind != JsonValueKind.Object || !document.RootElement.TryGetProperty("weight_map", out JsonElement map))
                throw new InvalidInputException($"{path} has no weight_map, so it is no index of a model in several files.");
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
