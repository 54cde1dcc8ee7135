using RankCollapse.Collapse.Metrics;
using RankCollapse.Formats;
using RankCollapse.Reporting.Text;
using RankCollapse.Runs;
using RankCollapse.Theory.Forecasts;
using RankCollapse.Training;

namespace RankCollapse.Cli.Output;

/// <summary>Forecasts as text and as JSON, beside a trained run where there is one.</summary>
internal static class ForecastOutput
{
    /// <summary>Writes a table for each forecast, and why others are missing.</summary>
    public static void Write(TextWriter output, ForecastSet set, Run? run, LowerRankForecast? lower)
    {
        if (set.Existence.Attainment is Attainment.NotAttained or Attainment.AtConstantsOnly) output.WriteLine(set.Existence.Reason);
        foreach (Forecast forecast in set.Forecasts) Write(output, forecast, run);
        if (set.LostClassSize is { } size)
            output.WriteLine($"Classes of at most {Numbers.Short(size)} samples are lost: "
                + (set.LostClasses.Count == 0 ? "none here." : $"here {string.Join(", ", set.LostClasses)}."));
        foreach (MissingForecast missing in set.Missing) output.WriteLine($"No forecast ({missing.Source}): {missing.Reason}");
        if (lower is not null) Write(output, lower);
        WriteCandidates(output, set, run, lower);
        if (set.Centroids is not { } centroids) return;
        string lifted = At(centroids.LiftedValue, centroids.LiftedGradient);
        output.WriteLine($"The centroid problem was solved in {NumberText.Count(centroids.Steps, "step")}. Lifted to all samples: {lifted}");
        if (set.Refinement is { } refined)
            output.WriteLine(
                $"Newton's method from there: {NumberText.Count(refined.Steps, "step")} to {At(refined.Value, refined.Gradient)}; "
                + $"{Numbers.Seconds(refined.Seconds)}");
    }

    /// <summary>Networks whose objectives are known, the trained one among them, from the lowest to the highest.</summary>
    private static IReadOnlyList<ForecastCandidate> Candidates(ForecastSet set, Run? run, LowerRankForecast? lower)
    {
        IEnumerable<ForecastCandidate> known = set.Candidates;
        if (lower is not null)
            known = known.Append(lower.Candidate.ToCandidate() with { Source = $"width {lower.Rank}, from {lower.Starts} starts" })
                .Append(lower.Collapse.ToCandidate() with { Source = $"full width, from {lower.Starts} starts" });
        if (run is not null)
            known = known.Append(new ForecastCandidate(
                "trained network", run.Summary.Objective, [.. run.Summary.Layers.Select(layer => layer.FeatureNumericalRank)]));
        return [.. known.OrderBy(one => one.Objective)];
    }

    /// <summary>Writes the networks that are known, and of each forecast whether one of them is lower: several minima are possible, and no theorem says which
    /// is the least.</summary>
    private static void WriteCandidates(TextWriter output, ForecastSet set, Run? run, LowerRankForecast? lower)
    {
        IReadOnlyList<ForecastCandidate> known = Candidates(set, run, lower);
        if (known.Count == 0) return;
        output.WriteLine("Networks that are known, from the lowest"
            + (set.Existence.Attainment == Attainment.NotAttained ? ":" : "; the minimum is not above them, and may be below:"));
        var table = new TextTable(new Column("network") { IsText = true }, "objective", new Column("ranks of Z", 1));
        foreach (ForecastCandidate one in known) table.Add(one.Source, Numbers.Objective(one.Objective), string.Join(" ", one.Ranks));
        table.Write(output);
        foreach (Forecast forecast in set.Forecasts)
        {
            double off = forecast.OffFrom(known[0]);
            string objective = Numbers.Objective(forecast.Objective), least = Numbers.Objective(known[0].Objective);
            output.WriteLine(
                off > ForecastCandidate.Rounding
                    ? $"{forecast.Source}: {objective} is not the minimum; {known[0].Source} has {least}, {Numbers.PerCent(off / (1 + off))} less."
                : off >= -ForecastCandidate.Rounding ? $"{forecast.Source}: {objective} is the lowest of those known."
                : $"{forecast.Source}: {objective} is an approximation, {Numbers.PerCent(-off)} below the lowest network that is known.");
        }
    }

    /// <summary>Writes what a lower rank costs, beside the full width.</summary>
    public static void Write(TextWriter output, LowerRankForecast lower)
    {
        Write(output, lower.Candidate, null);
        string candidate = Numbers.Short(lower.Candidate.Objective, 6), collapse = Numbers.Short(lower.Collapse.Objective, 6);
        string ranks = string.Join(", ", lower.CollapseRanks), less = lower.IsLower ? $"rank {lower.Rank}" : "the full width";
        output.WriteLine($"Of what was found from {lower.Starts} starts each, {less} costs less: {candidate} at rank {lower.Rank}, {collapse} at full width "
            + $"(ranks {ranks}).");
    }

    /// <summary>The JSON document.</summary>
    public static JsonShape<(ForecastSet Set, Run? Run, LowerRankForecast? Lower, IReadOnlyList<string> Figures)> Document =>
        new JsonShape<(ForecastSet Set, Run? Run, LowerRankForecast? Lower, IReadOnlyList<string> Figures)>()
        .Whole("version", _ => JsonOutput.MetricsVersion)
        .Name("minimum", one => one.Set.Existence.Attainment, typeof(Attainment))
        .Text("minimumReason", one => one.Set.Existence.Reason)
        .Number("trainedObjective", one => one.Run?.Summary.Objective)
        .List("forecasts", one => one.Set.Forecasts.Select(forecast =>
            (forecast, one.Run, Candidates(one.Set, one.Run, one.Lower) is [var lowest, ..] ? lowest : null)), OfForecast)
        .List("candidates", one => Candidates(one.Set, one.Run, one.Lower), new JsonShape<ForecastCandidate>()
            .Text("source", candidate => candidate.Source)
            .Number("objective", candidate => candidate.Objective)
            .Wholes("ranks", candidate => candidate.Ranks.Select(rank => (long)rank)))
        .List("missing", one => one.Set.Missing, new JsonShape<MissingForecast>().Text("source", m => m.Source).Text("reason", m => m.Reason))
        .Number("lostClassSize", one => one.Set.LostClassSize)
        .Wholes("lostClasses", one => one.Set.LostClasses.Select(label => (long)label))
        .ObjectOrNull("centroids", one => one.Set.Centroids, new JsonShape<CentroidForecast>()
            .Whole("steps", centroids => centroids.Steps)
            .Number("relativeGradient", centroids => centroids.RelativeGradient)
            .Number("liftedObjective", centroids => centroids.LiftedValue.Total)
            .Number("liftedRelativeGradient", centroids => centroids.LiftedGradient.Relative))
        .ObjectOrNull("refinement", one => one.Set.Refinement, new JsonShape<CentroidRefinement>()
            .Whole("steps", refined => refined.Steps)
            .Number("objective", refined => refined.Value.Total)
            .Number("relativeGradient", refined => refined.Gradient.Relative)
            .Number("seconds", refined => refined.Seconds))
        .ObjectOrNull("lowerRank", one => one.Lower, OfLowerRank)
        .Texts("figures", one => one.Figures);

    /// <summary>The JSON object of a lower rank.</summary>
    public static JsonShape<LowerRankForecast> OfLowerRank => new JsonShape<LowerRankForecast>()
        .Whole("rank", lower => lower.Rank)
        .Number("objective", lower => lower.Candidate.Objective)
        .Number("objectiveAtFullWidth", lower => lower.Collapse.Objective)
        .Wholes("ranksAtFullWidth", lower => lower.CollapseRanks.Select(r => (long)r))
        .Flag("isLower", lower => lower.IsLower)
        .Whole("starts", lower => lower.Starts);

    private static JsonShape<(Forecast Forecast, Run? Run, ForecastCandidate? Lowest)> OfForecast =>
        new JsonShape<(Forecast Forecast, Run? Run, ForecastCandidate? Lowest)>()
        .Text("source", one => one.Forecast.Source)
        .Number("objective", one => one.Forecast.Objective)
        .Number("objectivePerLambda", one => one.Forecast.ObjectivePerLambda)
        .Number("aboveLowestKnown", one => one.Lowest is null ? null : one.Forecast.OffFrom(one.Lowest))
        .FlagOrNull("isLowestKnown", one => one.Lowest is null ? null : one.Forecast.OffFrom(one.Lowest) <= ForecastCandidate.Rounding)
        .Number("seconds", one => one.Forecast.Seconds)
        .Texts("unmetHypotheses", one => one.Forecast.UnmetHypotheses)
        .List("layers", one => one.Forecast.Layers.Select(layer => (layer, one.Run?.Summary.Layers[layer.Layer - 1])), OfLayer);

    private static JsonShape<(ForecastLayer Layer, LayerSummary? Trained)> OfLayer => new JsonShape<(ForecastLayer Layer, LayerSummary? Trained)>()
        .Whole("layer", one => one.Layer.Layer)
        .Whole("rank", one => one.Layer.FeatureSingularValues.Count)
        .Numbers("featureSingularValues", one => one.Layer.FeatureSingularValues)
        .Numbers("weightSingularValues", one => one.Layer.WeightSingularValues)
        .Numbers("trainedFeatureSingularValues", one => one.Trained?.FeatureSingularValues)
        .Numbers("trainedWeightSingularValues", one => one.Trained?.WeightSingularValues)
        .Number("featureDistance", one => one.Trained is null ? null : one.Layer.FeatureDistance(one.Trained.FeatureSingularValues))
        .Number("weightDistance", one => one.Trained is null ? null : one.Layer.WeightDistance(one.Trained.WeightSingularValues));

    private static string At(ObjectiveValue value, GradientSize gradient) =>
        $"objective {Numbers.Objective(value.Total)}, relative gradient {Numbers.Short(gradient.Relative)}";

    private static void Write(TextWriter output, Forecast forecast, Run? run)
    {
        string objective = Numbers.Objective(forecast.Objective), compared = run is null ? "" : $", trained {Numbers.Objective(run.Summary.Objective)}";
        string perLambda = Numbers.Objective(forecast.ObjectivePerLambda);
        output.WriteLine($"{forecast.Source}: objective {objective}{compared}; J/λ = {perLambda}; {Numbers.Seconds(forecast.Seconds)}");
        TextTable table = run is null
            ? new TextTable("layer", "rank", "s₁(Z)", new Column("s_K(Z)", 2), "s₁(W)", new Column("s_K(W)", 3))
            : new TextTable("layer", "rank", "s₁(Z)", new Column("s_K(Z)", 4), "s₁(W)", new Column("s_K(W)", 5), new Column("trained s₁(Z)", 2),
                new Column("trained s₁(W)", 3), "off Z", "off W");
        foreach (ForecastLayer layer in forecast.Layers)
        {
            string[] cells =
            [
                $"{layer.Layer}", $"{layer.FeatureSingularValues.Count}", First(layer.FeatureSingularValues), Last(layer.FeatureSingularValues),
                First(layer.WeightSingularValues), Last(layer.WeightSingularValues),
            ];
            if (run is not null)
            {
                LayerSummary trained = run.Summary.Layers[layer.Layer - 1];
                cells =
                [
                    .. cells, Numbers.Short(trained.FeatureSingularValues[0], 4), Numbers.Short(trained.WeightSingularValues[0], 4),
                    Numbers.PerCent(layer.FeatureDistance(trained.FeatureSingularValues)),
                    Numbers.PerCent(layer.WeightDistance(trained.WeightSingularValues)),
                ];
            }
            table.Add(cells);
        }
        table.Write(output);
        if (forecast.UnmetHypotheses.Count > 0) output.WriteLine($"The forecast also asks that {string.Join("; ", forecast.UnmetHypotheses)}.");
    }

    // Inner residual layers of Theorem C.2 have W = 0, and no nonzero singular value.
    private static string First(IReadOnlyList<double>? values) => Numbers.Short(values is null ? null : values.Count == 0 ? 0 : values[0], 4);

    private static string Last(IReadOnlyList<double>? values) => Numbers.Short(values is null ? null : values.Count == 0 ? 0 : values[^1], 4);
}
