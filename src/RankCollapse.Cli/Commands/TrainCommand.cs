using System.CommandLine;
using RankCollapse.Cli.Output;
using RankCollapse.Cli.Parsing;
using RankCollapse.Runs;
using RankCollapse.Theory.StationaryPoints;
using RankCollapse.Training;

namespace RankCollapse.Cli.Commands;

/// <summary><c>train</c>: trains one network and writes a run folder with its report.</summary>
internal static class TrainCommand
{
    private static readonly string[] Tolerances = [nameof(RunConfiguration.GradientTolerance), nameof(RunConfiguration.CollapseTolerance)];
    private static readonly string[] Limits = [nameof(RunConfiguration.MaxEpochs), nameof(RunConfiguration.MaxSeconds)];

    /// <summary>The verb.</summary>
    public static Command Create(CommandEnvironment environment)
    {
        var command = new Verb("train", "Trains one network, measures every layer and writes a run folder with a report.")
        {
            Computes = true,
            Notes =
            [
                "Exit code 0: converged, or used up the epochs or seconds that were asked for; 1: a tolerance that was asked for,",
                "or the default one, was not reached, or training stalled, found no minimum, diverged or was stopped, or --verify-minimum found none;",
                "2: bad input, nothing written.",
                "Ctrl-C stops after the epoch at hand, with everything saved; --resume goes on to the same result.",
            ],
            Examples =
            [
                "rankcollapse train --convention mean --lambda 1e-3 --out runs/first",
                "rankcollapse train --architecture residual --depth 4 --activation asinh --convention mean --lambda 1e-2 --max-seconds 60",
                "rankcollapse train --solver adam --convention mean --lambda 3e-3 --learning-rate 3e-3 --max-epochs 12000",
                "rankcollapse train --config settings.json --seed 1",
                "rankcollapse train --seeds 0..9 --max-seconds 20 --out runs/ensemble",
                "rankcollapse train --resume --out runs/first",
                "rankcollapse train --from runs/adam --solver gauss-newton --out runs/polished",
                "rankcollapse train --from runs/first/descent.safetensors --verify-minimum --out runs/second",
            ],
        };
        var settings = new TrainingOptionSet(RunSettings.All);
        settings.AddTo(command);
        Option<string> output = OptionValue.Folder("--out", "The folder of the run, new or empty [runs/NAME, made from the settings]");
        Option<bool> resume = OptionValue.Switch("--resume", "Go on with an interrupted run in the folder, to the same result as without interruption");
        Option<bool> force = OptionValue.Switch("--force", "Replace an earlier run in the folder");
        Option<bool> noReport = OptionValue.Switch("--no-report", "Do not write report.html and figures/");
        Option<string> seeds = OptionValue.Of<string>("--seeds", "Train an ensemble, one run for each seed from a to b, on all cores; no reports", "a..b");
        Option<bool> verify = OptionValue.Switch(
            "--verify-minimum", "Say at the end whether the point is a minimum, by the least eigenvalues of the Hessian; weights below a saddle go to "
                + "descent.safetensors in the folder");
        Option<bool> accept = CommonOptions.AcceptChanged();
        Option<bool> json = CommonOptions.Json();
        command.Add(output);
        command.Add(verify);
        command.Add(seeds);
        command.Add(resume);
        command.Add(force);
        command.Add(noReport);
        command.Add(accept);
        command.Add(json);
        command.SetAction(parsed =>
        {
            bool isResumed = parsed.GetValue(resume);
            if (isResumed && parsed.GetValue(force)) throw new InvalidInputException("--resume goes on with a run and --force replaces it; give one of both.");
            // What a resumed run's options have an effect with lies in its folder.
            RunConfiguration fresh = isResumed && parsed.GetValue(output) is not null && parsed.GetValue(seeds) is null
                ? new RunConfiguration() : settings.Apply(parsed, new RunConfiguration());
            if (parsed.GetValue(accept) && (!isResumed || parsed.GetValue(seeds) is not null))
                throw new InvalidInputException("--accept-changed has no effect without --resume of one run; leave it out.");
            if (!isResumed) fresh.Validate();
            string path = parsed.GetValue(output) ?? RunName.For(fresh);
            if (parsed.GetValue(seeds) is { } range)
            {
                if (settings.IsGiven(parsed, nameof(RunConfiguration.Seed)))
                    throw new InvalidInputException("--seed trains one run and --seeds an ensemble; give one of both.");
                if (parsed.GetValue(noReport))
                    throw new InvalidInputException("--no-report has no effect with --seeds, which writes no reports; leave it out.");
                if (parsed.GetValue(verify))
                    throw new InvalidInputException("--verify-minimum judges one run and has no effect with --seeds; leave it out, and certify single runs.");
                bool isLimitEnough =
                    CodeOf(TrainingStatus.TimeLimit, IsGiven(settings, parsed, Tolerances), IsGiven(settings, parsed, Limits)) == ExitCode.Done;
                return EnsembleTraining.Run(environment, fresh, range, path, isResumed, parsed.GetValue(force), parsed.GetValue(json), isLimitEnough);
            }
            parsed.Accept(accept, environment, path);
            TrainingRunResult result = TrainingProgress.Show(environment, progress =>
            {
                var options = new TrainingRunOptions
                {
                    Force = parsed.GetValue(force),
                    Started = progress.Start,
                    Progress = progress.Update,
                    Warning = progress.Warn
                };
                return isResumed
                    ? TrainingRun.Resume(path, stored => settings.Apply(parsed, stored), options, environment.Cancellation)
                    : TrainingRun.Start(fresh, path, options, environment.Cancellation);
            });
            bool writesReport = !parsed.GetValue(noReport) && !(result.HadEnded && File.Exists(result.Folder!.ReportPath));
            string? report = writesReport ? ReportFiles.Write(result.Run, result.Folder!).Page
                : result.HadEnded && !parsed.GetValue(noReport) ? result.Folder!.ReportPath : null;
            // What a run was asked when it began counts as asked when it is resumed.
            bool IsAsked(string[] properties) => IsGiven(settings, parsed, properties) || (isResumed && Differs(result.Run.Configuration, properties));
            int code = CodeOf(result.Run.Summary.Status, IsAsked(Tolerances), IsAsked(Limits));
            CurvatureOutput? curvature = parsed.GetValue(verify) && result.IsMeasured ? CurvatureOutput.Of(result.Run, result.Folder!) : null;
            if (parsed.GetValue(verify) && curvature?.Certificate.Kind != StationaryPointKind.Minimum) code = ExitCode.NotReached;
            if (parsed.GetValue(json)) JsonOutput.Write(environment.Output, TrainingSummary.Document.Write((result, report, curvature, code)));
            else
            {
                TrainingSummary.Write(environment, result, report);
                curvature?.Write(environment.Output);
            }
            return code;
        });
        return command;
    }

    private static bool IsGiven(TrainingOptionSet settings, ParseResult parsed, string[] properties) =>
        properties.Any(property => settings.IsGiven(parsed, property));

    private static bool Differs(RunConfiguration configuration, string[] properties) =>
        properties.Select(RunSettings.Of).Any(setting => !Equals(setting.Get(configuration), setting.Default));

    /// <summary>A limit that was asked for and used up is what was asked, unless a tolerance was asked for too.</summary>
    private static int CodeOf(TrainingStatus status, bool isToleranceAsked, bool isLimitAsked) => status switch
    {
        TrainingStatus.Converged => ExitCode.Done,
        TrainingStatus.MaxEpochs or TrainingStatus.TimeLimit when isLimitAsked && !isToleranceAsked => ExitCode.Done,
        _ => ExitCode.NotReached,
    };
}
