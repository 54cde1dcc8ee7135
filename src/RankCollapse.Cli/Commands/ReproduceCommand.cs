using System.CommandLine;
using System.Text.Json.Nodes;
using RankCollapse.Cli.Commands.Sweeps;
using RankCollapse.Cli.Output;
using RankCollapse.Cli.Parsing;
using RankCollapse.Experiments;
using RankCollapse.Experiments.Page;
using RankCollapse.Formats;
using RankCollapse.Sweeps;
using RankCollapse.Sweeps.Engines.Slurm;

namespace RankCollapse.Cli.Commands;

/// <summary><c>reproduce</c>: the paper's figures, with data and verdicts.</summary>
internal static class ReproduceCommand
{
    /// <summary>The verb.</summary>
    public static Command Create(CommandEnvironment environment)
    {
        var command = new Verb("reproduce", "Reproduces figures of the paper: trains what they show, writes data, pictures and a verdict on each claim.")
        {
            Notes =
            [
                $"Figures: {string.Join(", ", ExperimentCatalogue.Experiments.SelectMany(e => e.OtherNames.Prepend(e.Name)).Order(StringComparer.Ordinal))}, {ExperimentCatalogue.All}.",
                "Ctrl-C stops with all finished trainings stored; the same command goes on to the same result.",
                "The trainings of fig1, fig3 and fig5 are sweeps in DIR/FIGURE/sweep, which sweep watch, serve and query understand; with --engine slurm they run on a cluster, and those of the other figures here.",
                "Exit code 0: all figures are written, whatever their verdicts; 1: stopped or failed; 2: bad input.",
            ],
            Examples = ["rankcollapse reproduce fig5 --quick", "rankcollapse reproduce all --out reproduction", "rankcollapse reproduce fig1 fig3 --engine slurm --slurm cluster.json", "rankcollapse reproduce fig1 fig2 --seed 7 --out other-seed --json"],
        };
        Argument<string[]> figures = new("FIGURE") { Description = "fig1 … fig7 or all, one or more", Arity = ArgumentArity.OneOrMore };
        Option<bool> quick = OptionValue.Switch("--quick", "A faithful smaller version of every figure, in minutes");
        Option<string> output = OptionValue.Of<string>("--out", "The folder of the results [reproduction, with --quick reproduction-quick]", "DIR");
        Option<int> threads = OptionValue.Of<int>("--threads", "Trainings at the same time [all cores]; results do not depend on it", "n");
        Option<string> engine = SweepCommand.Engine();
        Option<string> slurm = OptionValue.Of<string>("--slurm", "A JSON file of what is asked of Slurm, as the part slurm of a sweep's file: { \"partition\": \"cpu\", \"tasks\": 50 }", "FILE");
        Option<long> seed = OptionValue.Of<long>("--seed", "The first seed [0]", "n");
        Option<bool> force = OptionValue.Switch("--force", "Replace earlier results of these figures");
        Option<bool> json = CommonOptions.Json();
        command.Add(figures);
        command.Add(quick);
        command.Add(output);
        command.Add(threads);
        command.Add(engine);
        command.Add(slurm);
        command.Add(seed);
        command.Add(force);
        command.Add(json);
        command.SetAction(parsed =>
        {
            IReadOnlyList<Experiment> experiments = ExperimentCatalogue.Find(parsed.GetRequiredValue(figures));
            var settings = new ReproductionSettings(parsed.GetValue(quick), parsed.GetValue(seed));
            string path = parsed.GetValue(output) ?? (settings.IsQuick ? "reproduction-quick" : "reproduction");
            int? count = parsed.GetResult(threads) is null ? null : parsed.GetValue(threads);
            var trainer = new SweepEngine { Command = SweepRun.ThisProgram(), Workers = count, Slurm = ReadSlurm(parsed, engine, slurm) };
            IReadOnlyList<FigureResult> results = ReproductionDisplay.Show(environment, display => Reproduction.Run(
                experiments,
                settings,
                path,
                new ReproductionOptions { Force = parsed.GetValue(force), Threads = count, Engine = trainer, Progress = display.Update, Finished = display.Finish, Warning = display.Warn },
                environment.Cancellation));
            if (parsed.GetValue(json)) JsonOutput.Write(environment.Output, Document.Write((path, results)));
            else Write(environment, path, results);
            return ExitCode.Done;
        });
        return command;
    }

    /// <summary>What is asked of Slurm; null where trainings run on this machine.</summary>
    private static SlurmOptions? ReadSlurm(ParseResult parsed, Option<string> engine, Option<string> slurm)
    {
        string? file = parsed.GetValue(slurm);
        if (SweepRun.EngineName(parsed, engine) == "slurm") return file is null ? new SlurmOptions() : SlurmOptions.ReadPart(file);
        return file is null ? null : throw new InvalidInputException("--slurm is given, but trainings run on this machine; give --engine slurm too, or leave it out.");
    }

    private static void Write(CommandEnvironment environment, string path, IReadOnlyList<FigureResult> results)
    {
        foreach (FigureResult result in results)
        {
            environment.Output.WriteLine($"{result.Name}: {result.Title} ({result.Source})");
            foreach (ClaimVerdict verdict in result.Verdicts)
            {
                environment.Output.WriteLine($"  {verdict.InWords}: {verdict.Claim}");
                environment.Output.WriteLine($"    {Sentence(verdict.AsStated)}");
                if (verdict.UnderCondition is { } under) environment.Output.WriteLine($"    under {verdict.Condition}: {Sentence(under)}");
            }
            environment.Output.WriteLine($"  {result.CellCount} trainings ({string.Join(", ", result.Statuses.Select(s => $"{s.Value} {s.Key}"))}), {Numbers.Short(result.CellSeconds)} s of one core: {Path.Combine(path, result.Name)}");
        }
        environment.Output.WriteLine($"report: {Path.Combine(path, ReproductionReport.FileName)}");
    }

    private static string Sentence(Measurement m) =>
        $"{m.Quantity}: {Numbers.Short(m.Value)} ({(m.Comparison == Comparison.AtMost ? "at most" : "at least")} {Numbers.Short(m.Threshold)} asked)";

    /// <summary>The JSON document.</summary>
    internal static JsonShape<(string Path, IReadOnlyList<FigureResult> Results)> Document => new JsonShape<(string Path, IReadOnlyList<FigureResult> Results)>()
        .Text("out", one => one.Path)
        .Text("report", one => Path.Combine(one.Path, ReproductionReport.FileName))
        .Any("figures", JsonSchema.List(FigureResult.Schema()), one => new JsonArray([.. one.Results.Select(result => JsonNode.Parse(result.ToJson()))]));
}
