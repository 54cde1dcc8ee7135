using RankCollapse.Experiments.Figure3;
using RankCollapse.Reporting.Text;

namespace RankCollapse.Experiments.Figures6And7;

/// <summary>What the training of Figures 6 and 7 shows beyond the paper's claim: in which order layers collapse.</summary>
internal static class FeatureEvolutionNotes
{
    /// <summary>TCV relative to its start at which a layer counts as having begun to collapse to the eye.</summary>
    private const double HasShrunk = 1e-3;

    /// <summary>The notes.</summary>
    public static IReadOnlyList<string> Of(CollapseLog log)
    {
        int[] hidden = [.. Enumerable.Range(1, log.Depth - 1)];
        int[] first = [.. hidden.Select(l => FirstBelow(log, l))];
        int last = hidden[Array.IndexOf(first, first.Max())], earliest = hidden[Array.IndexOf(first, first.Min())];
        return
        [
            $"The layers do not collapse in the order of depth: TCV falls below a thousandth of its start first in layer {earliest}, at iteration "
                + $"{Number(log.Epochs[first.Min()])}, and last in layer {last}, at iteration {Number(log.Epochs[first.Max()])}.",
            $"The training took {Number(log.Epochs[^1])} iterations and {NumberText.Duration(log.Seconds[^1])} on one core.",
        ];
    }

    private static int FirstBelow(CollapseLog log, int layer)
    {
        double[] tcv = log.Tcv(layer);
        int index = Array.FindIndex(tcv, value => value <= HasShrunk * tcv[0]);
        return index < 0 ? tcv.Length - 1 : index;
    }

    private static string Number(double epoch) => NumberText.Whole((long)epoch);
}
