using RankCollapse.Reporting.Panels;
using RankCollapse.Reporting.Text;

namespace RankCollapse.Reporting.Rendering;

/// <summary>The one renderer of figures for files: legend, blocks of panels, and the scale of colours, from top to bottom.</summary>
internal static class FigureRenderer
{
    private const int MomentsInARow = 3;
    private const float BlockGap = 20;

    /// <summary>The picture of a figure.</summary>
    public static FigureDrawing Draw(Figure figure)
    {
        ArgumentNullException.ThrowIfNull(figure);
        int across = figure.Width, inARow = figure.IsByMoment ? Math.Max(1, MomentsInARow * across / Figure.FullWidth) : 1;
        float blockWidth = (across - 4 - ((inARow - 1) * BlockGap)) / inARow;
        var legend = new Legend(figure, across - 12);
        BlockLayout[] blocks = [.. figure.Blocks.Select(block => new BlockLayout(figure, block, blockWidth))];
        var rows = blocks.Chunk(inARow).Select(row => (Blocks: row, Height: row.Max(block => block.Height))).ToList();
        HeatMap[] maps = [.. figure.Panels.Select(panel => panel.Heat).OfType<HeatMap>()];
        float scale = maps.Length > 0 ? HeatMapDrawing.Scale(null, maps, 6, 0, across - 12) + 2 : 0;
        float top = 4 + legend.Height, height = top + rows.Sum(row => row.Height) + scale;
        return new FigureDrawing(across, (int)Math.Ceiling(height) + 2, MathText.Plain(figure.Title), MathText.Plain(figure.Alternative), canvas =>
        {
            legend.Draw(canvas, 6, 4, across - 12);
            float y = top;
            foreach (var (row, rowHeight) in rows)
            {
                for (int i = 0; i < row.Length; i++) row[i].Draw(canvas, 2 + (i * (blockWidth + BlockGap)), y);
                y += rowHeight;
            }
            if (maps.Length > 0) HeatMapDrawing.Scale(canvas, maps, 6, y + 4, across - 12);
        });
    }
}
