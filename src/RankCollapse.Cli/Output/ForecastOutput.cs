using System.Text.Json.Nodes;
using RankCollapse.Collapse.Metrics;
using RankCollapse.Runs;
using RankCollapse.Theory.Forecasts;
using RankCollapse.Training;

namespace RankCollapse.Cli.Output;

/// <summary>Forecasts as text and as JSON, beside a trained run where there is one.</summary>
internal static class ForecastOutput
{
    /// <summary>Writes a table for each forecast, and why others are missing.</summary>
    public static void Write(TextWriter output, ForecastSet set, Run? run)
    {
        foreach (Forecast forecast in set.Forecasts) Write(output, forecast, run);
        foreach (MissingForecast missing in set.Missing) output.WriteLine($"No forecast by the {missing.Source}: {missing.Reason}");
        if (set.Centroids is not { } centroids) return;
        string lifted = At(centroids.LiftedValue, centroids.LiftedGradient);
        output.WriteLine($"The centroid problem was solved in {centroids.Steps} steps. Lifted to all samples: {lifted}");
        if (set.Refinement is { } refined)
            output.WriteLine($"Newton's method from there: {refined.Steps} steps to {At(refined.Value, refined.Gradient)}; {Numbers.Short(refined.Seconds)} s");
    }

    /// <summary>The JSON document.</summary>
    public static JsonObject ToJson(ForecastSet set, Run? run, IReadOnlyList<string> figures) => new()
    {
        ["version"] = JsonOutput.MetricsVersion,
        ["trainedObjective"] = JsonOutput.Number(run?.Summary.Objective),
        ["forecasts"] = new JsonArray([.. set.Forecasts.Select(forecast => ToJson(forecast, run))]),
        ["missing"] = new JsonArray([.. set.Missing.Select(m => new JsonObject { ["source"] = m.Source, ["reason"] = m.Reason })]),
        ["centroids"] = set.Centroids is not { } centroids ? null : new JsonObject
        {
            ["steps"] = centroids.Steps,
            ["relativeGradient"] = JsonOutput.Number(centroids.RelativeGradient),
            ["liftedObjective"] = JsonOutput.Number(centroids.LiftedValue.Total),
            ["liftedRelativeGradient"] = JsonOutput.Number(centroids.LiftedGradient.Relative),
        },
        ["refinement"] = set.Refinement is not { } refined ? null : new JsonObject
        {
            ["steps"] = refined.Steps,
            ["objective"] = JsonOutput.Number(refined.Value.Total),
            ["relativeGradient"] = JsonOutput.Number(refined.Gradient.Relative),
            ["seconds"] = JsonOutput.Number(refined.Seconds),
        },
        ["figures"] = new JsonArray([.. figures.Select(figure => JsonOutput.Text(figure))]),
    };

    private static string At(ObjectiveValue value, GradientSize gradient) =>
        $"objective {Numbers.Short(value.Total, 6)}, relative gradient {Numbers.Short(gradient.Relative)}";

    private static void Write(TextWriter output, Forecast forecast, Run? run)
    {
        string objective = Numbers.Short(forecast.Objective, 6), compared = run is null ? "" : $", trained {Numbers.Short(run.Summary.Objective, 6)}";
        string perLambda = Numbers.Short(forecast.ObjectivePerLambda, 6);
        output.WriteLine($"{forecast.Source}: objective {objective}{compared}; J/λ = {perLambda}; {Numbers.Short(forecast.Seconds)} s");
        TextTable table = run is null
            ? new TextTable("layer", "rank", "s₁(Z)", "s_K(Z)", "s₁(W)", "s_K(W)")
            : new TextTable("layer", "rank", "s₁(Z)", "s_K(Z)", "s₁(W)", "s_K(W)", "trained s₁(Z)", "trained s₁(W)", "off Z", "off W");
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

    private static JsonObject ToJson(Forecast forecast, Run? run) => new()
    {
        ["source"] = forecast.Source,
        ["objective"] = JsonOutput.Number(forecast.Objective),
        ["objectivePerLambda"] = JsonOutput.Number(forecast.ObjectivePerLambda),
        ["seconds"] = JsonOutput.Number(forecast.Seconds),
        ["unmetHypotheses"] = new JsonArray([.. forecast.UnmetHypotheses.Select(hypothesis => JsonOutput.Text(hypothesis))]),
        ["layers"] = new JsonArray([.. forecast.Layers.Select(layer => ToJson(layer, run?.Summary.Layers[layer.Layer - 1]))]),
    };

    private static JsonObject ToJson(ForecastLayer layer, LayerSummary? trained) => new()
    {
        ["layer"] = layer.Layer,
        ["rank"] = layer.FeatureSingularValues.Count,
        ["featureSingularValues"] = JsonOutput.List(layer.FeatureSingularValues),
        ["weightSingularValues"] = JsonOutput.List(layer.WeightSingularValues),
        ["trainedFeatureSingularValues"] = JsonOutput.List(trained?.FeatureSingularValues),
        ["trainedWeightSingularValues"] = JsonOutput.List(trained?.WeightSingularValues),
        ["featureDistance"] = JsonOutput.Number(trained is null ? null : layer.FeatureDistance(trained.FeatureSingularValues)),
        ["weightDistance"] = JsonOutput.Number(trained is null ? null : layer.WeightDistance(trained.WeightSingularValues)),
    };
}
