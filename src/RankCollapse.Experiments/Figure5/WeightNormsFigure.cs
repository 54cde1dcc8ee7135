using RankCollapse.Reporting.Panels;
using RankCollapse.Reporting.Text;

namespace RankCollapse.Experiments.Figure5;

/// <summary>Figure 5's picture: norms over the iterations, a panel for each δ, and final norms against δ and against λ'/λ.</summary>
internal static class WeightNormsFigure
{
    private const int Depth = WeightNormsExperiment.Depth;

    /// <summary>The figure.</summary>
    public static Figure Draw(string title, IReadOnlyList<NormTrajectory> trained, IReadOnlyList<StationaryWeightNorms> stationary)
    {
        const string Reading = "A panel for each δ with λ' = λ: Frobenius norms of the weights of all six layers over the solver's iterations; layers 2 to 5 "
            + "are residual. "
            + "‘λ' = λ, at the end of training’: the last of these norms against δ. ‘δ = 0, stationary points’: against the feature penalty λ'/λ. "
            + "Axes of one name have one scale.";
        var norm = new Axis("weight norm", "‖W‖") { IsLogarithmic = true };
        Axis final = norm with { Name = "final norm" };
        double[] places = [.. trained.Select((_, i) => (double)i)], ratios = [.. stationary.Select(s => s.Ratio)];
        return new Figure(
            "fig5",
            title,
            Reading,
            new PanelBlock([.. trained.Select(
                t => Panel($"δ = {NumberText.Plain(t.Delta)}", new Axis("iterations of the solver"), norm,
                l => Series.OfLayer(l, Depth, Column(t, 0), Column(t, l))))])
            { Columns = 4 },
            new PanelBlock(
                Panel("λ' = λ, at the end of training",
                    new Axis("penalty of the first layer", "δ") { Labels = [.. trained.Select(t => NumberText.Plain(t.Delta))] }, final,
                    l => Of(l, places, trained.Select(t => t.Final(l)))),
                Panel("δ = 0, stationary points", new Axis("feature penalty", "λ'/λ") { IsLogarithmic = true }, final,
                    l => Of(l, ratios, stationary.Select(s => s.Norms[l - 1])))));
    }

    private static Panel Panel(string title, Axis x, Axis y, Func<int, Series> series) =>
        new() { Title = title, X = x, Y = y, Series = [.. Enumerable.Range(1, Depth).Select(series)] };

    private static Series Of(int layer, double[] x, IEnumerable<double> y) => Series.OfLayer(layer, Depth, x, [.. y], Mark.DottedLine);

    private static double[] Column(NormTrajectory t, int column) => [.. Enumerable.Range(0, t.Norms.Rows).Select(i => t.Norms[i, column])];
}
