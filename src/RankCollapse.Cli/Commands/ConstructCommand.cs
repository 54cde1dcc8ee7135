using System.CommandLine;
using RankCollapse.Cli.Output;
using RankCollapse.Cli.Parsing;
using RankCollapse.Formats;
using RankCollapse.Runs;
using RankCollapse.Theory.Forecasts;
using RankCollapse.Theory.Minimizers;

namespace RankCollapse.Cli.Commands;

/// <summary><c>construct</c>: writes a global minimiser of the representation cost as a run that was not trained.</summary>
internal static class ConstructCommand
{
    /// <summary>The verb.</summary>
    public static Command Create(CommandEnvironment environment)
    {
        var command = new Verb("construct", "Writes the global minimiser of Theorem 4.2, or C.2 for residual networks, or a network of lower rank, as a run.")
        {
            Computes = true,
            Notes =
            [
                "Takes the settings of train for data, network and objective; --seed draws the orthogonal factors, or the starts of --rank.",
                "measure, certify and report work on the run.",
            ],
            Examples =
            [
                "rankcollapse construct --depth 5 --out runs/minimiser",
                "rankcollapse construct --architecture residual --constant 0.5 --out runs/residual",
                "rankcollapse construct --depth 6 --activation relu --classes 6 --rank 4 --out runs/lower",
            ],
        };
        var settings = new TrainingOptionSet(RunSettings.All.Where(IsUsed));
        settings.AddTo(command);
        Option<double> constant = OptionValue.Of<double>("--constant", "C of Definition 4.1 [1]", "C");
        Option<int> rank = OptionValue.Of<int>("--rank", "The lowest collapsed network found of this lower rank than K in place of the minimiser", "r");
        Option<string> output = OptionValue.Folder("--out", "The folder of the run, new or empty [runs/minimiser]");
        Option<bool> force = OptionValue.Switch("--force", "Replace an earlier run in the folder");
        Option<bool> json = CommonOptions.Json();
        command.Add(constant);
        command.Add(rank);
        command.Add(output);
        command.Add(force);
        command.Add(json);
        command.SetAction(parsed =>
        {
            RunConfiguration configuration = settings.Apply(parsed, new RunConfiguration());
            double c = parsed.GetResult(constant) is null ? 1 : parsed.GetValue(constant);
            string path = parsed.GetValue(output) ?? Path.Combine("runs", "minimiser");
            var options = new TrainingRunOptions { Force = parsed.GetValue(force), Warning = environment.Error.WriteLine };
            if (parsed.GetResult(rank) is not null)
            {
                if (parsed.GetResult(constant) is not null)
                    throw new InvalidInputException("--constant is of the minimiser of rank K, and has no effect with --rank; give one of both.");
                var lower = MinimizerRun.WriteLowerRank(configuration, path, parsed.GetValue(rank), options, environment.Cancellation);
                if (parsed.GetValue(json)) JsonOutput.Write(environment.Output, Document.Write((path, null, null, lower)));
                else
                {
                    environment.Output.WriteLine($"{ErrorText.Printable(path)}: the lowest network found of rank {lower.Rank}");
                    ForecastOutput.Write(environment.Output, lower);
                }
                return ExitCode.Done;
            }
            GlobalMinimizer minimizer = MinimizerRun.Write(configuration, path, c, options, environment.Cancellation);
            if (parsed.GetValue(json)) JsonOutput.Write(environment.Output, Document.Write((path, c, minimizer, null)));
            else Write(environment, path, c, minimizer);
            return ExitCode.Done;
        });
        return command;
    }

    private static bool IsUsed(Setting setting) => setting.Part is SettingPart.Data or SettingPart.Network or SettingPart.Objective or SettingPart.Machine
        || setting == RunSettings.Of(nameof(RunConfiguration.Seed));

    private static void Write(CommandEnvironment environment, string path, double constant, GlobalMinimizer minimizer)
    {
        string value = Numbers.Objective(minimizer.Value);
        environment.Output.WriteLine(
            $"{ErrorText.Printable(path)}: the minimiser of {minimizer.Theorem} for C = {Numbers.Short(constant)}, with representation cost {value}");
        if (minimizer.UnmetHypotheses.Count > 0)
            environment.Output.WriteLine($"The theorem also asks that {string.Join("; ", minimizer.UnmetHypotheses)}.");
    }

    /// <summary>The JSON document.</summary>
    internal static JsonShape<(string Path, double? Constant, GlobalMinimizer? Minimizer, LowerRankForecast? Lower)> Document =>
        new JsonShape<(string Path, double? Constant, GlobalMinimizer? Minimizer, LowerRankForecast? Lower)>()
        .Text("run", one => one.Path)
        .TextOrNull("theorem", one => one.Minimizer?.Theorem)
        .Number("constant", one => one.Constant)
        .Number("representationCost", one => one.Minimizer?.Value)
        .Texts("unmetHypotheses", one => one.Minimizer?.UnmetHypotheses ?? [])
        .ObjectOrNull("lowerRank", one => one.Lower, ForecastOutput.OfLowerRank);
}
