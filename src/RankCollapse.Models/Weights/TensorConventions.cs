using System.Text.RegularExpressions;
using RankCollapse.Formats;
using RankCollapse.LinearAlgebra;
using RankCollapse.Models.Reading;

namespace RankCollapse.Models.Weights;

/// <summary>What stands beside a weight in files without a graph, and how it is applied: the network multiplies with the result.</summary>
/// <remarks>
/// Weight normalisation (Salimans and Kingma 2016): W = g·v/‖v‖ for each index of the dimension that g has. Spectral normalisation (Miyato et al. 2018):
/// W = V/(uᵀVv) with V as rows of outputs. Low-rank updates (Hu et al. 2022): W = base + (α/r)·B·A. Scales: W = scale·stored, one for the tensor, a row or a
/// block.
/// </remarks>
internal static partial class TensorConventions
{
    private const double LargestSigned = 127;
    private const long UsualBlock = 128;

    /// <summary>The table; the first row that fits a tensor counts. <c>$s</c> is what the pattern calls stem.</summary>
    private static readonly TensorConvention[] Table =
    [
        new(WeightNormOf(), "${s}weight", ["${s}weight_g"], "weight normalisation", NormFits, Normalise),
        new(ParametrizedNormOf(), "${s}${p}", ["${s}parametrizations.${p}.original0"], "weight normalisation", NormFits, Normalise),
        new(SpectralNormOf(), "${s}weight", ["${s}weight_u", "${s}weight_v"], "spectral normalisation", SpectralFits, DivideByNorm),
        new(ParametrizedOf(), "${s}${p}", ["${s}parametrizations.${p}.0._u", "${s}parametrizations.${p}.0._v"], "spectral normalisation", SpectralFits,
            DivideByNorm),
        .. new[] { "lora_A.weight|lora_B.weight", "lora_A.default.weight|lora_B.default.weight", "lora_down.weight|lora_up.weight" }
            .Select(pair => pair.Split('|')).Select(pair => new TensorConvention(
                BaseOf(), "${s}weight", [$"${{s}}{pair[0]}", $"${{s}}{pair[1]}", "${s}alpha"], "a low-rank update", UpdateFits, Update)),
        new(AnyOf(), "${w}", ["${w}_scale", "${w}_zero_point"], "scales and zero points", ScaleFits, (w, stored, beside) => Scale(w, stored, beside, 1)),
        .. new[] { "${w}_scale", "${w}_scale_inv", "${w}.scale" }.Select(scale => new TensorConvention(
            AnyOf(), "${w}", [scale], "scales", ScaleFits, (w, stored, beside) => Scale(w, stored, beside, 1))),
        new(WeightOf(), "${s}weight", ["${s}scale_weight"], "scales", ScaleFits, (w, stored, beside) => Scale(w, stored, beside, 1)),
        new(WeightOf(), "${s}weight", ["${s}SCB"], "the rows' largest numbers", ScaleFits, (w, stored, beside) => Scale(w, stored, beside, LargestSigned)),
    ];

    /// <summary>The convention of a tensor and its companions' names; null where it stands for itself.</summary>
    /// <param name="tensor">The tensor.</param>
    /// <param name="find">Finds a tensor by its name.</param>
    public static AppliedConvention? Of(TensorEntry tensor, Func<string, TensorEntry?> find)
    {
        foreach (TensorConvention convention in Table)
        {
            Match match = convention.Pattern.Match(tensor.Name);
            if (!match.Success) continue;
            TensorEntry?[] beside = [.. convention.Beside.Select(name => find(match.Result(name)))];
            if (beside.Contains(null) || !convention.Fits(tensor, beside!)) continue;
            string[] names = [.. beside.Select(one => one!.Name)];
            string meaning = $"{convention.Meaning} applied ({string.Join(", ", names.Select(ErrorText.Printable))})";
            return new AppliedConvention(match.Result(convention.Name), meaning, names,
                (stored, numbers) => convention.Apply(tensor, stored, [.. beside.Zip(numbers, (entry, values) => (entry!, values))]));
        }
        return null;
    }

    /// <summary>Why a tensor is no layer by its name; null where its name says nothing.</summary>
    public static string? NotALayer(string name) =>
        Packed().IsMatch(name) ? "it belongs to weights that are stored packed (as GPTQ, AWQ, MLX or NF4 do); de-quantise the model first"
        : Scales().IsMatch(name) ? "it is the scale of quantised weights or activations, and no weights of a known convention stand beside it"
        : Updates().IsMatch(name) ? "it is a factor of a low-rank update, whose scale α or whose weights are not in this file"
        : Masks().IsMatch(name) ? "it is a mask by its name"
        : Tables().IsMatch(name) ? "it is a table of angles, decays or steps by its name"
        : null;

    private static bool NormFits(TensorEntry v, TensorEntry[] beside) =>
        v.Shape.Count >= 2 && (beside[0].Count == 1 || v.Shape.Contains(beside[0].Count));

    private static double[] Normalise(TensorEntry v, double[] stored, (TensorEntry Entry, double[] Values)[] beside)
    {
        (TensorEntry entry, double[] g) = beside[0];
        // The dimension of g is the one in which it is not 1; a g of one number belongs to the whole tensor.
        int dimension = entry.Shape.Count == v.Shape.Count
            ? Math.Max(0, Enumerable.Range(0, v.Shape.Count).FirstOrDefault(d => entry.Shape[d] != 1, 0)) : Array.IndexOf([.. v.Shape], g.Length);
        long along = g.Length == 1 ? 1 : v.Shape[dimension], inner = g.Length == 1 ? v.Count : v.Shape.Skip(dimension + 1).Aggregate(1L, (a, b) => a * b);
        var squares = new double[along];
        for (long i = 0; i < stored.LongLength; i++) squares[i / inner % along] += stored[i] * stored[i];
        var result = new double[stored.LongLength];
        for (long i = 0; i < stored.LongLength; i++)
        {
            long index = i / inner % along;
            result[i] = squares[index] > 0 ? stored[i] * (g[index] / Math.Sqrt(squares[index])) : 0;
        }
        return result;
    }

    private static bool SpectralFits(TensorEntry v, TensorEntry[] beside) =>
        v.Shape.Count >= 2 && beside.All(one => one.Shape.Count == 1) && beside[0].Count * beside[1].Count == v.Count && v.Shape.Contains(beside[0].Count);

    private static double[] DivideByNorm(TensorEntry v, double[] stored, (TensorEntry Entry, double[] Values)[] beside)
    {
        double[] u = beside[0].Values, right = beside[1].Values;
        // Transposed convolutions have their outputs second: u has as many numbers as the dimension that is taken for the rows.
        int dimension = v.Shape[0] == u.Length ? 0 : Array.IndexOf([.. v.Shape], u.Length);
        long inner = v.Shape.Skip(dimension + 1).Aggregate(1L, (a, b) => a * b);
        double norm = 0;
        for (long i = 0; i < stored.LongLength; i++)
        {
            long row = i / inner % u.Length, outer = i / inner / u.Length;
            norm += u[row] * stored[i] * right[(outer * inner) + (i % inner)];
        }
        return Array.ConvertAll(stored, value => norm == 0 ? value : value / norm);
    }

    private static bool UpdateFits(TensorEntry w, TensorEntry[] beside) =>
        w.Shape.Count >= 2 && beside[2].Count == 1 && beside[0].Shape is [var rank, ..] && beside[1].Shape is [var rows, var other, ..] && rank == other
            && rows == w.Shape[0] && beside[0].Count / Math.Max(1, rank) == w.Count / w.Shape[0] && beside[1].Count == rows * rank;

    private static double[] Update(TensorEntry w, double[] stored, (TensorEntry Entry, double[] Values)[] beside)
    {
        int rank = (int)beside[0].Entry.Shape[0], rows = (int)w.Shape[0], columns = (int)(w.Count / rows);
        Matrix product = Product.Multiply(new Matrix(beside[1].Values, 0, rows, rank), new Matrix(beside[0].Values, 0, rank, columns));
        double factor = beside[2].Values[0] / rank;
        var result = new double[stored.LongLength];
        for (int i = 0; i < result.Length; i++) result[i] = stored[i] + (factor * product.AsSpan()[i]);
        return result;
    }

    private static bool ScaleFits(TensorEntry w, TensorEntry[] beside) =>
        w.Type is ElementType.I8 or ElementType.F8_E4M3 or ElementType.F8_E5M2 or ElementType.F8_E4M3FNUZ or ElementType.F8_E5M2FNUZ
            && beside.All(one => BlockOf(w, one) is not null);

    /// <summary>The size of the blocks [rows, columns] of which a scale holds one number each; null where it fits none.</summary>
    private static (long Rows, long Columns)? BlockOf(TensorEntry w, TensorEntry scale)
    {
        if (scale.Count == 1) return (w.Count, w.Count);
        long columns = w.Shape.Count > 0 ? w.Shape[^1] : 1, rows = w.Count / Math.Max(1, columns);
        long[] sizes = [.. scale.Shape.Where((size, d) => size != 1 || d >= scale.Shape.Count - 2)];
        (long down, long across) = sizes is [var only] ? (only, 1) : (scale.Count / sizes[^1], sizes[^1]);
        // Convolutions have a scale for each output: [out, 1, 1, 1].
        if (across == 1 && w.Shape.Count > 2 && down == w.Shape[0]) return (rows / w.Shape[0], columns);
        return Block(rows, down) is { } high && Block(columns, across) is { } wide ? (high, wide) : null;
    }

    private static long? Block(long length, long count) =>
        count < 1 || count > length ? null
        : count > 1 && (length + UsualBlock - 1) / UsualBlock == count ? UsualBlock
        : length % count == 0 ? length / count : null;

    private static double[] Scale(TensorEntry w, double[] stored, (TensorEntry Entry, double[] Values)[] beside, double divisor)
    {
        long columns = w.Shape.Count > 0 ? w.Shape[^1] : 1;
        Func<long, double> scale = At(w, columns, beside[0]), zero = beside.Length > 1 ? At(w, columns, beside[1]) : _ => 0;
        var result = new double[stored.LongLength];
        for (long i = 0; i < result.LongLength; i++) result[i] = scale(i) / divisor * (stored[i] - zero(i));
        return result;
    }

    private static Func<long, double> At(TensorEntry w, long columns, (TensorEntry Entry, double[] Values) scale)
    {
        if (scale.Values.Length == 1) return _ => scale.Values[0];
        (long high, long wide) = BlockOf(w, scale.Entry)!.Value;
        long across = (columns + wide - 1) / wide;
        return i => scale.Values[(i / columns / high * across) + (i % columns / wide)];
    }

    [GeneratedRegex(@"^(?<s>.*)weight_v$", RegexOptions.ExplicitCapture)]
    private static partial Regex WeightNormOf();

    [GeneratedRegex(@"^(?<s>.*)parametrizations\.(?<p>\w+)\.original1$", RegexOptions.ExplicitCapture)]
    private static partial Regex ParametrizedNormOf();

    [GeneratedRegex(@"^(?<s>.*)weight_orig$", RegexOptions.ExplicitCapture)]
    private static partial Regex SpectralNormOf();

    [GeneratedRegex(@"^(?<s>.*)parametrizations\.(?<p>\w+)\.original$", RegexOptions.ExplicitCapture)]
    private static partial Regex ParametrizedOf();

    [GeneratedRegex(@"^(?<s>.*?)(base_layer\.)?weight$", RegexOptions.ExplicitCapture)]
    private static partial Regex BaseOf();

    [GeneratedRegex(@"^(?<s>.*)weight$", RegexOptions.ExplicitCapture)]
    private static partial Regex WeightOf();

    [GeneratedRegex(@"^(?<w>.+)$", RegexOptions.ExplicitCapture)]
    private static partial Regex AnyOf();

    [GeneratedRegex(@"(^|[._/])(qweight|qzeros|g_idx|(nested_)?absmax|(nested_)?quant_map|weight_packed|\w*_(blocks|packed))$|quant_state\.",
        RegexOptions.ExplicitCapture)]
    private static partial Regex Packed();

    [GeneratedRegex(@"(^|[._/])(\w*_scales?|\w*_scale_inv|\w*_scale_2|scale_weight|scale_input|input_global_scale|\w*_zero_points?|scales?|zeros|SCB)$",
        RegexOptions.ExplicitCapture)]
    private static partial Regex Scales();

    [GeneratedRegex(@"(^|[._/])lora_(A|B|up|down|embedding_A|embedding_B)([._]|$)|(^|[._/])hada_w[12]_[ab]$|(^|[._/])lokr_w[12]", RegexOptions.ExplicitCapture)]
    private static partial Regex Updates();

    [GeneratedRegex(@"(^|[._/])(\w*mask|masked_bias|tril|triu)$", RegexOptions.ExplicitCapture)]
    private static partial Regex Masks();

    [GeneratedRegex(@"(^|[._/])(\w*inv_freq|(cos|sin)_cached?|freqs?(_(cis|cos|sin))?|A_log|dt_bias|relative_position_index)$|rotary_(pos_)?emb",
        RegexOptions.ExplicitCapture)]
    private static partial Regex Tables();
}

/// <summary>A row of the table of conventions.</summary>
/// <param name="Pattern">The names of weights.</param>
/// <param name="Name">What the layer is called.</param>
/// <param name="Beside">The names of what stands beside, in terms of the pattern's groups; all of them must be there.</param>
/// <param name="Meaning">What is applied.</param>
/// <param name="Fits">Whether types and shapes are those of the convention.</param>
/// <param name="Apply">The weights from the stored numbers and those beside.</param>
internal sealed record TensorConvention(
    Regex Pattern, string Name, string[] Beside, string Meaning, Func<TensorEntry, TensorEntry[], bool> Fits,
    Func<TensorEntry, double[], (TensorEntry Entry, double[] Values)[], double[]> Apply);

/// <summary>A convention that was found to hold for a tensor.</summary>
/// <param name="Name">The layer's name.</param>
/// <param name="Meaning">What is applied, in words.</param>
/// <param name="Beside">The tensors beside.</param>
/// <param name="Apply">The weights from the stored numbers and those of the tensors beside.</param>
internal sealed record AppliedConvention(string Name, string Meaning, IReadOnlyList<string> Beside, Func<double[], double[][], double[]> Apply);
