using RankCollapse.Collapse;
using RankCollapse.Reporting.Figures;
using RankCollapse.Reporting.Text;
using RankCollapse.Runs;
using RankCollapse.Theory.Certificates;
using RankCollapse.Training;

namespace RankCollapse.Reporting.Reports;

/// <summary>What a run came to, in two sentences: which layers have collapsed, and whether training converged.</summary>
/// <param name="Collapse">Which layers have collapsed.</param>
/// <param name="Convergence">How training ended.</param>
/// <param name="Advice">What to do where it did not converge; null where it did.</param>
public sealed record Verdict(string Collapse, string Convergence, Advice? Advice)
{
    /// <summary>Whether training converged.</summary>
    public bool HasConverged => Advice is null;

    /// <summary>Judges a run by its total cluster variation and its relative gradient norm.</summary>
    public static Verdict Of(RunMeasurements run) =>
        new(DescribeCollapse(run), DescribeConvergence(run.Run), run.Run.Summary.Status.AdviceOf());

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
        double[] norms = [.. run.Run.Summary.Layers.Select(layer => layer.WeightNorm)];
        if (Certification.AreZero(norms))
        {
            string which = Certification.AreZero(norms[..1]) ? "All weights" : "All weights but those of layer 1";
            return $"{which} have collapsed to 0, so that outputs are equal for all samples: ranks and ratios of layers are rounding.";
        }
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
        string gradient = Gradient(summary, run.Configuration);
        if (run.Configuration.CollapseTolerance is { } bound
            && summary.Layers.MaxBy(layer => layer.TcvUpper ?? double.PositiveInfinity) is { TcvUpper: { } largest } worst)
            gradient += $"; largest TCV {NumberText.Short(largest, 2)}, in layer {worst.Layer}, asked {NumberText.Short(bound, 2)}; largest rank "
                + $"{summary.Layers.Max(layer => layer.FeatureNumericalRank)}, asked {run.DataSet.OutputDimension}";
        string epochs = NumberText.Whole(summary.Epochs) + (summary.Epochs == 1 ? " epoch" : " epochs");
        return summary.Status switch
        {
            TrainingStatus.Converged => $"Training converged after {epochs} ({gradient}).",
            TrainingStatus.Stalled => $"Training {Stall(summary, gradient)}",
            TrainingStatus.NoMinimum =>
                $"Training found no minimum: after {epochs} the objective still fell as the weights grew ({gradient}); the last state is shown.",
            TrainingStatus.MaxEpochs => $"Training used up its {epochs} before it converged ({gradient}).",
            TrainingStatus.TimeLimit => $"Training used up its time after {epochs} before it converged ({gradient}).",
            TrainingStatus.Cancelled => $"Training was stopped after {epochs}, before it converged ({gradient}).",
            _ => $"Training diverged after {epochs}; the last good state is shown.",
        };
    }

    /// <summary>How a training stalled: <c>stalled after 24 epochs: …</c>, with the gradient that rounding leaves where that is known.</summary>
    internal static string Stall(RunSummary summary, RunConfiguration configuration) => Stall(summary, Gradient(summary, configuration));

    private static string Stall(RunSummary summary, string gradient) =>
        $"stalled after {NumberText.Whole(summary.Epochs)}{(summary.Epochs == 1 ? " epoch" : " epochs")}: no step lowered the objective any more, to rounding "
        + $"({gradient}{(summary.RoundingFloor is { } floor ? $"; rounding leaves about {NumberText.Short(floor, 2)}" : "")}).";

    private static string Gradient(RunSummary summary, RunConfiguration configuration) =>
        $"relative gradient norm {NumberText.Short(summary.RelativeGradientNorm, 2)}, tolerance {NumberText.Short(configuration.GradientTolerance, 2)}";

    private static string Capital(string text) => char.ToUpperInvariant(text[0]) + text[1..];
}
