using System.Text;

namespace RankCollapse.Cli.Output;

/// <summary>
/// A table in plain text, as wide as the terminal allows: columns that may go are left out and named below it, and where those that stay do not fit
/// either, each row is written as a record, a line for each column. Columns are aligned to the right, the first and texts to the left.
/// </summary>
internal sealed class TextTable(params Column[] columns)
{
    private const string Gap = "  ";

    private readonly List<string[]> _rows = [];

    /// <summary>Adds a row with a cell for each column.</summary>
    public void Add(params string[] cells) => _rows.Add(cells);

    /// <summary>Writes the table with an empty line before and after it.</summary>
    public void Write(TextWriter output)
    {
        int[] widths = [.. columns.Select((column, i) => _rows.Select(row => ScreenWriter.Columns(row[i])).Append(ScreenWriter.Columns(column.Heading)).Max())];
        int[] kept = [.. Enumerable.Range(0, columns.Length)], left = [];
        output.WriteLine();
        if (ScreenWriter.WidthOf(output) is { } width)
        {
            while (Total(kept, widths) > width && kept.Any(i => columns[i].Priority > 0))
            {
                int first = kept.MaxBy(i => (columns[i].Priority, i));
                kept = [.. kept.Where(i => i != first)];
                left = [.. left.Append(first).Order()];
            }
            if (Total(kept, widths) > width)
            {
                WriteRecords(output, [.. Enumerable.Range(0, columns.Length)], width);
                return;
            }
        }
        output.WriteLine(Line([.. columns.Select(column => column.Heading)], kept, widths));
        output.WriteLine(new string('─', Total(kept, widths)));
        foreach (string[] row in _rows) output.WriteLine(Line(row, kept, widths));
        output.WriteLine();
        if (left.Length > 0)
            output.WriteLine($"Left out for want of room: {string.Join(", ", left.Select(i => columns[i].Heading))}; --wide shows all columns.");
    }

    private static int Total(int[] kept, int[] widths) => kept.Sum(i => widths[i]) + (Gap.Length * (kept.Length - 1));

    private void WriteRecords(TextWriter output, int[] kept, int width)
    {
        int names = Math.Min(kept.Max(i => ScreenWriter.Columns(columns[i].Heading)), width / 2);
        foreach (string[] row in _rows)
        {
            foreach (int i in kept.Where(i => row[i].Length > 0))
            {
                string[] lines = [.. ScreenWriter.Fold(row[i], Math.Max(1, width - names - Gap.Length))];
                output.WriteLine(Padded(columns[i].Heading, names, isText: true) + Gap + lines[0]);
                foreach (string line in lines.Skip(1)) output.WriteLine(new string(' ', names) + Gap + line.TrimStart());
            }
            output.WriteLine();
        }
    }

    private string Line(string[] cells, int[] kept, int[] widths)
    {
        var line = new StringBuilder();
        foreach (int i in kept)
        {
            if (line.Length > 0) line.Append(Gap);
            line.Append(Padded(cells[i], widths[i], i == 0 || columns[i].IsText));
        }
        return line.ToString().TrimEnd(' ');
    }

    private static string Padded(string text, int width, bool isText)
    {
        string blanks = new(' ', Math.Max(0, width - ScreenWriter.Columns(text)));
        return isText ? text + blanks : blanks + text;
    }
}
