using System.Text.Json;
using RankCollapse.Formats;
using RankCollapse.Models.Reading;

namespace RankCollapse.Models.Weights;

/// <summary>
/// Weights of a few bits that several of one number hold together, as rows of the table of conventions: what their shape is, and the weights from the codes.
/// Every result is [out, in], or [expert, out, in].
/// </summary>
/// <remarks>
/// bitsandbytes (Dettmers et al. 2023): W = absmax_block·map(code), the first of two codes in the high half, absmax perhaps itself in codes. GPTQ (Frantar et
/// al. 2022): codes down the inputs, W = s_g·(code − z_g), z one more than stored but in version 2. AWQ (Lin et al. 2023): codes along the outputs, eight of
/// them in the order 0 2 4 6 1 3 5 7. MLX: runs of bits along the inputs, W = s_g·code + β_g. Microscaling formats (OCP 2023) and NVFP4: numbers of four bits,
/// the first in the low half, times a scale for 32 or 16 of them. compressed-tensors: codes along the inputs, W = s_g·(code − z_g) with z half of the range.
/// </remarks>
internal static class PackedWeights
{
    private const int CodesOfBytes = 256;
    private const int MicroscalingGroup = 32;

    /// <summary>The shift of each output among the eight of a number of AWQ.</summary>
    private static readonly int[] AwqShifts = [0, 16, 4, 20, 8, 24, 12, 28];

    /// <summary>The numbers of four bits: a sign, two bits of exponent and one of fraction.</summary>
    private static readonly double[] FourBitFloats = [0, 0.5, 1, 1.5, 2, 3, 4, 6, -0.0, -0.5, -1, -1.5, -2, -3, -4, -6];

    private static readonly double[] EightBitFloats = Numbers(ElementType.F8_E4M3);
    private static readonly double[] PowersOfTwo = Numbers(ElementType.F8_E8M0);

    /// <summary>The numbers that the settings of a model may ask of MLX, the usual ones first.</summary>
    private static readonly (int Bits, int Group)[] MlxChoices =
        [.. from groupSize in (int[])[64, 128, 32] from bits in (int[])[4, 8, 2, 3, 5, 6] select (bits, groupSize)];

    /// <summary>bitsandbytes; beside: absmax, map, description, and perhaps the absmax and map of absmax.</summary>
    public static ConventionUse? FourBit(ConventionMatch match)
    {
        TensorEntry absmax = match.Beside[0]!, map = match.Beside[1]!, description = match.Beside[2]!;
        if (match.Context.Numbers(description) is not { } bytes) return null;
        string said = $"what {ErrorText.Printable(description.Name)} says";
        if (QuantState.Read(Array.ConvertAll(bytes, one => (byte)one)) is not { } state)
            return ConventionUse.Not($"{said} of its shape and blocks is not understood");
        long count = state.Shape.Aggregate(1L, (a, b) => a * b);
        bool isNested = match.Beside[3] is not null;
        bool fits = match.Tensor.Count * ElementBytes.Size(match.Tensor.Type) == (count + 1) / 2 && map.Count == 16
            && absmax.Count == Parts(count, state.Block) && isNested == (match.Beside[4] is not null)
            && (!isNested || (state.NestedBlock > 0 && match.Beside[4]!.Count == CodesOfBytes
                && match.Beside[3]!.Count == Parts(absmax.Count, state.NestedBlock)));
        if (!fits) return ConventionUse.Not($"its numbers are not as many as {said}");
        return new ConventionUse($"four bits ({state.Kind}) in blocks of {state.Block}, {(isNested ? "their largest numbers in blocks too, " : "")}unpacked")
        {
            Shape = state.Shape,
            IsOfMatrices = true,
            IsOfBytes = true,
            Apply = (stored, beside) =>
            {
                double[] largest = !isNested ? beside[0]
                    : [.. beside[0].Select((code, i) => (beside[4][(int)code] * beside[3][i / state.NestedBlock]) + state.NestedOffset)];
                var result = new double[count];
                for (long i = 0; i < count; i++)
                    result[i] = beside[1][Code(stored, 0, 1, 8, (8 * (i / 2)) + (i % 2 == 0 ? 4 : 0), 4)] * largest[i / state.Block];
                return result;
            },
        };
    }

    /// <summary>GPTQ and AWQ, which have the same names; beside: scales [groups, out], zero points, and perhaps the group of each input.</summary>
    public static ConventionUse? Grouped(ConventionMatch match)
    {
        TensorEntry packed = match.Tensor, scales = match.Beside[0]!, zeros = match.Beside[1]!;
        TensorEntry? order = match.Beside[2];
        if (packed.Shape is not [var down, var across] || scales.Shape is not [var groups, var outputs] || zeros.Shape.Count != 2 || zeros.Shape[0] != groups
            || outputs < 1 || packed.Type != zeros.Type || ElementBytes.IsFloating(packed.Type) || ElementBytes.Size(packed.Type) > 4 || groups < 1)
            return ConventionUse.Not("it belongs to weights that are packed in a layout that is not known; de-quantise the model first");
        int word = ElementBytes.Bits(packed.Type);
        if (across != outputs)
            return across * 8 == outputs && word == 32 ? Awq(match, down, outputs, groups)
                : ConventionUse.Not("it belongs to weights that are packed in a layout that is not known; de-quantise the model first");
        int bits = (int)(zeros.Shape[1] * word / outputs);
        long inputs = bits is 2 or 3 or 4 or 8 ? down * word / bits : 0;
        bool fits = inputs > 0 && zeros.Shape[1] * word == outputs * bits && inputs * bits == down * word
            && (order is null ? inputs % groups == 0 : order.Count == inputs);
        if (!fits) return ConventionUse.Not("the sizes of its scales and zero points do not fit it");
        bool isLater = IsSecondVersion(match.Context, zeros, bits);
        int mask = (1 << bits) - 1;
        string groupsText = order is null ? $"groups of {inputs / groups}" : $"{groups} groups of inputs";
        return new ConventionUse($"{bits} bits of GPTQ in {groupsText}, zero points {(isLater ? "as stored (version 2)" : "plus one")}, unpacked")
        {
            Shape = [outputs, inputs],
            IsOfMatrices = true,
            Apply = (stored, beside) => Fill(outputs, inputs, (output, input) =>
            {
                long g = order is null ? input / (inputs / groups) : (long)beside[2][input];
                if (g < 0 || g >= groups) throw OutOfRange(match, "group", g, groups);
                int zero = Code(beside[1], g * zeros.Shape[1], 1, word, output * bits, bits);
                int code = Code(stored, output, outputs, word, input * bits, bits);
                return beside[0][(g * outputs) + output] * (code - (isLater ? zero : (zero + 1) & mask));
            }),
        };
    }

    /// <summary>
    /// MLX; beside: scales, and perhaps biases. Bits and sizes of groups are those of the settings, or the only ones that fit, or those with which the inputs
    /// are as many as something else of the model has.
    /// </summary>
    public static ConventionUse? Mlx(ConventionMatch match)
    {
        TensorEntry packed = match.Tensor, scales = match.Beside[0]!;
        if (packed.Type != ElementType.U32 || packed.Shape.Count < 2 || scales.Shape.Count != packed.Shape.Count || scales.Shape[^1] < 1
            || !scales.Shape.SkipLast(1).SequenceEqual(packed.Shape.SkipLast(1)) || match.Beside[1] is { } biases && !biases.Shape.SequenceEqual(scales.Shape))
            return null;
        long words = packed.Shape[^1], groups = scales.Shape[^1];
        if (match.Beside[1] is null)
        {
            (int bits, int size, double[] numbers, double[] powers, string name) = (32 * words / groups) switch
            {
                128 => (4, 32, FourBitFloats, PowersOfTwo, "mxfp4"),
                64 => (4, 16, FourBitFloats, EightBitFloats, "nvfp4"),
                256 => (8, 32, EightBitFloats, PowersOfTwo, "mxfp8"),
                _ => (0, 1, FourBitFloats, PowersOfTwo, ""),
            };
            return scales.Type != ElementType.U8 || bits == 0 || groups * size * bits != 32 * words ? null
                : Use(bits, size, $"numbers of {bits} bits ({name})", (code, group, beside) => numbers[code] * powers[(int)beside[0][group]]);
        }
        (int Bits, int Group)[] possible = [.. MlxChoices.Where(choice => groups * choice.Group * choice.Bits == 32 * words)];
        (int Bits, int Group)[] chosen = [.. possible.Where(choice => choice == Said(match))];
        if (chosen.Length == 0) chosen = possible.Length == 1 ? possible : [.. possible.Where(choice => match.Context.HasSize(groups * choice.Group, packed))];
        return chosen is [var (codeBits, groupSize)]
            ? Use(codeBits, groupSize, $"{codeBits} bits of MLX", (code, group, beside) => (beside[0][group] * code) + beside[1][group])
            : ConventionUse.Not(possible.Length == 0 ? "the sizes of its scales and biases do not fit it"
                : $"it may have {string.Join(" or ", possible.Select(choice => $"{choice.Bits} bits in groups of {choice.Group}"))}, and no config.json beside "
                    + "the model says which");

        ConventionUse Use(int bits, int size, string name, Func<int, long, double[][], double> weight)
        {
            long inputs = groups * size;
            return new ConventionUse($"{name} in groups of {size}, unpacked")
            {
                Shape = [.. packed.Shape.SkipLast(1), inputs],
                IsOfMatrices = true,
                Apply = (stored, beside) => Fill(packed.Count / words, inputs, (row, input) =>
                    weight(Code(stored, row * words, 1, 32, input * bits, bits), (row * groups) + (input / size), beside)),
            };
        }
    }

    /// <summary>Numbers of four bits with the scales of their blocks, [… , blocks, 16] and [… , blocks].</summary>
    public static ConventionUse? Blocks(ConventionMatch match)
    {
        TensorEntry blocks = match.Tensor, scales = match.Beside[0]!;
        if (blocks.Type != ElementType.U8 || scales.Type is not (ElementType.U8 or ElementType.F8_E8M0) || blocks.Shape.Count < 3
            || blocks.Shape[^1] != MicroscalingGroup / 2 || !blocks.Shape.SkipLast(1).SequenceEqual(scales.Shape)) return null;
        return FourBitFloat([.. blocks.Shape.SkipLast(2), blocks.Shape[^2] * MicroscalingGroup], MicroscalingGroup, "mxfp4", Scale(scales));
    }

    /// <summary>Numbers of four bits [out, in/2] with scales [out, in/16] or powers of two [out, in/32], and perhaps a factor, or a divisor, of all.</summary>
    public static ConventionUse? Rows(ConventionMatch match)
    {
        TensorEntry packed = match.Tensor, scales = match.Beside[0]!;
        if (packed.Type is not (ElementType.U8 or ElementType.I8) || packed.Shape.Count < 2 || scales.Shape.Count != packed.Shape.Count
            || !scales.Shape.SkipLast(1).SequenceEqual(packed.Shape.SkipLast(1)) || match.Beside[1] is { Count: not 1 } || match.Beside[2] is { Count: not 1 })
            return null;
        long inputs = 2 * packed.Shape[^1], groups = scales.Shape[^1];
        bool isPower = scales.Type == ElementType.F8_E8M0 || (scales.Type == ElementType.U8 && packed.Type == ElementType.U8);
        int size = isPower ? MicroscalingGroup : 16;
        if (groups * size != inputs || !(isPower || scales.Type == ElementType.F8_E4M3)) return null;
        int? factor = match.Beside[1] is null ? null : 1, divisor = match.Beside[2] is null ? null : factor is null ? 1 : 2;
        Func<double[][], long, double> scale = Scale(scales);
        return FourBitFloat([.. packed.Shape.SkipLast(1), inputs], size, isPower ? "mxfp4" : "nvfp4", (beside, group) =>
            scale(beside, group) * (factor is { } f ? beside[f][0] : 1) / (divisor is { } d ? beside[d][0] : 1));
    }

    /// <summary>
    /// compressed-tensors; beside: scales [out, groups], the shape, and perhaps zero points, packed down outputs, and the group of each input.
    /// </summary>
    public static ConventionUse? Compressed(ConventionMatch match)
    {
        TensorEntry packed = match.Tensor, scales = match.Beside[0]!;
        if (packed.Type != ElementType.I32 || packed.Shape is not [var outputs, var words] || match.Beside[1]!.Type != ElementType.I64
            || match.Context.Numbers(match.Beside[1]!) is not [var rows, var columns]) return null;
        long inputs = (long)columns;
        int bits = rows != outputs || inputs < 1 ? 0 : words == Parts(inputs, 8) ? 4 : words == Parts(inputs, 4) ? 8 : 0;
        long groups = scales.Count / outputs;
        TensorEntry? zeros = match.Beside[2], order = match.Beside[3];
        int zeroAt = 2, orderAt = zeros is null ? 2 : 3;
        bool fits = bits > 0 && groups > 0 && scales.Count == outputs * groups && (order is not null ? order.Count == inputs : inputs % groups == 0)
            && (zeros is null || (zeros.Type == ElementType.I32 && zeros.Count == Parts(outputs, 32 / bits) * groups));
        if (!fits) return ConventionUse.Not("the sizes of its scales and of its shape do not fit it");
        return new ConventionUse($"{bits} bits of compressed-tensors in {groups} groups of inputs, unpacked")
        {
            Shape = [outputs, inputs],
            IsOfMatrices = true,
            Apply = (stored, beside) => Fill(outputs, inputs, (output, input) =>
            {
                long g = order is null ? input / (inputs / groups) : (long)beside[orderAt][input];
                if (g < 0 || g >= groups) throw OutOfRange(match, "group", g, groups);
                int zero = zeros is null ? 1 << (bits - 1) : Code(beside[zeroAt], g, groups, 32, output * bits, bits);
                return beside[0][(output * groups) + g] * (Code(stored, output * words, 1, 32, input * bits, bits) - zero);
            }),
        };
    }

    /// <summary>
    /// ONNX Runtime's MatMulNBits: codes [out, blocks, bytes] with a scale for each block, W = s·(code − z), z half of the range where there are none.
    /// </summary>
    public static double[] OfBlocks(
        double[] stored, double[] scales, double[]? zeros, bool arePacked, long outputs, long inputs, int bits, long blockSize)
    {
        long blocks = Parts(inputs, blockSize), bytes = stored.LongLength / (outputs * blocks), zeroBytes = (zeros?.LongLength ?? 0) / outputs;
        return Fill(outputs, inputs, (output, input) =>
        {
            long block = input / blockSize, at = (output * blocks) + block;
            double zero = zeros is null ? 1 << (bits - 1) : arePacked ? Code(zeros, output * zeroBytes, 1, 8, block * bits, bits) : zeros[at];
            return scales[at] * (Code(stored, at * bytes, 1, 8, input % blockSize * bits, bits) - zero);
        });
    }

    private static ConventionUse Awq(ConventionMatch match, long inputs, long outputs, long groups)
    {
        long words = outputs / 8;
        bool fits = inputs > 0 && inputs % groups == 0 && match.Beside[1]!.Shape[1] == words && match.Beside[2] is null;
        return !fits ? ConventionUse.Not("the sizes of its scales and zero points do not fit it")
            : new ConventionUse($"4 bits of AWQ in groups of {inputs / groups}, unpacked")
            {
                Shape = [outputs, inputs],
                IsOfMatrices = true,
                Apply = (stored, beside) => Fill(outputs, inputs, (output, input) =>
                {
                    long g = input / (inputs / groups);
                    int shift = AwqShifts[output % 8];
                    int zero = Code(beside[1], (g * words) + (output / 8), 1, 32, shift, 4);
                    int code = Code(stored, (input * words) + (output / 8), 1, 32, shift, 4);
                    return beside[0][(g * outputs) + output] * (code - zero);
                }),
            };
    }

    private static ConventionUse FourBitFloat(long[] shape, int size, string name, Func<double[][], long, double> scale) =>
        new($"numbers of 4 bits ({name}) in groups of {size}, unpacked")
        {
            Shape = shape,
            IsOfMatrices = true,
            IsOfBytes = true,
            Apply = (stored, beside) => Fill(1, shape.Aggregate(1L, (a, b) => a * b),
                (_, i) => FourBitFloats[Code(stored, 0, 1, 8, 4 * i, 4)] * scale(beside, i / size)),
        };

    /// <summary>The scale of a group; one that is a byte is a power of two.</summary>
    private static Func<double[][], long, double> Scale(TensorEntry scales) =>
        scales.Type == ElementType.U8 ? (beside, group) => PowersOfTwo[(int)beside[0][group]] : (beside, group) => beside[0][group];

    /// <summary>
    /// Whether zero points are as stored: as the settings say, or where nothing says so and all are half of the range, as symmetric ones of version 2 are.
    /// </summary>
    private static bool IsSecondVersion(ModelContext context, TensorEntry zeros, int bits)
    {
        foreach ((string file, string[] names) in ((string, string[])[])[("config.json", ["quantization_config", "checkpoint_format"]),
            ("quantize_config.json", ["checkpoint_format"]), ("quant_config.json", ["checkpoint_format"])])
        {
            if (context.TryGet(file, out JsonElement? value, names) && value is { ValueKind: JsonValueKind.String } text) return text.GetString() == "gptq_v2";
        }
        int word = ElementBytes.Bits(zeros.Type);
        if (bits == 3 || context.Numbers(zeros) is not { } numbers) return false;
        long all = Enumerable.Range(0, word / bits).Sum(i => 1L << ((i * bits) + bits - 1));
        return Array.TrueForAll(numbers, one => ((long)one & ((1L << word) - 1)) == all);
    }

    /// <summary>What the settings say of a module of MLX, or of all.</summary>
    private static (int Bits, int Group)? Said(ConventionMatch match)
    {
        string module = match.Name.EndsWith(".weight", StringComparison.Ordinal) ? match.Name[..^".weight".Length] : match.Name;
        foreach (string key in (string[])["quantization", "quantization_config"])
        {
            foreach (string[] path in (string[][])[[key, module], [key]])
            {
                if (match.Context.TryGet("config.json", out JsonElement? value, path) && value is { ValueKind: JsonValueKind.Object } settings
                    && settings.TryGetProperty("bits", out JsonElement bits) && bits.TryGetInt32(out int b)
                    && settings.TryGetProperty("group_size", out JsonElement size) && size.TryGetInt32(out int g)) return (b, g);
            }
        }
        return null;
    }

    /// <summary>
    /// A code of some bits in a run of numbers of <paramref name="word"/> bits, the lowest bits first: those at <paramref name="first"/> and every
    /// <paramref name="step"/> from there.
    /// </summary>
    private static int Code(double[] words, long first, long step, int word, long bit, int bits)
    {
        long at = first + (bit / word * step);
        int shift = (int)(bit % word);
        ulong mask = (1UL << word) - 1, value = ((ulong)(long)words[at] & mask) >> shift;
        if (shift + bits > word) value |= ((ulong)(long)words[at + step] & mask) << (word - shift);
        return (int)(value & ((1UL << bits) - 1));
    }

    private static double[] Fill(long rows, long columns, Func<long, long, double> weight)
    {
        var result = new double[rows * columns];
        for (long row = 0; row < rows; row++)
        {
            for (long column = 0; column < columns; column++) result[(row * columns) + column] = weight(row, column);
        }
        return result;
    }

    private static long Parts(long count, long size) => (count + size - 1) / size;

    private static double[] Numbers(ElementType type)
    {
        var numbers = new double[CodesOfBytes];
        ElementBytes.ToDoubles([.. Enumerable.Range(0, CodesOfBytes).Select(code => (byte)code)], type, numbers);
        return numbers;
    }

    private static InvalidInputException OutOfRange(ConventionMatch match, string what, long found, long count) => new(
        $"Tensor {ErrorText.Printable(match.Tensor.Name)}: what stands beside it names {what} {found}, expected 0 to {count - 1}; get the model again.");

    /// <summary>What bitsandbytes says of four-bit weights in JSON.</summary>
    private sealed record QuantState(string Kind, long[] Shape, long Block, long NestedBlock, double NestedOffset)
    {
        public static QuantState? Read(byte[] json)
        {
            try
            {
                using JsonDocument document = JsonDocument.Parse(json);
                JsonElement root = document.RootElement;
                long[] shape = [.. root.GetProperty("shape").EnumerateArray().Select(size => size.GetInt64())];
                long block = root.GetProperty("blocksize").GetInt64();
                long nested = root.TryGetProperty("nested_blocksize", out JsonElement size) ? size.GetInt64() : 0;
                double offset = root.TryGetProperty("nested_offset", out JsonElement value) ? value.GetDouble() : 0;
                bool isSound = shape.Length is > 0 and < 9 && shape.All(one => one is > 0 and < int.MaxValue) && block > 0
                    && shape.Aggregate(1.0, (a, b) => a * b) < Array.MaxLength;
                return isSound ? new QuantState(root.GetProperty("quant_type").GetString() == "fp4" ? "FP4" : "NF4", shape, block, nested, offset) : null;
            }
            catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
            {
                return null;
            }
        }
    }
}
