namespace RankCollapse;

/// <summary>The known name nearest to one that was mistyped.</summary>
internal static class NearestName
{
    /// <summary>The first name with the least number of inserted, deleted and replaced characters (Levenshtein 1966), case aside.</summary>
    /// <param name="found">What was typed.</param>
    /// <param name="names">The known names, at least one.</param>
    public static string Of(string found, IEnumerable<string> names) =>
        names.MinBy(name => Distance(found.ToLowerInvariant(), name.ToLowerInvariant()))
        ?? throw new ArgumentException("There has to be at least one name to choose from.", nameof(names));

    private static int Distance(string a, string b)
    {
        int[] previous = [.. Enumerable.Range(0, b.Length + 1)];
        var current = new int[b.Length + 1];
        for (int i = 0; i < a.Length; i++)
        {
            current[0] = i + 1;
            for (int j = 0; j < b.Length; j++)
                current[j + 1] = Math.Min(Math.Min(current[j], previous[j + 1]) + 1, previous[j] + (a[i] == b[j] ? 0 : 1));
            (previous, current) = (current, previous);
        }
        return previous[b.Length];
    }
}
