using RankCollapse.Reporting.Figures;
using RankCollapse.Reporting.Text;
using RankCollapse.Runs;

namespace RankCollapse.Reporting.Reports;

/// <summary>What a run came to, in two sentences: which layers have collapsed, and whether training converged.</summary>
internal sealed record Verdict(string Collapse, string Convergence, bool HasConverged)
{
    /// <summary>Judges a run by its total cluster variation and its relative gradient norm.</summary>
    public static Verdict Of(RunMeasurements run) =>
        new(DescribeCollapse(run), DescribeConvergence(run.Run), run.Run.Summary.Status == RunStatus.Converged);

    /// <summary>A layer's state in a word or two.</summary>
    public static string Word(CollapseState state) => state switch
    {
        CollapseState.Collapsed => "collapsed",
        CollapseState.Nearly => "nearly",
        CollapseState.NotCollapsed => "not collapsed",
        _ => "unknown",
    };

    private static string DescribeCollapse(RunMeasurements run)
    {
        int[] collapsed = [.. run.Layers.Where(l => run.State(l) == CollapseState.Collapsed)];
        int[] nearly = [.. run.Layers.Where(l => run.State(l) == CollapseState.Nearly)];
        int[] unknown = [.. run.Layers.Where(l => run.State(l) == CollapseState.Unknown)];
        if (unknown.Length == run.Depth) return "Whether any layer has collapsed is not known.";
        string start = collapsed.Length == 0 ? "No layer has collapsed"
            : collapsed.Length == run.Depth ? (run.Depth == 1 ? "The only layer has collapsed" : $"All {run.Depth} layers have collapsed")
            : $"{Capital(NumberText.Layers(collapsed))} of {run.Depth} {(collapsed.Length == 1 ? "has" : "have")} collapsed";
        if (nearly.Length != 0) start += $"; {NumberText.Layers(nearly)} nearly {(nearly.Length == 1 ? "has" : "have")}";
        if (unknown.Length != 0) start += $"; {NumberText.Layers(unknown)} {(unknown.Length == 1 ? "is" : "are")} not known";
        return start + ".";
    }

    private static string DescribeConvergence(Run run)
    {
        RunSummary summary = run.Summary;
        string gradient = $"relative gradient norm {NumberText.Short(summary.RelativeGradientNorm, 2)}, tolerance {NumberText.Short(run.Configuration.GradientTolerance, 2)}";
        if (run.Configuration.CollapseTolerance is { } bound && summary.Layers.MaxBy(layer => layer.TcvUpper ?? double.PositiveInfinity) is { TcvUpper: { } largest } worst)
            gradient += $"; largest TCV {NumberText.Short(largest, 2)}, in layer {worst.Layer}, asked {NumberText.Short(bound, 2)}; largest rank {summary.Layers.Max(layer => layer.FeatureNumericalRank)}, asked {run.DataSet.OutputDimension}";
        string epochs = NumberText.Whole(summary.Epochs) + (summary.Epochs == 1 ? " epoch" : " epochs");
        return summary.Status switch
        {
            RunStatus.Converged => $"Training converged after {epochs} ({gradient}).",
            RunStatus.MaxEpochs when summary.Epochs < run.Configuration.MaxEpochs => $"Training stopped after {epochs}, because no step lowered the objective any more ({gradient}).",
            RunStatus.MaxEpochs => $"Training used up its {epochs} before it converged ({gradient}).",
            RunStatus.TimeLimit => $"Training used up its time after {epochs} before it converged ({gradient}).",
            RunStatus.Cancelled => $"Training was stopped after {epochs}, before it converged ({gradient}).",
            RunStatus.Diverged => $"Training diverged after {epochs}; the last good state is shown.",
            _ => $"Training ended after {epochs} ({gradient}).",
        };
    }

    private static string Capital(string text) => char.ToUpperInvariant(text[0]) + text[1..];
}
