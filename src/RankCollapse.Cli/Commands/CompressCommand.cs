using System.CommandLine;
using RankCollapse.Cli.Output;
using RankCollapse.Cli.Parsing;
using RankCollapse.Formats;
using RankCollapse.Models;
using RankCollapse.Models.Comparison;
using RankCollapse.Models.Compression;
using RankCollapse.Models.Formats;
using RankCollapse.Reporting;

namespace RankCollapse.Cli.Commands;

/// <summary><c>compress MODEL</c>: two smaller layers in place of one, where that saves parameters.</summary>
internal static class CompressCommand
{
    /// <summary>The verb.</summary>
    public static Command Create(CommandEnvironment environment)
    {
        var command = new Verb("compress", "Replaces linear layers and convolutions of a model by two smaller ones each, of lower rank.")
        {
            Computes = true,
            Notes =
            [
                $"MODEL is {ModelFormats.Readable}. Both models are run on the same inputs and compared before the result is written.",
                "Exit code 0: written; 1: no layer could be replaced, and nothing was written, or --test shows, by twice the standard error, that the accuracy "
                    + "drops by more than was asked; 2: bad input.",
                "Layers whose factors would have no fewer parameters stay as they are. With --data, layers are fitted to what they do on the data, not to "
                    + "their weights.",
            ],
            Examples =
            [
                "rankcollapse compress model.onnx --keep 0.5 --data images.npz --out small.onnx",
                "rankcollapse compress model.onnx --accuracy-drop 0.5% --data images.npz --test others.npz --out small.onnx --html small.html",
                "rankcollapse compress runs/first --certificate --out small.safetensors",
                "rankcollapse compress model.safetensors --energy 0.999 --out small.safetensors --json",
                "rankcollapse compress tuned.safetensors --against base.safetensors --energy 0.99 --out adapter",
            ],
        };
        var path = new Argument<string>("MODEL") { Description = "the model's file or folder" };
        Option<string> output = OptionValue.Of<string>("--out", $"The file to write: {Endings()}; with --against, the folder to make", "FILE");
        output.Required = true;
        Option<double> energy = OptionValue.Of<double>("--energy", "Keep this share of each layer's energy (the sum of squared singular values) [0.99]", "e");
        Option<double> tolerance = OptionValue.Of<double>("--tolerance", "Allow this relative error in Frobenius norm in each layer", "ε");
        Option<int> rank = OptionValue.Of<int>("--rank", "One rank for all layers; with --certificate, K [the number of outputs]", "r");
        Option<bool> certificate = OptionValue.Switch("--certificate", "For runs: rank K, with Theorem 3.4's bounds on what that changes");
        Option<double> keep = OptionValue.Of<double>("--keep", "Keep at most this share of the model's parameters, with the smallest error", "share");
        Option<double> drop = OptionValue.Share(
            "--accuracy-drop", "The fewest parameters whose accuracy on --data is lower by at most this, such as 0.5%", "share");
        Option<bool> noise = OptionValue.Switch("--noise-edge", "The singular values of each layer that stand out of noise (Gavish and Donoho's threshold)");
        Option<string> against = OptionValue.Of<string>(
            "--against", "Write what MODEL changed of BASE as a LoRA adapter in PEFT's layout; ranks and errors are those of the change", "BASE");
        Option<bool> modules = OptionValue.Switch("--modules-to-save", "With --against, keep as they are what no factors carry: biases, norms, new heads");
        Option<int> multiple = OptionValue.Of<int>("--multiple", "Round ranks up to multiples of this [1]", "m");
        Option<bool> faster = OptionValue.Switch("--only-faster", "Leave layers whole that take longer as two, as timed on this machine");
        Option<string> data = OptionValue.Of<string>("--data", "Samples to fit layers to: .npz with X and y, csv, IDX, the folder of a run, or mnist", "DATA");
        var reading = new ReadingOptionSet();
        Option<string> test = OptionValue.Of<string>("--test", "Other samples to compare on [those of --data, or random ones]", "DATA");
        Option<int> samples = OptionValue.Of<int>("--samples", "Take at most so many samples [all]", "N");
        var predicts = new PredictionOptionSet();
        Option<string> only = OptionValue.Of<string>("--only", "Only layers whose names contain one of these texts, with commas between them", "TEXT[,…]");
        Option<string> except = OptionValue.Of<string>("--except", "No layers whose names contain one of these texts", "TEXT[,…]");
        Option<long> seed = OptionValue.Of<long>("--seed", "Seed of samples and of random inputs [0]", "n");
        Option<string> html = OptionValue.File("--html", "Also write a report as one HTML page, with accuracy against size", makesFolder: true);
        Option<bool> force = OptionValue.Switch("--force", "Replace the file that --out names");
        Option<int> threads = CommonOptions.Threads();
        Option<bool> accept = CommonOptions.AcceptChanged();
        Option<bool> json = CommonOptions.Json();
        command.Add(path);
        Option[] all = [output, against, modules, energy, tolerance, rank, certificate, keep, drop, noise, multiple, faster, data, .. reading.All,
            test, samples, .. predicts.All, only, except, seed, html, force, threads, accept, json];
        foreach (Option option in all) command.Add(option);
        command.SetAction(parsed =>
        {
            string model = parsed.GetRequiredValue(path), file = parsed.GetRequiredValue(output);
            if (parsed.GetValue(html) == StandardOutput.Name && parsed.GetValue(json))
                throw new InvalidInputException("--json and --html - write to standard output; give one of them.");
            if (parsed.Has(against))
            {
                Option[] known = [output, against, modules, energy, tolerance, rank, keep, noise, multiple, only, except, threads, accept, json];
                if (all.FirstOrDefault(option => parsed.Has(option) && !known.Contains(option)) is { } other)
                    throw new InvalidInputException($"{other.Name} has no effect with --against; leave one of them out.");
                if (file == StandardOutput.Name)
                    throw new InvalidInputException("--out is standard output, expected a folder to make; write ./- for a folder of that name.");
            }
            else if (parsed.Has(modules)) throw new InvalidInputException($"{modules.Name} has an effect with --against only; leave it out.");
            else RequireFree(model, file, parsed.GetValue(force));
            parsed.AcceptModel(accept, environment, model);
            parsed.UseThreads(threads);
            (RankRule rule, double value) = Rule(
                (parsed.Has(energy), RankRule.Energy, parsed.GetValue(energy)), (parsed.Has(tolerance), RankRule.Tolerance, parsed.GetValue(tolerance)),
                (parsed.Has(certificate), RankRule.Certificate, 0), (parsed.Has(keep), RankRule.Budget, parsed.GetValue(keep)),
                (parsed.Has(drop), RankRule.Accuracy, parsed.GetValue(drop)), (parsed.Has(noise), RankRule.NoiseEdge, 0),
                (parsed.Has(rank) && !parsed.Has(certificate), RankRule.Rank, 0));
            if (parsed.GetValue(against) is { } basis)
            {
                AdapterReport adapter = JobProgress.Show(environment, progress => LoraAdapter.Write(model, basis, file, new CompressionOptions
                {
                    Rule = rule,
                    Value = value,
                    Rank = parsed.Given(rank),
                    Multiple = parsed.Given(multiple) ?? 1,
                    Only = parsed.Texts(only),
                    Except = parsed.Texts(except),
                    Progress = what => progress.Update(new ProgressState(what)),
                    Cancellation = environment.Cancellation,
                }, parsed.GetValue(modules)));
                if (parsed.GetValue(json)) JsonOutput.Write(environment.Output, AdapterOutput.Document.Write(adapter));
                else AdapterOutput.Write(environment.Output, adapter);
                return adapter.Output is null ? ExitCode.NotReached : ExitCode.Done;
            }
            CompressionReport report = JobProgress.Show(environment, progress => ModelCompression.Run(model, file, new CompressionOptions
            {
                Rule = rule,
                Value = value,
                Rank = parsed.Given(rank),
                Multiple = parsed.Given(multiple) ?? 1,
                OnlyFaster = parsed.GetValue(faster),
                PathPoints = parsed.Has(html) ? CompressedModelReport.Sizes : 0,
                Data = parsed.GetValue(data),
                Reading = reading.Read(parsed, progress.Say),
                Test = parsed.GetValue(test),
                Samples = parsed.Given(samples),
                Output = predicts.Output(parsed),
                Task = predicts.Task(parsed),
                Only = parsed.Texts(only),
                Except = parsed.Texts(except),
                Seed = parsed.GetValue(seed),
                Progress = what => progress.Update(new ProgressState(what)),
                Cancellation = environment.Cancellation,
            }));
            if (parsed.GetValue(html) is { } page) CompressedModelReport.Write(report, page);
            if (parsed.GetValue(json)) JsonOutput.Write(environment.Output, CompressionOutput.Document.Write(report));
            else if (parsed.GetValue(html) != StandardOutput.Name) CompressionOutput.Write(environment.Output, report);
            return report.Output is null || report.IsRefutedOnTest ? ExitCode.NotReached : ExitCode.Done;
        });
        return command;
    }

    /// <summary>Which formats are written as which files.</summary>
    private static string Endings() => string.Join("; ", ModelFormats.All.SelectMany(format => format.CompressedEndings.Select(ending => (ending, format.Name)))
        .GroupBy(pair => pair.ending, pair => pair.Name).Select(group => $"{group.Key} for {string.Join(", ", group)}"));

    /// <summary>The one rule that was given, or the default.</summary>
    private static (RankRule Rule, double Value) Rule(params (bool IsGiven, RankRule Rule, double Value)[] rules)
    {
        (bool IsGiven, RankRule Rule, double Value)[] given = [.. rules.Where(rule => rule.IsGiven)];
        return given switch
        {
            [] => (RankRule.Energy, new CompressionOptions().Value),
            [var (_, rule, value)] => (rule, value),
            _ => throw new InvalidInputException(
                "Ranks are chosen by one rule, but several are given; give one of --energy, --tolerance, --rank, --certificate, --keep, --accuracy-drop and "
                + "--noise-edge."),
        };
    }

    /// <summary>Refuses to write over a file, and over the model in any case.</summary>
    private static void RequireFree(string model, string file, bool force)
    {
        try
        {
            AtomicFile.Require(file, makesFolder: false);
        }
        catch (InvalidInputException e)
        {
            throw new InvalidInputException($"The option --out cannot be used: {e.Message.TrimEnd('.')}.", e);
        }
        if (Directory.Exists(file)) throw new InvalidInputException($"{file} is a folder, expected a file for the compressed model; choose another --out.");
        string? folder = Path.GetDirectoryName(Path.GetFullPath(file));
        if (!Directory.Exists(folder)) throw new InvalidInputException($"The folder {folder} of --out does not exist; make it first.");
        if (Path.GetFullPath(model) == Path.GetFullPath(file)) throw new InvalidInputException($"--out is the model itself, {file}; choose another file.");
        if (!force && File.Exists(file)) throw new InvalidInputException($"The file {file} exists; choose another --out, or give --force to replace it.");
    }
}
