using RankCollapse.Reporting;
using RankCollapse.Reporting.Figures;
using RankCollapse.Reporting.Panels;
using RankCollapse.Reporting.Rendering;
using RankCollapse.Reporting.Text;
using SkiaSharp;

namespace RankCollapse.Experiments.Figures6And7;

/// <summary>The layout of Figures 6 and 7: three blocks in a row, one for each moment; in each block the layers from left to right and from top to bottom.</summary>
internal sealed class MomentMosaic
{
    private const int BlocksInARow = 3;
    private const float BlockGap = 20;
    private const float Heading = 36;
    private const float PanelHeading = 13;
    private const float PanelGap = 4;
    private const float BlockWidth = (FigureDrawing.FullWidth - (2 * 2) - ((BlocksInARow - 1) * BlockGap)) / BlocksInARow;

    private readonly int _columns;
    private readonly float _blockHeight;

    /// <summary>Lays out L + 1 panels for each moment.</summary>
    public MomentMosaic(TrainingMoments moments)
    {
        int layers = moments.All[0].Grams.Count;
        _columns = (int)Math.Ceiling(Math.Sqrt(layers));
        int rows = (layers + _columns - 1) / _columns;
        Side = ((BlockWidth + PanelGap) / _columns) - PanelGap;
        _blockHeight = Heading + (rows * (Side + PanelHeading + PanelGap)) + 14;
        Height = (int)Math.Ceiling((moments.All.Count + BlocksInARow - 1) / BlocksInARow * _blockHeight);
    }

    /// <summary>A panel's width and height.</summary>
    public float Side { get; }

    /// <summary>The height of all blocks.</summary>
    public int Height { get; }

    /// <summary>The heading of a moment.</summary>
    public static string Title(TrainingMoments moments, int moment)
    {
        long epoch = moments.All[moment].Epoch;
        string place = moment == 0 ? "start" : moment == moments.All.Count - 1 ? $"end, iteration {epoch}" : $"iteration {epoch}";
        return place;
    }

    /// <summary>What belongs under it.</summary>
    public static string Subtitle(FeatureSnapshot moment) => $"J = {NumberText.Short(moment.Objective)}, mean TCV {NumberText.Short(moment.MeanTcv, 2)}";

    /// <summary>The name of a layer's panel.</summary>
    public static string Layer(int layer) => layer == 0 ? "X" : FormattableString.Invariant($"{layer}");

    /// <summary>Draws headings, and every panel by <paramref name="panel"/>, which gets the moment, the layer and the square.</summary>
    public void Draw(SKCanvas canvas, TrainingMoments moments, Action<FeatureSnapshot, int, SKRect> panel)
    {
        for (int m = 0; m < moments.All.Count; m++)
        {
            float left = 2 + (m % BlocksInARow * (BlockWidth + BlockGap)), top = m / BlocksInARow * _blockHeight;
            FigureText.Write(canvas, Title(moments, m), left, top + 14, FigureText.TitleSize, bold: true);
            FigureText.Write(canvas, Subtitle(moments.All[m]), left, top + 29, FigureText.TickSize, FigurePalette.Muted);
            for (int l = 0; l < moments.All[m].Grams.Count; l++)
            {
                float x = left + (l % _columns * (Side + PanelGap)), y = top + Heading + (l / _columns * (Side + PanelHeading + PanelGap));
                FigureText.Write(canvas, Layer(l), x, y + 10, FigureText.TickSize, FigurePalette.Muted);
                panel(moments.All[m], l, SKRect.Create(x, y + PanelHeading, Side, Side));
            }
        }
    }
}
