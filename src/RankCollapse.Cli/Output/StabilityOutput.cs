using RankCollapse.Formats;
using RankCollapse.Theory.Forecasts;

namespace RankCollapse.Cli.Output;

/// <summary>A family of minimisers as text and as JSON.</summary>
internal static class StabilityOutput
{
    /// <summary>Writes a line for each δ.</summary>
    public static void Write(TextWriter output, StabilityFamily family, ConstrainedFamily? onS)
    {
        output.WriteLine($"Minimisers as δ → 0 (Theorem 4.4): J/λ of the limit is {Numbers.Objective(family.Limit.ObjectivePerLambda)}; distances of the "
            + "features' singular values from the limit's, relative");
        var table = new TextTable(["δ", new Column("J/λ", 1000), .. family.Limit.Layers.Select(l => new Column($"layer {l.Layer}", l.Layer))]);
        foreach (StabilityPoint point in family.Points)
            table.Add([Numbers.Short(point.Delta), Numbers.Objective(point.Forecast.ObjectivePerLambda), .. point.Distances.Select(d => Numbers.Short(d))]);
        table.Write(output);
        if (onS is null) return;
        output.WriteLine($"Minimisers of (12) on S for C = {Numbers.Short(onS.Constant)} (Theorem 4.4): L of the limit, Theorem 4.2's, is "
            + $"{Numbers.Short(onS.Minimum, 6)}; for δ ≤ {Numbers.Short(onS.ExactBelow)} the minimisers are Theorem 4.2's themselves");
        var minimisers = new TextTable(["δ", "min L_δ", "L there", "L_δ of the limit", "binding", .. family.Limit.Layers.Select(l => $"layer {l.Layer}")]);
        foreach (ConstrainedPoint point in onS.Points)
        {
            minimisers.Add([Numbers.Short(point.Delta), Numbers.Short(point.Value, 6), Numbers.Short(point.WithoutFirstLayer, 6),
                Numbers.Short(point.OfTheLimit, 6), $"{point.Bound}", .. point.Distances.Select(d => Numbers.Short(d))]);
        }
        minimisers.Write(output);
        output.WriteLine("liminf (L of the limit ≤ L ≤ L_δ along the minimisers) and recovery (L_δ of the limit falls to its L): "
            + (onS.Converges ? "yes" : "no"));
        if (onS.UnmetHypotheses.Count > 0) output.WriteLine($"This also asks that {string.Join("; ", onS.UnmetHypotheses)}.");
    }

    /// <summary>The JSON document.</summary>
    public static JsonShape<(StabilityFamily Family, ConstrainedFamily? OnS, IReadOnlyList<string> Figures)> Document =>
        new JsonShape<(StabilityFamily Family, ConstrainedFamily? OnS, IReadOnlyList<string> Figures)>()
        .Number("limitObjectivePerLambda", one => one.Family.Limit.ObjectivePerLambda)
        .List("points", one => one.Family.Points, new JsonShape<StabilityPoint>()
            .Number("delta", point => point.Delta)
            .Number("objectivePerLambda", point => point.Forecast.ObjectivePerLambda)
            .Numbers("distances", point => point.Distances))
        .ObjectOrNull("onS", one => one.OnS, new JsonShape<ConstrainedFamily>()
            .Number("constant", onS => onS.Constant)
            .Number("minimum", onS => onS.Minimum)
            .Number("exactBelow", onS => onS.ExactBelow)
            .Flag("converges", onS => onS.Converges)
            .Texts("unmetHypotheses", onS => onS.UnmetHypotheses)
            .List("points", onS => onS.Points, new JsonShape<ConstrainedPoint>()
                .Number("delta", point => point.Delta)
                .Number("value", point => point.Value)
                .Number("withoutFirstLayer", point => point.WithoutFirstLayer)
                .Number("ofTheLimit", point => point.OfTheLimit)
                .Whole("binding", point => point.Bound)
                .Numbers("distances", point => point.Distances)))
        .Texts("figures", one => one.Figures);
}
