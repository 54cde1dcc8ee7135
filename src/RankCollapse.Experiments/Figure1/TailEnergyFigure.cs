using RankCollapse.LinearAlgebra;
using RankCollapse.Reporting.Panels;
using RankCollapse.Reporting.Text;

namespace RankCollapse.Experiments.Figure1;

/// <summary>Figure 1's picture: a heat map for each layer over λ and σ, with one colour scale.</summary>
internal static class TailEnergyFigure
{
    /// <summary>The figure.</summary>
    public static Figure Draw(string title, IReadOnlyList<TailEnergyGrid> grids)
    {
        const string Reading = "For each weight decay λ and spread σ of the classes, the share of the energy of a trained weight matrix beyond its K = 10 "
            + "largest singular values, Σ_{j>K} s_j²/Σ s_j², "
            + "the squared relative distance from rank K; mean over the seeds. One colour scale for all layers, logarithmic; the darkest colour stands for "
                + "10⁻¹² and less, with a ring for 0.";
        bool hasZero = grids.Any(grid => grid.Mean.Any(row => row.Contains(0)));
        var scale = new ColourScale("energy beyond rank K, Σ_{j>K} s_j²/Σ s_j²", 1e-12, 1, IsLogarithmic: true) { HasSmaller = true, HasZero = hasZero };
        return new Figure("fig1", title, Reading, new PanelBlock([.. grids.Select(grid => Panel(grid, scale))]));
    }

    private static Panel Panel(TailEnergyGrid grid, ColourScale scale) => new()
    {
        Title = $"layer {grid.Layer}",
        Note = grid.Mean.All(row => row.All(value => value == 0)) ? "0: W has K rows" : "",
        X = Axis("weight decay", "λ", grid.Lambdas),
        Y = Axis("spread of classes", "σ", grid.Sigmas),
        Heat = new HeatMap([.. grid.Mean.Select(row => (double?[])[.. row])], scale)
        {
            Columns = NumberText.PlainAll(grid.Lambdas),
            Rows = NumberText.PlainAll(grid.Sigmas),
        },
    };

    // From the lower edge of the first square to the upper edge of the last.
    private static Axis Axis(string name, string symbol, IReadOnlyList<double> values)
    {
        double half = Elementary.Exp(0.5 * Elementary.Log(values[^1] / values[0]) / (values.Count - 1));
        return new Axis(name, symbol) { IsLogarithmic = true, Minimum = values[0] / half, Maximum = values[^1] * half };
    }
}
