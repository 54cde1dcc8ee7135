using System.CommandLine;
using RankCollapse.Cli.Output;
using RankCollapse.Cli.Parsing;
using RankCollapse.Formats;
using RankCollapse.Reporting.Text;
using RankCollapse.Sweeps;
using RankCollapse.Sweeps.Plan;
using RankCollapse.Sweeps.Specification;
using RankCollapse.Sweeps.Work;

namespace RankCollapse.Cli.Commands.Sweeps;

/// <summary><c>sweep run SPEC</c>: plans a sweep and runs its trials.</summary>
internal static class SweepRunCommand
{
    private const string Missing = "sweep needs SPEC, the JSON file of a sweep, or one of its commands: run, status, watch, resume, retry, cancel, "
        + "collect, plot, work; rankcollapse sweep --help shows an example.";

    /// <summary>The verb.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="environment">Where output goes.</param>
    /// <param name="isSpecificationOptional">Whether a verb of its own may stand in the specification's place.</param>
    public static Command Create(string name, CommandEnvironment environment, bool isSpecificationOptional)
    {
        var command = new Verb(name, "Trains every combination of settings that a file specifies, on all cores or on a cluster.")
        {
            Computes = true,
            Notes =
            [
                "A sweep that was interrupted, or whose file has more values now, goes on with the same command: what is done is not done again.",
                "Exit code 0: every trial is done; 1: some failed, or the sweep was stopped; 2: bad input, nothing written.",
            ],
            Examples =
            [
                "rankcollapse sweep phase-diagram.json --dry-run",
                "rankcollapse sweep phase-diagram.json --out sweeps/phase-diagram",
                "rankcollapse sweep status sweeps/phase-diagram",
            ],
        };
        var specification = new Argument<string>("SPEC")
        {
            Description = "the JSON file of a sweep",
            Arity = isSpecificationOptional
            ? ArgumentArity.ZeroOrOne
            : ArgumentArity.ExactlyOne
        };
        Option<string> output = OptionValue.Folder("--out", "The folder of the sweep [sweeps/NAME]");
        Option<bool> dryRun = OptionValue.Switch("--dry-run", "Check the file, print the number of trials and an estimate of the time, and write nothing");
        Option<bool> json = CommonOptions.Json();
        command.Add(specification);
        command.Add(output);
        command.Add(dryRun);
        var engines = new EngineOptionSet(command);
        command.Add(json);
        command.SetAction(parsed =>
        {
            string file = parsed.GetValue(specification) ?? throw new InvalidInputException(Missing);
            (Engine engine, EngineSettings given) = engines.Read(parsed);
            SweepSpecification read = SweepSpecification.Read(file);
            PlannedSweep planned = read.Plan();
            string path = parsed.GetValue(output) ?? Path.Combine("sweeps", read.Name);
            EngineSettings asked = read.AskedOf(engine).With(given);
            int cores = engine.WorkersFor(planned.Plan, asked);
            int done = Sweep.CountDone(path, planned.Plan);
            Describe(environment.Error, planned, path, cores, done);
            if (parsed.GetValue(dryRun))
            {
                if (parsed.GetValue(json)) JsonOutput.Write(environment.Output, Document.Write((planned, path, cores, done)));
                return ExitCode.Done;
            }
            byte[] content = InputFile.ReadSmall(file, SweepSpecification.LargestFile);
            return SweepRun.Go(environment, Sweep.Begin(path, planned.Plan, content), engine, asked, parsed.GetValue(json));
        });
        return command;
    }

    /// <summary>Two digits: it is a guess.</summary>
    private static double Rough(double seconds)
    {
        if (!(seconds > 0)) return 0;
        double unit = Math.Pow(10, Math.Floor(Math.Log10(seconds)) - 1);
        return Math.Round(seconds / unit) * unit;
    }

    private static void Describe(TextWriter error, PlannedSweep planned, string path, int cores, int done)
    {
        SweepPlan plan = planned.Plan;
        string varying = plan.Names.Count > 0 ? $" over {string.Join(", ", plan.Names)}" : "";
        error.WriteLine($"Sweep {plan.Name}: {NumberText.Count(plan.Trials.Count, "trial")}{varying}");
        if (planned.Excluded > 0) error.WriteLine($"  {NumberText.Whole(planned.Specified)} specified, {NumberText.Whole(planned.Excluded)} excluded");
        if (planned.Repeated > 0) error.WriteLine($"  {NumberText.Count(planned.Repeated, "trial")} equal to another one, run once");
        if (done > 0) error.WriteLine($"  {NumberText.Whole(done)} of them {(done == 1 ? "is" : "are")} done already");
        double seconds = Rough(plan.Needs.SecondsOnOneCore * (plan.Trials.Count - done) / plan.Trials.Count);
        int atOnce = Math.Clamp(plan.Trials.Count - done, 1, cores);
        error.WriteLine($"  roughly {NumberText.Duration(seconds)} on one core, {NumberText.Duration(Rough(seconds / atOnce))} with "
            + $"{NumberText.Count(atOnce, "worker")}; up to {plan.Needs.LargestBytes / 1e6:0.#} MB for a trial");
        error.WriteLine($"  folder {path}");
    }

    /// <summary>The JSON document of <c>--dry-run</c>.</summary>
    internal static JsonShape<(PlannedSweep Planned, string Path, int Cores, int Done)> Document =>
        new JsonShape<(PlannedSweep Planned, string Path, int Cores, int Done)>()
        .Text("name", one => one.Planned.Plan.Name)
        .Text("identity", one => one.Planned.Plan.Identity)
        .Text("folder", one => one.Path)
        .Whole("trials", one => one.Planned.Plan.Trials.Count)
        .Whole("specified", one => one.Planned.Specified)
        .Whole("excluded", one => one.Planned.Excluded)
        .Whole("repeated", one => one.Planned.Repeated)
        .Whole("doneAlready", one => one.Done)
        .Texts("varying", one => one.Planned.Plan.Names)
        .Number("secondsOnOneCore", one => one.Planned.Plan.Needs.SecondsOnOneCore)
        .Whole("workers", one => one.Cores)
        .Number("largestBytes", one => one.Planned.Plan.Needs.LargestBytes);
}
