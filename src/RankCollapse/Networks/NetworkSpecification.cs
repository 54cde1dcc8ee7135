namespace RankCollapse.Networks;

/// <summary>How the layers of a network are joined.</summary>
public enum Architecture
{
    /// <summary>Z^l = σ_l(W_l Z^{l−1} + b_l), equation (1).</summary>
    Feedforward,

    /// <summary>First and last layer as in (1); between them Z^l = σ_l(W_l Z^{l−1} + b_l) + Z^{l−1} (Appendix C), so that inner widths are equal.</summary>
    Residual,
}

/// <summary>The shape of a network: everything but its numbers.</summary>
/// <remarks>Layers are counted from 1 to L as in the paper; width 0 is the input dimension d.</remarks>
public sealed class NetworkSpecification
{
    private readonly int[] _widths;
    private readonly Activation[] _activations;

    /// <summary>Creates a specification whose hidden layers share one activation.</summary>
    /// <param name="inputDimension">d, at least 1.</param>
    /// <param name="widths">n_1 … n_L, each at least 1; n_L is the number of outputs.</param>
    /// <param name="architecture">How layers are joined.</param>
    /// <param name="hasBias">Whether layers have biases b_l.</param>
    /// <param name="hiddenActivation">σ_1 … σ_{L−1}; tanh by default.</param>
    /// <param name="outputActivation">σ_L; the identity by default, because one-hot targets lie outside the range of tanh.</param>
    /// <exception cref="InvalidInputException">A depth of 0, a width below 1, or a residual network with unequal inner widths.</exception>
    public NetworkSpecification(
        int inputDimension,
        IReadOnlyList<int> widths,
        Architecture architecture = Architecture.Feedforward,
        bool hasBias = false,
        Activation? hiddenActivation = null,
        Activation? outputActivation = null)
        : this(inputDimension, widths, architecture, hasBias, Repeated(widths, hiddenActivation ?? Activation.Tanh, outputActivation ?? Activation.Identity))
    {
    }

    /// <summary>Creates a specification whose layers have activations of their own.</summary>
    /// <param name="inputDimension">d, at least 1.</param>
    /// <param name="widths">n_1 … n_L, each at least 1; n_L is the number of outputs.</param>
    /// <param name="architecture">How layers are joined.</param>
    /// <param name="hasBias">Whether layers have biases b_l.</param>
    /// <param name="activations">σ_1 … σ_L.</param>
    /// <exception cref="InvalidInputException">
    /// A depth of 0, a width below 1, a residual network with unequal inner widths, or another number of activations than of layers.
    /// </exception>
    public NetworkSpecification(
        int inputDimension, IReadOnlyList<int> widths, Architecture architecture, bool hasBias, IReadOnlyList<Activation> activations)
    {
        ArgumentNullException.ThrowIfNull(widths);
        ArgumentNullException.ThrowIfNull(activations);
        if (inputDimension < 1) throw new InvalidInputException($"A network needs at least one input, found {inputDimension}.");
        if (widths.Count < 1) throw new InvalidInputException("A network needs a depth of at least 1, found 0 layers.");
        for (int l = 1; l <= widths.Count; l++)
        {
            if (widths[l - 1] < 1) throw new InvalidInputException($"Layer {l} has width {widths[l - 1]}; widths are at least 1.");
        }
        if (architecture == Architecture.Residual)
        {
            for (int l = 2; l < widths.Count; l++)
            {
                if (widths[l - 1] != widths[l - 2])
                    throw new InvalidInputException($"Residual layer {l} has width {widths[l - 1]}, but the features before it have width "
                        + $"{widths[l - 2]}; inner layers of a residual network need equal widths.");
            }
        }
        if (activations.Count != widths.Count)
            throw new InvalidInputException($"A network of {widths.Count} layers needs as many activations, found {activations.Count}.");
        InputDimension = inputDimension;
        _widths = [.. widths];
        _activations = [.. activations];
        Architecture = architecture;
        HasBias = hasBias;
    }

    /// <summary>d, the number of inputs.</summary>
    public int InputDimension { get; }

    /// <summary>n_1 … n_L.</summary>
    public IReadOnlyList<int> Widths => _widths;

    /// <summary>L, the number of layers.</summary>
    public int Depth => _widths.Length;

    /// <summary>n_L, the number of outputs.</summary>
    public int OutputDimension => _widths[^1];

    /// <summary>How layers are joined.</summary>
    public Architecture Architecture { get; }

    /// <summary>Whether layers have biases.</summary>
    public bool HasBias { get; }

    /// <summary>σ_1 … σ_L.</summary>
    public IReadOnlyList<Activation> Activations => _activations;

    /// <summary>σ_L.</summary>
    public Activation OutputActivation => _activations[^1];

    /// <summary>The activations σ_1 … σ_{L−1} without repetitions, in the order in which they first come.</summary>
    public IReadOnlyList<Activation> HiddenActivations => [.. _activations.SkipLast(1).DistinctBy(activation => activation.Name)];

    /// <summary>
    /// How many of the last layers are linear, Z^l = W_lZ^{l−1} + b_l: their activation is the identity, and they have no skip. From 2 on they are a linear
    /// head that the theory of balanced layers says something about.
    /// </summary>
    public int LinearHead
    {
        get
        {
            int first = Depth;
            while (first >= 1 && IsLinear(first) && !HasSkip(first)) first--;
            return Depth - first;
        }
    }

    /// <summary>Whether an activation has a kink.</summary>
    internal bool HasKinks => _activations.Any(activation => activation.HasKink);

    /// <summary>Whether all activations fix 0.</summary>
    internal bool FixesZero => _activations.All(activation => activation.FixesZero);

    /// <summary>n_l for l = 0 … L, where n_0 = d.</summary>
    public int Width(int layer)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(layer);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(layer, Depth);
        return layer == 0 ? InputDimension : _widths[layer - 1];
    }

    /// <summary>σ_l for l = 1 … L.</summary>
    public Activation ActivationOf(int layer)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(layer, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(layer, Depth);
        return _activations[layer - 1];
    }

    /// <summary>Whether σ_l is the identity.</summary>
    public bool IsLinear(int layer) => ActivationOf(layer).Name == Activation.Identity.Name;

    /// <summary>The same shape with another number of inputs, other widths or other activations.</summary>
    /// <param name="inputDimension">d; null keeps it.</param>
    /// <param name="widths">n_1 … n_L, as many as there are; null keeps them.</param>
    /// <param name="activations">σ_1 … σ_L; null keeps them.</param>
    internal NetworkSpecification With(int? inputDimension = null, IReadOnlyList<int>? widths = null, IReadOnlyList<Activation>? activations = null) =>
        new(inputDimension ?? InputDimension, widths ?? _widths, Architecture, HasBias, activations ?? _activations);

    /// <summary>Whether layer l adds its input to its output: inner layers (1 &lt; l &lt; L) of a residual network.</summary>
    public bool HasSkip(int layer) => Architecture == Architecture.Residual && layer > 1 && layer < Depth;

    private static Activation[] Repeated(IReadOnlyList<int> widths, Activation hidden, Activation output)
    {
        ArgumentNullException.ThrowIfNull(widths);
        return widths.Count == 0 ? [] : [.. Enumerable.Repeat(hidden, widths.Count - 1), output];
    }
}
