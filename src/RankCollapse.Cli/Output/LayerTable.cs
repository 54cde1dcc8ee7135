using RankCollapse.Collapse.Metrics;
using RankCollapse.Reporting;
using RankCollapse.Reporting.Figures;
using RankCollapse.Runs;

namespace RankCollapse.Cli.Output;

/// <summary>The final state of every layer as a table.</summary>
internal static class LayerTable
{
    /// <summary>Writes the table of a run's summary.</summary>
    public static void Write(TextWriter output, RunMeasurements run)
    {
        var table = new TextTable("layer", "collapsed", "TCV", "rank Z", "rank W", "tail W", "‖W‖", "off 4.2");
        foreach (int l in run.Layers)
        {
            LayerSummary? layer = run.Summary(l);
            bool isMeasured = layer is { FeatureSingularValues.Count: > 0 };
            table.Add(
                $"{l}",
                Word(run.State(l)),
                Numbers.Interval(layer?.TcvLower, layer?.TcvUpper),
                isMeasured ? $"{layer!.FeatureNumericalRank}" : Numbers.Short(null),
                isMeasured ? $"{layer!.WeightNumericalRank}" : Numbers.Short(null),
                Numbers.Short(layer?.WeightTailEnergy),
                Numbers.Short(layer?.WeightNorm),
                Numbers.PerCent(run.DeviationFromPrediction(l)));
        }
        table.Write(output);
    }

    private static string Word(CollapseState state) => state switch
    {
        CollapseState.Collapsed => "yes",
        CollapseState.Nearly => "nearly",
        CollapseState.NotCollapsed => "no",
        _ => "unknown",
    };
}
