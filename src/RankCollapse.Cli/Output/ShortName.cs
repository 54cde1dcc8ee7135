namespace RankCollapse.Cli.Output;

/// <summary>Names from models, fit for a cell of a table.</summary>
internal static class ShortName
{
    /// <summary>How long names may be in the first column of a table: a third of a terminal.</summary>
    public static int Longest(TextWriter output, int most) => Math.Min(most, ScreenWriter.WidthOf(output) / 3 ?? most);

    /// <summary>A name without control characters; a long one with its middle left out, because the ends tell layers apart.</summary>
    public static string Of(string name, int longest)
    {
        string printable = ErrorText.Printable(name);
        return printable.Length <= longest ? printable : $"{printable[..(longest / 2)]}…{printable[^((longest / 2) - 1)..]}";
    }
}
