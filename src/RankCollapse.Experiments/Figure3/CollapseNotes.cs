using RankCollapse.Reporting.Text;

namespace RankCollapse.Experiments.Figure3;

/// <summary>What Figure 3's runs show beyond the paper's claim.</summary>
internal static class CollapseNotes
{
    /// <summary>The notes.</summary>
    public static IReadOnlyList<string> Of(CollapseEnsemble newton, CollapseEnsemble adam, CollapseEnsemble adamOfMean, int classes)
    {
        double[] objectives = [.. newton.Runs.Select(run => run.Result.Summary.Objective)];
        var notes = new List<string>
        {
            $"All {newton.Runs.Count} starts end at about the same value: J lies between {NumberText.Short(objectives.Min(), 7)} and "
                + $"{NumberText.Short(objectives.Max(), 7)}.",
            Slowest(newton),
            $"It took {NumberText.Short(newton.Runs.Min(run => run.Result.Summary.Epochs))} to "
                + $"{NumberText.Short(newton.Runs.Max(run => run.Result.Summary.Epochs))} iterations, "
                + $"{NumberText.Duration(newton.Runs.Min(run => run.Log.Seconds[^1]))} to {NumberText.Duration(newton.Runs.Max(run => run.Log.Seconds[^1]))} "
                + "on one core.",
            FirstOrder(adam, newton, classes),
            Mean(adamOfMean),
        };
        return notes;
    }

    private static string Slowest(CollapseEnsemble newton)
    {
        var layers = newton.Runs.GroupBy(run => LastAbove(run.Log)).OrderByDescending(group => group.Count()).First();
        return $"The layers do not collapse together: in {layers.Count()} of {newton.Runs.Count} runs layer {layers.Key} is the last whose TCV falls below "
            + $"{NumberText.PowerOfTen(CollapseExperiment.CollapsedBelow)}.";
    }

    /// <summary>The layer whose TCV falls below the bound last.</summary>
    private static int LastAbove(CollapseLog log) =>
        Enumerable.Range(1, log.Depth).MaxBy(l => Array.FindLastIndex(log.Tcv(l), tcv => !(tcv <= CollapseExperiment.CollapsedBelow)));

    private static string FirstOrder(CollapseEnsemble adam, CollapseEnsemble newton, int classes)
    {
        long epochs = adam.Runs.Max(run => run.Result.Summary.Epochs);
        int collapsed = adam.Runs.Count(run => run.LargestFinalTcv <= CollapseExperiment.CollapsedBelow && run.HasRanks(classes));
        double tcv = adam.Runs.Average(run => run.Log.MeanTcv[^1]), start = adam.Runs.Average(run => run.Log.MeanTcv[0]);
        double loss = adam.Runs.Average(run => run.Result.Summary.Objective), least = newton.Runs.Min(run => run.Result.Summary.Objective);
        return $"Of {NumberText.Count(adam.Runs.Count, "run")} of Adam {collapsed} collapsed within {NumberText.Whole(epochs)} epochs: the mean TCV of the "
            + $"hidden layers went from {NumberText.Short(start)} to {NumberText.Short(tcv)}, "
            + $"and J is still {NumberText.Short(loss / least)} times the value at the stationary points. The paper names neither its optimiser nor its number "
                + "of epochs.";
    }

    private static string Mean(CollapseEnsemble adam)
    {
        int depth = adam.Runs[0].Log.Depth;
        string Ranks(int layer) => NumberText.Short(adam.Runs.Average(run => run.Log.Ranks(layer)[^1]));
        string Tcv(int layer) => NumberText.Short(adam.Runs.Average(run => run.Log.Tcv(layer)[^1]), 2);
        return "With the mean over the samples in the loss, as libraries compute it unless told otherwise, the same epochs of Adam collapse the deep layers "
            + $"first: rank {Ranks(depth - 1)} and TCV {Tcv(depth - 1)} in layer {depth - 1}, rank {Ranks(depth / 2)} in layer {depth / 2}, "
            + $"but rank {Ranks(1)} and TCV {Tcv(1)} in layer 1. Layer 1 is the last under every solver: at δ = 0 nothing but the feature penalty acts on it.";
    }
}
