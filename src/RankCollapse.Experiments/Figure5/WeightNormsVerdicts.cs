using RankCollapse.LinearAlgebra;
using RankCollapse.Reporting.Text;

namespace RankCollapse.Experiments.Figure5;

/// <summary>What Figure 5 says of the paper's claims.</summary>
internal static class WeightNormsVerdicts
{
    private const double Vanishing = 1e-2;
    private const double Stationary = 1e-3;

    /// <summary>Judges the claims.</summary>
    /// <param name="trained">Trainings with λ' = λ by descending δ, the last with δ = 0.</param>
    /// <param name="stationary">Stationary points with δ = 0 by descending λ'/λ.</param>
    public static IReadOnlyList<ClaimVerdict> Judge(IReadOnlyList<NormTrajectory> trained, IReadOnlyList<StationaryWeightNorms> stationary)
    {
        NormTrajectory first = trained[0], last = trained[^1];
        StationaryWeightNorms smallest = stationary[^1];
        bool isStationary = smallest.RelativeGradient <= Stationary;
        double underCondition = isStationary ? Inner(smallest).Max() / smallest.Norms[^1] : double.NaN;
        double[] sums = [.. trained.Select(t => Inner(t).Sum())];
        return
        [
            new ClaimVerdict
            {
                Claim = "At δ = 0 the weights of the residual layers vanish.",
                AsStated = new Measurement("largest ‖W_l‖, l = 2 … 5, over ‖W_6‖, at δ = 0 and λ' = λ",
                    Inner(last).Max() / last.Final(WeightNormsExperiment.Depth), Comparison.AtMost, Vanishing),
                Condition = $"λ'/λ = {NumberText.Plain(smallest.Ratio)}, a vanishing feature penalty",
                UnderCondition = new Measurement(
                    $"the same ratio at δ = 0 and λ'/λ = {NumberText.Plain(smallest.Ratio)}", underCondition, Comparison.AtMost, Vanishing),
                Explanation = "Theorem C.2 bounds features by a constraint. A penalty in its place pushes the features of all layers down, and the residual "
                    + "weights have to make up for it: they settle at w(1 + w) = (λ'/λ)·Σ_j s_j², not at 0, and fall like √(λ'/λ), while ‖W_6‖ falls like "
                    + "the fourth root. They are held against ‖W_6‖: ‖W_1‖, which nothing penalises at δ = 0, grows without end as λ'/λ → 0 "
                    + $"({NumberText.Short(isStationary ? Inner(smallest).Max() / smallest.Norms[0] : double.NaN, 2)} of it is left).",
            },
            new ClaimVerdict
            {
                Claim = "Ours: with the feature penalty they vanish beside ‖W_6‖ too, like a power of λ'/λ.",
                AsStated = new Measurement("exponent of (largest ‖W_l‖, l = 2 … 5)/‖W_6‖ in λ'/λ at the smallest two",
                    isStationary ? Slope(stationary) : double.NaN, Comparison.AtLeast, 0.2),
            },
            new ClaimVerdict
            {
                Claim = "The residual weights get smaller as δ gets smaller.",
                AsStated = new Measurement("largest growth of Σ_{l=2…5} ‖W_l‖ from one δ to the next smaller one, relative",
                    Enumerable.Range(1, sums.Length - 1).Max(i => (sums[i] / sums[i - 1]) - 1), Comparison.AtMost, 1e-2),
            },
            new ClaimVerdict
            {
                Claim = "The first and the last layer, which are not residual, stay, where the inner ones vanish.",
                AsStated = new Measurement(
                    $"least of ‖W_1‖ and ‖W_6‖ at δ = 0 and λ'/λ = {NumberText.Plain(smallest.Ratio)}, over its value at λ'/λ = "
                    + $"{NumberText.Plain(stationary[0].Ratio)}",
                    isStationary ? Math.Min(smallest.Norms[0] / stationary[0].Norms[0], smallest.Norms[^1] / stationary[0].Norms[^1]) : double.NaN,
                    Comparison.AtLeast, 0.5),
                Condition = "λ' = λ, where the inner ones do not vanish",
                UnderCondition = new Measurement(
                    $"least of ‖W_1‖ and ‖W_6‖ at δ = 0, over its value at δ = {NumberText.Plain(first.Delta)}",
                    Math.Min(last.Final(1) / first.Final(1), last.Final(WeightNormsExperiment.Depth) / first.Final(WeightNormsExperiment.Depth)),
                    Comparison.AtLeast, 0.5),
            },
        ];
    }

    /// <summary>What was learnt.</summary>
    public static IReadOnlyList<string> Notes(IReadOnlyList<NormTrajectory> trained, IReadOnlyList<StationaryWeightNorms> stationary)
    {
        NormTrajectory first = trained[0], last = trained[^1];
        StationaryWeightNorms from = stationary[0], to = stationary[^1];
        double power = Elementary.Log(Inner(stationary[^2]).Max() / Inner(to).Max()) / Elementary.Log(stationary[^2].Ratio / to.Ratio);
        return
        [
            $"With λ' = λ the residual weights do not vanish: from δ = {NumberText.Plain(first.Delta)} to δ = 0 the norms of layers 2 … 5 go from "
                + $"{List(Inner(first))} to {List(Inner(last))}. They grow towards the output, because a feature penalty pays for every layer that keeps "
                + "features small.",
            $"At δ = 0 they vanish with the feature penalty: the largest is {NumberText.Short(Inner(from).Max())} at λ'/λ = {NumberText.Plain(from.Ratio)} and "
                + $"{NumberText.Short(Inner(to).Max())} at {NumberText.Plain(to.Ratio)}, like (λ'/λ)^{NumberText.Short(power, 2)} at the end. ‖W_6‖ goes with "
                + $"it, from {NumberText.Short(from.Norms[^1])} to {NumberText.Short(to.Norms[^1])}: it is the first layer alone that stays.",
            "With λ' = 0 and δ = 0 there is no minimum: weights shrink for as long as the first features grow, which tanh ends where it saturates.",
        ];
    }

    /// <summary>d log(max‖W_l‖/‖W_6‖)/d log(λ'/λ) between the two smallest λ'/λ.</summary>
    private static double Slope(IReadOnlyList<StationaryWeightNorms> stationary)
    {
        StationaryWeightNorms before = stationary[^2], last = stationary[^1];
        return Elementary.Log(Inner(before).Max() / before.Norms[^1] / (Inner(last).Max() / last.Norms[^1])) / Elementary.Log(before.Ratio / last.Ratio);
    }

    private static string List(IEnumerable<double> norms) => NumberText.List([.. norms.Select(n => NumberText.Short(n))]);

    private static IEnumerable<double> Inner(NormTrajectory t) => Enumerable.Range(2, WeightNormsExperiment.Depth - 2).Select(t.Final);

    private static IEnumerable<double> Inner(StationaryWeightNorms s) => s.Norms.Skip(1).Take(WeightNormsExperiment.Depth - 2);
}
