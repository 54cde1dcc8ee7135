namespace RankCollapse;

/// <summary>Finds the known names that an unknown name may have meant, for error messages.</summary>
public static class NearMatches
{
    private const int MostSuggestions = 3;

    /// <summary>The known names nearest to <paramref name="name"/>, nearest first; empty when none is near.</summary>
    /// <remarks>
    /// Near is an edit distance (Damerau–Levenshtein, letters' case ignored) of at most a third of the longer name, or one name beginning with the other.
    /// </remarks>
    public static IReadOnlyList<string> Of(string name, IEnumerable<string> known)
    {
        string folded = Fold(name);
        return
        [
            .. known
                .Select(candidate => (Name: candidate, Distance: Distance(folded, Fold(candidate))))
                .Where(candidate => IsNear(folded, Fold(candidate.Name), candidate.Distance))
                .OrderBy(candidate => candidate.Distance)
                .ThenBy(candidate => candidate.Name, StringComparer.Ordinal)
                .Take(MostSuggestions)
                .Select(candidate => candidate.Name),
        ];
    }

    /// <summary>The end of an error's sentence: "did you mean 'tanh'?", or all known names when none is near.</summary>
    public static string Advice(string name, IReadOnlyCollection<string> known)
    {
        IReadOnlyList<string> near = Of(name, known);
        return near.Count > 0
            ? $"did you mean {string.Join(" or ", near.Select(n => $"'{n}'"))}?"
            : $"known are {string.Join(", ", known)}.";
    }

    /// <summary>The fewest insertions, deletions, replacements and swaps of neighbours that turn one name into the other.</summary>
    public static int Distance(string a, string b)
    {
        var beforeLast = new int[b.Length + 1];
        var last = new int[b.Length + 1];
        var current = new int[b.Length + 1];
        for (int j = 0; j <= b.Length; j++) last[j] = j;
        for (int i = 1; i <= a.Length; i++)
        {
            current[0] = i;
            for (int j = 1; j <= b.Length; j++)
            {
                int replace = last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
                current[j] = Math.Min(replace, Math.Min(last[j], current[j - 1]) + 1);
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                    current[j] = Math.Min(current[j], beforeLast[j - 2] + 1);
            }
            (beforeLast, last, current) = (last, current, beforeLast);
        }
        return last[b.Length];
    }

    private static bool IsNear(string a, string b, int distance) =>
        distance <= Math.Max(1, Math.Max(a.Length, b.Length) / 3)
        || (a.Length >= 3 && b.StartsWith(a, StringComparison.Ordinal))
        || (b.Length >= 3 && a.StartsWith(b, StringComparison.Ordinal));

    private static string Fold(string name)
    {
        const int Longest = 100;
        string folded = name.Replace("-", "").Replace("_", "").ToLowerInvariant();
        return folded.Length <= Longest ? folded : folded[..Longest];
    }
}
