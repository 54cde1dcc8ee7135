using RankCollapse.LinearAlgebra;
using RankCollapse.Reporting.Figures;
using RankCollapse.Reporting.Rendering;

namespace RankCollapse.Experiments.Figures6And7;

/// <summary>Figure 6's picture and chart: Gram matrices of all layers at six moments, on one scale of colours.</summary>
internal static class GramEvolutionFigure
{
    /// <summary>The picture's file name.</summary>
    public const string Name = "gram-matrices";

    private const string Title = "Gram matrices of the features of all layers during training";

    /// <summary>The picture.</summary>
    public static FigureDrawing Draw(TrainingMoments moments)
    {
        var mosaic = new MomentMosaic(moments);
        double lowest = Lowest(moments);
        string reading = $"Inner products of {moments.All[0].Grams[0].Rows} samples, sorted by class, in the data X and in layers 1 … {moments.All[0].Grams.Count - 1}, from left to right and from top to bottom; each panel is divided by its largest entry in size. Flat blocks, one for each pair of classes, are collapse (Proposition D.1).";
        return new(FigureDrawing.FullWidth, mosaic.Height + 40, Title, reading, canvas =>
        {
            mosaic.Draw(canvas, moments, (moment, layer, area) => HeatMapDrawing.Matrix(canvas, moment.Grams[layer], Largest(moment.Grams[layer]), lowest, area));
            HeatMapDrawing.Scale(canvas, 2, mosaic.Height + 4, 180, lowest, "inner product / largest in the panel");
        });
    }

    /// <summary>The same data for the page.</summary>
    public static FigureChart Chart(TrainingMoments moments, int[] labels)
    {
        double lowest = Lowest(moments);
        string[] classes = [.. FeatureSnapshot.Pictured(labels.Length).Select(i => FormattableString.Invariant($"class {labels[i]}"))];
        return new FigureChart(Name,
        [
            .. moments.All.SelectMany((moment, m) => moment.Grams.Select((gram, l) => new ChartPanel
            {
                Title = l == 0 ? "data X" : $"layer {l}",
                XLabel = "sample",
                YLabel = "sample",
                Moment = m,
                Picture = ChartPicture.Of(gram, Largest(gram), lowest, 1, "inner product / largest in the panel", classes),
            })),
        ])
        {
            Moments = [.. moments.All.Select((moment, m) => $"{MomentMosaic.Title(moments, m)}: {MomentMosaic.Subtitle(moment)}")],
        };
    }

    private static double Lowest(TrainingMoments moments) =>
        Math.Min(0, moments.All.SelectMany(moment => moment.Grams).Min(gram => gram.AsSpan().ToArray().Min() / Largest(gram)));

    private static double Largest(Matrix gram)
    {
        double largest = gram.AsSpan().ToArray().Max(Math.Abs);
        return largest > 0 ? largest : 1;
    }
}
