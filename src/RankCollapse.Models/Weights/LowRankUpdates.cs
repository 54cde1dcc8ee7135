using System.Text.Json;
using System.Text.RegularExpressions;
using RankCollapse.LinearAlgebra;
using RankCollapse.Models.Reading;

namespace RankCollapse.Models.Weights;

/// <summary>
/// Low-rank updates (Hu et al. 2022) as rows of the table of conventions: W = base + s·B·A with A [r, in, …] and B [out, r, …], merged where the base is
/// there, and the update on its own where it is not. s = α/r, or α/√r (Kalajdzievski 2023) where PEFT's settings say so.
/// </summary>
/// <remarks>α is a tensor beside the factors or stands in <c>adapter_config.json</c>; where it is nowhere, it is not applied, as the row says.</remarks>
internal static partial class LowRankUpdates
{
    /// <summary>The names of A.</summary>
    public const string Down =
        "${s}lora_A.weight|${s}lora_A.default.weight|${s}lora_A|${s}lora_down.weight|${s}lora.down.weight|${s}lora_linear_layer.down.weight"
        + "|${s}lora_embedding_A|${s}lora_embedding_A.default";

    /// <summary>The names of B.</summary>
    public const string Up =
        "${s}lora_B.weight|${s}lora_B.default.weight|${s}lora_B|${s}lora_up.weight|${s}lora.up.weight|${s}lora_linear_layer.up.weight"
        + "|${s}lora_embedding_B|${s}lora_embedding_B.default";

    /// <summary>The names of α.</summary>
    public const string Scale = "${s}alpha|${s}lora_alpha|${s}lora.alpha";

    /// <summary>The names of the magnitudes of DoRA.</summary>
    public const string Magnitude = "${s}dora_scale|${s}lora_magnitude_vector|${s}lora_magnitude_vector.weight|${s}lora_magnitude_vector.default.weight";

    private const string Settings = "adapter_config.json";

    /// <summary>
    /// The factors of adapters under the names that those of PEFT's usual adapter have, so that one of any name is found; where there are several, none.
    /// </summary>
    public static Dictionary<string, TensorEntry> WithoutNames(IReadOnlyList<TensorEntry> tensors) =>
        tensors.Where(tensor => NameOf().IsMatch(tensor.Name)).GroupBy(tensor => NameOf().Replace(tensor.Name, "${f}.default${w}"), StringComparer.Ordinal)
            .Where(group => group.Count() == 1).ToDictionary(group => group.Key, group => group.First(), StringComparer.Ordinal);

    /// <summary>Weights with their update; beside: A, B, perhaps α, perhaps magnitudes.</summary>
    public static ConventionUse? Merged(ConventionMatch match)
    {
        (TensorEntry w, TensorEntry down, TensorEntry up) = (match.Tensor, match.Beside[0]!, match.Beside[1]!);
        TensorEntry? alpha = match.Beside[2], magnitude = match.Beside[3];
        if (w.Shape.Count < 2 || RankOf(down, up, alpha) is not { } rank) return null;
        long rows = w.Shape[0];
        bool isTransposed = up.Shape[0] != rows || down.Count / rank != w.Count / rows;
        // Weights of GPT-2's Conv1D and of tables lie as [in, out], and factors as ever.
        bool isSquare = w.Shape is [var first, var second] && first == second
            && (SaysTransposed(match.Context) || down.Name.Contains("lora_embedding_", StringComparison.Ordinal));
        if (isTransposed && !(w.Shape is [var inputs, var outputs] && up.Shape[0] == outputs && down.Count / rank == inputs)) return null;
        if (magnitude is not null && !TensorConventions.NormFits(w, [magnitude])) return null;
        if (ScaleOf(match.Context, match.Name, alpha, rank) is not { } scale)
            return new ConventionUse($"the low-rank update beside it ({ErrorText.Printable(down.Name)}) is not applied, because its scale α is not known");
        int magnitudeAt = alpha is null ? 2 : 3;
        return new ConventionUse($"a low-rank update applied{scale.Words}")
        {
            Apply = (stored, beside) =>
            {
                double[] update = Product(beside[1], beside[0], (int)rank, isTransposed || isSquare), result = new double[stored.LongLength];
                double factor = alpha is null ? scale.Factor : beside[2][0] / rank;
                for (int i = 0; i < result.Length; i++) result[i] = stored[i] + (factor * update[i]);
                return magnitude is null ? result : TensorConventions.Normalise(w, result, [(magnitude, beside[magnitudeAt])]);
            },
        };
    }

    /// <summary>An update whose weights are elsewhere; beside A: B, perhaps α, perhaps the weights, which then have it applied.</summary>
    public static ConventionUse? Alone(ConventionMatch match)
    {
        (TensorEntry down, TensorEntry up) = (match.Tensor, match.Beside[0]!);
        if (match.Beside[2] is { } weights)
            return ConventionUse.Not($"it is a factor of a low-rank update of {ErrorText.Printable(weights.Name)}, whose scale α is not known or whose sizes "
                + "do not fit");
        if (down.Shape.Count < 2 || RankOf(down, up, match.Beside[1]) is not { } rank) return null;
        bool isScaled = ScaleOf(match.Context, match.Name, match.Beside[1], rank) is not null;
        (double Factor, string Words) scale = ScaleOf(match.Context, match.Name, match.Beside[1], rank) ?? (1, ", its scale α not known and not applied");
        return new ConventionUse($"a low-rank update B·A of rank {rank} without its weights{(isScaled ? $"{scale.Words}, scaled" : scale.Words)}")
        {
            Shape = [up.Shape[0], .. down.Shape.Skip(1)],
            Apply = (stored, beside) =>
            {
                double factor = match.Beside[1] is null ? scale.Factor : beside[1][0] / rank;
                return Array.ConvertAll(Product(beside[0], stored, (int)rank, isTransposed: false), value => factor * value);
            },
        };
    }

    /// <summary>The rank of two factors; null where they are none.</summary>
    private static long? RankOf(TensorEntry down, TensorEntry up, TensorEntry? alpha) =>
        down.Shape is [> 0 and var rank, ..] && up.Shape is [> 0 and var rows, var other, ..] && rank == other && up.Count == rows * rank
            && down.Count > 0 && alpha is null or { Count: 1 } ? rank : null;

    /// <summary>B·A of B [out, r] and A [r, in].</summary>
    private static double[] Product(double[] up, double[] down, int rank, bool isTransposed)
    {
        Matrix product = LinearAlgebra.Product.Multiply(
            new Matrix(up, 0, up.Length / rank, rank), new Matrix(down, 0, rank, down.Length / rank));
        return (isTransposed ? product.Transpose() : product).AsSpan().ToArray();
    }

    /// <summary>What the update is multiplied by; null where nothing says it. A tensor's α is read when it is applied.</summary>
    private static (double Factor, string Words)? ScaleOf(ModelContext context, string layer, TensorEntry? alpha, long rank)
    {
        if (alpha is not null) return (1, "");
        if (!context.TryGet(Settings, out JsonElement? usual, "lora_alpha") || !usual.Value.TryGetNumber(out double number)) return null;
        string module = layer[..(layer.LastIndexOf('.') is > 0 and var point ? point : layer.Length)];
        if (context.TryGet(Settings, out JsonElement? pattern, "alpha_pattern") && pattern is { ValueKind: JsonValueKind.Object } patterns)
        {
            foreach (JsonProperty one in patterns.EnumerateObject())
            {
                if (!IsOf(module, one.Name) || !one.Value.TryGetNumber(out double own)) continue;
                number = own;
                break;
            }
        }
        bool isRoot = context.TryGet(Settings, out JsonElement? root, "use_rslora") && root is { ValueKind: JsonValueKind.True };
        string alphaText = number.ToString(System.Globalization.CultureInfo.InvariantCulture);
        return (number / (isRoot ? Math.Sqrt(rank) : rank), $" with α = {alphaText} of {Settings}{(isRoot ? ", by √r" : "")}");
    }

    private static bool SaysTransposed(ModelContext context) =>
        context.TryGet(Settings, out JsonElement? value, "fan_in_fan_out") && value is { ValueKind: JsonValueKind.True };

    /// <summary>Whether a pattern of PEFT's is of a module: the whole of its name, or what follows a point.</summary>
    private static bool IsOf(string module, string pattern)
    {
        try
        {
            return Regex.IsMatch(module, $"^(.*\\.)?({pattern})$", RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);
        }
        catch (Exception e) when (e is ArgumentException or NotSupportedException)
        {
            return module == pattern || module.EndsWith($".{pattern}", StringComparison.Ordinal);
        }
    }

    private static bool TryGetNumber(this JsonElement value, out double number)
    {
        number = 0;
        return value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out number) && double.IsFinite(number);
    }

    /// <summary>The names of A.</summary>
    [GeneratedRegex(@"^(?<s>.*)(lora_A\.weight|lora_A\.\w+\.weight|lora_A|lora_down\.weight|lora\.down\.weight|lora_linear_layer\.down\.weight"
        + @"|lora_embedding_A(\.\w+)?)$",
        RegexOptions.ExplicitCapture)]
    public static partial Regex DownOf();

    [GeneratedRegex(@"((?<f>lora_(A|B|magnitude_vector))\.\w+(?<w>\.weight)|(?<f>lora_embedding_(A|B))\.\w+(?<w>))$", RegexOptions.ExplicitCapture)]
    private static partial Regex NameOf();
}
