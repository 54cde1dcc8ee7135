using System.Numerics.Tensors;
using RankCollapse.LinearAlgebra;

namespace RankCollapse.Models.Features;

/// <summary>What is done with features of more dimensions than scatter matrices are kept for.</summary>
public enum WideFeatures
{
    /// <summary>A count sketch: squared distances and inner products are kept on average.</summary>
    Sketch,

    /// <summary>Global average pooling: the mean over all positions, one number a channel.</summary>
    Pool,

    /// <summary>They are left out.</summary>
    Skip,
}

/// <summary>Maps the features of one sample, in the order of their tensor, to the numbers that are measured.</summary>
internal abstract class FeatureReduction
{
    /// <summary>The number of features of a sample.</summary>
    public required int Dimension { get; init; }

    /// <summary>The number of features that are measured.</summary>
    public abstract int ReducedDimension { get; }

    /// <summary>What is done, for the output; null where nothing is.</summary>
    public abstract string? Description { get; }

    /// <summary>Reduces one sample.</summary>
    public abstract void Apply(ReadOnlySpan<double> features, Span<double> reduced);

    /// <summary>Chooses the reduction of a tensor.</summary>
    /// <param name="shape">The sizes of one sample: C×H×W for images, T×D for sequences.</param>
    /// <param name="options">The limits.</param>
    /// <param name="classCount">K; a sketch has at least 4K dimensions, or means of classes would collide.</param>
    /// <returns>Null where such features are left out.</returns>
    public static FeatureReduction? Choose(IReadOnlyList<long> shape, FeatureOptions options, int classCount)
    {
        int dimension = (int)shape.Aggregate(1L, (product, size) => product * size);
        if (dimension <= options.MaxDimension) return new WholeFeatures { Dimension = dimension };
        if (options.Wide == WideFeatures.Skip) return null;
        if (options.Wide == WideFeatures.Pool && shape.Count > 1)
        {
            bool isSequence = shape.Count == 2;
            var pooled = new PooledFeatures { Dimension = dimension, ChannelCount = (int)(isSequence ? shape[1] : shape[0]), IsChannelLast = isSequence };
            if (pooled.ReducedDimension <= options.MaxDimension) return pooled;
        }
        return new SketchedFeatures(
            dimension, Math.Min(options.MaxDimension, Math.Max(options.SketchDimension, 4 * classCount)), options.Seed)
        { Dimension = dimension };
    }
}

/// <summary>All features as they are.</summary>
internal sealed class WholeFeatures : FeatureReduction
{
    public override int ReducedDimension => Dimension;

    public override string? Description => null;

    public override void Apply(ReadOnlySpan<double> features, Span<double> reduced) => features.CopyTo(reduced);
}

/// <summary>The mean of each channel over its positions.</summary>
internal sealed class PooledFeatures : FeatureReduction
{
    /// <summary>The number of channels.</summary>
    public required int ChannelCount { get; init; }

    /// <summary>Whether the channels of a position follow each other, as in sequences, or the positions of a channel, as in images.</summary>
    public required bool IsChannelLast { get; init; }

    public override int ReducedDimension => ChannelCount;

    public override string Description => $"{Dimension} features averaged over their positions to {ChannelCount} channels";

    public override void Apply(ReadOnlySpan<double> features, Span<double> reduced)
    {
        int positions = Dimension / ChannelCount;
        reduced.Clear();
        for (int i = 0; i < (IsChannelLast ? positions : ChannelCount); i++)
        {
            if (IsChannelLast) TensorPrimitives.Add(reduced, features.Slice(i * ChannelCount, ChannelCount), reduced);
            else reduced[i] = Reduction.Sum(features.Slice(i * positions, positions));
        }
        TensorPrimitives.Divide(reduced, positions, reduced);
    }
}

/// <summary>
/// A count sketch (Charikar, Chen and Farach-Colton 2002; Weinberger et al. 2009): each feature is added, with a random sign, to one of p sums drawn at random.
/// E⟨Sx, Sy⟩ = ⟨x, y⟩ with variance at most (‖x‖²‖y‖² + ⟨x, y⟩²)/p, at the cost of one addition a feature.
/// </summary>
internal sealed class SketchedFeatures : FeatureReduction
{
    private readonly int[] _targets;

    /// <summary>Draws the sketch; equal sizes and seeds give equal sketches.</summary>
    public SketchedFeatures(int dimension, int reducedDimension, long seed)
    {
        ReducedDimension = reducedDimension;
        var stream = new RandomStream(seed, RandomPurpose.Sampling, 2000);
        _targets = new int[dimension];

        // The sign is kept as the complement of the target.
        for (int i = 0; i < dimension; i++)
        {
            int target = stream.NextInteger(reducedDimension);
            _targets[i] = (stream.NextBits() & 1) == 0 ? target : ~target;
        }
    }

    public override int ReducedDimension { get; }

    public override string Description => $"{Dimension} features sketched to {ReducedDimension}";

    public override void Apply(ReadOnlySpan<double> features, Span<double> reduced)
    {
        reduced.Clear();
        for (int i = 0; i < features.Length; i++)
        {
            int target = _targets[i];
            if (target >= 0) reduced[target] += features[i];
            else reduced[~target] -= features[i];
        }
    }
}
