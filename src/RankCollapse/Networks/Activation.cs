namespace RankCollapse.Networks;

/// <summary>A scalar function σ that acts entrywise, with its derivatives, its inverse and the properties that theory asks for.</summary>
public abstract class Activation
{
    /// <summary>σ(x) = x.</summary>
    public static Activation Identity { get; } = new IdentityActivation();

    /// <summary>σ(x) = tanh x.</summary>
    public static Activation Tanh { get; } = new TanhActivation();

    /// <summary>The name in settings and files, such as <c>tanh</c> or <c>leaky-relu(0.01)</c>.</summary>
    public abstract string Name { get; }

    /// <summary>Whether σ is continuous, strictly monotone and so invertible on its range.</summary>
    public abstract bool IsHomeomorphism { get; }

    /// <summary>Whether σ is real analytic on R.</summary>
    public abstract bool IsAnalytic { get; }

    /// <summary>Whether σ has two continuous derivatives everywhere.</summary>
    public abstract bool IsSmooth { get; }

    /// <summary>Whether σ(0) = 0.</summary>
    public abstract bool FixesZero { get; }

    /// <summary>The open range of σ: infimum and supremum of its values.</summary>
    public abstract (double Lower, double Upper) Range { get; }

    /// <summary>Whether the range is all of R.</summary>
    public bool IsOntoReals => double.IsNegativeInfinity(Range.Lower) && double.IsPositiveInfinity(Range.Upper);

    /// <summary>sup|σ'|, sup|σ''| and sup|σ'''| over R; +∞ where there is no bound or no derivative.</summary>
    public abstract (double First, double Second, double Third) DerivativeBounds { get; }

    /// <summary>value = σ(x); the spans may be the same.</summary>
    public abstract void Value(ReadOnlySpan<double> x, Span<double> value);

    /// <summary>value = σ(x) and first = σ'(x) in one pass; <paramref name="value"/> may be <paramref name="x"/>.</summary>
    public abstract void ValueAndFirst(ReadOnlySpan<double> x, Span<double> value, Span<double> first);

    /// <summary>value = σ(x), first = σ'(x), second = σ''(x) in one pass; <paramref name="value"/> may be <paramref name="x"/>. At kinks the right derivative is used.</summary>
    public abstract void ValueFirstAndSecond(ReadOnlySpan<double> x, Span<double> value, Span<double> first, Span<double> second);

    /// <summary>x = σ^{-1}(value), the value's preimage; NaN outside the range, ±∞ at its ends; the spans may be the same.</summary>
    /// <exception cref="NotSupportedException">σ is not a homeomorphism.</exception>
    public abstract void Inverse(ReadOnlySpan<double> value, Span<double> x);

    /// <inheritdoc/>
    public override string ToString() => Name;

    /// <summary>Checks that results fit.</summary>
    /// <exception cref="ShapeMismatchException">The destination is shorter than the source.</exception>
    private protected static void RequireRoom(ReadOnlySpan<double> source, Span<double> destination)
    {
        if (destination.Length < source.Length)
            throw new ShapeMismatchException($"An activation of {source.Length} entries was given room for {destination.Length}.");
    }
}
