using RankCollapse.LinearAlgebra;

namespace RankCollapse.Data;

/// <summary>
/// Chooses samples of each class with a seed. A class is put into a random order that depends only on seed and class, and the first samples of it are taken:
/// a larger subsample contains the smaller one of the same seed.
/// </summary>
internal static class ClassSubsample
{
    /// <summary>The number of samples of each class: equal, and where N is not divisible by K the first classes get one more.</summary>
    /// <exception cref="InvalidInputException">There are fewer samples than classes.</exception>
    public static int[] BalancedCounts(int samples, int classes)
    {
        if (classes < 1)
            throw new InvalidInputException($"The number of classes is {classes}; it must be at least 1.");
        if (samples < classes)
            throw new InvalidInputException($"{samples} samples cannot cover {classes} classes; ask for at least {classes} samples or for fewer classes.");
        var counts = new int[classes];
        for (int k = 0; k < classes; k++) counts[k] = (samples / classes) + (k < samples % classes ? 1 : 0);
        return counts;
    }

    /// <summary>Checks that counts of classes are positive, one for each class and together N; returns them, or balanced ones for null.</summary>
    /// <exception cref="InvalidInputException">They are not.</exception>
    public static int[] Counts(int samples, int classes, IReadOnlyList<int>? classCounts)
    {
        if (classCounts is null) return BalancedCounts(samples, classes);
        if (classCounts.Count != classes)
            throw new InvalidInputException($"There are {classCounts.Count} class counts for {classes} classes; give one for each class.");
        for (int k = 0; k < classes; k++)
        {
            if (classCounts[k] < 1)
                throw new InvalidInputException($"The count of class {k} is {classCounts[k]}; it must be at least 1.");
        }
        long sum = classCounts.Sum(count => (long)count);
        if (sum != samples)
            throw new InvalidInputException($"The class counts sum to {sum}, but {samples} samples are asked for; set samples to {sum}.");
        return [.. classCounts];
    }

    /// <summary>The indices of the chosen samples, sorted by class.</summary>
    /// <param name="source">What is sampled, for errors.</param>
    /// <param name="labels">The class of each available sample; those of other classes than 0 … K−1 are left out.</param>
    /// <param name="samples">N; when it is the number available and no counts are given, all are taken, balanced or not.</param>
    /// <param name="classes">K.</param>
    /// <param name="seed">The seed of the data.</param>
    /// <param name="classCounts">The number of samples of each class; null for balanced.</param>
    /// <exception cref="InvalidInputException">A class has too few samples.</exception>
    public static int[] Choose(string source, ReadOnlySpan<int> labels, int samples, int classes, long seed, IReadOnlyList<int>? classCounts)
    {
        if (classes < 1)
            throw new InvalidInputException($"The number of classes is {classes}; it must be at least 1.");
        var members = new List<int>[Math.Min(classes, labels.Length + 1)];
        for (int k = 0; k < members.Length; k++) members[k] = [];
        int available = 0;
        for (int i = 0; i < labels.Length; i++)
        {
            if ((uint)labels[i] >= (uint)members.Length) continue;
            members[labels[i]].Add(i);
            available++;
        }
        if (samples == DataRequest.AllSamples) samples = available;
        if (samples > available)
            throw new InvalidInputException(
                $"{source} has {available} samples in classes 0…{classes - 1}, but {samples} are asked for; ask for at most {available}.");
        int empty = Array.FindIndex(members, m => m.Count == 0);
        if (empty >= 0)
            throw new InvalidInputException($"{source} has no samples of class {empty}, but {classes} classes are asked for; ask for at most {empty} classes.");
        int[] counts = classCounts is null && samples == available
            ? [.. members.Select(m => m.Count)]
            : Counts(samples, classes, classCounts);
        var chosen = new List<int>(samples);
        for (int k = 0; k < classes; k++)
        {
            if (counts[k] > members[k].Count)
                throw new InvalidInputException($"{source} has {members[k].Count} samples of class {k}, but {counts[k]} are needed; ask for fewer "
                    + $"samples, for all {available}, or give class counts.");
            int[] order = [.. members[k]];
            new RandomStream(seed, RandomPurpose.Data, k).Shuffle<int>(order);
            chosen.AddRange(order.AsSpan(0, counts[k]));
        }
        return [.. chosen];
    }
}
