using System.CommandLine;
using RankCollapse.Cli.Output;
using RankCollapse.Cli.Parsing;
using RankCollapse.Data;
using RankCollapse.Networks;
using RankCollapse.Reporting;
using RankCollapse.Runs;
using RankCollapse.Theory.Forecasts;

namespace RankCollapse.Cli.Commands;

/// <summary><c>forecast</c>: spectra of every layer and the objective, before training.</summary>
internal static class ForecastCommand
{
    private static readonly Setting Seed = RunSettings.Of(nameof(RunConfiguration.Seed));

    /// <summary>The verb.</summary>
    public static Command Create(CommandEnvironment environment)
    {
        var command = new Verb("forecast", "Forecasts the singular values of every layer and the objective, before training.")
        {
            Computes = true,
            Notes =
            [
                "Takes the settings of train that a forecast depends on; --against RUN takes those of a run, compares with what it reached, and draws both.",
                "For cross-entropy the centroid problem alone is defined: the others interpolate the targets, where its minimum is not.",
            ],
            Examples =
            [
                "rankcollapse forecast --depth 10 --lambda 1e-5",
                "rankcollapse forecast --against runs/first --json",
                "rankcollapse forecast --stability --deltas 10,1,0.1 --out figures",
                "rankcollapse forecast --depth 6 --activation relu --classes 6 --rank 4",
            ],
        };
        var settings = new TrainingOptionSet(RunSettings.All.Where(IsUsed));
        settings.AddTo(command);
        Option<string> against = OptionValue.Of<string>("--against", "Compare with a trained run, whose settings and data are used", "RUN");
        Option<double> refine = OptionValue.Of<double>("--refine", "Go on in the full problem, from the network of the centroid problem, to this relative "
            + "gradient norm", "X");
        Option<bool> stability = OptionValue.Switch("--stability", "Follow the minimisers of the recursion as delta goes to 0 instead (Theorem 4.4)");
        Option<string> deltas = OptionValue.Of<string>("--deltas", "The delta that --stability visits [1,0.1,…,1e-6]", "δ,δ,…");
        Option<double> constant = OptionValue.Of<double>("--constant", "C of Definition 4.1, for the minimisers on S of --stability [1]", "C");
        Option<int> rank = OptionValue.Of<int>("--rank", "Look for networks of this lower rank than K too, and say which costs less", "r");
        Option<string> output = OptionValue.Folder("--out", "Where the figure and its data go [RUN/figures]");
        Option<bool> accept = CommonOptions.AcceptChanged();
        Option<bool> json = CommonOptions.Json();
        command.Add(against);
        command.Add(refine);
        command.Add(stability);
        command.Add(deltas);
        command.Add(constant);
        command.Add(rank);
        command.Add(output);
        command.Add(accept);
        command.Add(json);
        command.SetAction(parsed =>
        {
            Run? run = parsed.GetValue(against) is { } folder ? ReadRun(folder) : null;
            RunConfiguration configuration;
            if (run is not null) configuration = run.Configuration;
            else (configuration = settings.Apply(parsed, new RunConfiguration())).Validate();
            DataSet data = run?.DataSet ?? DataSource.Load(configuration.ToDataRequest());
            string? figureFolder = parsed.GetValue(output) ?? (run is null ? null : RunFolder.Open(parsed.GetValue(against)!).FiguresPath);
            if (parsed.GetValue(stability))
            {
                if (parsed.GetResult(refine) is not null)
                    throw new InvalidInputException("--refine has no effect with --stability, which solves no centroid problem.");
                if (settings.Given(parsed).Contains(Seed)) throw new InvalidInputException("--seed has no effect with --stability; leave it out.");
                if (settings.Given(parsed).Contains(RunSettings.Of(nameof(RunConfiguration.Delta))))
                    throw new InvalidInputException("--delta has no effect with --stability, which lets it go to 0; leave it out.");
            }
            if (parsed.GetValue(stability))
            {
                if (parsed.GetResult(rank) is not null) throw new InvalidInputException("--rank has no effect with --stability; leave it out.");
                double c = parsed.GetResult(constant) is null ? 1 : parsed.GetValue(constant);
                return FollowDelta(configuration, data, ReadDeltas(parsed.GetValue(deltas)), c, figureFolder, parsed.GetValue(json));
            }
            foreach (Option option in (Option[])[deltas, constant])
            {
                if (parsed.GetResult(option) is not null) throw new InvalidInputException($"{option.Name} has an effect with --stability only; add it.");
            }

            double? tolerance = parsed.GetResult(refine) is null ? null : parsed.GetValue(refine);
            if (run is null && parsed.GetValue(output) is not null)
                throw new InvalidInputException("--out is where figures go, and a forecast alone has none; add --against RUN or --stability.");
            NetworkSpecification specification = configuration.ToSpecification(data.InputDimension, data.OutputDimension);
            var set = ForecastSet.Compute(specification, data, configuration.ToObjectiveSettings(), configuration.Seed, tolerance);
            LowerRankForecast? lower = parsed.GetResult(rank) is null ? null
                : LowerRankForecast.Compute(specification, data, configuration.ToObjectiveSettings(), parsed.GetValue(rank), configuration.Seed);
            IReadOnlyList<string> figures = run is null ? []
                : ReportFiles.Covered(
                    RunFolder.Open(parsed.GetValue(against)!), () => TheoryFigures.WriteForecast(set.Forecasts, run.Summary, figureFolder!),
                    parsed.GetValue(output) is null);
            if (parsed.GetValue(json)) JsonOutput.Write(environment.Output, ForecastOutput.Document.Write((set, run, lower, figures)));
            else
            {
                ForecastOutput.Write(environment.Output, set, run, lower);
                FigureLines.Write(environment.Output, figures);
            }
            return ExitCode.Done;

            Run ReadRun(string path)
            {
                if (settings.Given(parsed).FirstOrDefault() is { } other)
                    throw new InvalidInputException($"--against takes all settings from the run; leave out --{other.Name}.");
                parsed.Accept(accept, environment, path);
                return RunFolder.Read(path);
            }
        });
        return command;

        int FollowDelta(RunConfiguration configuration, DataSet data, IReadOnlyList<double>? visited, double c, string? folder, bool isJson)
        {
            NetworkSpecification specification = configuration.ToSpecification(data.InputDimension, data.OutputDimension);
            var family = StabilityFamily.Follow(specification, data, configuration.ToObjectiveSettings(), visited);
            ConstrainedFamily? onS = specification is { Architecture: Architecture.Feedforward, HasBias: false, Depth: >= 2 }
                ? ConstrainedFamily.Follow(specification, data, [.. family.Points.Select(point => point.Delta)], c) : null;
            IReadOnlyList<string> figures = folder is null ? [] : TheoryFigures.WriteStability(family, folder);
            if (isJson) JsonOutput.Write(environment.Output, StabilityOutput.Document.Write((family, onS, figures)));
            else
            {
                StabilityOutput.Write(environment.Output, family, onS);
                FigureLines.Write(environment.Output, figures);
            }
            return ExitCode.Done;
        }
    }

    /// <summary>Numbers with commas between them; null for none.</summary>
    private static double[]? ReadDeltas(string? text) => text is null ? null : [.. text.Split(',').Select(part =>
        double.TryParse(part, System.Globalization.NumberStyles.Float, System.Globalization.CultureInfo.InvariantCulture, out double number) ? number
        : throw new InvalidInputException($"--deltas has '{ErrorText.Printable(part)}'; expected numbers with commas between them such as 1,0.1,1e-2."))];

    /// <summary>The seed draws the starts of the centroid problem.</summary>
    private static bool IsUsed(Setting setting) => setting.Part is SettingPart.Data or SettingPart.Network or SettingPart.Objective || setting == Seed;
}
