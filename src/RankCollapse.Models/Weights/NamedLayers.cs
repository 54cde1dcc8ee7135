using System.Globalization;
using RankCollapse.Formats;
using RankCollapse.Models.Reading;

namespace RankCollapse.Models.Weights;

/// <summary>Finds the layers of files that hold tensors without a graph (safetensors, npz), by names and shapes in the way of PyTorch and Keras.</summary>
/// <remarks>
/// Two dimensions are a linear layer [out, in], or an embedding where the name says so; three are a convolution over one dimension, or a stack of matrices
/// where the name speaks of experts; four and five are convolutions [out, in/groups, …], or [… , in, out] where the name ends in "kernel". Groups stand in no
/// such file: a kernel with one input channel whose name says "depthwise" or "dw" has as many groups as outputs, every other one.
/// </remarks>
internal static class NamedLayers
{
    private static readonly string[] TableWords = ["embed", "wte", "wpe", "token", "position", "table", "codebook"];

    /// <summary>The modules of GPT-2 whose weights lie as [in, out].</summary>
    private static readonly string[] InputFirstModules = ["c_attn", "c_proj", "c_fc", "q_attn"];

    private static readonly string[] Projections = ["query", "key", "value", "qkv"];

    /// <summary>The layers and the rest.</summary>
    public static LayersFound Find(IReadOnlyList<TensorEntry> tensors)
    {
        var byName = tensors.ToDictionary(tensor => tensor.Name, StringComparer.Ordinal);
        Dictionary<string, AppliedConvention> applied = tensors.Select(tensor => (tensor.Name, Found: TensorConventions.Of(tensor, byName.GetValueOrDefault)))
            .Where(one => one.Found is not null).ToDictionary(one => one.Name, one => one.Found!, StringComparer.Ordinal);
        Dictionary<string, string> beside = applied.SelectMany(one => one.Value.Beside.Select(name => (name, one.Key)))
            .DistinctBy(one => one.name).ToDictionary(one => one.name, one => one.Key, StringComparer.Ordinal);
        bool hasInputFirst = tensors.Any(tensor => IsInputFirstModule(tensor) && BiasSays(tensor, byName) == WeightLayout.InputFirst);
        var layers = new List<WeightLayer>();
        var skipped = new List<SkippedTensor>();
        foreach (TensorEntry tensor in tensors)
        {
            AppliedConvention? convention = applied.GetValueOrDefault(tensor.Name);
            string? reason = beside.TryGetValue(tensor.Name, out string? weight) ? $"it is applied to {ErrorText.Printable(weight)}"
                : convention is not null ? null
                : tensor.Shape.Count < 2 ? NotALayer(tensor) : TensorConventions.NotALayer(tensor.Name) ?? NotALayer(tensor);
            if (reason is not null)
            {
                skipped.Add(new SkippedTensor(tensor.Name, reason));
                continue;
            }
            WeightLayer layer = Oriented(Classify(tensor), byName, hasInputFirst);
            if (convention is not null)
                layer = layer with { Name = convention.Name, Applied = convention, Evidence = $"{layer.Evidence}; {convention.Meaning}" };
            layers.Add(layer);
            layers.AddRange(Parts(layer));
        }
        return new LayersFound(layers, skipped);
    }

    private static bool IsInputFirstModule(TensorEntry tensor) =>
        tensor.Shape.Count == 2 && tensor.Name.Split('.', '/') is [.., var module, _] && InputFirstModules.Contains(module);

    /// <summary>What the length of the bias beside weights says of their layout; null where there is none or they are square.</summary>
    private static WeightLayout? BiasSays(TensorEntry tensor, Dictionary<string, TensorEntry> byName)
    {
        const string Weight = "weight";
        if (tensor.Shape is not [var rows, var columns] || rows == columns || !tensor.Name.EndsWith(Weight, StringComparison.Ordinal)) return null;
        return byName.GetValueOrDefault($"{tensor.Name[..^Weight.Length]}bias")?.Shape switch
        {
            [var length] when length == columns => WeightLayout.InputFirst,
            [var length] when length == rows => WeightLayout.OutputFirst,
            _ => null,
        };
    }

    private static WeightLayer Oriented(WeightLayer layer, Dictionary<string, TensorEntry> byName, bool hasInputFirst)
    {
        if (layer.Kind != LayerKind.Linear || layer.Tensor.Shape.Count != 2) return layer;
        bool isModule = hasInputFirst && IsInputFirstModule(layer.Tensor);
        if (BiasSays(layer.Tensor, byName) is { } said && said != layer.Layout)
        {
            string which = said == WeightLayout.InputFirst ? "second" : "first";
            return layer with { Layout = said, Evidence = $"{layer.Evidence}, of which the bias has the {which}" };
        }
        return isModule && layer.Layout == WeightLayout.OutputFirst
            ? layer with { Layout = WeightLayout.InputFirst, Evidence = $"{layer.Evidence}, as its fellows lie" } : layer;
    }

    /// <summary>Queries, keys and values of a fused product, each on its own; not where heads are interleaved.</summary>
    private static IEnumerable<WeightLayer> Parts(WeightLayer layer)
    {
        string[] words = layer.Name.ToLowerInvariant().Split('.', '/');
        bool isFused = words.Any(word => word is "c_attn" or "in_proj_weight" or "wqkv" or "to_qkv" or "qkv" or "qkv_proj" or "in_proj_qkv");
        bool isInputFirst = layer.Layout == WeightLayout.InputFirst;
        if (!isFused || layer.Tensor.Shape is not [var first, var second]) yield break;
        (long outputs, long inputs) = isInputFirst ? (second, first) : (first, second);
        if (outputs != 3 * inputs) yield break;
        AppliedConvention? whole = layer.Applied;
        for (int part = 0; part < 3; part++)
        {
            int from = part;
            double[] Cut(double[] stored, double[][] beside)
            {
                double[] values = whole is null ? stored : whole.Apply(stored, beside);
                var cut = new double[inputs * inputs];
                for (long row = 0; row < inputs; row++)
                {
                    long start = isInputFirst ? (row * outputs) + (from * inputs) : ((from * inputs) + row) * inputs;
                    Array.Copy(values, start, cut, row * inputs, inputs);
                }
                return cut;
            }
            string name = $"{layer.Name}[{Projections[part]}]";
            yield return layer with
            {
                Name = name,
                Tensor = layer.Tensor with { Shape = [inputs, inputs] },
                Evidence = "a third of a fused product",
                PartOf = layer.Name,
                Applied = new AppliedConvention(name, "", whole?.Beside ?? [], Cut),
            };
        }
    }

    private static string? NotALayer(TensorEntry tensor)
    {
        if (!ElementBytes.IsFloating(tensor.Type)) return $"it holds whole numbers ({tensor.Type}) without a scale: indices, a mask or quantised weights";
        long[] wide = [.. tensor.Shape.Where(size => size != 1)];
        if (tensor.Shape.Count == 0 || wide.Length == 0) return "it is a single number";
        if (tensor.Count == 0) return $"it is empty ({tensor.ShapeText})";
        if (tensor.Shape.Count == 1) return "it has one dimension: a bias, a scale or a running statistic";
        string last = tensor.Name.Split('.', '/')[^1];
        if (last is "bias" or "beta" or "gamma" || (wide.Length == 1 && tensor.Shape.Count > 2 && !IsKernel(tensor)))
            return $"it is a bias, a scale or a single vector ({tensor.ShapeText})";
        return tensor.Shape.Count > 5 ? $"it has {tensor.Shape.Count} dimensions, more than a layer of a known kind" : null;
    }

    /// <summary>Whether a tensor with one wide dimension is still a convolution's: [out, 1, 1, 1].</summary>
    private static bool IsKernel(TensorEntry tensor) => tensor.Shape[0] != 1 && tensor.Name.EndsWith("weight", StringComparison.Ordinal);

    private static WeightLayer Classify(TensorEntry tensor)
    {
        string name = tensor.Name.ToLowerInvariant();
        bool isTable = TableWords.Any(word => name.Contains(word, StringComparison.Ordinal)) && !name.Contains("conv", StringComparison.Ordinal)
            && !name.Contains("proj", StringComparison.Ordinal) && !name.Contains("patch", StringComparison.Ordinal);
        long[] inner = [.. tensor.Shape.SkipWhile(size => size == 1)];
        bool isKeras = name.Split('.', '/', ':').Any(part => part == "kernel" || part == "depthwise_kernel");
        WeightLayer Layer(LayerKind kind, WeightLayout layout, string evidence, int groups = 1) =>
            new() { Name = tensor.Name, Tensor = tensor, Kind = kind, Layout = layout, Groups = groups, Evidence = evidence };

        if (isTable && (tensor.Shape.Count == 2 || inner.Length == 2))
            return Layer(LayerKind.Embedding, WeightLayout.OutputFirst, "two dimensions and a name of tables");
        if (tensor.Shape.Count == 2)
            return Layer(LayerKind.Linear, isKeras ? WeightLayout.InputFirst : WeightLayout.OutputFirst,
                isKeras ? "two dimensions and the name kernel" : "two dimensions");
        if (isKeras && tensor.Shape.Count is 3 or 4 && HeadsOf(tensor, name) is { } heads) return heads;
        if (tensor.Shape.Count == 3 && (name.Contains("expert", StringComparison.Ordinal) || name.Split('.', '/', '_').Contains("moe")))
            return Layer(LayerKind.Linear, WeightLayout.OutputFirst, "a stack of matrices, one an expert");
        string dimensions = (tensor.Shape.Count - 2).ToString(CultureInfo.InvariantCulture);
        if (isKeras) return Layer(LayerKind.Convolution, WeightLayout.ChannelsLast, $"a {dimensions}-D kernel [… , in, out] by its name");
        bool isDepthwise = tensor.Shape[1] == 1 && tensor.Shape[0] > 1 && tensor.Shape[0] <= int.MaxValue
            && name.Split('.', '/', '_').Any(part => part is "depthwise" or "dw" or "dwconv" || part.StartsWith("depthwise", StringComparison.Ordinal));
        return isDepthwise
            ? Layer(LayerKind.Convolution, WeightLayout.OutputFirst, $"a {dimensions}-D kernel, depthwise by its name", (int)tensor.Shape[0])
            : Layer(LayerKind.Convolution, WeightLayout.OutputFirst, $"a {dimensions}-D kernel by its shape, taken as one group");
    }

    /// <summary>The kernels of attention by heads, [in, heads, size] and [heads, size, out], as one matrix each; null for other kernels.</summary>
    private static WeightLayer? HeadsOf(TensorEntry tensor, string name)
    {
        string[] words = name.Split('.', '/', ':');
        int place = Array.FindIndex(words, word => word == "kernel");
        string module = place > 0 ? words[place - 1] : "";
        long inputs = Projections.Contains(module) ? tensor.Shape[0]
            : module is "out" or "attention_output" or "output" && tensor.Shape.Count == 3 ? tensor.Shape[0] * tensor.Shape[1] : 0;
        return inputs == 0 ? null : new WeightLayer
        {
            Name = tensor.Name,
            Tensor = tensor with { Shape = [inputs, tensor.Count / inputs] },
            Kind = LayerKind.Linear,
            Layout = WeightLayout.InputFirst,
            Evidence = $"a kernel of attention by heads, {tensor.ShapeText}",
        };
    }
}
