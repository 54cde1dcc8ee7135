namespace RankCollapse.Reporting.Rendering;

/// <summary>The width that a figure is drawn for.</summary>
internal enum FigureWidth
{
    /// <summary>A page, 180 mm.</summary>
    Full,

    /// <summary>A column or a phone, 90 mm.</summary>
    Column,
}
