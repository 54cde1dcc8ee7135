using System.Text.RegularExpressions;
using RankCollapse.Formats;
using RankCollapse.Models.Reading;

namespace RankCollapse.Models.Weights;

/// <summary>What stands beside a weight in files without a graph, and how it is applied: the network multiplies with the result.</summary>
/// <remarks>
/// Weight normalisation (Salimans and Kingma 2016): W = g·v/‖v‖ for each index of the dimension that g has. Spectral normalisation (Miyato et al. 2018):
/// W = V/(uᵀVv) with V as rows of outputs, v = Vᵀu/‖Vᵀu‖ where it is not stored. Low-rank updates (Hu et al. 2022): W = base + (α/r)·B·A, and with a
/// magnitude m (Liu et al. 2024) m·W/‖W‖ for each index of the dimension that m has. Pruning: W = stored·mask. Scales: W = scale·(stored − zero point), one
/// for the tensor, a row or a block. <see cref="PackedWeights"/> has those of fewer than eight bits.
/// </remarks>
internal static partial class TensorConventions
{
    private const double LargestSigned = 127;
    private const long UsualBlock = 128;

    /// <summary>
    /// The table; the first row that fits a tensor counts. <c>${w}</c> and its like are what the pattern names; of names with | between them one is there, and
    /// of those that end in ? perhaps none.
    /// </summary>
    private static readonly TensorConvention[] Table =
    [
        new(NormOf(), "${w}", ["${w}_g"], Plain("weight normalisation", NormFits, Normalise)),
        new(ParametrizedNormOf(), "${s}${p}", ["${s}parametrizations.${p}.original0"], Plain("weight normalisation", NormFits, Normalise)),
        new(OriginalOf(), "${w}", ["${w}_u", "${w}_v?"], Plain("spectral normalisation", SpectralFits, DivideByNorm)),
        new(ParametrizedOf(), "${s}${p}", ["${s}parametrizations.${p}.0._u", "${s}parametrizations.${p}.0._v?"],
            Plain("spectral normalisation", SpectralFits, DivideByNorm)),
        new(OriginalOf(), "${w}", ["${w}_mask"], Plain("a pruning mask", (w, beside) => beside[0].Shape.SequenceEqual(w.Shape),
            (_, stored, beside) => [.. stored.Zip(beside[0].Values, (value, kept) => value * kept)])),
        new(BaseOf(), "${s}weight", [LowRankUpdates.Down, LowRankUpdates.Up, $"{LowRankUpdates.Scale}?", $"{LowRankUpdates.Magnitude}?"],
            LowRankUpdates.Merged),
        new(LowRankUpdates.DownOf(), "${s}weight[update]", [LowRankUpdates.Up, $"{LowRankUpdates.Scale}?", "${s}weight|${s}base_layer.weight?"],
            LowRankUpdates.Alone),
        new(AnyOf(), "${w}",
            [
                "${w}.absmax", "${w}.quant_map", "${w}.quant_state.bitsandbytes__nf4|${w}.quant_state.bitsandbytes__fp4", "${w}.nested_absmax?",
                "${w}.nested_quant_map?",
            ],
            PackedWeights.FourBit),
        new(PackedOf(), "${s}weight", ["${s}scales", "${s}qzeros", "${s}g_idx?"], PackedWeights.Grouped),
        new(WeightOf(), "${s}weight", ["${s}scales", "${s}biases?"], PackedWeights.Mlx),
        new(BlocksOf(), "${w}", ["${w}_scales|${w}.scales"], PackedWeights.Blocks),
        new(CompressedOf(), "${s}weight", ["${s}weight_scale", "${s}weight_shape", "${s}weight_zero_point?", "${s}weight_g_idx?"], PackedWeights.Compressed),
        new(CompressedOf(), "${s}weight", ["${s}weight_scale", "${s}weight_scale_2?", "${s}weight_global_scale?"], PackedWeights.Rows),
        new(WeightOf(), "${s}weight", ["${s}weight_scale|${s}scale", "${s}weight_scale_2?", "${s}weight_global_scale?"], PackedWeights.Rows),
        new(DataOf(), "${w}", ["${w}._scale"], Plain("scales", ScaleFits, Scale)),
        new(AnyOf(), "${w}", ["${w}_scale|${w}_scale_inv|${w}_scales|${w}.scale", "${w}_zero_point?"], Plain("scales", ScaleFits, Scale)),
        new(WeightOf(), "${s}weight", ["${s}scale_weight|${s}scale|${s}scales|${s}weight_scales|${s}w_scale|${s}qscale", "${s}zero_point?"],
            Plain("scales", ScaleFits, Scale)),
        new(WeightOf(), "${s}weight", ["${s}SCB"], Plain("the rows' largest numbers", ScaleFits,
            (w, stored, beside) => Array.ConvertAll(Scale(w, stored, beside), value => value / LargestSigned))),
        new(AnyOf(), "${w}", ["${w}_scale|${w}_scale_inv|${w}_scales|${w}.scale"], Misfit),
        new(WeightOf(), "${s}weight", ["${s}scale_weight|${s}scale|${s}scales|${s}weight_scales|${s}w_scale|${s}qscale"], Misfit),
    ];

    /// <summary>The convention of a tensor and its companions' names; null where it stands for itself.</summary>
    /// <param name="tensor">The tensor.</param>
    /// <param name="find">Finds a tensor by its name.</param>
    /// <param name="context">What else says how it is meant.</param>
    public static AppliedConvention? Of(TensorEntry tensor, Func<string, TensorEntry?> find, ModelContext context)
    {
        foreach (TensorConvention convention in Table)
        {
            Match match = convention.Pattern.Match(tensor.Name);
            if (!match.Success) continue;
            TensorEntry? First(string names) => names.TrimEnd('?').Split('|').Select(name => find(match.Result(name))).FirstOrDefault(one => one is not null);

            TensorEntry?[] found = [.. convention.Beside.Select(First)];
            if (!found.Zip(convention.Beside).All(one => one.First is not null || one.Second.EndsWith('?'))) continue;
            string name = match.Result(convention.Name);
            var whole = new ConventionMatch(tensor, name, found, context);
            if (convention.Use(whole) is not { } use) continue;
            string[] names = use.Apply is null ? [] : [.. whole.Found.Select(one => one.Name)];
            string beside = names.Length == 0 ? "" : $" ({string.Join(", ", names.Select(ErrorText.Printable))})";
            return new AppliedConvention(use.Apply is null ? tensor.Name : name, names, use with { Meaning = use.Meaning + beside });
        }
        return null;
    }

    /// <summary>A row that keeps the shape of the stored numbers.</summary>
    private static Func<ConventionMatch, ConventionUse?> Plain(
        string meaning, Func<TensorEntry, TensorEntry[], bool> fits, Func<TensorEntry, double[], (TensorEntry Entry, double[] Values)[], double[]> apply) =>
        match => !fits(match.Tensor, match.Found) ? null : new ConventionUse($"{meaning} applied")
        {
            Apply = (stored, beside) => apply(match.Tensor, stored, [.. match.Found.Zip(beside)]),
        };

    /// <summary>Why a tensor is no layer by its name; null where its name says nothing.</summary>
    public static string? NotALayer(string name) =>
        Packed().IsMatch(name) ? "it belongs to weights that are stored packed, in a layout that is not known; de-quantise the model first"
        : Updates().IsMatch(name) ? "it is a factor of a low-rank update whose scale α, or whose other parts, are not in this file"
        : Scales().IsMatch(name) ? "it is the scale of quantised weights or activations, and no weights of a known convention stand beside it"
        : Masks().IsMatch(name) ? "it is a mask by its name"
        : Tables().IsMatch(name) ? "it is a table of angles, decays or steps by its name"
        : Parametrized().IsMatch(name) ? "it is what a parametrisation makes weights of, in a way that is not known; remove it before saving"
        : null;

    /// <summary>Numbers of 8 bits with a scale that none of the rows before could apply.</summary>
    private static ConventionUse? Misfit(ConventionMatch match) => match.Tensor.Shape.Count < 2 || ElementBytes.Bits(match.Tensor.Type) != 8 ? null
        : ConventionUse.Not($"the sizes of the scale beside it ({ErrorText.Printable(match.Found[0].Name)}, {match.Found[0].ShapeText}) do not fit it");

    internal static bool NormFits(TensorEntry v, TensorEntry[] beside) =>
        v.Shape.Count >= 2 && (beside[0].Count == 1 || (v.Shape.Contains(beside[0].Count) && v.Shape.Count(size => size > 1) > 1));

    internal static double[] Normalise(TensorEntry v, double[] stored, (TensorEntry Entry, double[] Values)[] beside)
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
        v.Shape.Count >= 2 && beside.All(one => one.Shape.Count == 1) && v.Shape.Contains(beside[0].Count)
        && (beside.Length == 1 || beside[0].Count * beside[1].Count == v.Count);

    private static double[] DivideByNorm(TensorEntry v, double[] stored, (TensorEntry Entry, double[] Values)[] beside)
    {
        double[] u = beside[0].Values;
        // Transposed convolutions have their outputs second: u has as many numbers as the dimension that is taken for the rows.
        int dimension = v.Shape[0] == u.Length ? 0 : Array.IndexOf([.. v.Shape], u.Length);
        long inner = v.Shape.Skip(dimension + 1).Aggregate(1L, (a, b) => a * b);
        var image = new double[stored.LongLength / u.Length];
        for (long i = 0; i < stored.LongLength; i++)
        {
            long row = i / inner % u.Length, outer = i / inner / u.Length;
            image[(outer * inner) + (i % inner)] += u[row] * stored[i];
        }
        double norm = beside.Length > 1 ? image.Zip(beside[1].Values, (a, b) => a * b).Sum() : Math.Sqrt(image.Sum(value => value * value));
        return Array.ConvertAll(stored, value => norm == 0 ? value : value / norm);
    }

    private static bool ScaleFits(TensorEntry w, TensorEntry[] beside) =>
        (w.Type is ElementType.I8 or ElementType.F8_E4M3 or ElementType.F8_E5M2 or ElementType.F8_E4M3FNUZ or ElementType.F8_E5M2FNUZ
            || (w.Type == ElementType.U8 && beside.Length > 1))
        && beside.All(one => ScaleBlocks.Of(w, one) is not null);

    private static double[] Scale(TensorEntry w, double[] stored, (TensorEntry Entry, double[] Values)[] beside)
    {
        ScaleBlocks scales = ScaleBlocks.Of(w, beside[0].Entry)!.Value, zeros = beside.Length > 1 ? ScaleBlocks.Of(w, beside[1].Entry)!.Value : default;
        // A scale that is a byte is a power of two (microscaling formats).
        double[] scale = beside[0].Values;
        if (beside[0].Entry.Type == ElementType.U8) scale = Array.ConvertAll(scale, bits => Math.ScaleB(1, (int)bits - 127));
        var result = new double[stored.LongLength];
        for (long i = 0; i < result.LongLength; i++)
            result[i] = scale[scales.IndexOf(i)] * (stored[i] - (beside.Length > 1 ? beside[1].Values[zeros.IndexOf(i)] : 0));
        return result;
    }

    /// <summary>Which number of a scale belongs to which weight: matrices of rows × columns are cut into down × across blocks of high × wide.</summary>
    private readonly record struct ScaleBlocks(long Rows, long Columns, long Down, long Across, long High, long Wide)
    {
        public static ScaleBlocks? Of(TensorEntry w, TensorEntry scale)
        {
            long[] shape = [.. w.Shape], sizes = [.. scale.Shape];
            int rank = shape.Length;
            (long Rows, long Columns, long Down, long Across)? cut = sizes switch
            {
                _ when scale.Count == 1 => (w.Count, 1, 1, 1),
                _ when rank < 2 || w.Count == 0 => null,
                // For each expert its own blocks, or for each row of an expert.
                _ when rank > 2 && sizes.Length == rank && sizes.AsSpan(..^2).SequenceEqual(shape.AsSpan(..^2)) => (shape[^2], shape[^1], sizes[^2], sizes[^1]),
                _ when rank == 3 && sizes.AsSpan().SequenceEqual(shape.AsSpan(..2)) => (shape[0] * shape[1], shape[2], shape[0] * shape[1], 1),
                // For each output of a layer, convolution or expert.
                [var first, ..] when first == shape[0] && scale.Count == first => (first, w.Count / first, first, 1),
                [var only] when rank == 2 => only == shape[1] ? (shape[0], only, 1, only) : (shape[0], shape[1], only, 1),
                [.., var down, var across] when rank == 2 && down * across == scale.Count => (shape[0], shape[1], down, across),
                _ => null,
            };
            return cut is { } fit && Block(fit.Rows, fit.Down) is { } high && Block(fit.Columns, fit.Across) is { } wide
                ? new ScaleBlocks(fit.Rows, fit.Columns, fit.Down, fit.Across, high, wide) : null;
        }

        public long IndexOf(long weight) =>
            (((weight / (Rows * Columns) * Down) + (weight / Columns % Rows / High)) * Across) + (weight % Columns / Wide);
    }

    private static long? Block(long length, long count) =>
        count < 1 || count > length ? null
        : count > 1 && (length + UsualBlock - 1) / UsualBlock == count ? UsualBlock
        : length % count == 0 ? length / count : null;

    [GeneratedRegex(@"^(?<w>.+)_v$", RegexOptions.ExplicitCapture)]
    private static partial Regex NormOf();

    [GeneratedRegex(@"^(?<s>.*)parametrizations\.(?<p>\w+)\.original1$", RegexOptions.ExplicitCapture)]
    private static partial Regex ParametrizedNormOf();

    [GeneratedRegex(@"^(?<w>.+)_orig$", RegexOptions.ExplicitCapture)]
    private static partial Regex OriginalOf();

    [GeneratedRegex(@"^(?<w>.+)\._data$", RegexOptions.ExplicitCapture)]
    private static partial Regex DataOf();

    [GeneratedRegex(@"^(?<s>.*)parametrizations\.(?<p>\w+)\.original$", RegexOptions.ExplicitCapture)]
    private static partial Regex ParametrizedOf();

    [GeneratedRegex(@"^(?<s>.*?)(base_layer\.)?weight$", RegexOptions.ExplicitCapture)]
    private static partial Regex BaseOf();

    [GeneratedRegex(@"^(?<s>.*)qweight$", RegexOptions.ExplicitCapture)]
    private static partial Regex PackedOf();

    [GeneratedRegex(@"^(?<s>.*)weight_packed$", RegexOptions.ExplicitCapture)]
    private static partial Regex CompressedOf();

    [GeneratedRegex(@"^(?<w>.+)[._]blocks$", RegexOptions.ExplicitCapture)]
    private static partial Regex BlocksOf();

    [GeneratedRegex(@"^(?<s>.*)weight$", RegexOptions.ExplicitCapture)]
    private static partial Regex WeightOf();

    [GeneratedRegex(@"^(?<w>.+)$", RegexOptions.ExplicitCapture)]
    private static partial Regex AnyOf();

    [GeneratedRegex(
        @"(^|[._/])(q_?weight|qzeros|g_idx|(nested_)?absmax|(nested_)?quant_map|weight_packed|biases|codebooks|W_q|\w*_(blocks|packed))$|quant_state\.",
        RegexOptions.ExplicitCapture)]
    private static partial Regex Packed();

    [GeneratedRegex(
        @"(^|[._/])(\w*_scales?|\w*_scale_inv|\w*_scale_2|scale_weight|scale_input|(\w*_)?zero_points?|[qw]?scales?|zeros|SCB|(\w*_)?amax)$",
        RegexOptions.ExplicitCapture)]
    private static partial Regex Scales();

    [GeneratedRegex(
        @"(^|[._/])(lora(_[A-Za-z]\w*)?|hada_[wt][12](_[ab])?|lokr_[wt][12](_[ab])?|ia3_l|vera_(A|B|lambda_\w)|dora_scale|b?oft_[A-Za-z]+)([._/]|$)",
        RegexOptions.ExplicitCapture)]
    private static partial Regex Updates();

    [GeneratedRegex(@"(^|[._/])(\w*mask|masked_bias|tril|triu)$", RegexOptions.ExplicitCapture)]
    private static partial Regex Masks();

    [GeneratedRegex(
        @"(^|[._/])((\w*_)?(inv_)?freqs?(_(cis|cos|sin|real|imag))?|inv_freq\w*|(\w*_)?(cos|sin)(_cached?|_table|_emb\w*)?|pe|alibi(_\w+)?|slopes|anchors?"
        + @"|anchor_(grid|points)|relative_position_index|relative_coords_table|A_logs?|dt_bias|log_dt|(log_|inv_)?A_(re|im|real|imag)"
        + @"|time_(decay|first|faaaa))$|(^|[._/])(rotary|rope)(_pos)?(_emb\w*)?[._/]",
        RegexOptions.ExplicitCapture)]
    private static partial Regex Tables();

    [GeneratedRegex(@"(^|[._/])parametrizations[._/]", RegexOptions.ExplicitCapture)]
    private static partial Regex Parametrized();
}

/// <summary>A row of the table of conventions.</summary>
/// <param name="Pattern">The names of weights.</param>
/// <param name="Name">What the layer is called.</param>
/// <param name="Beside">The names of what stands beside, in terms of the pattern's groups: alternatives between |, perhaps none where it ends in ?.</param>
/// <param name="Use">How the weights are made, where types and shapes are those of the convention; null where they are not.</param>
internal sealed record TensorConvention(Regex Pattern, string Name, string[] Beside, Func<ConventionMatch, ConventionUse?> Use);

/// <summary>A tensor whose name, and the names beside it, are those of a row.</summary>
/// <param name="Tensor">The tensor.</param>
/// <param name="Name">What the layer is called.</param>
/// <param name="Beside">What was found beside, null for what is not there.</param>
/// <param name="Context">What else says how the tensor is meant.</param>
internal sealed record ConventionMatch(TensorEntry Tensor, string Name, IReadOnlyList<TensorEntry?> Beside, ModelContext Context)
{
    /// <summary>What is there.</summary>
    public TensorEntry[] Found { get; } = [.. Beside.OfType<TensorEntry>()];
}

/// <summary>How the weights of a tensor are made.</summary>
/// <param name="Meaning">In words, for the layer's row.</param>
internal sealed record ConventionUse(string Meaning)
{
    /// <summary>The weights from the stored numbers and those of the tensors beside that are there; null where the stored numbers are the weights.</summary>
    public Func<double[], double[][], double[]>? Apply { get; init; }

    /// <summary>The shape of the weights; null where it is that of the stored numbers.</summary>
    public IReadOnlyList<long>? Shape { get; init; }

    /// <summary>Whether the weights are unpacked matrices, so that three dimensions are a stack of them, and no kernel.</summary>
    public bool IsOfMatrices { get; init; }

    /// <summary>Whether the stored numbers are taken as their bytes, whatever their type.</summary>
    public bool IsOfBytes { get; init; }

    /// <summary>Whether nothing can be made of the tensor, for the reason that the meaning gives.</summary>
    public bool IsRefused { get; init; }

    /// <summary>A tensor that the weights cannot be made from.</summary>
    public static ConventionUse Not(string reason) => new(reason) { IsRefused = true };
}

/// <summary>A convention that was found to hold for a tensor.</summary>
/// <param name="Name">The layer's name.</param>
/// <param name="Beside">The tensors beside.</param>
/// <param name="Use">How the weights are made of them.</param>
internal sealed record AppliedConvention(string Name, IReadOnlyList<string> Beside, ConventionUse Use)
{
    /// <summary>The weights from the stored numbers and those of the tensors beside.</summary>
    public double[] Apply(double[] stored, double[][] beside) => Use.Apply!(stored, beside);

    /// <summary>The weights of a model.</summary>
    public double[] Read(ModelTensors model, string tensor) =>
        Apply(Use.IsOfBytes ? model.ReadBytes(tensor) : model.ReadDoubles(tensor), [.. Beside.Select(model.ReadDoubles)]);
}
