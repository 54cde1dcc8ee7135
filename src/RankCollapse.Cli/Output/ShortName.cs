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

    /// <summary>Names of one table; where shortened ones would be alike that are not, what all long ones begin with is left out first.</summary>
    public static string[] All(IReadOnlyList<string> names, int longest)
    {
        string[] shortened = [.. names.Select(name => Of(name, longest))];
        string[] printable = [.. names.Select(ErrorText.Printable)];
        string[] tooLong = [.. printable.Where(name => name.Length > longest).Distinct(StringComparer.Ordinal)];
        if (shortened.Distinct(StringComparer.Ordinal).Count() == names.Distinct(StringComparer.Ordinal).Count() || tooLong.Length < 2) return shortened;
        int common = Enumerable.Range(0, tooLong.Min(name => name.Length)).TakeWhile(i => tooLong.All(name => name[i] == tooLong[0][i])).Count();
        int cut = tooLong[0].AsSpan(0, common).LastIndexOfAny('/', '.') + 1;
        return cut < 2 ? shortened : [.. printable.Select(name => name.Length <= longest ? name : Of($"…{name[cut..]}", longest))];
    }
}
