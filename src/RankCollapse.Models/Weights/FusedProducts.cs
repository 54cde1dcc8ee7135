using System.Text.RegularExpressions;

namespace RankCollapse.Models.Weights;

/// <summary>
/// Queries, keys and values of fused products as layers of their own. Their outputs lie in g groups, each with the queries, the keys and the values of some
/// heads: one group where the three lie one after the other, one for each head where heads are interleaved, one for each head of keys where several heads of
/// queries share one.
/// </summary>
/// <param name="context">The settings beside the model: the architecture, and how many heads it has.</param>
internal sealed partial class FusedProducts(ModelContext context)
{
    private const string NeedsHeads = "its parts are interleaved by heads, of which no config.json beside the model says how many there are";

    private static readonly string[] Usual = ["query", "key", "value"];
    private static readonly string[] KeysAndValues = ["key", "value"];

    /// <summary>
    /// How outputs lie by the architecture that the settings name, or by the names of tensors; the first row that fits counts, and for other names with three
    /// parts they lie one after the other.
    /// </summary>
    private static readonly (Regex Name, string[] Architectures, Func<Attention, Layout?> Of)[] Table =
    [
        (QueryKeyValue(), ["falcon", "refinedweb", "refinedwebmodel"], heads => heads.IsGrouped ? Groups(heads)
            : heads.SharesKeys ? Layout.OneAfterAnother(heads.Queries * heads.Size, heads.Size) : ByHeads(heads)),
        (QueryKeyValue(), ["chatglm"], heads => heads.SharesKeys ? OneAfterAnother(heads) : ByHeads(heads)),
        (QueryKeyValue(), ["gpt_neox", "gpt_neox_japanese", "bloom", "persimmon", "bigscience", "open-llama"], ByHeads),
        (Coder(), ["gpt_bigcode"], heads => heads.SharesKeys ? Layout.OneAfterAnother(heads.Queries * heads.Size, heads.Size) : ByHeads(heads)),
        (Projected(), ["codegen"], heads => heads.Queries % 4 == 0
            ? new Layout(4, ["query", "value", "key"], [.. Enumerable.Repeat(heads.Queries / 4 * heads.Size, 3)]) : null),
        (Joined(), ["internlm2"], Groups),
        (Input(), ["deberta"], ByHeads),
        (Grouped(), [], Groups),
    ];

    /// <summary>Whether a name, by its parts, is that of a product of queries, keys and values.</summary>
    public static bool IsOfThree(string[] words) => words.Any(word => FusedOf().IsMatch(word));

    /// <summary>The parts of a layer; why they are not known, where it has some.</summary>
    /// <param name="layer">The layer.</param>
    /// <param name="words">The parts of its name in small letters.</param>
    public (IReadOnlyList<WeightLayer> Parts, string? WhyNot) PartsOf(WeightLayer layer, string[] words)
    {
        if (layer.Kind != LayerKind.Linear || layer.Tensor.Shape is not [var first, var second]) return ([], null);
        bool isInputFirst = layer.Layout == WeightLayout.InputFirst;
        (long outputs, long inputs) = isInputFirst ? (second, first) : (first, second);
        if (words.Any(word => FusedKeysOf().IsMatch(word)) && !IsOfThree(words))
            return outputs % 2 == 0 ? ([.. Cut(layer, new Layout(1, KeysAndValues, [outputs / 2, outputs / 2]), inputs)], null) : ([], null);
        string architecture = context.Text("model_type")?.ToLowerInvariant() ?? "";
        var row = Table.FirstOrDefault(one => words.Any(word => one.Name.IsMatch(word))
            && (one.Architectures.Length == 0 || one.Architectures.Contains(architecture)));
        bool isNamed = IsOfThree(words) || row.Name is not null || words.Any(word => QueryKeyValue().IsMatch(word));
        if (!isNamed) return ([], null);
        Attention? attention = Heads(inputs, outputs);
        if (row.Name is not null)
        {
            return attention is not null && row.Of(attention) is { } layout && layout.Outputs == outputs ? ([.. Cut(layer, layout, inputs)], null)
                : ([], attention is null ? NeedsHeads : $"its {outputs} outputs are not those of the heads that config.json says");
        }
        if (words.Any(word => QueryKeyValue().IsMatch(word)))
            return ([], words[0] == "gpt_neox" ? NeedsHeads
                : "its queries, keys and values lie one after the other or by heads, and no config.json beside the model says of which architecture it is");
        if (attention is not null && OneAfterAnother(attention) is { } known && known.Outputs == outputs && IsLikely(words, architecture))
            return ([.. Cut(layer, known, inputs)], null);
        // Only of some names all parts are equal whatever the inputs.
        bool isEqual = outputs % 3 == 0 && (outputs == 3 * inputs || words.Contains("to_qkv"));
        if (isEqual && IsLikely(words, architecture)) return ([.. Cut(layer, new Layout(1, Usual, [outputs / 3, outputs / 3, outputs / 3]), inputs)], null);
        return ([], isEqual ? "its queries, keys and values lie one after the other or in groups, and no config.json beside the model says of which "
            + "architecture it is" : "how many of its outputs are queries, keys and values is not known without a config.json beside the model");
    }

    /// <summary>Whether parts lie one after the other: wqkv is InternLM2's name too, whose are interleaved.</summary>
    private static bool IsLikely(string[] words, string architecture) => architecture.Length > 0 || !words.Contains("wqkv") || !words.Contains("attention");

    private static Layout OneAfterAnother(Attention heads) => Layout.OneAfterAnother(heads.Queries * heads.Size, heads.Keys * heads.Size);

    private static Layout ByHeads(Attention heads) => new((int)heads.Queries, Usual, [heads.Size, heads.Size, heads.Size]);

    private static Layout? Groups(Attention heads) => heads.Queries % heads.Keys != 0 ? null
        : new Layout((int)heads.Keys, Usual, [heads.Queries / heads.Keys * heads.Size, heads.Size, heads.Size]);

    /// <summary>The heads that the settings say; null where they do not.</summary>
    private Attention? Heads(long inputs, long outputs)
    {
        if (context.Whole("num_attention_heads", "n_head", "n_heads", "num_heads", "encoder_attention_heads") is not { } queries) return null;
        bool sharesKeys = context.Says("multi_query") || context.Says("multi_query_attention"), isGrouped = context.Says("new_decoder_architecture");
        long? said = context.Whole("num_key_value_heads", "num_kv_heads", "n_head_kv", "multi_query_group_num", "num_query_groups", "kv_n_heads");
        long keys = said ?? (sharesKeys ? 1 : queries);
        long? hidden = context.Whole("hidden_size", "n_embd", "d_model", "embed_dim");
        long size = context.Whole("head_dim", "kv_channels", "attention_head_size") ?? (hidden ?? inputs) / queries;
        return size < 1 || keys > queries || queries * size > outputs ? null : new Attention(queries, keys, size, sharesKeys, isGrouped);
    }

    private static IEnumerable<WeightLayer> Cut(WeightLayer layer, Layout layout, long inputs)
    {
        AppliedConvention? whole = layer.Applied;
        bool isInputFirst = layer.Layout == WeightLayout.InputFirst;
        long outputs = layout.Outputs, group = outputs / layout.Groups;
        foreach (string part in layout.Parts.Length == 2 ? KeysAndValues : Usual)
        {
            int at = Array.IndexOf(layout.Parts, part);
            long first = layout.Sizes.Take(at).Sum(), size = layout.Sizes[at], total = size * layout.Groups;
            double[] Take(double[] stored, double[][] beside)
            {
                double[] values = whole is null ? stored : whole.Apply(stored, beside), cut = new double[total * inputs];
                for (int g = 0; g < layout.Groups; g++)
                {
                    long from = (g * group) + first, to = g * size;
                    if (!isInputFirst) Array.Copy(values, from * inputs, cut, to * inputs, size * inputs);
                    for (long row = 0; isInputFirst && row < inputs; row++) Array.Copy(values, (row * outputs) + from, cut, (row * total) + to, size);
                }
                return cut;
            }
            string name = $"{layer.Name}[{part}]";
            string share = layout.Parts.Length == 2 ? "a half" : total * 3 == outputs ? "a third" : $"{total} of {outputs} outputs";
            yield return layer with
            {
                Name = name,
                Tensor = layer.Tensor with { Shape = isInputFirst ? [inputs, total] : [total, inputs] },
                Evidence = $"{share} of a fused product{(layout.Groups > 1 ? $", interleaved in {layout.Groups} groups" : "")}",
                PartOf = layer.Name,
                Applied = new AppliedConvention(name, whole?.Beside ?? [], (whole?.Use ?? new ConventionUse("")) with { Apply = Take }),
            };
        }
    }

    /// <summary>The heads of an attention layer.</summary>
    /// <param name="Queries">Heads of queries.</param>
    /// <param name="Keys">Heads of keys and values.</param>
    /// <param name="Size">Outputs of a head.</param>
    /// <param name="SharesKeys">Whether the settings say that queries share heads of keys.</param>
    /// <param name="IsGrouped">Whether the settings speak of Falcon's newer architecture.</param>
    private sealed record Attention(long Queries, long Keys, long Size, bool SharesKeys, bool IsGrouped);

    /// <summary>How outputs lie: in groups, each with the parts of these sizes one after the other.</summary>
    private sealed record Layout(int Groups, string[] Parts, long[] Sizes)
    {
        public long Outputs => Groups * Sizes.Sum();

        public static Layout OneAfterAnother(long queries, long keys) => new(1, Usual, [queries, keys, keys]);
    }

    [GeneratedRegex(@"^(c_attn|in_proj_weight|wqkv|to_qkv|c_qkv|qkv|qkv_(proj|linear|einsum)|in_proj_qkv|w_pack|\w*attn_qkv)$", RegexOptions.ExplicitCapture)]
    private static partial Regex FusedOf();

    [GeneratedRegex("^(to_kv|c_kv|kv|kv_(proj|linear)|in_proj_kv)$", RegexOptions.ExplicitCapture)]
    private static partial Regex FusedKeysOf();

    [GeneratedRegex("^query_key_value$")]
    private static partial Regex QueryKeyValue();

    [GeneratedRegex("^c_attn$")]
    private static partial Regex Coder();

    [GeneratedRegex("^qkv_proj$")]
    private static partial Regex Projected();

    [GeneratedRegex("^wqkv$")]
    private static partial Regex Joined();

    [GeneratedRegex("^in_proj$")]
    private static partial Regex Input();

    [GeneratedRegex("^linear_qkv$")]
    private static partial Regex Grouped();
}
