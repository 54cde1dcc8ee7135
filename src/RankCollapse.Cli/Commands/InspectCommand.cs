using System.CommandLine;
using RankCollapse.Cli.Output;
using RankCollapse.Cli.Parsing;
using RankCollapse.Formats;
using RankCollapse.Models;
using RankCollapse.Models.Comparison;
using RankCollapse.Models.Formats;
using RankCollapse.Models.Weights;
using RankCollapse.Reporting;

namespace RankCollapse.Cli.Commands;

/// <summary><c>inspect MODEL</c>: rank and spectra of every layer of a user's model.</summary>
internal static class InspectCommand
{
    /// <summary>The verb.</summary>
    public static Command Create(CommandEnvironment environment)
    {
        var command = new Verb("inspect", "Measures ranks and spectra of every layer of a model.")
        {
            Computes = true,
            Notes = [$"MODEL is {ModelFormats.Readable}, or a folder with one model in it."],
            Examples = ["rankcollapse inspect model.safetensors", "rankcollapse inspect model.onnx --html model.html --classes 10",
                "rankcollapse inspect model.onnx --data images.npz --html model.html", "rankcollapse inspect runs/first --classes 10 --json",
                "rankcollapse inspect tuned.safetensors --against base.safetensors"],
        };
        var path = new Argument<string>("MODEL") { Description = "the model's file or folder" };
        Option<int> classes = OptionValue.Of<int>("--classes", "K for the tail energy [the classes of the data, where there are data]", "K");
        Option<string> convolution = OptionValue.Name(
            "--convolution", "The matrix of a convolution: unfold, slices or fft [unfold]", "VIEW", "unfold", "slices", "fft");
        Option<int> fourierSize = OptionValue.Of<int>("--fft-size", "Side of the images for --convolution fft [32]", "n");
        Option<string> only = OptionValue.Of<string>("--only", "Only layers whose names contain one of these texts, with commas between them", "TEXT[,…]");
        Option<string> against = OptionValue.Of<string>("--against", "The model that MODEL was fine-tuned from: what changed, layer by layer", "BASE");
        Option<int> leading = OptionValue.Of<int>("--leading", "With --against, compare so many leading singular vectors [10]", "r");
        Option<double> cosine = OptionValue.Of<double>(
            "--intruder-cosine", "With --against, a leading vector is an intruder if no cosine with the base's reaches this [0.5]", "ε");
        Option<bool> isOfFeatures = OptionValue.Switch("--features", "MODEL is files of features, also where they have no labels");
        Option<bool> all = OptionValue.Switch("--all", "Every column, and every skipped tensor with its reason");
        Option<string> html = OptionValue.File("--html", "Also write a report as one HTML page", makesFolder: true);
        Option<string> parquet = OptionValue.File("--parquet", "Also write every number as a tidy Parquet table");
        Option<int> threads = CommonOptions.Threads();
        Option<bool> accept = CommonOptions.AcceptChanged();
        Option<bool> json = CommonOptions.Json();
        var features = new FeatureOptionSet();
        command.Add(path);
        command.Add(isOfFeatures);
        features.AddTo(command);
        Option[] own = [against, leading, cosine, classes, convolution, fourierSize, only, all, html, parquet, threads, accept, json];
        foreach (Option option in own) command.Add(option);
        command.SetAction(parsed =>
        {
            string?[] onOutput = [.. ((string?[])[parsed.GetValue(html), parsed.GetValue(parquet)]).Where(file => file == StandardOutput.Name)];
            if (onOutput.Length + (parsed.GetValue(json) ? 1 : 0) > 1)
                throw new InvalidInputException("--json, --html - and --parquet - write to standard output; give one of them.");
            parsed.AcceptModel(accept, environment, parsed.GetRequiredValue(path));
            parsed.UseThreads(threads);
            if (parsed.GetValue(against) is { } basis)
            {
                Option[] known = [against, leading, cosine, only, all, html, parquet, threads, accept, json];
                if (command.Options.FirstOrDefault(option => parsed.Has(option) && !known.Contains(option)) is { } other)
                    throw new InvalidInputException($"{other.Name} has no effect with --against; leave one of them out.");
                ModelChange change = JobProgress.Show(environment, progress => ModelChange.Run(parsed.GetRequiredValue(path), basis, new ModelChangeOptions
                {
                    Only = parsed.Texts(only),
                    Leading = parsed.AtLeast(leading, 1) ?? new ModelChangeOptions().Leading,
                    IntruderCosine = parsed.Given(cosine) ?? new ModelChangeOptions().IntruderCosine,
                    LayerProgress = (number, count, layer) => progress.Update(Layer(number, count, layer)),
                    Cancellation = environment.Cancellation,
                }));
                if (parsed.GetValue(parquet) is { } changes) InspectionTable.Write(changes, change);
                if (parsed.GetValue(html) is { } report) ModelReport.Write(change, report);
                if (parsed.GetValue(json)) JsonOutput.Write(environment.Output, ChangeOutput.Document.Write(change));
                else if (onOutput.Length == 0) ChangeOutput.Write(environment.Output, change, parsed.GetValue(all));
                return ExitCode.Done;
            }
            if (((Option[])[leading, cosine]).FirstOrDefault(parsed.Has) is { } alone)
                throw new InvalidInputException($"{alone.Name} has an effect with --against only; give the model to compare with, or leave it out.");
            Inspection inspection = JobProgress.Show(environment, progress => Inspection.Run(parsed.GetRequiredValue(path), new InspectionOptions
            {
                Convolution = parsed.Choice(
                    convolution, ("unfold", ConvolutionView.Unfolded), ("slices", ConvolutionView.Slices), ("fft", ConvolutionView.Fourier)),
                FourierSize = parsed.Given(fourierSize) ?? new InspectionOptions().FourierSize,
                Classes = parsed.AtLeast(classes, 1),
                Only = parsed.Texts(only),
                IsOfFeatures = parsed.GetValue(isOfFeatures),
                Features = features.Read(parsed, progress.Say),
                LayerProgress = (number, count, layer) => progress.Update(Layer(number, count, layer)),
                Progress = what => progress.Update(new ProgressState(what)),
                Cancellation = environment.Cancellation,
            }));
            if (parsed.GetValue(parquet) is { } table) InspectionTable.Write(table, inspection);
            if (parsed.GetValue(html) is { } page) ModelReport.Write(inspection, page);
            if (parsed.GetValue(json)) JsonOutput.Write(environment.Output, InspectionJson.Document.Write(inspection));
            else if (onOutput.Length == 0)
            {
                InspectionTables.Write(environment.Output, inspection, parsed.GetValue(all));
                if (inspection.Features is { } measured) FeatureOutput.Write(
                    environment.Output, measured, parsed.GetValue(all), inspection.Epochs.Count > 0 ? inspection.Epochs[^1].Epoch : null);
            }
            return ExitCode.Done;
        });
        return command;
    }

    /// <summary>How far the layers are done.</summary>
    private static ProgressState Layer(int number, int count, WeightLayer layer) => new($"layer {number + 1} of {count}")
    {
        Fraction = (double)number / count,
        Details = [$"{ErrorText.Printable(layer.Name)} ({layer.Tensor.ShapeText})"],
    };
}
