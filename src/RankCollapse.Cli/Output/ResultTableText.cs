using System.Collections;
using System.Globalization;
using RankCollapse.Reporting.Text;
using RankCollapse.Sweeps.Results;

namespace RankCollapse.Cli.Output;

/// <summary>Rows of an answer as a table in the terminal: numbers of six digits, long texts and lists cut.</summary>
internal static class ResultTableText
{
    private const int LongestText = 60;
    private const int LongestList = 4;

    /// <summary>Writes the table, and to the error output how many rows it has.</summary>
    public static void Write(CommandEnvironment environment, ResultTable table)
    {
        var text = new TextTable([.. table.Columns.Select(column => ErrorText.Printable(column.Name))]);
        foreach (IReadOnlyList<object?> row in table.Rows) text.Add([.. row.Select(Cell)]);
        text.Write(environment.Output);
        environment.Error.WriteLine(table.IsCut
            ? $"the first {NumberText.Count(table.Rows.Count, "row")}; --format csv writes all"
            : NumberText.Count(table.Rows.Count, "row"));
    }

    private static string Cell(object? value) => value switch
    {
        null => Numbers.Short(null),
        string text => Cut(ErrorText.Printable(text)),
        double number => Numbers.Plain(number),
        float number => Numbers.Plain(number),
        bool truth => truth ? "true" : "false",
        IDictionary map => $"{map.Count} entries",
        IEnumerable list => List([.. list.Cast<object?>()]),
        IFormattable other => other.ToString(null, CultureInfo.InvariantCulture),
        _ => ErrorText.Printable(value.ToString() ?? ""),
    };

    private static string Cut(string text) => text.Length <= LongestText ? text : string.Concat(text.AsSpan(0, LongestText - 1), "…");

    private static string List(object?[] items) =>
        $"[{string.Join(", ", items.Take(LongestList).Select(item => Cell(item)))}"
        + $"{(items.Length > LongestList ? $", … {items.Length}" : "")}]";
}
