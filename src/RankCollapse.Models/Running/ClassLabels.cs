namespace RankCollapse.Models.Running;

/// <summary>The labels that occur in data, numbered without gaps; data without labels are one class.</summary>
internal sealed class ClassLabels
{
    private readonly int[] _classes;

    /// <summary>Numbers the labels.</summary>
    public ClassLabels(IReadOnlyList<int>? labels, int sampleCount)
    {
        HasLabels = labels is not null;
        Labels = labels is null ? [0] : [.. labels.Distinct().Order()];
        Dictionary<int, int> numbers = Labels.Index().ToDictionary(entry => entry.Item, entry => entry.Index);
        _classes = labels is null ? new int[sampleCount] : [.. labels.Select(label => numbers[label])];
    }

    /// <summary>Whether there are labels.</summary>
    public bool HasLabels { get; }

    /// <summary>The labels that occur, ascending.</summary>
    public IReadOnlyList<int> Labels { get; }

    /// <summary>K, how many occur.</summary>
    public int Count => Labels.Count;

    /// <summary>The number of each sample's class, 0 … K−1.</summary>
    public ReadOnlySpan<int> Classes => _classes;

    /// <summary>Draws a subsample that keeps the shares of the classes, at least one of each where it has room; ascending.</summary>
    public int[] Subsample(int most, long seed)
    {
        if (_classes.Length <= most) return [.. Enumerable.Range(0, _classes.Length)];
        var members = new List<int>[Count];
        for (int k = 0; k < Count; k++) members[k] = [];
        for (int i = 0; i < _classes.Length; i++) members[_classes[i]].Add(i);

        // Sample j of N_k sits at (j + ½)/N_k, and the first of every class before all: the first M in this order are proportional.
        var order = new List<(double Place, int Sample)>(_classes.Length);
        for (int k = 0; k < Count; k++)
        {
            int[] shuffled = [.. members[k]];
            new LinearAlgebra.RandomStream(seed, LinearAlgebra.RandomPurpose.Sampling, 3000 + k).Shuffle<int>(shuffled);
            for (int j = 0; j < shuffled.Length; j++) order.Add((j == 0 ? -1 : (j + 0.5) / shuffled.Length, shuffled[j]));
        }
        int[] chosen = [.. order.OrderBy(entry => entry.Place).ThenBy(entry => entry.Sample).Take(most).Select(entry => entry.Sample)];
        Array.Sort(chosen);
        return chosen;
    }
}
