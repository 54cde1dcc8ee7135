using System.Globalization;
using System.Text.RegularExpressions;
using RankCollapse.Formats;
using RankCollapse.Models.Reading;

namespace RankCollapse.Models.Weights;

/// <summary>Finds the layers of files that hold tensors without a graph (safetensors, npz), by names and shapes in the way of PyTorch and Keras.</summary>
/// <remarks>
/// Two dimensions are a linear layer [out, in], or an embedding where the name of the module says so and it has no bias; three are a convolution over one
/// dimension where they are called weight or kernel, as modules of convolutions call theirs, and a stack of matrices otherwise, where the name speaks of
/// experts, or where the last size is no kernel's; four and five are convolutions [out, in/groups, …], or
/// [… , in, out] by names of TensorFlow and JAX. Groups stand in no such file: a kernel with one input channel has as many groups as outputs where its name
/// says "depthwise" or "dw", where the layer before it has as many outputs, or beside a state-space model's A_log.
/// </remarks>
internal static partial class NamedLayers
{
    private static readonly string[] TableWords = ["embed", "wte", "wpe", "token", "position", "table", "codebook", "relative_attention_bias", "rel_pos"];

    /// <summary>What names of tables do not have: these are modules that make or mix embeddings.</summary>
    private static readonly string[] NoTableWords = ["conv", "proj", "patch", "linear", "mix", "mlp"];

    /// <summary>The modules of GPT-2 whose weights lie as [in, out].</summary>
    private static readonly string[] InputFirstModules = ["c_attn", "c_proj", "c_fc", "q_attn"];

    /// <summary>The least last size of a tensor of three dimensions that is no kernel but a matrix of a stack.</summary>
    private const long NoKernel = 256;

    /// <summary>The layers and the rest.</summary>
    /// <param name="tensors">The tensors.</param>
    /// <param name="context">What says how they are meant besides their names and shapes; null for nothing.</param>
    public static LayersFound Find(IReadOnlyList<TensorEntry> tensors, ModelContext? context = null)
    {
        context ??= new ModelContext(null);
        var byName = tensors.ToDictionary(tensor => tensor.Name, StringComparer.Ordinal);
        Dictionary<string, TensorEntry> anyAdapter = LowRankUpdates.WithoutNames(tensors);
        Dictionary<string, AppliedConvention> applied = tensors
            .Select(tensor => (tensor.Name,
                Found: TensorConventions.Of(tensor, name => byName.GetValueOrDefault(name) ?? anyAdapter.GetValueOrDefault(name), context)))
            .Where(one => one.Found is not null).ToDictionary(one => one.Name, one => one.Found!, StringComparer.Ordinal);
        Dictionary<string, string> beside = applied.SelectMany(one => one.Value.Beside.Select(name => (name, one.Key)))
            .DistinctBy(one => one.name).ToDictionary(one => one.name, one => one.Key, StringComparer.Ordinal);
        Dictionary<string, int> stacked = StackedLayers.Find(
            [.. tensors.Where(tensor => !applied.ContainsKey(tensor.Name) && !beside.ContainsKey(tensor.Name))]);
        foreach ((string name, int axis) in stacked) byName[name] = StackedLayers.One(byName[name], axis);
        bool hasInputFirst = tensors.Any(tensor => IsInputFirstModule(tensor) && BiasSays(tensor, byName) == WeightLayout.InputFirst);
        var fused = new FusedProducts(context);
        var layers = new List<WeightLayer>();
        var skipped = new List<SkippedTensor>();
        WeightLayer? before = null;
        foreach (TensorEntry whole in tensors)
        {
            TensorEntry tensor = byName[whole.Name];
            AppliedConvention? convention = applied.GetValueOrDefault(tensor.Name);
            string? reason = beside.TryGetValue(tensor.Name, out string? weight) ? $"it is applied to {ErrorText.Printable(weight)}"
                : convention is not null ? convention.Use.IsRefused ? convention.Use.Meaning : null
                : tensor.Shape.Count < 2 ? NotALayer(tensor) : TensorConventions.NotALayer(tensor.Name) ?? NotALayer(tensor) ?? NotAMatrix(tensor, byName);
            if (reason is not null)
            {
                skipped.Add(new SkippedTensor(tensor.Name, reason));
                continue;
            }
            TensorEntry meant = convention is null ? tensor : tensor with { Name = convention.Name, Shape = convention.Use.Shape ?? tensor.Shape };
            WeightLayer layer = convention is { Use.IsOfMatrices: true } && meant.Shape.Count == 3 ? Stack(meant)
                : Oriented(Classify(meant, byName, before), byName, hasInputFirst);
            if (convention is not null)
            {
                layer = layer with { Evidence = $"{layer.Evidence}; {convention.Use.Meaning}", Tensor = layer.Tensor with { Name = tensor.Name } };
                if (convention.Use.Apply is { } apply)
                {
                    AppliedConvention? order = layer.Applied;
                    layer = layer with
                    {
                        Applied = order is null ? convention : convention with
                        {
                            Use = convention.Use with { Apply = (stored, beside) => order.Apply(apply(stored, beside), []) },
                        },
                    };
                }
            }
            before = layer;
            if (stacked.TryGetValue(tensor.Name, out int stackedAt)) layer = StackedLayers.Of(whole, stackedAt, layer);
            (IReadOnlyList<WeightLayer> parts, string? whyNot) = fused.PartsOf(layer, Words(layer.Name));
            layers.Add(whyNot is null ? layer : layer with { Evidence = $"{layer.Evidence}; {whyNot}" });
            layers.AddRange(parts);
        }
        return new LayersFound(layers, skipped);
    }

    private static bool IsInputFirstModule(TensorEntry tensor) =>
        tensor.Shape.Count == 2 && tensor.Name.Split('.', '/') is [.., var module, _] && InputFirstModules.Contains(module);

    /// <summary>What the length of the bias beside weights says of their layout; null where there is none or they are square.</summary>
    private static WeightLayout? BiasSays(TensorEntry tensor, Dictionary<string, TensorEntry> byName)
    {
        if (tensor.Shape is not [var rows, var columns] || rows == columns) return null;
        long? length = BiasLength(tensor, byName);
        return length == columns ? WeightLayout.InputFirst : length == rows ? WeightLayout.OutputFirst : null;
    }

    /// <summary>How many numbers the bias beside weights has; null where there is none.</summary>
    private static long? BiasLength(TensorEntry tensor, Dictionary<string, TensorEntry> byName)
    {
        const string Weight = "weight";
        return tensor.Name.EndsWith(Weight, StringComparison.Ordinal)
            && byName.GetValueOrDefault($"{tensor.Name[..^Weight.Length]}bias")?.Shape is [var length] ? length : null;
    }

    /// <summary>The parts of a name in small letters, without the number that TensorFlow adds.</summary>
    private static string[] Words(string name) => name.Split(':')[0].ToLowerInvariant().Split('.', '/');

    private static WeightLayer Oriented(WeightLayer layer, Dictionary<string, TensorEntry> byName, bool hasInputFirst)
    {
        TensorEntry tensor = layer.Tensor;
        if (layer is { Kind: LayerKind.Convolution, Layout: WeightLayout.OutputFirst, Groups: 1 } && tensor.Shape[0] != tensor.Shape[1]
            && BiasLength(tensor, byName) == tensor.Shape[1] && tensor.Shape[1] > 1)
            return layer with { Kind = LayerKind.TransposedConvolution, Evidence = $"{layer.Evidence}, of which the bias has the second size" };
        if (layer.Kind != LayerKind.Linear || tensor.Shape is not [var rows, var columns]) return layer;
        if (BiasSays(tensor, byName) is { } said && said != layer.Layout)
        {
            string which = said == WeightLayout.InputFirst ? "second" : "first";
            return layer with { Layout = said, Evidence = $"{layer.Evidence}, of which the bias has the {which}" };
        }
        bool isModule = hasInputFirst && IsInputFirstModule(tensor);
        bool isFused = columns == 3 * rows && FusedProducts.IsOfThree(Words(layer.Name));
        if (layer.Layout != WeightLayout.OutputFirst || !(isModule || isFused)) return layer;
        string why = isModule ? "its fellows lie" : "three products side by side";
        return layer with { Layout = WeightLayout.InputFirst, Evidence = $"{layer.Evidence}, as {why}" };
    }

    private static string? NotALayer(TensorEntry tensor)
    {
        if (!ElementBytes.IsFloating(tensor.Type)) return $"it holds whole numbers ({tensor.Type}) without a scale: indices, a mask or quantised weights";
        long[] wide = [.. tensor.Shape.Where(size => size != 1)];
        if (tensor.Shape.Count == 0 || wide.Length == 0) return "it is a single number";
        if (tensor.Count == 0) return $"it is empty ({tensor.ShapeText})";
        if (tensor.Shape.Count == 1) return "it has one dimension: a bias, a scale or a running statistic";
        string last = Words(tensor.Name)[^1];
        if (last is "bias" or "beta" or "gamma" || (wide.Length == 1 && tensor.Shape.Count > 2 && !IsKernel(tensor)))
            return $"it is a bias, a scale or a single vector ({tensor.ShapeText})";
        return tensor.Shape.Count > 5 ? $"it has {tensor.Shape.Count} dimensions, more than a layer of a known kind" : null;
    }

    /// <summary>Normalisation over several dimensions has weights and biases of one shape.</summary>
    private static string? NotAMatrix(TensorEntry tensor, Dictionary<string, TensorEntry> byName)
    {
        const string Weight = "weight";
        return tensor.Name.EndsWith(Weight, StringComparison.Ordinal)
            && byName.GetValueOrDefault($"{tensor.Name[..^Weight.Length]}bias") is { } bias && bias.Shape.SequenceEqual(tensor.Shape)
            ? $"it scales number by number, as the bias beside it has its shape ({tensor.ShapeText})" : null;
    }

    /// <summary>Whether a tensor with one wide dimension is still a convolution's: [out, 1, 1, 1].</summary>
    private static bool IsKernel(TensorEntry tensor) => tensor.Shape[0] != 1 && tensor.Name.EndsWith("weight", StringComparison.Ordinal);

    private static WeightLayer Classify(TensorEntry tensor, Dictionary<string, TensorEntry> byName, WeightLayer? before)
    {
        string[] words = Words(tensor.Name);
        string name = string.Join('.', words), last = words[^1];
        // Keras numbers the tensors of a layer.
        int place = words is [.., "vars", _] ? words.Length - 3 : words.Length - 2;
        string module = place >= 0 ? words[place] : "";
        bool isDepthwiseKernel = last is "depthwise_kernel" or "depthwise_weights";
        bool isKernel = isDepthwiseKernel || last is "kernel" or "pointwise_kernel" || words is [.., "vars", _]
            || (last is "w" or "weights" && tensor.Name.Contains('/', StringComparison.Ordinal));
        long[] inner = [.. tensor.Shape.SkipWhile(size => size == 1)];
        WeightLayer Layer(LayerKind kind, WeightLayout layout, string evidence, int groups = 1) =>
            new() { Name = tensor.Name, Tensor = tensor, Kind = kind, Layout = layout, Groups = groups, Evidence = evidence };

        if (!isKernel && (tensor.Shape.Count == 2 || inner.Length == 2) && IsTable(words, tensor, byName))
            return Layer(LayerKind.Embedding, WeightLayout.OutputFirst, "two dimensions and a name of tables");
        if (tensor.Shape.Count == 2)
            return Layer(LayerKind.Linear, isKernel ? WeightLayout.InputFirst : WeightLayout.OutputFirst,
                isKernel ? $"two dimensions and the name {last}" : "two dimensions");
        if (isKernel && tensor.Shape.Count is 3 or 4 && HeadsOf(tensor, module, byName) is { } heads) return heads;
        if (tensor.Shape.Count == 3 && (ExpertsOf().IsMatch(name)
            || (!isKernel && tensor.Shape[1] > 1 && !KernelsOf().IsMatch(name)
                && (tensor.Shape[2] >= NoKernel || !last.StartsWith("weight", StringComparison.Ordinal)))))
            return Stack(tensor);
        string dimensions = (tensor.Shape.Count - 2).ToString(CultureInfo.InvariantCulture);
        bool isNamedDepthwise = words.SelectMany(word => word.Split('_'))
            .Any(part => part is "dw" or "dwconv" || part.StartsWith("depthwise", StringComparison.Ordinal));
        if (isKernel && (isDepthwiseKernel || (isNamedDepthwise && tensor.Shape[^2] == 1))) return Depthwise(tensor, dimensions);
        if (isKernel) return Layer(LayerKind.Convolution, WeightLayout.ChannelsLast, $"a {dimensions}-D kernel [… , in, out] by its name");
        bool isStateSpace = module == "conv1d" && byName.ContainsKey($"{tensor.Name[..^"conv1d.weight".Length]}A_log");
        bool followsAsMany = before is not null && OutputsOf(before) == tensor.Shape[0] && tensor.Count > tensor.Shape[0];
        string? depthwise = tensor.Shape[1] != 1 || tensor.Shape[0] is 1 or > int.MaxValue ? null
            : isNamedDepthwise ? ", depthwise by its name" : isStateSpace ? ", depthwise beside A_log"
            : followsAsMany ? ", depthwise as the layer before it has as many outputs" : null;
        return Layer(LayerKind.Convolution, WeightLayout.OutputFirst, $"a {dimensions}-D kernel{depthwise ?? " by its shape, taken as one group"}",
            depthwise is null ? 1 : (int)tensor.Shape[0]);
    }

    private static WeightLayer Stack(TensorEntry tensor) => new()
    {
        Name = tensor.Name,
        Tensor = tensor,
        Kind = LayerKind.Linear,
        Layout = WeightLayout.OutputFirst,
        Evidence = "a stack of matrices, such as one an expert",
    };

    /// <summary>Whether a name is that of a table that rows are looked up in: its module's, or its own where it is a parameter of a module.</summary>
    private static bool IsTable(string[] words, TensorEntry tensor, Dictionary<string, TensorEntry> byName)
    {
        if (words[^1] is "embedding" or "embeddings") return true;
        int place = words.Length - 1;
        if (words[place] is "weight" or "w" or "base_layer") place--;
        while (place > 0 && int.TryParse(words[place], NumberStyles.None, CultureInfo.InvariantCulture, out _)) place--;
        string module = place >= 0 ? words[place] : words[^1];
        return (module == "shared" || TableWords.Any(word => module.Contains(word, StringComparison.Ordinal)))
            && !NoTableWords.Any(word => module.Contains(word, StringComparison.Ordinal)) && BiasLength(tensor, byName) is null;
    }

    private static long OutputsOf(WeightLayer layer) => layer.Layout == WeightLayout.OutputFirst ? layer.Tensor.Shape[0] : layer.Tensor.Shape[^1];

    /// <summary>A kernel [k…, channels, multiplier], or [k…, 1, channels], as one of PyTorch's with a group for each channel.</summary>
    private static WeightLayer Depthwise(TensorEntry tensor, string dimensions)
    {
        long outputs = tensor.Shape[^2] * tensor.Shape[^1], positions = tensor.Count / outputs;
        int groups = (int)(tensor.Shape[^2] == 1 ? outputs : tensor.Shape[^2]);
        return new WeightLayer
        {
            Name = tensor.Name,
            Tensor = tensor with { Shape = [outputs, 1, .. tensor.Shape.SkipLast(2)] },
            Kind = LayerKind.Convolution,
            Layout = WeightLayout.OutputFirst,
            Groups = groups,
            Evidence = $"a {dimensions}-D kernel of {groups} channels, depthwise by its name, {tensor.ShapeText}",
            Applied = Reordered(tensor, positions, outputs),
        };
    }

    /// <summary>Numbers [first, second, rest] in the order [second, first, rest].</summary>
    private static AppliedConvention Reordered(TensorEntry tensor, long first, long second) =>
        new(tensor.Name, [], new ConventionUse("") { Apply = (stored, _) => StackedLayers.Exchange(stored, first, second) });

    /// <summary>
    /// The kernels of attention by heads as one matrix each: [in, heads, size] and [heads, size, out], fused [in, 3, heads, size], or [heads, in, size], whose
    /// numbers are put in order. Null for other kernels.
    /// </summary>
    private static WeightLayer? HeadsOf(TensorEntry tensor, string module, Dictionary<string, TensorEntry> byName)
    {
        long[] shape = [.. tensor.Shape];
        bool isOutput = OutputOf().IsMatch(module) && shape.Length == 3;
        if (!isOutput && !QueriesOf().IsMatch(module)) return null;
        // Convolutions have such names too; heads have queries, keys and values beside their output.
        if (isOutput && module is "proj" or "o" or "wo" && !HasQueriesBeside(tensor, module, byName)) return null;
        bool isHeadsFirst = !isOutput && shape[^2] > shape[0] && shape[^2] > shape[^1];
        long inputs = isOutput ? shape[0] * shape[1] : isHeadsFirst ? shape[^2] : shape[0];
        return new WeightLayer
        {
            Name = tensor.Name,
            Tensor = tensor with { Shape = [inputs, tensor.Count / inputs] },
            Kind = LayerKind.Linear,
            Layout = WeightLayout.InputFirst,
            Evidence = $"a kernel of attention by heads, {tensor.ShapeText}",
            Applied = isHeadsFirst ? Reordered(tensor, shape[..^2].Aggregate(1L, (a, b) => a * b), inputs) : null,
        };
    }

    /// <summary>Whether a module, by its name in small letters, makes queries, keys or values.</summary>
    public static bool IsQueries(string module) => QueriesOf().IsMatch(module);

    private static bool HasQueriesBeside(TensorEntry tensor, string module, Dictionary<string, TensorEntry> byName)
    {
        int at = tensor.Name.LastIndexOf(module, StringComparison.OrdinalIgnoreCase);
        return at >= 0 && ((string[])["query", "q", "q_proj", "wq", "qkv"]).Any(
            query => byName.GetValueOrDefault($"{tensor.Name[..at]}{query}{tensor.Name[(at + module.Length)..]}")?.Shape.Count >= 3);
    }

    [GeneratedRegex("^_?(query|key|value|q|k|v|qkv|kv)(_proj|_dense|_einsum|_layer)?$|^(to|c|w)_?(q|k|v|qkv)$", RegexOptions.ExplicitCapture)]
    private static partial Regex QueriesOf();

    [GeneratedRegex("^_?(out|output|attention_output|attn_vec|o)(_proj|_dense|_einsum|_layer)?$|^(to_out|wo|proj)$", RegexOptions.ExplicitCapture)]
    private static partial Regex OutputOf();

    [GeneratedRegex("expert|(^|[._])(moe|exps|switch_(mlp|glu))([._]|$)", RegexOptions.ExplicitCapture)]
    private static partial Regex ExpertsOf();

    [GeneratedRegex("conv|kernel|filter|basis|stft|window|patch", RegexOptions.ExplicitCapture)]
    private static partial Regex KernelsOf();
}
