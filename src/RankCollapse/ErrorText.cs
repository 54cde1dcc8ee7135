namespace RankCollapse;

/// <summary>Text from outside in the one line of an error.</summary>
public static class ErrorText
{
    /// <summary>A name from a file, fit for one line of an error: no control characters, at most 160 characters.</summary>
    public static string Printable(string name)
    {
        const int Longest = 160;
        string cut = name.Length <= Longest ? name : name[..Longest] + "…";
        return string.Concat(cut.Select(c => char.IsControl(c) || c is '\u2028' or '\u2029' ? '?' : c));
    }
}
