using RankCollapse.Collapse.Metrics;
using RankCollapse.Reporting.Panels;
using RankCollapse.Reporting.Text;

namespace RankCollapse.Reporting.Figures;

/// <summary>Final spectra of all weights relative to their largest singular value, and the numerical ranks.</summary>
internal sealed class WeightSpectraFigure : RunFigure
{
    public override string Name => "weight-spectra";

    public override string Title => "Spectra of the weights, and final ranks";

    public override string Reading =>
        $"A panel for each layer: the singular values of its weights, on shared logarithmic axes. {SpectrumLines.Reading} ‘final numerical ranks’: those of "
        + "weights and features. Dashed, K.";

    public override string? Missing(RunMeasurements run) =>
        Drawn(run).Count == 0 ? "The singular values of the weights are missing from the summary, are zero, or are not finite." : null;

    public override IReadOnlyList<PanelBlock> Draw(RunMeasurements run)
    {
        var drawn = Drawn(run);
        List<IReadOnlyList<double>> all = [.. drawn.Select(s => s.WeightSingularValues)];
        Axis x = SpectrumLines.IndexOf(all), y = SpectrumLines.AxisOf("singular value", "s_i(W)", all);
        return
        [
            new([.. drawn.Select(summary => new Panel
            {
                Title = $"layer {summary.Layer}",
                X = x,
                Y = y,
                Series = [SpectrumLines.Of("singular values of the weights", Palette.Weights, summary.WeightSingularValues, y)],
                Marks = [new ReferenceLine(run.Classes, $"K = {run.Classes}")],
            })]),
            new(Ranks(run)),
        ];
    }

    public override string Sentence(RunMeasurements run)
    {
        var ranks = run.Run.Summary.Layers.Where(s => s.WeightSingularValues.Count > 0).ToList();
        var wider = ranks.Where(s => s.WeightSingularValues.Count > run.Classes).ToList();
        if (wider.Count == 0) return $"No layer's weights are larger than K = {run.Classes}, so no rank could exceed it.";
        int[] low = [.. wider.Where(s => s.WeightNumericalRank <= run.Classes).Select(s => s.Layer)];
        if (ranks.Count == 0) return "The spectra of the weights are not known.";
        if (low.Length == wider.Count) return $"The weights of every layer have numerical rank at most K = {run.Classes}.";
        LayerSummary highest = wider.MaxBy(s => s.WeightNumericalRank)!;
        string most = $"layer {highest.Layer} has the highest, {highest.WeightNumericalRank} of at most {highest.WeightSingularValues.Count}";
        return low.Length == 0
            ? $"No layer's weights that are larger than K = {run.Classes} have a numerical rank that small; {most}."
            : $"The weights of {NumberText.Layers(low)} have numerical rank at most K = {run.Classes}; {most}.";
    }

    private static Panel Ranks(RunMeasurements run)
    {
        LayerSummary[] layers = [.. run.Run.Summary.Layers];
        double[] places = [.. layers.Select(summary => (double)summary.Layer)];
        return new Panel
        {
            Title = "final numerical ranks",
            X = Axis.Layer with { Minimum = 0.4, Maximum = run.Depth + 0.6 },
            Y = new Axis("numerical rank") { Minimum = 0 },
            Levels = [new ReferenceLine(run.Classes, $"K = {run.Classes}")],
            Series =
            [
                new Series("weights", Palette.Weights, places, [.. layers.Select(summary => (double)summary.WeightNumericalRank)], Mark.Bars),
                new Series("features", Palette.Features, places, [.. layers.Select(summary => (double)summary.FeatureNumericalRank)], Mark.Bars),
            ],
        };
    }

    private static List<LayerSummary> Drawn(RunMeasurements run) =>
        [.. run.Run.Summary.Layers.Where(
            s => s.WeightSingularValues.Count > 0 && s.WeightSingularValues.All(double.IsFinite) && s.WeightSingularValues[0] > 0)];
}
