using System.Text.RegularExpressions;
using RankCollapse.Formats;
using RankCollapse.Models.Reading;

namespace RankCollapse.Models.Weights;

/// <summary>
/// Layers that a program scans over, or trains side by side, and whose tensors it keeps as one with a dimension more: the first, or the second as in T5X.
/// </summary>
/// <remarks>
/// No name says so. All tensors of a module have the number of layers as the size of that dimension then, also biases and scales, which have one dimension
/// otherwise; queries, keys and values by heads are no evidence, for their biases have two anyway.
/// </remarks>
internal static partial class StackedLayers
{
    private const int LeastForSecond = 3;

    /// <summary>The dimension that counts the layers, by the names of tensors.</summary>
    public static Dictionary<string, int> Find(IReadOnlyList<TensorEntry> tensors)
    {
        var members = new Dictionary<string, List<TensorEntry>>(StringComparer.Ordinal);
        foreach (TensorEntry tensor in tensors)
        {
            for (int end = tensor.Name.IndexOfAny(['.', '/']); end > 0; end = tensor.Name.IndexOfAny(['.', '/'], end + 1))
            {
                string prefix = tensor.Name[..(end + 1)];
                if (!members.TryGetValue(prefix, out List<TensorEntry>? list)) members[prefix] = list = [];
                list.Add(tensor);
            }
        }
        var result = new Dictionary<string, int>(StringComparer.Ordinal);
        // Prefixes of a name come before longer ones.
        foreach ((string prefix, List<TensorEntry> list) in members)
        {
            if (result.ContainsKey(list[0].Name) || AxisOf(prefix, list) is not { } axis) continue;
            foreach (TensorEntry tensor in list) result.TryAdd(tensor.Name, axis);
        }
        return result;
    }

    /// <summary>A tensor as that of one layer of a stack.</summary>
    public static TensorEntry One(TensorEntry tensor, int axis) => tensor with { Shape = [.. tensor.Shape.Where((_, d) => d != axis)] };

    /// <summary>The stack of layers whose first one is described.</summary>
    /// <param name="tensor">The tensor of all.</param>
    /// <param name="axis">The dimension that counts them.</param>
    /// <param name="one">How the tensor of one acts.</param>
    public static WeightLayer Of(TensorEntry tensor, int axis, WeightLayer one)
    {
        long count = tensor.Shape[axis];
        IReadOnlyList<long> shape = one.Tensor.Shape;
        bool isConvolution = one.Kind is LayerKind.Convolution or LayerKind.TransposedConvolution;
        bool isTurned = isConvolution && one.Layout == WeightLayout.ChannelsLast;
        if (isTurned) shape = [shape[^1], shape[^2], .. shape.SkipLast(2)];
        return one with
        {
            Tensor = tensor with { Shape = isConvolution ? [count * shape[0], .. shape.Skip(1)] : [count, .. shape] },
            Layout = isTurned ? WeightLayout.OutputFirst : one.Layout,
            Groups = isConvolution ? checked((int)count * one.Groups) : one.Groups,
            Evidence = $"{one.Evidence}, in each of {count} layers that are stacked, {tensor.ShapeText}",
            Applied = axis == 0 && one.Applied is null && !isTurned ? null : new AppliedConvention(tensor.Name, [], new ConventionUse("")
            {
                Apply = (stored, _) =>
                {
                    double[] values = axis == 0 ? stored : Exchange(stored, tensor.Shape[0], count), result = new double[values.LongLength];
                    long size = values.LongLength / count;
                    for (long layer = 0; layer < count; layer++)
                    {
                        double[] part = new double[size];
                        Array.Copy(values, layer * size, part, 0, size);
                        if (one.Applied is { } order) part = order.Apply(part, []);
                        // […, in, out] as [out, in, …].
                        if (isTurned) part = Exchange(Transposed(part, shape[0]), shape[0], shape[1], isLast: true);
                        Array.Copy(part, 0, result, layer * size, size);
                    }
                    return result;
                },
            }),
        };
    }

    /// <summary>
    /// Numbers [first, second, rest] in the order [second, first, rest], or with isLast [first, rest, second] in the order [first, second, rest].
    /// </summary>
    public static double[] Exchange(double[] stored, long first, long second, bool isLast = false)
    {
        long rest = stored.LongLength / (first * second);
        var result = new double[stored.LongLength];
        for (long i = 0; i < first; i++)
        {
            for (long j = 0; j < second; j++)
            {
                if (!isLast) Array.Copy(stored, ((i * second) + j) * rest, result, ((j * first) + i) * rest, rest);
                for (long k = 0; k < rest && isLast; k++) result[(((i * second) + j) * rest) + k] = stored[(((i * rest) + k) * second) + j];
            }
        }
        return result;
    }

    private static double[] Transposed(double[] stored, long columns) => Exchange(stored, stored.LongLength / columns, columns);

    private static int? AxisOf(string prefix, List<TensorEntry> list)
    {
        if (list.Any(tensor => tensor.Shape.Count < 2 || !ElementBytes.IsFloating(tensor.Type))) return null;
        for (int axis = 0; axis < 2; axis++)
        {
            long count = list[0].Shape[axis];
            if (count < 2 || list.Any(tensor => tensor.Shape[axis] != count) || !list.Any(tensor => tensor.Shape.Count > 2)) continue;
            bool isKnown = list.Any(tensor => IsVector(tensor, axis))
                || (axis == 0 && ScannedOf().IsMatch(prefix[..^1]) && !list.Any(tensor => tensor.Name.Contains("conv", StringComparison.OrdinalIgnoreCase)));
            if (isKnown && (axis == 0 || list.Count >= LeastForSecond)) return axis;
        }
        return null;
    }

    /// <summary>Whether a tensor is the bias or the scale of one layer but for the dimension that counts layers.</summary>
    private static bool IsVector(TensorEntry tensor, int axis)
    {
        string[] words = tensor.Name.Split('.', '/');
        return VectorOf().IsMatch(words[^1]) && !NamedLayers.IsQueries(words.Length > 1 ? words[^2].ToLowerInvariant() : "")
            && tensor.Shape.Where((size, d) => d != axis && size != 1).Count() <= 1;
    }

    [GeneratedRegex("^(bias|scale|beta|gamma|b|offset)$|_bias$", RegexOptions.ExplicitCapture)]
    private static partial Regex VectorOf();

    [GeneratedRegex("(^|[./_])[Ss](can|canned|tacked)[^./]*$|Scan[^./]*$", RegexOptions.ExplicitCapture)]
    private static partial Regex ScannedOf();
}
