namespace RankCollapse.Networks;

/// <summary>A scalar function σ that acts entrywise, with its derivatives, its inverse and the properties that theory asks for.</summary>
public abstract class Activation
{
    /// <summary>σ(x) = x.</summary>
    public static Activation Identity { get; } = new IdentityActivation();

    /// <summary>σ(x) = tanh x.</summary>
    public static Activation Tanh { get; } = new TanhActivation();

    /// <summary>The table of activations: each is a type in a file and a line here; leaky-relu has its default slope 0.01.</summary>
    public static Registry<Activation> All { get; } = new(
        "activation",
        activation => activation.Name,
        Identity,
        Tanh,
        new ArctanActivation(),
        new AsinhActivation(),
        new SoftsignActivation(),
        new LeakyReluActivation(0.01),
        new EluActivation(),
        new SeluActivation(),
        new SoftplusActivation(),
        new SigmoidActivation(),
        new ReluActivation(),
        new GeluActivation());

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

    /// <summary>sup|σ'|, sup|σ''| and sup|σ'''| over R.</summary>
    /// <remarks>
    /// At kinks they are the least Lipschitz constants of σ, σ' and σ'': where a derivative jumps, as σ'' of the softsign does at 0,
    /// its supremum is taken over the other points and the next one's is +∞.
    /// </remarks>
    public abstract (double First, double Second, double Third) DerivativeBounds { get; }

    /// <summary>σ'(0−) and σ'(0+), the ends of Clarke's generalised derivative at 0.</summary>
    internal (double Left, double Right) SlopesAtZero
    {
        get
        {
            Span<double> value = stackalloc double[2], first = stackalloc double[2];
            ValueAndFirst([-1e-300, 0], value, first);
            return (first[0], first[1]);
        }
    }

    /// <summary>Whether σ' jumps at 0, the only place where activations have kinks.</summary>
    internal bool HasKink => Math.Abs(SlopesAtZero.Right - SlopesAtZero.Left) > 1e-12;

    /// <summary>value = σ(x); the spans may be the same.</summary>
    public abstract void Value(ReadOnlySpan<double> x, Span<double> value);

    /// <summary>value = σ(x) and first = σ'(x) in one pass; <paramref name="value"/> may be <paramref name="x"/>.</summary>
    public abstract void ValueAndFirst(ReadOnlySpan<double> x, Span<double> value, Span<double> first);

    /// <summary>
    /// value = σ(x), first = σ'(x), second = σ''(x) in one pass; <paramref name="value"/> may be <paramref name="x"/>. At kinks, which are all at 0, right
    /// derivatives are used.
    /// </summary>
    /// <remarks>The right derivative of σ lies in Clarke's generalised derivative: for relu and leaky-relu it is 1.</remarks>
    public abstract void ValueFirstAndSecond(ReadOnlySpan<double> x, Span<double> value, Span<double> first, Span<double> second);

    /// <summary>Reads a name as <see cref="Name"/> writes it, in any case; a slope is written <c>leaky-relu(0.2)</c> or <c>leaky-relu:0.2</c>.</summary>
    /// <param name="name">The name.</param>
    /// <exception cref="InvalidInputException">The name is unknown, or its parameter is not a positive finite number.</exception>
    public static Activation Parse(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return ActivationNames.Parse(name);
    }

    /// <summary>Reads names with commas between them, each with how often it is repeated where that is not once: <c>tanh*4,identity</c>.</summary>
    /// <param name="names">The names.</param>
    /// <exception cref="InvalidInputException">A name is unknown or empty, or a repetition is no whole number from 1.</exception>
    public static IReadOnlyList<Activation> ParseList(string names)
    {
        ArgumentNullException.ThrowIfNull(names);
        return ActivationNames.ParseList(names);
    }

    /// <summary>Whether σ(x) = value for some x: the value lies in the range, whose ends belong to it only for relu and gelu.</summary>
    /// <param name="value">A target; NaN and ±∞ are not attained.</param>
    public virtual bool Attains(double value) => value > Range.Lower && value < Range.Upper;

    /// <summary>x = σ^{-1}(value), the value's preimage; NaN outside the range, ±∞ at its ends; the spans may be the same.</summary>
    /// <exception cref="NotSupportedException">σ is not a homeomorphism.</exception>
    public abstract void Inverse(ReadOnlySpan<double> value, Span<double> x);

    /// <inheritdoc/>
    public override string ToString() => Name;

    /// <summary>What an inverse throws where there is none.</summary>
    private protected NotSupportedException HasNoInverse() => new($"The activation {Name} has no inverse.");

    /// <summary>Checks that results fit.</summary>
    /// <exception cref="ShapeMismatchException">The destination is shorter than the source.</exception>
    private protected static void RequireRoom(ReadOnlySpan<double> source, Span<double> destination)
    {
        if (destination.Length < source.Length)
            throw new ShapeMismatchException($"An activation of {source.Length} entries was given room for {destination.Length}.");
    }
}
