using System.CommandLine;
using System.Globalization;
using RankCollapse.Cli.Output;
using RankCollapse.Cli.Parsing;
using RankCollapse.Collapse;
using RankCollapse.Collapse.Metrics;
using RankCollapse.Formats;
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
            [
                "rankcollapse measure runs/first",
                "rankcollapse measure runs/first --tolerance 1e-3 --json",
                "rankcollapse measure runs/first --representation --constant 2",
            ],
        };
        Argument<string> path = CommonOptions.RunFolder();
        Option<double> tolerance =
            OptionValue.Of<double>("--tolerance", "Singular values above this part of the largest count for the numerical rank [1e-5]", "ε");
        Option<int> rank = OptionValue.Of<int>("--rank", "K for clusters and tail energy [the number of classes]", "K");
        Option<bool> representation = OptionValue.Switch(
            "--representation", "Also the representation costs (10) to (12), their layers (Remark B.6), and the constraints (I) to (III) with margins and C");
        Option<double> constant = OptionValue.Of<double>("--constant", "C of Definition 4.1, for --representation [1]", "C");
        Option<string> partition = OptionValue.Of<string>(
            "--partition", "Also WCSS and the centroid loss (8) of these clusters: a file with the number of each sample's cluster, from 0", "FILE");
        Option<int> threads = CommonOptions.Threads();
        Option<bool> accept = CommonOptions.AcceptChanged();
        Option<bool> json = CommonOptions.Json();
        command.Add(path);
        command.Add(tolerance);
        command.Add(rank);
        command.Add(representation);
        command.Add(constant);
        command.Add(partition);
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
            TestMeasurement? test = RunFolder.Open(folder).ReadTestSet() is { } unseen
                ? TestMeasurement.Of(run.Trained, run.DataSet, unseen, run.Configuration.Loss) : null;
            foreach (MeasuredLayer layer in layers) layer.Test = test;
            MeasuredFeatures? last = CollapseMeasurement.LastHiddenLayer(run.Trained, run.DataSet, out string? reason);
            if (parsed.GetResult(constant) is not null && !parsed.GetValue(representation))
                throw new InvalidInputException("--constant has no effect without --representation; add it or leave --constant out.");
            double c = parsed.GetResult(constant) is null ? 1 : parsed.GetValue(constant);
            if (!(c > 0) || double.IsInfinity(c)) throw new InvalidInputException($"--constant is {c}; expected a positive number.");
            var measured = new MeasuredRun(folder, run, relative, clusters, layers, last, reason)
            {
                Classes = ClassOutput.Of(run),
                Representation = parsed.GetValue(representation) ? RepresentationOutput.Of(run, c) : null,
                Partition = parsed.GetValue(partition) is { } file ? RepresentationOutput.OfPartition(run, ReadPartition(file, run.DataSet.SampleCount)) : [],
            };
            if (parsed.GetValue(json)) JsonOutput.Write(environment.Output, MeasurementJson.Document.Write(measured));
            else MeasurementTables.Write(environment, measured);
            return ExitCode.Done;
        });
        return command;
    }

    /// <summary>Numbers of clusters, separated by anything that is no number.</summary>
    private static Partition ReadPartition(string path, int samples)
    {
        const int MostBytesPerSample = 64;
        string text = System.Text.Encoding.UTF8.GetString(InputFile.ReadSmall(path, (long)MostBytesPerSample * (samples + 1)));
        string[] entries = text.Split((char[])[' ', ',', ';', '\t', '\r', '\n'], StringSplitOptions.RemoveEmptyEntries);
        var clusters = new int[entries.Length];
        for (int i = 0; i < entries.Length; i++)
        {
            if (!int.TryParse(entries[i], NumberStyles.None, CultureInfo.InvariantCulture, out clusters[i]) || clusters[i] >= samples)
                throw new InvalidInputException($"--partition {ErrorText.Printable(path)} has '{ErrorText.Printable(entries[i])}' for sample {i}; expected the "
                    + $"number of its cluster, from 0 to {samples - 1}.");
        }
        if (clusters.Length != samples)
            throw new InvalidInputException($"--partition {ErrorText.Printable(path)} has {clusters.Length} numbers, but the run has {samples} samples.");
        return new Partition(clusters, clusters.Max() + 1);
    }
}
