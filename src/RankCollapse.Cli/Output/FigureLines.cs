namespace RankCollapse.Cli.Output;

/// <summary>Where figures and their data were written.</summary>
internal static class FigureLines
{
    /// <summary>Writes one line for each kind of file; nothing where there are none.</summary>
    public static void Write(TextWriter output, IReadOnlyList<string> files)
    {
        string[] figures = [.. files.Where(f => !f.EndsWith(".csv", StringComparison.Ordinal))];
        if (figures.Length > 0) output.WriteLine($"figure: {string.Join(", ", figures)}");
        foreach (string table in files.Except(figures)) output.WriteLine($"data:   {table}");
    }
}
