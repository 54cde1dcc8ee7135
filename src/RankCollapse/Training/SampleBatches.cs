using RankCollapse.Networks;

namespace RankCollapse.Training;

/// <summary>Mini-batches in double precision.</summary>
internal sealed class SampleBatches : MiniBatches
{
    private readonly SamplePart[] _parts;

    /// <summary>Reserves the memory of a batch, and of the last one where it is smaller.</summary>
    /// <param name="whole">J, on all samples, without sample weights.</param>
    /// <param name="size">B, at most N.</param>
    /// <param name="dropsLast">Whether the N mod B samples that are left at the end of an epoch are not used in it.</param>
    /// <param name="decaysApart">Whether the penalties of weights and biases are left out, for solvers that decay weights apart from the gradient.</param>
    /// <param name="seed">The seed of the order.</param>
    /// <exception cref="InvalidInputException">There are fewer samples than B.</exception>
    public SampleBatches(Objective whole, int size, bool dropsLast, bool decaysApart, long seed)
        : base(whole, size, dropsLast, decaysApart, seed) => _parts = [.. Sizes.Select(samples => new SamplePart(whole, samples, Coefficients(samples)))];

    /// <inheritdoc/>
    protected override (ObjectiveValue Value, GradientSize Gradient) ValueAndGradient(
        ReadOnlySpan<int> samples, int kind, Network network, Network gradient)
    {
        Objective objective = _parts[kind].Objective;
        _parts[kind].Take(samples);
        return (objective.ValueAndGradient(network, gradient), objective.GradientSize);
    }
}
