using RankCollapse.Collapse.Metrics;
using RankCollapse.Formats;
using RankCollapse.LinearAlgebra;
using RankCollapse.Reporting.Figures;
using RankCollapse.Runs;

namespace RankCollapse.Cli.Output;

/// <summary>What training changed of the weights that it began with: how far they were from stationary, and every layer before and after.</summary>
internal static class StartOutput
{
    private static readonly Metric[] Compared = [CollapseMetrics.TcvUpper, RankMetrics.WeightNumericalRank, RankMetrics.FeatureNumericalRank];

    /// <summary>The document; null where training began with drawn weights.</summary>
    public static JsonShape<RunMeasurements> Shape => new JsonShape<RunMeasurements>()
        .Text("from", run => run.Run.Configuration.From!)
        .Number("objective", run => At(run, 0, NetworkMetrics.Objective))
        .Number("relativeGradientNorm", run => At(run, 0, NetworkMetrics.RelativeGradientNorm))
        .Number("relativeChange", run => Change(run, run.Layers))
        .List("layers", run => run.Layers.Select(layer => (run, layer)), new JsonShape<(RunMeasurements Run, int Layer)>()
            .Whole("layer", one => one.Layer)
            .Number("relativeChange", one => Change(one.Run, [one.Layer]))
            .Number(CollapseMetrics.TcvUpper.Key, one => At(one.Run, one.Layer, CollapseMetrics.TcvUpper))
            .Number(RankMetrics.WeightNumericalRank.Key, one => At(one.Run, one.Layer, RankMetrics.WeightNumericalRank))
            .Number(RankMetrics.FeatureNumericalRank.Key, one => At(one.Run, one.Layer, RankMetrics.FeatureNumericalRank)));

    /// <summary>Whether training began with the weights of a run or a file.</summary>
    public static bool Concerns(Run run) => run.Configuration.From is not null;

    /// <summary>Writes two lines and a table of layers.</summary>
    public static void Write(TextWriter output, RunMeasurements run)
    {
        output.WriteLine($"It began with the weights of {run.Run.Configuration.From}: relative gradient norm "
            + $"{Numbers.Short(At(run, 0, NetworkMetrics.RelativeGradientNorm))}, objective {Numbers.Objective(At(run, 0, NetworkMetrics.Objective))}. They "
            + $"moved by {Numbers.PerCent(Change(run, run.Layers))} of their norm.");
        var table = new TextTable(["layer", "‖ΔW‖/‖W‖", .. Compared.SelectMany(metric => new Column[] { $"{metric.Heading} before", "after" })]);
        foreach (int l in run.Layers)
        {
            table.Add([$"{l}", Numbers.PerCent(Change(run, [l])),
                .. Compared.SelectMany(metric => new[] { Numbers.Of(metric, At(run, l, metric)), Numbers.Of(metric, run.Number(l, metric)) })]);
        }
        table.Write(output);
    }

    /// <summary>What was recorded before the first step; null where it was not.</summary>
    private static double? At(RunMeasurements run, int layer, Metric metric) =>
        run.Series(metric.Key, layer)?.First is (0, var value) ? value : null;

    /// <summary>√(Σ‖W_l − W_l⁰‖² / Σ‖W_l⁰‖²).</summary>
    private static double? Change(RunMeasurements run, IEnumerable<int> layers)
    {
        double change = 0, norm = 0;
        foreach (int l in layers)
        {
            ReadOnlySpan<double> before = run.Run.Initial.Weights(l).AsSpan(), after = run.Run.Trained.Weights(l).AsSpan();
            change = double.Hypot(change, Reduction.Distance(after, before));
            norm = double.Hypot(norm, Reduction.Norm(before));
        }
        return norm > 0 ? change / norm : null;
    }
}
