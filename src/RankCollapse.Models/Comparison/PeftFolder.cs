using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using RankCollapse.Formats;
using RankCollapse.LinearAlgebra;
using RankCollapse.Models.Compression;
using RankCollapse.Models.Reading;
using RankCollapse.Models.Weights;

namespace RankCollapse.Models.Comparison;

/// <summary>
/// The folder of an adapter in the layout of Hugging Face's PEFT: which modules have factors, biases of factors, or are kept whole, by PEFT's rules for their
/// names, and both files.
/// </summary>
/// <param name="model">The model, whose modules are kept.</param>
/// <param name="basis">Its base, after which modules are named.</param>
/// <param name="isGraph">Whether the base is a graph, whose modules lie as [out, in] whatever its tensors do.</param>
internal sealed partial class PeftFolder(ModelTensors model, ModelTensors basis, bool isGraph)
{
    /// <summary>The file of the tensors.</summary>
    public const string WeightsName = "adapter_model.safetensors";

    /// <summary>The file of the configuration.</summary>
    public const string ConfigurationName = "adapter_config.json";

    private const string Prefix = "base_model.model.";
    private const string Weight = ".weight";

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly Dictionary<string, Factored> _factored = new(StringComparer.Ordinal);
    private readonly Dictionary<string, double[]> _biases = new(StringComparer.Ordinal);
    private readonly SortedSet<string> _saved = new(StringComparer.Ordinal);

    /// <summary>The modules that are kept whole.</summary>
    public IReadOnlyList<string> SavedModules => [.. _saved];

    /// <summary>The model's tensors inside them.</summary>
    public IReadOnlyList<string> Saved { get; private set; } = [];

    /// <summary>The modules with factors, and what kind of layer each is.</summary>
    public IEnumerable<(string Module, LayerKind Kind)> Modules => _factored.Select(one => (one.Key, one.Value.Pair.Layer.Kind));

    /// <summary>The numbers of both files.</summary>
    public long Parameters => _factored.Values.Sum(one => one.Factors.Up[0].Length + (long)one.Factors.Down[0].Length)
        + _biases.Values.Sum(bias => (long)bias.Length) + Saved.Sum(name => model.Describe(name).Count);

    /// <summary>Whether a module has factors.</summary>
    public bool HasFactors(string module) => _factored.ContainsKey(module);

    /// <summary>Gives a layer's module factors.</summary>
    public void Add(LayerPair pair, LayerFactors factors, ElementType type) => _factored.Add(ModuleOf(pair), new Factored(pair, factors, type));

    /// <summary>Gives the factors of a module a bias.</summary>
    public void AddBias(string module, double[] bias) => _biases.Add(module, bias);

    /// <summary>Keeps a module whole.</summary>
    public void Keep(string module) => _saved.Add(module);

    /// <summary>Whether a module is kept whole as it was asked for.</summary>
    public bool IsKept(string module) => _saved.Contains(module);

    /// <summary>Ends the choice: PEFT takes a module to save where its name ends so, with or without a point before, and then no factors inside it.</summary>
    public void Close()
    {
        string[] modules = [.. model.Tensors.Select(tensor => ModuleName(Unwrapped(tensor.Name))).OfType<string>().Distinct(StringComparer.Ordinal)];
        _saved.UnionWith([.. modules.Where(module => _saved.Any(saved => module.EndsWith(saved, StringComparison.Ordinal)))]);
        foreach (string module in _factored.Keys.Where(IsSaved).ToArray())
        {
            _factored.Remove(module);
            _biases.Remove(module);
        }
        Saved = [.. model.Tensors.Select(tensor => tensor.Name).Where(name => IsSaved(Unwrapped(name)))];
    }

    /// <summary>Both files aside, and the folder by its name at last.</summary>
    public void Write(string folder, string basePath)
    {
        string full = Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder)), aside = $"{full}.{Guid.NewGuid():N}.tmp";
        try
        {
            FileSteps.MakeFolder(aside);
            using (FolderClaim.Take(aside))
            {
                Tensors().Write(Path.Combine(aside, WeightsName));
                AtomicFile.Write(Path.Combine(aside, ConfigurationName), Encoding.UTF8.GetBytes(Configuration(basePath).ToJsonString(Indented) + "\n"));
            }
            FileSteps.RenameFolder(aside, full);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new InvalidInputException($"The folder {folder} cannot be written: {FileSteps.InWords(e)}.", e) { Settings = ["out"] };
        }
        finally
        {
            FileSteps.TryDeleteFolder(aside);
        }
    }

    private SafetensorsWriter Tensors()
    {
        SafetensorsWriter writer = new SafetensorsWriter().AddMetadata("format", "pt");
        foreach ((string module, Factored one) in _factored)
        {
            Matrix up = one.Factors.Up[0], down = one.Factors.Down[0];
            int rank = one.Factors.Rank;
            WeightLayer layer = one.Pair.Base;
            if (layer.Kind == LayerKind.Embedding)
            {
                Add($"{Prefix}{module}.lora_embedding_A", up.Transpose(), [rank, up.Rows]);
                Add($"{Prefix}{module}.lora_embedding_B", down.Transpose(), [down.Columns, rank]);
                continue;
            }
            bool isConvolution = layer.Kind == LayerKind.Convolution;
            long[] points = isConvolution ? [.. layer.Tensor.Shape.Skip(2)] : [];
            Add($"{Prefix}{module}.lora_A.weight", down, [rank, isConvolution ? layer.Tensor.Shape[1] : down.Columns, .. points]);
            Add($"{Prefix}{module}.lora_B.weight", up, [up.Rows, rank, .. points.Select(_ => 1L)]);
            if (_biases.TryGetValue(module, out double[]? bias)) Add($"{Prefix}{module}.lora_B.bias", new Matrix(bias, 0, bias.Length, 1), [bias.Length]);

            void Add(string name, Matrix values, long[] shape) =>
                writer.Add(name, one.Type, shape, stream => stream.Write(ElementWriter.ToBytes(values.AsSpan(), one.Type)));
        }
        foreach (string name in Saved)
        {
            TensorEntry tensor = model.Describe(name);
            writer.Add(Prefix + Unwrapped(name), tensor.Type, tensor.Shape, stream => model.CopyBytes(name, stream));
        }
        return writer;
    }

    /// <summary>PEFT's configuration; of patterns of ranks the first that a module's name ends in counts, so that the longest come first.</summary>
    private JsonObject Configuration(string basePath)
    {
        int usual = _factored.Values.GroupBy(one => one.Factors.Rank)
            .OrderByDescending(group => group.Count()).ThenByDescending(group => group.Key).First().Key;
        JsonObject Others() => new(_factored.Where(one => one.Value.Factors.Rank != usual).OrderByDescending(one => one.Key.Length)
            .Select(one => KeyValuePair.Create(one.Key, (JsonNode?)one.Value.Factors.Rank)));
        var fields = new JsonObject
        {
            ["alpha_pattern"] = Others(),
            ["auto_mapping"] = null,
            ["base_model_name_or_path"] = basePath,
            ["bias"] = "none",
            ["fan_in_fan_out"] = !isGraph && _factored.Values.Any(one => one.Pair.Base is { Kind: LayerKind.Linear, Layout: WeightLayout.InputFirst }),
            ["inference_mode"] = true,
            ["init_lora_weights"] = true,
            ["layers_pattern"] = null,
            ["layers_to_transform"] = null,
            ["lora_alpha"] = usual,
            ["lora_dropout"] = 0.0,
            ["modules_to_save"] = _saved.Count > 0 ? List(_saved) : null,
            ["peft_type"] = "LORA",
            ["r"] = usual,
            ["rank_pattern"] = Others(),
            ["revision"] = null,
            ["target_modules"] = Targets(),
            ["task_type"] = null,
        };
        if (_biases.Count > 0) fields["lora_bias"] = true;
        return fields;
    }

    /// <summary>The modules with factors; as one pattern where another module's name ends in one of theirs, which PEFT would take too.</summary>
    private JsonNode Targets()
    {
        string[] names = [.. _factored.Keys.Order(StringComparer.Ordinal)];
        IEnumerable<string> all = basis.Tensors.Select(tensor => ModuleName(Unwrapped(tensor.Name))).OfType<string>();
        bool isAmbiguous = all.Any(module => !_factored.ContainsKey(module) && names.Any(name => module.EndsWith($".{name}", StringComparison.Ordinal)));
        return isAmbiguous ? JsonValue.Create($"({string.Join('|', names.Select(Regex.Escape))})") : List(names);
    }

    private static JsonArray List(IEnumerable<string> texts) => new([.. texts.Select(text => (JsonNode)text)]);

    /// <summary>The module of a layer with factors.</summary>
    public static string ModuleOf(LayerPair pair) => NameOf(pair)![..^Weight.Length];

    /// <summary>The name of a base's layer that ends in .weight, without what wraps a model; null where it has none.</summary>
    public static string? NameOf(LayerPair pair) => LayerPair.NamesOf(pair.Base).Select(Unwrapped).FirstOrDefault(
        name => name.EndsWith(Weight, StringComparison.Ordinal) && name.Length > Weight.Length);

    /// <summary>The module of a bias of the base; null for other tensors.</summary>
    public static string? BiasOf(string name) => name.EndsWith(".bias", StringComparison.Ordinal) ? Unwrapped(name)[..^".bias".Length] : null;

    /// <summary>The module of a tensor; null where it stands in none.</summary>
    public static string? ModuleName(string name) => Unwrapped(name).LastIndexOf('.') is > 0 and var point ? Unwrapped(name)[..point] : null;

    /// <summary>Whether a tensor, or a module, lies in a module that is kept whole.</summary>
    private bool IsSaved(string name) => _saved.Any(saved => name == saved || name.StartsWith($"{saved}.", StringComparison.Ordinal));

    /// <summary>A name without what wraps a model while it trains; <c>model.</c> stays, which is a module of many.</summary>
    public static string Unwrapped(string name) => Wrapper().Replace(name, "");

    [GeneratedRegex(@"^(module\.|_orig_mod\.|_forward_module\.)+", RegexOptions.ExplicitCapture)]
    private static partial Regex Wrapper();

    private sealed record Factored(LayerPair Pair, LayerFactors Factors, ElementType Type);
}
