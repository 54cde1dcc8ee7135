using RankCollapse.LinearAlgebra;
using RankCollapse.Reporting.Panels;

namespace RankCollapse.Experiments.Figures6And7;

/// <summary>Figure 6's picture and chart: Gram matrices of all layers at six moments, on one scale of colours.</summary>
internal static class GramEvolutionFigure
{
    /// <summary>The picture's file name.</summary>
    public const string Name = "gram-matrices";

    private const string Title = "Gram matrices of the features of all layers during training";

    /// <summary>The figure.</summary>
    public static Figure Draw(TrainingMoments moments, int[] labels)
    {
        string reading = $"Inner products of {moments.All[0].Grams[0].Rows} samples, sorted by class, in the data X and in layers 1 … "
            + $"{moments.All[0].Grams.Count - 1}, a panel for each; "
            + "each panel is divided by its largest entry in size. Flat blocks, one for each pair of classes, are collapse (Proposition D.1).";
        double lowest = Math.Min(0, moments.All.SelectMany(moment => moment.Grams).Min(gram => gram.AsSpan().ToArray().Min() / Largest(gram)));
        var scale = new ColourScale("inner product / largest in the panel", lowest, 1);
        string[] classes = [.. FeatureSnapshot.Pictured(labels.Length).Select(i => $"class {labels[i]}")];
        return moments.ToFigure(Name, Title, reading, (moment, l) => new Panel
        {
            X = new Axis("sample, by class"),
            Y = new Axis("sample, by class"),
            Heat = HeatMap.Picture(moment.Grams[l], Largest(moment.Grams[l]), scale, classes),
        });
    }

    private static double Largest(Matrix gram)
    {
        double largest = gram.AsSpan().ToArray().Max(Math.Abs);
        return largest > 0 ? largest : 1;
    }
}
