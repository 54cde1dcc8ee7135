using System.CommandLine;
using System.Text.Json.Nodes;
using RankCollapse.Cli.Output;
using RankCollapse.Cli.Parsing;
using RankCollapse.Reporting;
using RankCollapse.Sweeps.Local;
using RankCollapse.Sweeps.Plan;
using RankCollapse.Sweeps.Specification;
using RankCollapse.Sweeps.Storage;

namespace RankCollapse.Cli.Commands.Sweeps;

/// <summary><c>sweep run SPEC</c>: plans a sweep and runs its trials.</summary>
internal static class SweepRunCommand
{
    private const string Missing = "sweep needs SPEC, the JSON file of a sweep, or one of its commands: run, status, resume, retry, cancel, work; rankcollapse sweep --help shows an example.";

    /// <summary>The verb.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="environment">Where output goes.</param>
    /// <param name="isSpecificationOptional">Whether a verb of its own may stand in the specification's place.</param>
    public static Command Create(string name, CommandEnvironment environment, bool isSpecificationOptional)
    {
        var command = new Verb(name, "Trains every combination of settings that a file specifies, on all cores or on a Slurm cluster.")
        {
            Notes =
            [
                "A sweep that was interrupted, or whose file has more values now, goes on with the same command: what is done is not done again.",
                "Exit code 0: every trial is done; 1: some failed, or the sweep was stopped; 2: bad input, nothing written.",
            ],
            Examples =
            [
                "rankcollapse sweep phase-diagram.json --dry-run",
                "rankcollapse sweep phase-diagram.json --out sweeps/phase-diagram",
                "rankcollapse sweep phase-diagram.json --engine slurm",
                "rankcollapse sweep status sweeps/phase-diagram",
            ],
        };
        var specification = new Argument<string>("SPEC") { Description = "the JSON file of a sweep", Arity = isSpecificationOptional ? ArgumentArity.ZeroOrOne : ArgumentArity.ExactlyOne };
        Option<string> output = OptionValue.Of<string>("--out", "The folder of the sweep [sweeps/NAME]", "DIR");
        Option<bool> dryRun = OptionValue.Switch("--dry-run", "Check the file, print the number of trials and an estimate of the time, and write nothing");
        Option<string> engine = SweepCommand.Engine();
        Option<int> workers = SweepCommand.Workers();
        Option<bool> json = CommonOptions.Json();
        command.Add(specification);
        command.Add(output);
        command.Add(dryRun);
        command.Add(engine);
        command.Add(workers);
        command.Add(json);
        command.SetAction(parsed =>
        {
            string file = parsed.GetValue(specification) ?? throw new InvalidInputException(Missing);
            var run = SweepRun.Read(parsed, environment, engine, workers, json);
            SweepSpecification read = SweepSpecification.Read(file);
            PlannedSweep planned = read.Plan();
            string path = parsed.GetValue(output) ?? Path.Combine("sweeps", read.Name);
            int cores = LocalEngine.WorkersFor(planned.Plan, run.Workers);
            Describe(environment.Error, planned, path, cores);
            if (parsed.GetValue(dryRun))
            {
                if (run.IsJson) JsonOutput.Write(environment.Output, ToJson(planned, path, cores));
                return ExitCode.Done;
            }
            var folder = SweepFolder.Create(path);
            folder.Adopt(planned.Plan, File.ReadAllBytes(file));
            return run.Go(folder, read.Slurm);
        });
        return command;
    }

    private static void Describe(TextWriter error, PlannedSweep planned, string path, int cores)
    {
        SweepPlan plan = planned.Plan;
        string varying = plan.Names.Count > 0 ? $" over {string.Join(", ", plan.Names)}" : "";
        error.WriteLine($"Sweep {plan.Name}: {NumberText.Count(plan.Trials.Count, "trial")}{varying}");
        if (planned.Excluded > 0) error.WriteLine($"  {NumberText.Whole(planned.Specified)} specified, {NumberText.Whole(planned.Excluded)} excluded");
        if (planned.Repeated > 0) error.WriteLine($"  {NumberText.Count(planned.Repeated, "trial")} equal to another one, run once");
        error.WriteLine($"  roughly {NumberText.Duration(plan.Needs.SecondsOnOneCore)} on one core, {NumberText.Duration(plan.Needs.SecondsOnOneCore / cores)} with {NumberText.Count(cores, "worker")}; up to {plan.Needs.LargestBytes / 1e6:0.#} MB for a trial");
        error.WriteLine($"  folder {path}");
    }

    private static JsonObject ToJson(PlannedSweep planned, string path, int cores) => new()
    {
        ["name"] = planned.Plan.Name,
        ["identity"] = planned.Plan.Identity,
        ["folder"] = path,
        ["trials"] = planned.Plan.Trials.Count,
        ["specified"] = planned.Specified,
        ["excluded"] = planned.Excluded,
        ["repeated"] = planned.Repeated,
        ["varying"] = new JsonArray([.. planned.Plan.Names.Select(name => JsonValue.Create(name))]),
        ["secondsOnOneCore"] = JsonOutput.Number(planned.Plan.Needs.SecondsOnOneCore),
        ["workers"] = cores,
        ["largestBytes"] = JsonOutput.Number(planned.Plan.Needs.LargestBytes),
    };
}
