using RankCollapse.Formats;
using RankCollapse.Theory.Forecasts;

namespace RankCollapse.Cli.Output;

/// <summary>A family of minimisers as text and as JSON.</summary>
internal static class StabilityOutput
{
    /// <summary>Writes a line for each δ.</summary>
    public static void Write(TextWriter output, StabilityFamily family)
    {
        output.WriteLine($"Minimisers as δ → 0 (Theorem 4.4): J/λ of the limit is {Numbers.Short(family.Limit.ObjectivePerLambda, 6)}; distances of the "
            + "features' singular values from the limit's, relative");
        var table = new TextTable(["δ", "J/λ", .. family.Limit.Layers.Select(l => $"layer {l.Layer}")]);
        foreach (StabilityPoint point in family.Points)
            table.Add([Numbers.Short(point.Delta), Numbers.Short(point.Forecast.ObjectivePerLambda, 6), .. point.Distances.Select(d => Numbers.Short(d))]);
        table.Write(output);
    }

    /// <summary>The JSON document.</summary>
    public static JsonShape<(StabilityFamily Family, IReadOnlyList<string> Figures)> Document =>
        new JsonShape<(StabilityFamily Family, IReadOnlyList<string> Figures)>()
        .Number("limitObjectivePerLambda", one => one.Family.Limit.ObjectivePerLambda)
        .List("points", one => one.Family.Points, new JsonShape<StabilityPoint>()
            .Number("delta", point => point.Delta)
            .Number("objectivePerLambda", point => point.Forecast.ObjectivePerLambda)
            .Numbers("distances", point => point.Distances))
        .Texts("figures", one => one.Figures);
}
