using RankCollapse.Collapse.Metrics;
using RankCollapse.Reporting.Panels;
using RankCollapse.Reporting.Text;

namespace RankCollapse.Reporting.Figures;

/// <summary>Singular values of every Z^l against Theorem 4.2's prediction from the next layer.</summary>
internal sealed class FeatureSpectraFigure : RunFigure
{
    private const double Floor = 1e-10;

    public override string Name => "feature-spectra";

    public override string Title => "Singular values of the features against Theorem 4.2";

    public override string Reading =>
        "Line, the singular values of each layer's features; dots, what Theorem 4.2 predicts from the next layer with C = 1. Both axes are logarithmic and "
        + "shared; values below 10⁻¹⁰ of the largest are not shown; the dashed line is K.";

    public override string? Missing(RunMeasurements run) =>
        Drawn(run).Count == 0 ? "The singular values of the features are missing from the summary, or are not finite." : null;

    public override IReadOnlyList<PanelBlock> Draw(RunMeasurements run)
    {
        var drawn = Drawn(run);
        double least = Floor * drawn.Max(s => Math.Max(s.FeatureSingularValues.Max(), s.PredictedFeatureSingularValues?.DefaultIfEmpty(0).Max() ?? 0));
        return [new([.. drawn.Select(summary => Of(run, summary, least))])];
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

    private static Panel Of(RunMeasurements run, LayerSummary summary, double least)
    {
        double[] trained = [.. summary.FeatureSingularValues.TakeWhile(s => s >= least)],
            predicted = [.. (summary.PredictedFeatureSingularValues ?? []).TakeWhile(s => s >= least)];
        int[] dots = Spread(predicted.Length);
        return new Panel
        {
            Title = $"layer {summary.Layer}",
            X = new Axis("index of the singular value", "i") { IsLogarithmic = true },
            Y = new Axis("singular value", "s_i") { IsLogarithmic = true },
            Series =
            [
                new Series("singular values of the features", Palette.Trained, [.. trained.Select((_, i) => i + 1.0)], trained) { Size = 1.8 },
                new Series("predicted from the next layer", Palette.Predicted, [.. dots.Select(i => i + 1.0)], [.. dots.Select(i => predicted[i])],
                    Mark.Dots) { Size = 4.5 },
            ],
            Marks = [new ReferenceLine(run.Classes, $"K = {run.Classes}")],
        };
    }

    // On a logarithmic axis late indices crowd; dots closer than 0.03 of a decade are left out.
    private static int[] Spread(int count)
    {
        var kept = new List<int>();
        for (int i = 0; i < count; i++)
        {
            if (kept.Count == 0 || Math.Log10((i + 1.0) / (kept[^1] + 1)) >= 0.03) kept.Add(i);
        }
        return [.. kept];
    }

    private static List<LayerSummary> Drawn(RunMeasurements run) =>
        [.. run.Run.Summary.Layers.Where(
            s => s.FeatureSingularValues.Count > 0 && s.FeatureSingularValues.All(double.IsFinite) && s.FeatureSingularValues[0] > 0)
            .Select(s => s.PredictedFeatureSingularValues?.All(double.IsFinite) == false ? s with { PredictedFeatureSingularValues = null } : s)];
}
