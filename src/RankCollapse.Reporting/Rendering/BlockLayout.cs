using RankCollapse.Reporting.Panels;
using SkiaSharp;

namespace RankCollapse.Reporting.Rendering;

/// <summary>The layout of a block: equal frames in rows and columns, labels of axes that all panels share once, others at each panel.</summary>
internal sealed class BlockLayout
{
    private const float Gap = 12;
    private const float PlainGap = 6;
    private const float LabelRoom = 18;
    private const float MostCellHeight = 44;
    private const float MostGridHeight = 460;
    private const float LeastPanelWidth = 125;
    private const float LeastPictureShare = 1f / 3;

    private readonly PanelBlock _block;
    private readonly AxisRange[] _x;
    private readonly AxisRange[] _y;
    private readonly int _columns;
    private readonly bool _isPlain;
    private readonly bool _sharesX;
    private readonly bool _sharesY;
    private readonly bool _isTurned;
    private readonly bool _isLabelled;
    private readonly float _left;
    private readonly float _ticks;
    private readonly float _heading;
    private readonly float _title;
    private readonly float _bottom;
    private readonly float _frameWidth;
    private readonly float _frameHeight;
    private readonly float _width;
    private readonly int _rows;

    /// <summary>Lays a block out.</summary>
    public BlockLayout(Figure figure, PanelBlock block, float width)
    {
        _block = block with { Panels = [.. block.Panels.Select(panel => panel with { Series = CoveredLines.Widen(panel) })] };
        _width = width;
        _heading = (block.Heading.Length > 0 ? 21 : 0) + (block.Detail.Length > 0 ? 15 : 0);
        Height = _heading + 8;
        (_x, _y, _columns) = ([], [], 1);
        IReadOnlyList<Panel> panels = _block.Panels;
        if (panels.Count == 0) return;
        _isPlain = panels.All(panel => panel.IsPlain);
        _isLabelled = !figure.IsByMoment;
        _sharesX = panels.Count > 1 && panels.All(panel => panel.X.Text == panels[0].X.Text && panel.X.IsLogarithmic == panels[0].X.IsLogarithmic);
        _sharesY = panels.Count > 1 && panels.All(panel => panel.Y.IsSharedWith(panels[0].Y));
        int most = figure.IsByMoment ? (int)Math.Ceiling(Math.Sqrt(panels.Count))
            : Math.Clamp((int)(width / LeastPanelWidth), 1, block.Columns);
        _rows = (panels.Count + most - 1) / most;
        _columns = (panels.Count + _rows - 1) / _rows;

        float outer = width / _columns;
        _y = [.. panels.Select(panel => Upwards(figure, panel, outer))];
        _ticks = _isPlain ? 0 : 8 + _y.SelectMany(range => range.Ticks).Max(tick => Math.Min(170, FigureText.Measure(tick.Label, FigureText.TickSize)));
        _left = (_sharesY || _columns == 1 || _isPlain) && _isLabelled ? LabelRoom : 0;
        _frameWidth = _isPlain ? PlainWidth(most)
            : _sharesY ? (width - _left - _ticks - (_columns * Gap)) / _columns
            : ((width - _left) / _columns) - _ticks - Gap - (_left > 0 ? 0 : LabelRoom);
        _x = [.. panels.Select(panel => Across(figure, panel))];
        float longest = _isPlain ? 0 : _x.Where((_, i) => panels[i].X.Labels is not null).SelectMany(range => range.Ticks)
            .Select(tick => FigureText.Measure(tick.Label, FigureText.TickSize)).DefaultIfEmpty(0).Max();
        int places = panels.Max(panel => panel.X.Labels?.Count ?? 1);
        _isTurned = longest > 2.5 * (_frameWidth / places) || (places <= 24 && longest > (_frameWidth / places) - 4);
        float tickHeight = _isPlain ? 0 : _isTurned ? longest + 10 : 18;
        _title = panels.Any(panel => panel.Title.Length + panel.Detail.Length > 0) ? _frameWidth < 70 ? 13 : 22 : 8;
        _bottom = tickHeight + (_sharesX || !_isLabelled ? 0 : LabelRoom) + (_isPlain ? 4 : 6);
        _frameHeight = _isPlain ? _frameWidth : CellRows(panels) is { } cells
            ? Math.Clamp(MostGridHeight / cells, 4, MostCellHeight) * cells : Math.Clamp((0.5f * _frameWidth) + 60, 90, 240);
        Height = _heading + (_rows * (_title + _frameHeight + _bottom)) + (_sharesX && _isLabelled ? LabelRoom : 0) + (_isLabelled ? 0 : 12);
    }

    /// <summary>The height of the block.</summary>
    public float Height { get; }

    /// <summary>Draws the block from its top left corner.</summary>
    public void Draw(SKCanvas canvas, float left, float top)
    {
        if (_block.Heading.Length > 0) FigureText.Write(canvas, _block.Heading, left, top + 14, FigureText.TitleSize, bold: true);
        if (_block.Detail.Length > 0) FigureText.Write(canvas, _block.Detail, left, top + 29, FigureText.TickSize, Palette.Muted);
        float first = top + _heading;
        for (int i = 0; i < _block.Panels.Count; i++) DrawPanel(canvas, i, Frame(i, left, first), left);
        if (!_isLabelled || _block.Panels.Count == 0) return;
        SKRect start = Frame(0, left, first), end = Frame(_columns - 1, left, first), last = Frame(_block.Panels.Count - 1, left, first);
        if (_sharesX) FigureText.Write(canvas, _block.Panels[0].X.Text, (start.Left + end.Right) / 2, top + Height - 7, align: SKTextAlign.Center);
        if (_sharesY) FigureText.WriteUpwards(canvas, _block.Panels[0].Y.Text, left + 12, (start.Top + last.Bottom) / 2);
    }

    private void DrawPanel(SKCanvas canvas, int index, SKRect frame, float left)
    {
        Panel panel = _block.Panels[index];
        var drawing = new PanelDrawing(canvas, panel, frame, _x[index], _y[index]);
        drawing.DrawTitle(index % _columns == _columns - 1 ? 2 : _sharesY ? Gap - 4 : LabelRoom + Gap);
        if (_isPlain) drawing.DrawPlainFrame();
        else drawing.DrawAxes(!_sharesY || index % _columns == 0, _isTurned);
        drawing.DrawData();
        if (!_isLabelled) return;
        if (!_sharesX) FigureText.Write(canvas, panel.X.Text, frame.MidX, frame.Bottom + _bottom - 10, align: SKTextAlign.Center);
        if (!_sharesY) FigureText.WriteUpwards(canvas, panel.Y.Text, _left > 0 ? left + 12 : frame.Left - _ticks - 6, frame.MidY);
    }

    private SKRect Frame(int index, float left, float top)
    {
        int column = index % _columns, row = index / _columns;
        float x = _isPlain ? left + _left + (column * (_frameWidth + PlainGap))
            : _sharesY ? left + _left + _ticks + (column * (_frameWidth + Gap))
            : left + (column * ((_width - _left) / _columns)) + _left + (_left > 0 ? 0 : LabelRoom) + _ticks;
        return SKRect.Create(x, top + (row * (_title + _frameHeight + _bottom)) + _title, _frameWidth, _frameHeight);
    }

    private float PlainWidth(int most)
    {
        float room = _width - _left;
        float full = ((room + PlainGap) / _columns) - PlainGap;
        return most == 1 ? full : Math.Min(full, room * Math.Max(LeastPictureShare, 1f / most));
    }

    private static int? CellRows(IReadOnlyList<Panel> panels) => panels.Count == 1 && panels[0].Heat is { IsPicture: false } heat ? heat.Values.Count : null;

    private AxisRange Across(Figure figure, Panel panel)
    {
        if (panel.IsPlain) return Symmetric(panel);
        Panel[] sharing = [.. figure.Panels.Where(other => other == panel || (!other.IsPlain && other.X.IsSharedWith(panel.X)))];
        bool hasPoints = sharing.Any(other => other.Series.Any(s => s.Mark is not (Mark.Line or Mark.Dashed)));
        IEnumerable<double> values = sharing.SelectMany(other => other.Series.SelectMany(s => s.X).Concat(other.Marks.Select(mark => mark.At)));
        return AxisRange.Of(panel.X, values, Math.Clamp((int)(_frameWidth / 42), 4, 7), hasPoints ? 0.03 : 0);
    }

    private static AxisRange Upwards(Figure figure, Panel panel, float outer)
    {
        if (panel.IsPlain) return Symmetric(panel);
        IEnumerable<double> values = figure.Panels.Where(other => other == panel || (!other.IsPlain && other.Y.IsSharedWith(panel.Y)))
            .SelectMany(other => other.Series.SelectMany(s => s.Y.Concat(s.Lower ?? []).Concat(s.Upper ?? [])).Concat(other.Levels.Select(level => level.At)));
        return AxisRange.Of(panel.Y, values, outer > 250 ? 8 : 5, sides: null);
    }

    // A scale of the panel's own around 0.
    private static AxisRange Symmetric(Panel panel)
    {
        double half = Math.Max(1e-300, 1.2 * panel.Series.SelectMany(s => s.X.Concat(s.Y)).Where(double.IsFinite).Select(Math.Abs).DefaultIfEmpty(1).Max());
        return new AxisRange(-half, half, []);
    }
}
