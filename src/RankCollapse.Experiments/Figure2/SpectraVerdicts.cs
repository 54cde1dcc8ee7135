using RankCollapse.Reporting.Text;

namespace RankCollapse.Experiments.Figure2;

/// <summary>What Figures 2 and 4 say of the paper's claims.</summary>
internal static class SpectraVerdicts
{
    private const double PerfectFit = 0.05;
    private const double CloseFit = 0.1;

    /// <summary>On linear axes a quarter still looks near.</summary>
    private const double LooksLikeOne = 0.25;

    /// <summary>Judges the claims.</summary>
    public static IReadOnlyList<ClaimVerdict> Judge(SpectraData data)
    {
        IReadOnlyList<LayerSpectra> printed = data.Of(SpectrumFamily.AsPrinted);
        LayerSpectra limit = printed[^1], before = printed[^2], two = printed.First(s => s.Delta == 2);
        LayerSpectra best = data.Spectra.MinBy(Farthest)!, bestAtTwo = data.Spectra.Where(s => s.Delta == 2).MinBy(Farthest)!;
        List<ClaimVerdict> verdicts =
        [
            new ClaimVerdict
            {
                Claim = "As δ → 0 the singular values of all intermediate features converge.",
                AsStated = new Measurement(
                    $"largest relative distance of the {LayerSpectra.Classes} largest from those at δ = 0, over layers, at δ = "
                    + $"{NumberText.Plain(before.Delta)}", Between(before, limit), Comparison.AtMost, 1e-2),
            },
            new ClaimVerdict
            {
                Claim = "Already at δ = 2 they are close to the predicted ones (Theorem 4.2, C = 1).",
                AsStated = new Measurement("largest relative distance ‖s − p‖/‖p‖ from the prediction over layers, at δ = 2, λ' = λ, sums", Farthest(two),
                    Comparison.AtMost, CloseFit),
                Condition = $"{bestAtTwo.Family.Title}, the best trained at δ = 2",
                UnderCondition = new Measurement($"the same with {bestAtTwo.Family.Title}", Farthest(bestAtTwo), Comparison.AtMost, CloseFit),
                Explanation = "By layer: " + string.Join(", ", LayerSpectra.Intermediate.Select(l => NumberText.Short(two.DistanceFromPrediction(l), 2)))
                    + " at δ = 2, and " + string.Join(", ", LayerSpectra.Intermediate.Select(l => NumberText.Short(limit.DistanceFromPrediction(l), 2)))
                    + " at δ = 0: the distance hardly depends on δ.",
            },
            new ClaimVerdict
            {
                Claim = "At δ → 0 all intermediate features have rank K, as collapsed ones have.",
                AsStated = new Measurement(
                    "largest numerical rank (at 10⁻⁵) of Z¹ … Z⁴ at δ = 0", LayerSpectra.Intermediate.Max(limit.Rank), Comparison.AtMost, LayerSpectra.Classes),
            },
            new ClaimVerdict
            {
                Claim = "The limit is Theorem 4.2's prediction with C = 1, a perfect fit.",
                AsStated = new Measurement("largest relative distance ‖s − p‖/‖p‖ from the prediction over layers, at δ = 0, λ' = λ, sums", Farthest(limit),
                    Comparison.AtMost, PerfectFit),
                Condition = $"{best.Family.Title}, δ = {NumberText.Plain(best.Delta)}, the best of all trained",
                UnderCondition = new Measurement(
                    $"the same with {best.Family.Title}, δ = {NumberText.Plain(best.Delta)}", Farthest(best), Comparison.AtMost, PerfectFit),
                Explanation = "At a stationary point each layer has a C of its own, C_l = 1/w_{l+1}² with w_{l+1}² = w_l² + (λ'/λ)·s_l²: it falls from layer "
                    + "to layer, and equals 1 in at most one of them. To the eye, means over the samples fit best, at a moderate δ.",
            },
            new ClaimVerdict
            {
                Claim = "Networks are trained way past interpolation, to a data loss below 10⁻⁶.",
                AsStated = new Measurement("largest data loss ½‖f(X) − Y‖² over δ", printed.Max(s => s.Summary.DataLoss), Comparison.AtMost, 1e-6),
            },
            new ClaimVerdict
            {
                Claim = "Ours: at δ = 2 they are close to their own limit at δ = 0, whatever that is.",
                AsStated = new Measurement("largest relative distance from those at δ = 0, over layers", Between(two, limit), Comparison.AtMost, CloseFit),
            },
            new ClaimVerdict
            {
                Claim = "Ours: the centroid problem forecasts the singular values of all layers for every δ.",
                AsStated = new Measurement("largest relative distance of the trained singular values from the forecast, over layers and δ",
                    printed.Max(s => s.DistanceFromCentroid), Comparison.AtMost, 1e-2),
            },
        ];
        if (data.FirstOrderOfMeans is { } early)
        {
            verdicts.Add(new ClaimVerdict
            {
                Claim = "Ours: first-order training with means over the samples at δ = 2, stopped on its way, is near C = 1 in all layers.",
                AsStated = new Measurement($"largest |√C − 1| over layers after {NumberText.Whole(early.Summary.Epochs)} epochs of Adam",
                    LayerSpectra.Intermediate.Max(l => Math.Abs(early.RootOfC(l) - 1)), Comparison.AtMost, LooksLikeOne),
                Explanation = $"√C is {Roots(early)} there, and {Roots(data.Of(SpectrumFamily.Means).First(s => s.Delta == 2))} at the stationary point of the "
                    + "same objective.",
            });
        }
        return verdicts;
    }

    /// <summary>What was learnt.</summary>
    public static IReadOnlyList<string> Notes(SpectraData data)
    {
        LayerSpectra printed = data.Of(SpectrumFamily.AsPrinted)[^1], means = data.Of(SpectrumFamily.Means)[^1];
        LayerSpectra free = data.Of(SpectrumFamily.Free)[^1];
        int last = data.FirstOrder.Rows - 1, layers = LayerSpectra.Depth - 1;
        double[] drift = [.. LayerSpectra.Intermediate.SkipLast(1).Select(l => data.FirstOrder[last, l])];
        return
        [
            Deviation,
            $"At δ = 0 the constant of layer l is C_l = 1/w_{{l+1}}². With the printed penalties (λ' = λ, sums) √C is {Roots(printed)} in layers 1 … 4, with "
                + $"means over the samples {Roots(means)}; the penalised recursion says "
                + $"{string.Join(", ", ConstantFigure.RootsAtDeltaZero(1, data.Samples).Select(c => NumberText.Short(c)))} and "
                + $"{string.Join(", ", ConstantFigure.RootsAtDeltaZero(1.0 / data.Samples, data.Samples).Select(c => NumberText.Short(c)))}.",
            "C = 1 appears in one layer at a time: "
                + string.Join(", ", LayerSpectra.Intermediate.Select(l =>
                    $"in layer {l} at λ'/λ = {NumberText.Short(ConstantFigure.RatioWhereCIsOne(l, data.Samples), 2)}"))
                + $" (convention of sums, δ = 0, N/K = {NumberText.Plain((double)data.Samples / LayerSpectra.Classes)}).",
            "Without a feature penalty (λ' = 0) the weights of layers 2 … 5 balance: W_2 … W_5 have the same singular values to "
                + $"{NumberText.Short(100 * Imbalance(free), 2)} % at δ = {NumberText.Plain(free.Delta)}. Then one C serves all layers, but each direction has "
                + "its own, (δ·h·N/K)^(−1/L) with h the eigenvalues of (XᵀX)⁺ between the classes, which passes 1 at a moderate δ and grows without end as δ → "
                + "0. It is the norm balance that the paper is reminded of.",
            "Orthogonal starts have C = 1 in layers 1 … 3 exactly, and first-order training leaves it slowly: after "
                + $"{NumberText.Whole((long)data.FirstOrder[last, 0])} epochs √C is {string.Join(", ", drift.Select(c => NumberText.Short(c)))} there (data "
                + $"loss {NumberText.Short(data.FirstOrder[last, (2 * layers) + 2], 2)}), although the stationary network has "
                + $"{Roots(data.Of(SpectrumFamily.AsPrinted).MinBy(s => Math.Abs(s.Delta - 0.1))!)}. A fit with C = 1 after first-order training can be a "
                + "memory of the start.",
            "Forecasts before training, largest relative distance over layers and δ with the printed penalties: penalised recursion "
                + $"{NumberText.Short(100 * data.Of(SpectrumFamily.AsPrinted).Max(s => s.DistanceFromRecursion), 2)} %, centroid problem "
                + $"{NumberText.Short(100 * data.Of(SpectrumFamily.AsPrinted).Max(s => s.DistanceFromCentroid), 2)} %.",
        ];
    }

    /// <summary>Where the trained networks depart from the words of the paper.</summary>
    public const string Deviation = "A deviation: the paper says that all σ_l = tanh; here the output is the identity. One-hot targets lie at the end of "
        + "tanh's range, where σ_L^{-1}(Y), and with it the prediction for the last hidden layer, does not exist, and no weights interpolate.";

    private static string Roots(LayerSpectra s) => string.Join(", ", LayerSpectra.Intermediate.Select(l => NumberText.Short(s.RootOfC(l))));

    private static double Farthest(LayerSpectra s) => LayerSpectra.Intermediate.Max(s.DistanceFromPrediction);

    private static double Between(LayerSpectra a, LayerSpectra b) =>
        LayerSpectra.Intermediate.Max(l => FigureNumbers.RelativeDistance(a.Trained(l), b.Trained(l), LayerSpectra.Classes));

    /// <summary>The largest relative distance of the singular values of W_3 … W_L from those of W_2.</summary>
    private static double Imbalance(LayerSpectra s) =>
        Enumerable.Range(3, LayerSpectra.Depth - 2).Max(l => FigureNumbers.RelativeDistance(s.Weights(l), s.Weights(2), LayerSpectra.Classes));
}
