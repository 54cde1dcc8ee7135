using RankCollapse.LinearAlgebra;
using RankCollapse.Reporting.Panels;

namespace RankCollapse.Experiments.Figures6And7;

/// <summary>Figure 7's picture and chart: the features of all layers in random planes at six moments, coloured by class.</summary>
internal static class PlaneEvolutionFigure
{
    /// <summary>The picture's file name.</summary>
    public const string Name = "random-planes";

    private const string Title = "Features of all layers in random planes during training";

    /// <summary>The figure.</summary>
    public static Figure Draw(TrainingMoments moments, int[] labels)
    {
        string reading = $"All {labels.Length} samples, orthogonally projected to a random plane for the data X and for each of the layers 1 … "
            + $"{moments.All[0].Planes.Count - 1}, a panel for each; "
            + "a colour for each class, each panel on its own scale around 0. Collapsed classes are single points.";
        int[] classes = [.. labels.Distinct().Order()];
        return moments.ToFigure(Name, Title, reading, (moment, l) => new Panel
        {
            X = new Axis("first coordinate"),
            Y = new Axis("second coordinate"),
            HasEqualAxes = true,
            Series = [.. classes.Select(k => Series.OfClass(k, Of(moment.Planes[l], 0, labels, k), Of(moment.Planes[l], 1, labels, k)))],
        });
    }

    private static double[] Of(Matrix plane, int row, int[] labels, int kind) =>
        [.. Enumerable.Range(0, labels.Length).Where(i => labels[i] == kind).Select(i => plane[row, i])];
}
