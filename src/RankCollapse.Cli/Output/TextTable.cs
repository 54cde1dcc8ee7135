using System.Text;

namespace RankCollapse.Cli.Output;

/// <summary>A table in plain text; columns after the first are aligned to the right, and nothing is wrapped.</summary>
internal sealed class TextTable(params string[] headings)
{
    private const string Gap = "  ";

    private readonly List<string[]> _rows = [headings];

    /// <summary>Adds a row with a cell for each heading.</summary>
    public void Add(params string[] cells) => _rows.Add(cells);

    /// <summary>Writes the table with an empty line before and after it.</summary>
    public void Write(TextWriter output)
    {
        int[] widths = [.. Enumerable.Range(0, headings.Length).Select(column => _rows.Max(row => row[column].Length))];
        output.WriteLine();
        for (int i = 0; i < _rows.Count; i++)
        {
            output.WriteLine(Line(_rows[i], widths));
            if (i == 0) output.WriteLine(new string('─', widths.Sum() + (Gap.Length * (widths.Length - 1))));
        }
        output.WriteLine();
    }

    private static string Line(string[] cells, int[] widths)
    {
        var line = new StringBuilder(cells[0].PadRight(widths[0]));
        for (int column = 1; column < cells.Length; column++) line.Append(Gap).Append(cells[column].PadLeft(widths[column]));
        return line.ToString();
    }
}
