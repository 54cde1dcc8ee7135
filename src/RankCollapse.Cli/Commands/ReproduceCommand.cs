using System.CommandLine;
using System.Text.Json.Nodes;
using RankCollapse.Cli.Commands.Sweeps;
using RankCollapse.Cli.Output;
using RankCollapse.Cli.Parsing;
using RankCollapse.Experiments;
using RankCollapse.Experiments.Page;
using RankCollapse.Experiments.Running;
using RankCollapse.Formats;
using RankCollapse.Reporting.Text;
using RankCollapse.Sweeps.Work;

namespace RankCollapse.Cli.Commands;

/// <summary><c>reproduce</c>: the paper's figures, with data and verdicts.</summary>
internal static class ReproduceCommand
{
    /// <summary>The verb.</summary>
    public static Command Create(CommandEnvironment environment)
    {
        var command = new Verb("reproduce", "Reproduces figures of the paper: trains what they show, writes data, pictures and a verdict on each claim.")
        {
            Computes = true,
            Notes =
            [
                $"Figures: {string.Join(", ", ExperimentCatalogue.Experiments.SelectMany(e => e.OtherNames.Prepend(e.Name)).Order(StringComparer.Ordinal))}, "
                    + $"{ExperimentCatalogue.All}.",
                "Ctrl-C stops with all finished trainings stored; the same command goes on to the same result.",
                "The trainings of each figure are a sweep in DIR/FIGURE/sweep, which sweep watch, serve and query understand, on whichever engine; what "
                    + "follows from them is computed here.",
                "Exit code 0: all figures are written, whatever their verdicts; 1: stopped or failed; 2: bad input.",
            ],
            Examples = ["rankcollapse reproduce fig5 --quick", "rankcollapse reproduce all --out reproduction",
                "rankcollapse reproduce fig1 fig2 --seed 7 --out other-seed --json"],
        };
        Argument<string[]> figures = new("FIGURE") { Description = "fig1 … fig7, depth and ranks (ours) or all, one or more", Arity = ArgumentArity.OneOrMore };
        Option<bool> quick = OptionValue.Switch("--quick", "A faithful smaller version of every figure, in minutes");
        Option<string> output = OptionValue.Folder("--out", "The folder of the results [reproduction, with --quick reproduction-quick]");
        Option<int> workers = OptionValue.Of<int>("--workers", "Trainings at the same time [all cores]; results do not depend on it", "n");
        Option<long> seed = OptionValue.Of<long>("--seed", "The first seed [0]", "n");
        figures.CompletionSources.Add([.. ExperimentCatalogue.Find([ExperimentCatalogue.All]).Select(experiment => experiment.Name), ExperimentCatalogue.All]);
        Option<bool> gallery = OptionValue.Switch(
            "--gallery", "Write DIR/gallery.html too: the figures at the width of a column and of a page, on light and on dark paper");
        Option<bool> force = OptionValue.Switch("--force", "Replace earlier results of these figures");
        Option<bool> json = CommonOptions.Json();
        command.Add(figures);
        command.Add(quick);
        command.Add(output);
        command.Add(workers);
        var engines = new EngineOptionSet(command, withSingleOnes: false);
        command.Add(seed);
        command.Add(gallery);
        command.Add(force);
        command.Add(json);
        command.SetAction(parsed =>
        {
            IReadOnlyList<Experiment> experiments = ExperimentCatalogue.Find(parsed.GetRequiredValue(figures));
            var settings = new ReproductionSettings(parsed.GetValue(quick), parsed.GetValue(seed));
            string path = parsed.GetValue(output) ?? (settings.IsQuick ? "reproduction-quick" : "reproduction");
            int? count = parsed.AtLeast(workers, 1);
            RequirePlace(path);
            (Engine engine, EngineSettings asked) = engines.Read(parsed);
            IReadOnlyList<FigureResult> results = Run(display => Reproduction.Run(
                experiments,
                settings,
                path,
                new ReproductionOptions
                {
                    Force = parsed.GetValue(force),
                    Gallery = parsed.GetValue(gallery),
                    Threads = count,
                    Engine = engine,
                    Asked = asked,
                    Command = SweepRun.ThisProgram(),
                    Progress = display.Update,
                    Finished = display.Finish,
                    Warning = display.Warn,
                },
                environment.Cancellation));
            if (parsed.GetValue(json)) JsonOutput.Write(environment.Output, Document.Write((path, results)));
            else Write(environment, path, results);
            return ExitCode.Done;
        });
        return command;

        IReadOnlyList<FigureResult> Run(Func<ReproductionDisplay, IReadOnlyList<FigureResult>> reproduce)
        {
            try
            {
                return ReproductionDisplay.Show(environment, reproduce);
            }
            catch (OperationCanceledException e) when (environment.Cancellation.IsCancellationRequested)
            {
                throw new ComputationFailedException("stopped on request; finished trainings are stored, and the same command goes on from there.", e);
            }
        }
    }

    /// <summary>Refuses a file, and folders that hold something else.</summary>
    private static void RequirePlace(string path)
    {
        if (File.Exists(path)) throw new InvalidInputException($"--out is {path}, which is a file; expected a folder for the results.");
        string? other = File.Exists(Path.Combine(path, "config.json")) ? "a run" : File.Exists(Path.Combine(path, "plan.json")) ? "a sweep" : null;
        if (other is not null) throw new InvalidInputException($"--out is {path}, the folder of {other}; choose another one, so that both stay apart.");
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
            environment.Output.WriteLine(
                $"  {NumberText.Count(result.TrainingCount, "training")} ({string.Join(", ", result.Statuses.Select(s => $"{s.Value} {s.Key}"))}), "
                + $"{Numbers.Seconds(result.TrainingSeconds)} of one core: {Path.Combine(path, result.Name)}");
        }
        environment.Output.WriteLine($"report: {Path.Combine(path, ReproductionReport.FileName)}");
    }

    private static string Sentence(Measurement m) =>
        $"{m.Quantity}: {Value(m)} ({(m.Comparison == Comparison.AtMost ? "at most" : "at least")} {Numbers.Plain(m.Threshold)} asked)";

    /// <summary>A number that is held against a whole one counts something, where it is whole itself.</summary>
    private static string Value(Measurement m) =>
        m.Value == Math.Floor(m.Value) && m.Threshold == Math.Floor(m.Threshold) ? Numbers.Plain(m.Value) : Numbers.Short(m.Value);

    /// <summary>The JSON document.</summary>
    internal static JsonShape<(string Path, IReadOnlyList<FigureResult> Results)> Document =>
        new JsonShape<(string Path, IReadOnlyList<FigureResult> Results)>()
        .Text("out", one => one.Path)
        .Text("report", one => Path.Combine(one.Path, ReproductionReport.FileName))
        .Any("figures", JsonSchema.List(FigureResult.Schema()), one => new JsonArray([.. one.Results.Select(result => JsonNode.Parse(result.ToJson()))]));
}
