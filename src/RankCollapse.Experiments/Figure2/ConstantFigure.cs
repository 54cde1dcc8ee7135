using RankCollapse.LinearAlgebra;
using RankCollapse.Reporting.Panels;
using RankCollapse.Theory.Forecasts;

namespace RankCollapse.Experiments.Figure2;

/// <summary>The constant C of Theorem 4.2: √C of every intermediate layer against λ'/λ, against δ, and over first-order training.</summary>
internal static class ConstantFigure
{
    private const int Depth = LayerSpectra.Depth;
    private const int CurvePoints = 61;
    private const double SmallestRatio = 1e-3;

    /// <summary>√C_1 … √C_{L−1} at δ = 0 by the penalised recursion, 1/w_{l+1}.</summary>
    /// <param name="ratio">λ'/λ in the convention of sums.</param>
    /// <param name="samples">N, for the targets' size √(N/K).</param>
    public static double[] RootsAtDeltaZero(double ratio, int samples)
    {
        ScalarChain chain = ScalarChain.Solve(Depth, ratio, 0, isResidual: false, Math.Sqrt((double)samples / LayerSpectra.Classes));
        return [.. LayerSpectra.Intermediate.Select(l => 1 / chain.Weights[l + 1])];
    }

    /// <summary>The λ'/λ at which C = 1 in a layer at δ = 0, by bisection in the recursion: √C falls as λ'/λ grows.</summary>
    public static double RatioWhereCIsOne(int layer, int samples)
    {
        double low = Elementary.Log(1e-6), high = Elementary.Log(1e3);
        for (int i = 0; i < 60; i++)
        {
            double middle = 0.5 * (low + high);
            if (RootsAtDeltaZero(Elementary.Exp(middle), samples)[layer - 1] > 1) low = middle;
            else high = middle;
        }
        return Elementary.Exp(0.5 * (low + high));
    }

    /// <summary>The figure.</summary>
    public static Figure Draw(SpectraData data)
    {
        const string AtDeltaZero = "δ = 0, stationary", Free = "λ' = 0, stationary", FirstOrder = "Adam, λ' = λ, δ = 0.1", Stationary = "stationary point";
        const string Reading = "√C of the intermediate layers by least squares of s(Z^l) against Theorem 4.2's prediction; the dashed line is C = 1. "
            + $"‘{AtDeltaZero}’: dots, trained, and lines, the penalised recursion. ‘{Free}’: against the penalty of the first layer. "
            + $"‘{FirstOrder}’: dashed, over the epochs of a first-order training from orthogonal weights; dots after its end, the stationary point.";
        IReadOnlyList<LayerSpectra> free = data.Of(SpectrumFamily.Free);
        LayerSpectra stationary = data.Of(SpectrumFamily.AsPrinted).MinBy(s => Math.Abs(s.Delta - 0.1))!;
        double[] ratios =
        [
            .. Enumerable.Range(0, CurvePoints).Select(i => Elementary.Exp(Elementary.Log(SmallestRatio) * (1 - ((double)i / (CurvePoints - 1))))),
        ];
        double[] trained = [.. data.AtDeltaZero.Select(p => p.Ratio)], deltas = [.. free.Select(s => s.Delta)], epochs = Column(data, 0);
        return new Figure("fig2-constant", "Where C = 1 appears", Reading, new PanelBlock(
            Panel(AtDeltaZero, new Axis("feature penalty", "λ'/λ"), l =>
            [
                Of(l, trained, data.AtDeltaZero.Select(p => p.Spectra.RootOfC(l)), Mark.Dots, Stationary),
                Of(l, ratios, ratios.Select(r => RootsAtDeltaZero(r, data.Samples)[l - 1]), Mark.Line, "penalised recursion"),
            ]),
            Panel(Free, new Axis("penalty of the first layer", "δ"), l => [Of(l, deltas, free.Select(s => s.RootOfC(l)), Mark.DottedLine, Stationary)]),
            Panel(FirstOrder, Axis.Epoch, l =>
            [
                Of(l, [3 * epochs[^1]], [stationary.RootOfC(l)], Mark.Dots, Stationary),
                Of(l, epochs, Column(data, l), Mark.Dashed, "Adam"),
            ])));
    }

    private static Panel Panel(string title, Axis x, Func<int, Series[]> series) => new()
    {
        Title = title,
        X = x with { IsLogarithmic = true },
        Y = new Axis("constant of the layer", "√C") { IsLogarithmic = true },
        Levels = [new ReferenceLine(1, "C = 1")],
        Series = [.. LayerSpectra.Intermediate.SelectMany(series)],
    };

    private static Series Of(int layer, double[] x, IEnumerable<double> y, Mark mark, string kind) =>
        Series.OfLayer(layer, LayerSpectra.Depth - 1, x, [.. y], mark) with { Kind = kind };

    // Epoch 0 has no place on a logarithmic axis; it is in the table.
    private static double[] Column(SpectraData data, int column) => [.. Enumerable.Range(1, data.FirstOrder.Rows - 1).Select(i => data.FirstOrder[i, column])];
}
