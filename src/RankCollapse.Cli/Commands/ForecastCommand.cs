using System.CommandLine;
using System.Text.Json.Nodes;
using RankCollapse.Cli.Output;
using RankCollapse.Cli.Parsing;
using RankCollapse.Data;
using RankCollapse.Networks;
using RankCollapse.Runs;
using RankCollapse.Theory;

namespace RankCollapse.Cli.Commands;

/// <summary><c>forecast</c>: spectra of every layer and the objective, before training.</summary>
internal static class ForecastCommand
{
    /// <summary>The verb.</summary>
    public static Command Create(CommandEnvironment environment)
    {
        var command = new Verb("forecast", "Forecasts the singular values of every layer and the objective, before training.")
        {
            Notes = ["Takes the settings of train; --against RUN takes those of a run and compares with what it reached."],
            Examples = ["rankcollapse forecast --depth 10 --lambda 1e-5", "rankcollapse forecast --against runs/first --json"],
        };
        var settings = new TrainingOptionSet();
        settings.AddTo(command);
        Option<string> against = OptionValue.Of<string>("--against", "Compare with a trained run, whose settings and data are used", "RUN");
        Option<double> refine = OptionValue.Of<double>("--refine", "Go on in the full problem, from the network of the centroid problem, to this relative gradient norm", "X");
        Option<bool> json = CommonOptions.Json();
        command.Add(against);
        command.Add(refine);
        command.Add(json);
        command.SetAction(parsed =>
        {
            Run? run = null;
            RunConfiguration configuration;
            DataSet data;
            if (parsed.GetValue(against) is { } folder)
            {
                if (settings.Settings.FirstOrDefault(s => s.IsGiven(parsed)) is { } given)
                    throw new InvalidInputException($"--against takes all settings from the run; leave out {given.Symbol.Name}.");
                run = RunFolder.Read(folder);
                (configuration, data) = (run.Configuration, run.DataSet);
            }
            else
            {
                configuration = settings.Apply(parsed, new RunConfiguration());
                configuration.Validate();
                data = DataSource.Load(configuration.ToDataRequest());
            }
            NetworkSpecification specification = configuration.ToSpecification(data.InputDimension, data.OutputDimension);
            var forecasts = new List<Forecast> { PenalizedForecast.Compute(specification, data, configuration.ToObjectiveSettings()) };
            string? reason = null;
            try
            {
                forecasts.Add(CollapsedForecast.Compute(specification, data, configuration.ToObjectiveSettings()));
            }
            catch (InvalidInputException e)
            {
                // The recursion stands alone where the theorem's minimiser does not exist.
                reason = e.Message;
            }
            CentroidForecast? centroids = null;
            string? centroidReason = null;
            try
            {
                // A start for the full problem is worth solving well: it saves steps there.
                var options = new CentroidForecastOptions { Seed = configuration.Seed };
                if (parsed.GetResult(refine) is not null) options = options with { GradientTolerance = 1e-6 };
                centroids = CentroidForecast.Compute(specification, data, configuration.ToObjectiveSettings(), options);
                forecasts.Add(centroids.Forecast);
            }
            catch (InvalidInputException e)
            {
                centroidReason = e.Message;
            }
            CentroidRefinement? refinement = parsed.GetResult(refine) is null ? null : Refine(centroids, centroidReason, parsed.GetValue(refine));
            if (parsed.GetValue(json)) JsonOutput.Write(environment.Output, ToJson(forecasts, run, reason, new CentroidResult(centroids, refinement, centroidReason)));
            else
            {
                Write(environment, forecasts, run, reason);
                Write(environment, new CentroidResult(centroids, refinement, centroidReason));
            }
            return ExitCode.Done;
        });
        return command;
    }

    private static void Write(CommandEnvironment environment, List<Forecast> forecasts, Run? run, string? reason)
    {
        foreach (Forecast forecast in forecasts)
        {
            string compared = run is null ? "" : $", trained {Numbers.Short(run.Summary.Objective, 6)}";
            environment.Output.WriteLine($"{forecast.Source}: objective {Numbers.Short(forecast.Objective, 6)}{compared}; J/λ = {Numbers.Short(forecast.ObjectivePerLambda, 6)}; {Numbers.Short(forecast.Seconds)} s");
            TextTable table = run is null
                ? new TextTable("layer", "rank", "s₁(Z)", "s_K(Z)", "s₁(W)", "s_K(W)")
                : new TextTable("layer", "rank", "s₁(Z)", "s_K(Z)", "s₁(W)", "s_K(W)", "trained s₁(Z)", "trained s₁(W)", "off Z", "off W");
            foreach (ForecastLayer layer in forecast.Layers)
            {
                string[] cells =
                [
                    $"{layer.Layer}", $"{layer.FeatureSingularValues.Count}", Numbers.Short(layer.FeatureSingularValues[0], 4), Numbers.Short(layer.FeatureSingularValues[^1], 4),
                    Numbers.Short(layer.WeightSingularValues?[0], 4), Numbers.Short(layer.WeightSingularValues?[^1], 4),
                ];
                if (run is not null)
                {
                    LayerSummary trained = run.Summary.Layers[layer.Layer - 1];
                    cells =
                    [
                        .. cells, Numbers.Short(trained.FeatureSingularValues[0], 4), Numbers.Short(trained.WeightSingularValues[0], 4),
                        Numbers.PerCent(LargestDeviation(layer.FeatureSingularValues, trained.FeatureSingularValues)),
                        Numbers.PerCent(LargestDeviation(layer.WeightSingularValues, trained.WeightSingularValues)),
                    ];
                }
                table.Add(cells);
            }
            table.Write(environment.Output);
            if (forecast.UnmetHypotheses.Count > 0) environment.Output.WriteLine($"The forecast also asks that {string.Join("; ", forecast.UnmetHypotheses)}.");
        }
        if (reason is not null) environment.Output.WriteLine($"Theorem 4.2 and C.2 give no forecast: {reason}");
    }

    private static CentroidRefinement Refine(CentroidForecast? centroids, string? reason, double tolerance)
    {
        if (!(tolerance > 0) || double.IsInfinity(tolerance)) throw new InvalidInputException($"--refine is {tolerance}; the relative gradient norm to reach is positive and finite.");
        if (centroids is null) throw new InvalidInputException($"--refine starts from the centroid problem, which has no solution here: {reason}");
        return centroids.Refine(tolerance);
    }

    private static void Write(CommandEnvironment environment, CentroidResult result)
    {
        if (result.Reason is not null) environment.Output.WriteLine($"The centroid problem gives no forecast: {result.Reason}");
        if (result.Centroids is not { } centroids) return;
        environment.Output.WriteLine($"Solved in {centroids.Steps} steps. Lifted to all samples: objective {Numbers.Short(centroids.LiftedValue.Total, 6)}, relative gradient {Numbers.Short(centroids.LiftedGradient.Relative)}");
        if (result.Refinement is { } refined)
            environment.Output.WriteLine($"Newton's method from there: {refined.Steps} steps to objective {Numbers.Short(refined.Value.Total, 6)}, relative gradient {Numbers.Short(refined.Gradient.Relative)}; {Numbers.Short(refined.Seconds)} s");
    }

    /// <summary>max_k |trained_k − forecast_k|/forecast_k.</summary>
    private static double? LargestDeviation(IReadOnlyList<double>? forecast, IReadOnlyList<double> trained) =>
        forecast is null || forecast.Count == 0 || trained.Count < forecast.Count ? null : forecast.Select((f, k) => Math.Abs(trained[k] - f) / f).Max();

    private static JsonObject ToJson(List<Forecast> forecasts, Run? run, string? reason, CentroidResult result) => new()
    {
        ["trainedObjective"] = JsonOutput.Number(run?.Summary.Objective),
        ["reason"] = JsonOutput.Text(reason),
        ["forecasts"] = new JsonArray([.. forecasts.Select(forecast => new JsonObject
        {
            ["source"] = forecast.Source,
            ["objective"] = JsonOutput.Number(forecast.Objective),
            ["objectivePerLambda"] = JsonOutput.Number(forecast.ObjectivePerLambda),
            ["seconds"] = JsonOutput.Number(forecast.Seconds),
            ["unmetHypotheses"] = new JsonArray([.. forecast.UnmetHypotheses.Select(hypothesis => JsonOutput.Text(hypothesis))]),
            ["layers"] = new JsonArray([.. forecast.Layers.Select(layer => new JsonObject
            {
                ["layer"] = layer.Layer,
                ["rank"] = layer.FeatureSingularValues.Count,
                ["featureSingularValues"] = JsonOutput.List(layer.FeatureSingularValues),
                ["weightSingularValues"] = JsonOutput.List(layer.WeightSingularValues),
                ["trainedFeatureSingularValues"] = JsonOutput.List(run?.Summary.Layers[layer.Layer - 1].FeatureSingularValues),
                ["trainedWeightSingularValues"] = JsonOutput.List(run?.Summary.Layers[layer.Layer - 1].WeightSingularValues),
                ["featureDeviation"] = JsonOutput.Number(run is null ? null : LargestDeviation(layer.FeatureSingularValues, run.Summary.Layers[layer.Layer - 1].FeatureSingularValues)),
                ["weightDeviation"] = JsonOutput.Number(run is null ? null : LargestDeviation(layer.WeightSingularValues, run.Summary.Layers[layer.Layer - 1].WeightSingularValues)),
            })]),
        })]),
        ["centroids"] = result.Centroids is not { } centroids ? null : new JsonObject
        {
            ["steps"] = centroids.Steps,
            ["relativeGradient"] = JsonOutput.Number(centroids.RelativeGradient),
            ["liftedObjective"] = JsonOutput.Number(centroids.LiftedValue.Total),
            ["liftedRelativeGradient"] = JsonOutput.Number(centroids.LiftedGradient.Relative),
        },
        ["centroidReason"] = JsonOutput.Text(result.Reason),
        ["refinement"] = result.Refinement is not { } refined ? null : new JsonObject
        {
            ["steps"] = refined.Steps,
            ["objective"] = JsonOutput.Number(refined.Value.Total),
            ["relativeGradient"] = JsonOutput.Number(refined.Gradient.Relative),
            ["seconds"] = JsonOutput.Number(refined.Seconds),
        },
    };

    /// <summary>What came of the centroid problem.</summary>
    private sealed record CentroidResult(CentroidForecast? Centroids, CentroidRefinement? Refinement, string? Reason);
}
