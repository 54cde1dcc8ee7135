namespace RankCollapse.Reporting.Panels;

/// <summary>A figure as data: panels in blocks. Files and pages draw the same one.</summary>
/// <param name="Name">The file's name without extension, and the figure's place in a page.</param>
/// <param name="Title">The heading.</param>
/// <param name="Reading">One line on what is drawn and how to read it.</param>
/// <param name="Blocks">The blocks, in reading order.</param>
public sealed record Figure(string Name, string Title, string Reading, params IReadOnlyList<PanelBlock> Blocks)
{
    /// <summary>The width of a full page column of 180 mm, in units of 1/96 inch.</summary>
    public const int FullWidth = 680;

    /// <summary>The width of one of two columns of 90 mm, in units of 1/96 inch.</summary>
    public const int ColumnWidth = 340;

    /// <summary>What there is to see, in a sentence with numbers, for readers who cannot see it; empty where that is not known.</summary>
    public string Finding { get; init; } = "";

    /// <summary>The text that stands for the picture: what there is to see, and how it is drawn.</summary>
    public string Alternative => Finding.Length > 0 ? $"{Finding} {Reading}" : Reading;

    /// <summary>The width of files, in units of 1/96 inch.</summary>
    public int Width { get; init; } = FullWidth;

    /// <summary>Whether each block shows one moment: files show them beside each other, three in a row, pages one at a time.</summary>
    public bool IsByMoment { get; init; }

    /// <summary>The panels of all blocks.</summary>
    public IEnumerable<Panel> Panels => Blocks.SelectMany(block => block.Panels);
}

/// <summary>
/// Panels in rows and columns. Axes of the same label and scale have one range in the whole figure, and are labelled once where panels stand beside each other.
/// </summary>
/// <param name="Panels">The panels, row by row.</param>
public sealed record PanelBlock(params IReadOnlyList<Panel> Panels)
{
    /// <summary>The block's heading; empty for none.</summary>
    public string Heading { get; init; } = "";

    /// <summary>What belongs under it.</summary>
    public string Detail { get; init; } = "";

    /// <summary>The most panels in a row, of a figure of full width.</summary>
    public int Columns { get; init; } = 5;
}
