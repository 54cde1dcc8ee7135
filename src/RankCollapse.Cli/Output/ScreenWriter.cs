using System.Text;
using Spectre.Console.Rendering;

namespace RankCollapse.Cli.Output;

/// <summary>
/// Writes to a terminal: lines that are longer than it is wide are folded at blanks, with what follows indented. A word that is wider than the terminal stays
/// whole, so that paths can be copied.
/// </summary>
/// <param name="inner">The terminal.</param>
/// <param name="width">How many columns it has now.</param>
internal sealed class ScreenWriter(TextWriter inner, Func<int> width) : TextWriter
{
    private const int Narrowest = 20;
    private const int UsualWidth = 80;
    private const int Indent = 2;

    private readonly StringBuilder _line = new();

    /// <summary>The terminal, without folding.</summary>
    public TextWriter Inner => inner;

    /// <summary>Whether tables show every column, whatever the width.</summary>
    public bool IsWide { get; set; }

    /// <summary>How many columns the terminal has.</summary>
    public int Width => width() is > 0 and var columns ? Math.Max(Narrowest, columns) : UsualWidth;

    public override Encoding Encoding => inner.Encoding;

    /// <summary>What documents for machines are written to: the same, without folding.</summary>
    public static TextWriter Unfolded(TextWriter output) => output is ScreenWriter screen ? screen.Inner : output;

    /// <summary>The columns that tables may take; null for any number.</summary>
    public static int? WidthOf(TextWriter output) => output is ScreenWriter { IsWide: false } screen ? screen.Width : null;

    /// <summary>How many columns a text takes.</summary>
    public static int Columns(string text) => IsPlain(text) ? text.Length : new Segment(text).CellCount();

    /// <summary>A line in pieces that are at most so wide, where its words are not wider.</summary>
    public static IEnumerable<string> Fold(string line, int width)
    {
        string indent = new(' ', Math.Min(line.Length - line.TrimStart(' ').Length + Indent, width / 2));
        string rest = line;
        while (Columns(rest) > width)
        {
            int start = rest.Length - rest.TrimStart(' ').Length;
            int end = width;
            while (end > start && Columns(rest[..Math.Min(end, rest.Length)]) > width) end--;
            int blank = rest.LastIndexOf(' ', Math.Min(end, rest.Length - 1));
            if (blank <= start) blank = rest.IndexOf(' ', Math.Max(start, Math.Min(end, rest.Length - 1)));
            if (blank <= start) break;
            yield return rest[..blank].TrimEnd(' ');
            rest = indent + rest[blank..].TrimStart(' ');
        }
        yield return rest;
    }

    public override void Write(char value)
    {
        if (value == '\n') WriteFolded();
        else if (value != '\r') _line.Append(value);
    }

    public override void Write(string? value)
    {
        foreach (char c in value ?? "") Write(c);
    }

    public override void Write(char[] buffer, int index, int count)
    {
        for (int i = 0; i < count; i++) Write(buffer[index + i]);
    }

    public override void Flush()
    {
        inner.Write(_line.ToString());
        _line.Clear();
        inner.Flush();
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing) Flush();
        base.Dispose(disposing);
    }

    private static bool IsPlain(string text) => !text.AsSpan().ContainsAnyExceptInRange(' ', '~');

    private void WriteFolded()
    {
        string line = _line.ToString();
        _line.Clear();
        if (IsWide) inner.WriteLine(line);
        else foreach (string part in Fold(line, Width)) inner.WriteLine(part);
    }
}
