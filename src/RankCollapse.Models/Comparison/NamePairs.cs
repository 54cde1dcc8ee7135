namespace RankCollapse.Models.Comparison;

/// <summary>
/// Finds what is the same in two models by names: equal ones; then those that are equal without what wraps a model (<c>module.</c>, <c>model.</c> and
/// the like); then those of which one ends in the other, after a point. A pair is taken where it is the only one on both sides.
/// </summary>
internal static class NamePairs
{
    private const int MostNamed = 3;

    private static readonly string[] Wrappers = ["module.", "model.", "_orig_mod.", "base_model.", "_forward_module.", "net.", "network.", "backbone."];

    /// <summary>The pairs in the order of the first model, and what has no partner on either side, with the reason.</summary>
    /// <param name="names">The names that each thing of the model goes by, its own first.</param>
    /// <param name="others">Those of the base.</param>
    public static (IReadOnlyList<(int Item, int Other)> Pairs, IReadOnlyList<(int Item, string Reason)> Left, IReadOnlyList<(int Other, string Reason)> Right)
        Find(IReadOnlyList<IReadOnlyList<string>> names, IReadOnlyList<IReadOnlyList<string>> others)
    {
        var partner = new int[names.Count];
        Array.Fill(partner, -1);
        var taken = new bool[others.Count];
        foreach (Func<string, string> key in (Func<string, string>[])[name => name, Unwrapped])
        {
            Dictionary<string, int[]> own = Keys(names, key, i => partner[i] < 0), their = Keys(others, key, j => !taken[j]);
            foreach ((string name, int[] items) in own)
            {
                if (items is [var i] && their.TryGetValue(name, out int[]? found) && found is [var j] && partner[i] < 0 && !taken[j]) Take(i, j);
            }
        }
        int[][] ending = [.. Enumerable.Range(0, names.Count).Select(i => partner[i] >= 0 ? [] : Ending(names[i], others, j => !taken[j]))];
        int[] asked = new int[others.Count];
        foreach (int j in ending.SelectMany(found => found)) asked[j]++;
        for (int i = 0; i < names.Count; i++)
        {
            if (ending[i] is [var j] && asked[j] == 1) Take(i, j);
        }
        return ([.. Enumerable.Range(0, names.Count).Where(i => partner[i] >= 0).Select(i => (i, partner[i]))],
            [.. Enumerable.Range(0, names.Count).Where(i => partner[i] < 0)
                .Select(i => (i, Why([.. ending[i].Select(j => others[j][0])], "the base", isShared: ending[i].Any(j => asked[j] > 1))))],
            [.. Enumerable.Range(0, others.Count).Where(j => !taken[j])
                .Select(j => (j, Why([.. Enumerable.Range(0, names.Count).Where(i => ending[i].Contains(j)).Select(i => names[i][0])], "the model",
                    isShared: true)))]);

        void Take(int i, int j)
        {
            partner[i] = j;
            taken[j] = true;
        }
    }

    private static string Why(string[] near, string where, bool isShared) => near.Length switch
    {
        0 => $"{where} has nothing of this name",
        1 when isShared => $"{ErrorText.Printable(near[0])} of {where} could be the same, but not only for this one",
        _ => $"{near.Length} of {where} could be the same: {string.Join(", ", near.Take(MostNamed).Select(ErrorText.Printable))}"
            + $"{(near.Length > MostNamed ? ", …" : "")}",
    };

    private static Dictionary<string, int[]> Keys(IReadOnlyList<IReadOnlyList<string>> names, Func<string, string> key, Func<int, bool> isOpen) =>
        Enumerable.Range(0, names.Count).Where(isOpen).SelectMany(i => names[i].Select(key).Distinct(StringComparer.Ordinal).Select(name => (name, i)))
            .GroupBy(pair => pair.name, pair => pair.i, StringComparer.Ordinal)
            .ToDictionary(group => group.Key, group => group.ToArray(), StringComparer.Ordinal);

    private static int[] Ending(IReadOnlyList<string> names, IReadOnlyList<IReadOnlyList<string>> others, Func<int, bool> isOpen) =>
        [.. Enumerable.Range(0, others.Count).Where(j => isOpen(j) && names.Any(name => others[j].Any(other => IsEnding(name, other))))];

    private static bool IsEnding(string name, string other) => name == other || EndsIn(name, other) || EndsIn(other, name);

    private static bool EndsIn(string name, string end) =>
        name.Length > end.Length && name[name.Length - end.Length - 1] == '.' && name.EndsWith(end, StringComparison.Ordinal);

    private static string Unwrapped(string name)
    {
        while (Array.Find(Wrappers, wrapper => name.StartsWith(wrapper, StringComparison.Ordinal)) is { } wrapper) name = name[wrapper.Length..];
        return name;
    }
}
