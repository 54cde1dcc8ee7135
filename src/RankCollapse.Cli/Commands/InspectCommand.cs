using System.CommandLine;
using System.Diagnostics;
using RankCollapse.Cli.Output;
using RankCollapse.Cli.Parsing;
using RankCollapse.LinearAlgebra;
using RankCollapse.Models;
using RankCollapse.Models.Features;
using RankCollapse.Models.Reading;
using RankCollapse.Models.Weights;
using RankCollapse.Reporting;

namespace RankCollapse.Cli.Commands;

/// <summary><c>inspect MODEL</c>: rank and spectra of every layer of a user's model.</summary>
internal static class InspectCommand
{
    private static readonly TimeSpan BetweenLines = TimeSpan.FromSeconds(2);

    /// <summary>The verb.</summary>
    public static Command Create(CommandEnvironment environment)
    {
        var command = new Verb("inspect", "Measures ranks and spectra of every layer of a model.")
        {
            Notes = ["MODEL is a file of safetensors, npz, npy or ONNX, the index of a sharded one (model.safetensors.index.json), a folder with one of them, or the folder of a run."],
            Examples = ["rankcollapse inspect model.safetensors", "rankcollapse inspect model.onnx --html model.html --classes 10", "rankcollapse inspect model.onnx --data images.npz --html model.html", "rankcollapse inspect runs/first --classes 10 --json"],
        };
        var path = new Argument<string>("MODEL") { Description = "the model's file or folder" };
        Option<int> classes = OptionValue.Of<int>("--classes", "K for the tail energy [the classes of the data, where there are data]", "K");
        Option<string> convolution = OptionValue.Of<string>("--convolution", "The matrix of a convolution: unfold, slices or fft [unfold]", "VIEW");
        Option<int> fourierSize = OptionValue.Of<int>("--fft-size", "Side of the images for --convolution fft [32]", "n");
        Option<string> only = OptionValue.Of<string>("--only", "Only layers whose names contain one of these texts, with commas between them", "TEXT[,…]");
        Option<bool> all = OptionValue.Switch("--all", "Every column, and every skipped tensor with its reason");
        Option<string> html = OptionValue.Of<string>("--html", "Also write a report as one HTML page", "FILE");
        Option<string> parquet = OptionValue.Of<string>("--parquet", "Also write every number as a tidy Parquet table", "FILE");
        Option<int> threads = CommonOptions.Threads();
        Option<bool> json = CommonOptions.Json();
        var features = new FeatureOptionSet();
        command.Add(path);
        features.AddTo(command);
        foreach (Option option in (Option[])[classes, convolution, fourierSize, only, all, html, parquet, threads, json]) command.Add(option);
        command.SetAction(parsed =>
        {
            if (parsed.GetResult(threads) is not null && parsed.GetValue(threads) < 1) throw new InvalidInputException($"--threads is {parsed.GetValue(threads)}; expected at least 1.");
            if (parsed.GetResult(classes) is not null && parsed.GetValue(classes) < 1) throw new InvalidInputException($"--classes is {parsed.GetValue(classes)}; expected at least 1.");
            var options = new InspectionOptions
            {
                Convolution = View(parsed.GetValue(convolution)),
                FourierSize = parsed.GetResult(fourierSize) is null ? new InspectionOptions().FourierSize : parsed.GetValue(fourierSize),
                Classes = parsed.GetResult(classes) is null ? null : parsed.GetValue(classes),
                Only = parsed.GetValue(only)?.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) ?? [],
                Progress = Progress(environment),
                Cancellation = environment.Cancellation,
            };
            Product.MaxThreads = parsed.GetResult(threads) is null ? Environment.ProcessorCount : parsed.GetValue(threads);
            Inspection inspection;
            FeatureReport? measured;
            using (ModelTensors model = ModelTensors.Open(parsed.GetRequiredValue(path)))
            {
                measured = features.Measure(parsed, model, environment);
                if (options.Classes is null && measured is { Labels.Count: > 0 }) options = options with { Classes = measured.Labels.Count };
                inspection = Inspection.Of(model, options);
                if (measured is not null) inspection = inspection.WithFeatures(measured.ToLayerFeatures(), measured.ToColumns(), measured.Note());
            }
            if (parsed.GetValue(parquet) is { } table) InspectionTable.Write(table, inspection);
            if (parsed.GetValue(html) is { } page) ModelReport.Write(inspection, page);
            if (parsed.GetValue(json)) JsonOutput.Write(environment.Output, FeatureOutput.AddTo(InspectionJson.Of(inspection), measured));
            else
            {
                InspectionTables.Write(environment.Output, inspection, parsed.GetValue(all));
                if (measured is not null) FeatureOutput.Write(environment.Output, measured, parsed.GetValue(all));
            }
            return ExitCode.Done;
        });
        return command;
    }

    private static ConvolutionView View(string? name) => name switch
    {
        null or "unfold" => ConvolutionView.Unfolded,
        "slices" => ConvolutionView.Slices,
        "fft" => ConvolutionView.Fourier,
        _ => throw new InvalidInputException($"--convolution is '{ErrorText.Printable(name)}'; {NearMatches.Advice(name, ["unfold", "slices", "fft"])}"),
    };

    /// <summary>A line now and then while large models are read.</summary>
    private static Action<int, int, WeightLayer> Progress(CommandEnvironment environment)
    {
        long last = Stopwatch.GetTimestamp();
        return (number, count, layer) =>
        {
            if (Stopwatch.GetElapsedTime(last) < BetweenLines) return;
            last = Stopwatch.GetTimestamp();
            environment.Error.WriteLine($"layer {number + 1} of {count}: {ErrorText.Printable(layer.Name)} ({layer.Tensor.ShapeText})");
        };
    }
}
