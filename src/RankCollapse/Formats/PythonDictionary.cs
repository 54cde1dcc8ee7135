namespace RankCollapse.Formats;

/// <summary>Reads the small part of Python's literals that NumPy writes: a dictionary from texts to a text, a word or a tuple of numbers.</summary>
internal static class PythonDictionary
{
    /// <summary>The entries, with values as they are written; null when the text is something else.</summary>
    public static Dictionary<string, string>? Parse(ReadOnlySpan<char> text)
    {
        text = text.Trim();
        if (text.Length < 2 || text[0] != '{' || text[^1] != '}') return null;
        text = text[1..^1].Trim();
        var entries = new Dictionary<string, string>(StringComparer.Ordinal);
        while (text.Length > 0)
        {
            if (text[0] is not ('\'' or '"')) return null;
            int end = text[1..].IndexOf(text[0]);
            if (end < 0) return null;
            string key = text.Slice(1, end).ToString();
            text = text[(end + 2)..].TrimStart();
            if (text.Length == 0 || text[0] != ':') return null;
            text = text[1..].TrimStart();
            int length = ValueLength(text);
            if (length <= 0 || !entries.TryAdd(key, text[..length].Trim().ToString())) return null;
            text = text[length..].TrimStart();
            if (text.Length == 0) break;
            if (text[0] != ',') return null;
            text = text[1..].TrimStart();
        }
        return entries;
    }

    private static int ValueLength(ReadOnlySpan<char> text)
    {
        if (text.Length == 0) return -1;
        switch (text[0])
        {
            case '\'' or '"':
                int quote = text[1..].IndexOf(text[0]);
                return quote < 0 ? -1 : quote + 2;
            case '(':
                return text.IndexOf(')') + 1;
            case '[' or '{':
                return -1;
            default:
                int comma = text.IndexOf(',');
                return comma < 0 ? text.Length : comma;
        }
    }
}
