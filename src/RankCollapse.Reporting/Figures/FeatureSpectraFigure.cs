using RankCollapse.Collapse.Metrics;
using RankCollapse.Reporting.Panels;
using RankCollapse.Reporting.Text;

namespace RankCollapse.Reporting.Figures;

/// <summary>Singular values of every Z^l against Theorem 4.2's prediction from the next layer.</summary>
internal sealed class FeatureSpectraFigure : RunFigure
{
    public override string Name => "feature-spectra";

    public override string Title => "Singular values of the features against Theorem 4.2";

    public override string Reading =>
        "Lines, the singular values of each layer's features; dots, what Theorem 4.2 predicts from the next layer with C = 1. Both axes are logarithmic and "
        + $"shared; the dashed line is K. {SpectrumLines.Reading}";

    public override string? Missing(RunMeasurements run) =>
        Drawn(run).Count == 0 ? "The singular values of the features are missing from the summary, or are not finite." : null;

    public override IReadOnlyList<PanelBlock> Draw(RunMeasurements run)
    {
        var drawn = Drawn(run);
        List<IReadOnlyList<double>> all = [.. drawn.Select(s => s.FeatureSingularValues)];
        var predicted = drawn.Select(s => s.PredictedFeatureSingularValues).OfType<IReadOnlyList<double>>();
        Axis x = SpectrumLines.IndexOf(all), y = SpectrumLines.AxisOf("singular value", "s_i(Z)", all.Concat(predicted));
        return [new([.. drawn.Select(summary => Of(run, summary, x, y))])];
    }

    public override string Sentence(RunMeasurements run)
    {
        var distances = run.Layers.Select(l => (Layer: l, Distance: run.PredictionDistance(l))).Where(d => d.Distance is not null).ToList();
        if (distances.Count == 0)
            return "There is no prediction of Theorem 4.2 to compare with: it needs a layer after this one whose activation has an inverse at its features.";
        var best = distances.MinBy(d => d.Distance);
        var worst = distances.MaxBy(d => d.Distance);
        return distances.Count == 1
            ? $"Theorem 4.2's prediction for the singular values of layer {best.Layer} is off by {NumberText.Percent(best.Distance!.Value)} in norm."
            : $"Theorem 4.2's prediction for the singular values is closest in layer {best.Layer}, off by {NumberText.Percent(best.Distance!.Value)} in norm, "
                + $"and farthest in layer {worst.Layer}, off by {NumberText.Percent(worst.Distance!.Value)}.";
    }

    private static Panel Of(RunMeasurements run, LayerSummary summary, Axis x, Axis y) => new()
    {
        Title = $"layer {summary.Layer}",
        X = x,
        Y = y,
        Series =
        [
            SpectrumLines.Of("singular values of the features", Palette.Trained, summary.FeatureSingularValues, y),
            SpectrumLines.MarkersOf("predicted from the next layer", Palette.Predicted, summary.PredictedFeatureSingularValues ?? [], Mark.Dots)
                with { Size = 4.5 },
        ],
        Marks = [new ReferenceLine(run.Classes, $"K = {run.Classes}")],
    };

    private static List<LayerSummary> Drawn(RunMeasurements run) =>
        [.. run.Run.Summary.Layers.Where(
            s => s.FeatureSingularValues.Count > 0 && s.FeatureSingularValues.All(double.IsFinite) && s.FeatureSingularValues[0] > 0)
            .Select(s => s.PredictedFeatureSingularValues?.All(double.IsFinite) == false ? s with { PredictedFeatureSingularValues = null } : s)];
}
