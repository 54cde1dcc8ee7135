using System.CommandLine;
using RankCollapse.Cli.Output;
using RankCollapse.Cli.Parsing;
using RankCollapse.Collapse.Metrics;
using RankCollapse.LinearAlgebra;
using RankCollapse.Runs;

namespace RankCollapse.Cli.Commands;

/// <summary><c>measure RUN</c>: every metric of every layer, computed anew from the run's weights and data.</summary>
internal static class MeasureCommand
{
    /// <summary>The verb.</summary>
    public static Command Create(CommandEnvironment environment)
    {
        var command = new Verb(
            "measure", "Computes every metric of every layer from the weights and the data of a run.")
        {
            Computes = true,
            Examples =
            ["rankcollapse measure runs/first", "rankcollapse measure runs/first --tolerance 1e-3 --json"]
        };
        Argument<string> path = CommonOptions.RunFolder();
        Option<double> tolerance =
            OptionValue.Of<double>("--tolerance", "Singular values above this part of the largest count for the numerical rank [1e-5]", "ε");
        Option<int> rank = OptionValue.Of<int>("--rank", "K for clusters and tail energy [the number of classes]", "K");
        Option<int> threads = CommonOptions.Threads();
        Option<bool> accept = CommonOptions.AcceptChanged();
        Option<bool> json = CommonOptions.Json();
        command.Add(path);
        command.Add(tolerance);
        command.Add(rank);
        command.Add(threads);
        command.Add(accept);
        command.Add(json);
        command.SetAction(parsed =>
        {
            double relative = parsed.GetResult(tolerance) is null ? Tolerances.NumericalRank : parsed.GetValue(tolerance);
            int? clusters = parsed.GetResult(rank) is null ? null : parsed.GetValue(rank);
            if (!(relative is >= 0 and < 1)) throw new InvalidInputException($"--tolerance is {relative}; expected a number from 0 to below 1.");
            if (clusters < 1) throw new InvalidInputException($"--rank is {clusters}; expected at least 1.");
            if (parsed.GetResult(threads) is not null && parsed.GetValue(threads) < 1)
                throw new InvalidInputException($"--threads is {parsed.GetValue(threads)}; expected at least 1.");
            string folder = parsed.GetRequiredValue(path);
            parsed.Accept(accept, environment, folder);
            Run run = RunFolder.Read(folder);
            if (clusters > run.DataSet.SampleCount)
                throw new InvalidInputException($"--rank is {clusters}, but the run has {run.DataSet.SampleCount} samples; expected at most that many.");
            Product.MaxThreads = parsed.GetResult(threads) is null ? Environment.ProcessorCount : parsed.GetValue(threads);
            var options = new MeasurementOptions { ClusterCount = clusters, RankTolerance = relative };
            IReadOnlyList<MeasuredLayer> layers = CollapseMeasurement.Measure(run.Trained, run.DataSet, options);
            MeasuredFeatures? last = CollapseMeasurement.LastHiddenLayer(run.Trained, run.DataSet, out string? reason);
            var measured = new MeasuredRun(folder, run, relative, clusters, layers, last, reason);
            if (parsed.GetValue(json)) JsonOutput.Write(environment.Output, MeasurementJson.Document.Write(measured));
            else MeasurementTables.Write(environment, measured);
            return ExitCode.Done;
        });
        return command;
    }
}
