namespace RankCollapse.Formats;

/// <summary>A NumPy array of numbers: its shape and its values in C order, the last dimension fastest.</summary>
public sealed class NpyArray
{
    private readonly double[]? _doubles;
    private readonly long[]? _integers;

    /// <summary>Creates an array of doubles; nothing is copied.</summary>
    /// <exception cref="ShapeMismatchException">The shape does not fit the number of values.</exception>
    public NpyArray(IReadOnlyList<int> shape, double[] values)
        : this(shape, (values ?? throw new ArgumentNullException(nameof(values))).Length) => _doubles = values;

    /// <summary>Creates an array of whole numbers; nothing is copied.</summary>
    /// <exception cref="ShapeMismatchException">The shape does not fit the number of values.</exception>
    public NpyArray(IReadOnlyList<int> shape, long[] values)
        : this(shape, (values ?? throw new ArgumentNullException(nameof(values))).Length) => _integers = values;

    private NpyArray(IReadOnlyList<int> shape, int count)
    {
        ArgumentNullException.ThrowIfNull(shape);
        long product = 1;
        foreach (int size in shape) product *= size;
        if (shape.Any(size => size < 0) || product != count)
            throw new ShapeMismatchException($"An array of shape ({string.Join(", ", shape)}) has {product} values, but {count} are given.");
        Shape = shape;
    }

    /// <summary>The sizes; empty for a single number.</summary>
    public IReadOnlyList<int> Shape { get; }

    /// <summary>Whether the array holds whole numbers.</summary>
    public bool IsInteger => _integers is not null;

    /// <summary>The number of values.</summary>
    public int Count => _doubles?.Length ?? _integers!.Length;

    /// <summary>The values as doubles; whole numbers beyond 2^53 are rounded.</summary>
    public double[] ToDoubles() => _doubles ?? Array.ConvertAll(_integers!, value => (double)value);

    /// <summary>The values as whole numbers.</summary>
    /// <exception cref="InvalidInputException">A value has a fraction or is not finite.</exception>
    public long[] ToIntegers() => _integers ?? Array.ConvertAll(_doubles!, value =>
        Math.Abs(value) <= 1L << 53 && Math.Floor(value) == value
            ? (long)value
            : throw new InvalidInputException($"The value {value} stands where a whole number was expected."));
}
