using RankCollapse.Models.Onnx;
using RankCollapse.Models.Reading;

namespace RankCollapse.Models.Weights;

/// <summary>A tensor of an ONNX model on its way to a node, and what other constants do with its numbers on the way.</summary>
/// <param name="Tensor">The tensor.</param>
/// <param name="Shape">The shape of the numbers that were computed, before they are transposed.</param>
/// <param name="Beside">The tensors that are applied, in the order in which <paramref name="Compute"/> takes their numbers.</param>
/// <param name="Compute">The numbers from the stored ones, which it may change, and those of the tensors beside; null where they are the stored ones.</param>
internal sealed record GraphConstant(TensorEntry Tensor, IReadOnlyList<long> Shape, IReadOnlyList<string> Beside, Func<double[], double[][], double[]>? Compute)
{
    /// <summary>More tensors than a weight is made of; graphs that double them at each node are not followed.</summary>
    private const int MostBeside = 16;

    private const int MostDimensions = 8;

    /// <summary>Whether the last two dimensions are exchanged after what was computed.</summary>
    public bool IsTransposed { get; init; }

    /// <summary>Whether rows were reordered on the way, as before recurrent layers.</summary>
    public bool IsForGates { get; init; }

    /// <summary>How many numbers there are.</summary>
    public long Count => Shape.Aggregate(1L, (product, size) => product * size);

    /// <summary>The numbers as they are stored.</summary>
    public static GraphConstant Of(TensorEntry tensor) => new(tensor, tensor.Shape, [], Compute: null);

    /// <summary>The constant that a node makes of constants, number by number or in another shape; null where the node does something else.</summary>
    /// <param name="node">The node.</param>
    /// <param name="at">The constant at an input.</param>
    /// <param name="whole">The numbers of a small constant that says a shape or axes.</param>
    public static GraphConstant? After(NodeProto node, Func<int, GraphConstant?> at, Func<GraphConstant, long[]?> whole)
    {
        if (node.OpType is "Mul" or "Div" or "Sub" or "Add")
        {
            return node.Input.Count == 2 && at(0) is { } a && at(1) is { } b ? node.OpType switch
            {
                "Mul" => Combine(a, b, (x, y) => x * y),
                "Div" => Combine(a, b, (x, y) => x / y),
                "Sub" => Combine(a, b, (x, y) => x - y),
                _ => Combine(a, b, (x, y) => x + y),
            } : null;
        }
        if (at(0) is not { } constant) return null;
        switch (node.OpType)
        {
            case "Identity" or "Cast":
                return constant;
            case "Transpose" when constant.Shape.Count == 2:
                long[] order = [.. Attribute(node, "perm")?.Ints ?? []];
                return order is [] or [1, 0] ? constant with { IsTransposed = !constant.IsTransposed } : constant;
            case "DequantizeLinear" when !constant.IsTransposed && at(1) is { } scale:
                bool hasZero = node.Input.Count > 2 && node.Input[2].Length > 0;
                if (hasZero && at(2) is null) return null;
                int axis = (int)(Attribute(node, "axis")?.I ?? 1);
                return constant.Scaled(scale, hasZero ? at(2) : null, axis, Attribute(node, "block_size")?.I ?? 0);
            case "Reshape" or "Unsqueeze" or "Squeeze" or "Flatten":
                return constant.IsForGates ? constant : Reshaped(constant.Upright(), node, at, whole);
            default:
                return null;
        }
    }

    /// <summary>scale·(stored − zero), one of each for all, for each index of an axis, or for each block along it; null where sizes do not fit.</summary>
    public GraphConstant? Scaled(GraphConstant? scale, GraphConstant? zero, int axis, long block = 0)
    {
        GraphConstant? shifted = zero is null ? this : Combine(this, zero, (x, y) => x - y, axis, block);
        return scale is null ? shifted : shifted is null ? null : Combine(shifted, scale, (x, y) => x * y, axis, block);
    }

    /// <summary>This divided by another, as in <see cref="Scaled"/>.</summary>
    public GraphConstant? Divided(GraphConstant by, int axis) => Combine(this, by, (x, y) => x / y, axis, block: 0);

    /// <summary>An attribute of a node.</summary>
    public static AttributeProto? Attribute(NodeProto node, string name) => node.Attribute.FirstOrDefault(attribute => attribute.Name == name);

    /// <summary>Two constants number by number, the smaller one repeated as ONNX does it; null where the result has the shape of neither.</summary>
    private static GraphConstant? Combine(GraphConstant first, GraphConstant second, Func<double, double, double> operation)
    {
        (GraphConstant a, GraphConstant b) = (first.Upright(), second.Upright());
        return a.Count >= b.Count ? Combine(a, b, operation, [.. Enumerable.Repeat(1L, Math.Max(0, a.Shape.Count - b.Shape.Count)), .. b.Shape], [])
            : Combine(b, a, (x, y) => operation(y, x), [.. Enumerable.Repeat(1L, Math.Max(0, b.Shape.Count - a.Shape.Count)), .. a.Shape], []);
    }

    /// <summary>The same where the smaller one has a number for each index of an axis of the stored numbers, or for each block along it.</summary>
    private static GraphConstant? Combine(GraphConstant large, GraphConstant small, Func<double, double, double> operation, int axis, long block)
    {
        int rank = large.Shape.Count;
        if (axis < 0) axis += rank;
        if (small.Count == 1) return Combine(large, small, operation, [.. Enumerable.Repeat(1L, rank)], []);
        if (axis < 0 || axis >= rank || block < 0) return null;
        long[] blocks = [.. Enumerable.Range(0, rank).Select(d => d == axis ? Math.Max(1, block) : 1)];
        bool isAlong = block == 0 && small.Shape.Count(size => size != 1) == 1;
        IReadOnlyList<long> sizes = isAlong ? [.. Enumerable.Range(0, rank).Select(d => d == axis ? small.Count : 1)] : small.Shape;
        return Combine(large, small.Upright(), operation, sizes, blocks);
    }

    private static GraphConstant? Combine(
        GraphConstant large, GraphConstant small, Func<double, double, double> operation, IReadOnlyList<long> sizes, long[] blocks)
    {
        long[] shape = [.. large.Shape], strides = new long[shape.Length];
        if (sizes.Count != shape.Length || shape.Length > MostDimensions || large.Beside.Count + small.Beside.Count >= MostBeside) return null;
        if (blocks.Length == 0) blocks = [.. shape.Select(_ => 1L)];
        long stride = 1;
        for (int d = shape.Length - 1; d >= 0; d--)
        {
            bool isWhole = sizes[d] == (shape[d] + blocks[d] - 1) / blocks[d];
            if (!isWhole && sizes[d] != 1) return null;
            strides[d] = isWhole && sizes[d] > 1 ? stride : 0;
            stride *= sizes[d];
        }
        if (stride != small.Count) return null;
        int own = large.Beside.Count;
        return large with
        {
            Beside = [.. large.Beside, small.Tensor.Name, .. small.Beside],
            Compute = (stored, beside) =>
            {
                double[] x = large.Numbers(stored, beside[..own]), y = small.Numbers(beside[own], beside[(own + 1)..]);
                for (long i = 0; i < x.LongLength; i++)
                {
                    long at = 0, rest = i;
                    for (int d = shape.Length - 1; d >= 0 && stride > 1; d--)
                    {
                        at += rest % shape[d] / blocks[d] * strides[d];
                        rest /= shape[d];
                    }
                    x[i] = operation(x[i], y[at]);
                }
                return x;
            },
        };
    }

    private double[] Numbers(double[] stored, double[][] beside) => Compute is null ? stored : Compute(stored, beside);

    /// <summary>The same with the numbers put in the order of the transposed matrix.</summary>
    private GraphConstant Upright()
    {
        if (!IsTransposed || Shape is not [var rows, var columns]) return this;
        return this with
        {
            IsTransposed = false,
            Shape = [columns, rows],
            Compute = (stored, beside) =>
            {
                double[] values = Numbers(stored, beside), result = new double[values.LongLength];
                for (long row = 0; row < rows; row++)
                {
                    for (long column = 0; column < columns; column++) result[(column * rows) + row] = values[(row * columns) + column];
                }
                return result;
            },
        };
    }

    private static GraphConstant? Reshaped(GraphConstant constant, NodeProto node, Func<int, GraphConstant?> at, Func<GraphConstant, long[]?> whole)
    {
        long[] shape = [.. constant.Shape];
        long[]? said = node.Input.Count > 1 ? at(1) is { } second ? whole(second) : null : [.. Attribute(node, "axes")?.Ints ?? []];
        if (said is null || said.Length > MostDimensions) return null;
        int rank = node.OpType == "Unsqueeze" ? shape.Length + said.Length : shape.Length;
        long[] axes = [.. said.Select(axis => axis < 0 ? axis + rank : axis)];
        long[]? result = node.OpType switch
        {
            "Reshape" => OfShape(said, shape, (Attribute(node, "allowzero")?.I ?? 0) != 0),
            "Unsqueeze" when axes.Distinct().Count() == axes.Length && axes.All(axis => axis >= 0 && axis < rank) => Unsqueezed(shape, axes, rank),
            "Squeeze" => [.. shape.Where((size, d) => said.Length == 0 ? size != 1 : !axes.Contains(d))],
            "Flatten" => OfShape([shape.Take((int)Math.Clamp(Attribute(node, "axis")?.I ?? 1, 0, rank)).Aggregate(1L, (a, b) => a * b), -1], shape, false),
            _ => null,
        };
        return result is null || result.Aggregate((Int128)1, (product, size) => product * size) != constant.Count ? null : constant with { Shape = result };
    }

    private static long[] Unsqueezed(long[] shape, long[] axes, int rank)
    {
        int next = 0;
        return [.. Enumerable.Range(0, rank).Select(d => axes.Contains(d) ? 1 : shape[next++])];
    }

    private static long[]? OfShape(long[] said, long[] shape, bool allowsZero)
    {
        long[] sizes = [.. said.Select((size, d) => size == 0 && !allowsZero && d < shape.Length ? shape[d] : size)];
        long count = shape.Aggregate(1L, (a, b) => a * b);
        Int128 known = sizes.Where(size => size != -1).Aggregate((Int128)1, (a, b) => Int128.Min(a * b, long.MaxValue));
        return sizes.Any(size => size < -1) || sizes.Count(size => size == -1) > 1 || known < 1 || known > count ? null
            : [.. sizes.Select(size => size == -1 ? count / (long)known : size)];
    }
}
