using SkiaSharp;

namespace RankCollapse.Reporting.Rendering;

/// <summary>Small multiples: equal panels in rows that fill the figure's width.</summary>
internal sealed class PanelGrid
{
    private readonly float _panelWidth;
    private readonly float _panelHeight;
    private readonly float _left;
    private readonly float _top;

    /// <summary>Lays out panels.</summary>
    /// <param name="count">The number of panels.</param>
    /// <param name="width">The figure's width: rows of five, or of two.</param>
    /// <param name="extraHeight">By how much a panel is higher than wide.</param>
    /// <param name="left">Room left of all panels.</param>
    /// <param name="top">Room above all panels.</param>
    /// <param name="bottom">Room below all panels.</param>
    public PanelGrid(int count, FigureWidth width, float extraHeight, float left, float top, float bottom)
    {
        int mostColumns = width == FigureWidth.Full ? 5 : 2;
        Width = width == FigureWidth.Full ? FigureDrawing.FullWidth : FigureDrawing.ColumnWidth;
        Rows = (count + mostColumns - 1) / mostColumns;
        Columns = (count + Rows - 1) / Rows;
        _left = left;
        _top = top;
        _panelWidth = (Width - left - 4) / Math.Max(Columns, Math.Min(3, mostColumns));
        _panelHeight = _panelWidth + extraHeight;
        Height = (int)Math.Ceiling(top + (Rows * _panelHeight) + bottom);
    }

    /// <summary>The rows.</summary>
    public int Rows { get; }

    /// <summary>The panels in a full row.</summary>
    public int Columns { get; }

    /// <summary>The figure's width.</summary>
    public int Width { get; }

    /// <summary>The figure's height.</summary>
    public int Height { get; }

    /// <summary>The middle of the rows of panels.</summary>
    public float CentreX => _left + (Columns * _panelWidth / 2);

    /// <summary>The middle of the columns of panels.</summary>
    public float CentreY => _top + (Rows * _panelHeight / 2);

    /// <summary>The rectangle of the i-th panel, row by row.</summary>
    public SKRect Area(int index) => SKRect.Create(_left + (index % Columns * _panelWidth), _top + (index / Columns * _panelHeight), _panelWidth, _panelHeight);
}
