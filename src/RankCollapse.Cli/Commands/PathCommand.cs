using System.CommandLine;
using RankCollapse.Cli.Output;
using RankCollapse.Cli.Parsing;
using RankCollapse.Formats;
using RankCollapse.LinearAlgebra;
using RankCollapse.Reporting;
using RankCollapse.Runs;
using RankCollapse.Theory.Paths;
using RankCollapse.Theory.RepresentationCosts;

namespace RankCollapse.Cli.Commands;

/// <summary><c>path RUN</c>: Theorem 4.3's path from a run's network to a collapsed global minimum.</summary>
internal static class PathCommand
{
    /// <summary>The verb.</summary>
    public static Command Create(CommandEnvironment environment)
    {
        var command = new Verb("path", "Follows the path of Theorem 4.3, along which the cost never grows, to a collapsed global minimum.")
        {
            Computes = true,
            Notes =
            [
                "Starts from the hidden features of the run's initial network, with a last layer that interpolates. Hidden widths must be N.",
                "Writes the cost along the path as a figure and as a table, path.svg, path.png and path.csv.",
                "Exit code 0: monotone, at the minimum, collapsed; 1: not so; 2: bad input.",
            ],
            Examples =
            [
                "rankcollapse path runs/first",
                "rankcollapse path runs/first --scale 0.3",
                "rankcollapse path runs/first --trained --samples-per-layer 200 --json",
            ],
        };
        Argument<string> path = CommonOptions.RunFolder();
        Option<bool> trained = OptionValue.Switch("--trained", "Start from the trained network, whose features need full rank");
        Option<int> samples = OptionValue.Of<int>("--samples-per-layer", "Times at which the cost is recorded while one layer moves [64]", "n");
        Option<double> scale = OptionValue.Of<double>(
            "--scale", "Multiply W_1 of the start, to keep features inside the range of activations such as tanh [the largest of 1, 1/2, 1/4, … for which "
                + "they stay]", "s");
        Option<string> output = OptionValue.Folder("--out", "Where the figure and its data go [RUN/figures]");
        Option<bool> noFigures = OptionValue.Switch("--no-figures", "Do not write the figure and its data");
        Option<int> threads = CommonOptions.Threads();
        Option<bool> json = CommonOptions.Json();
        command.Add(path);
        command.Add(trained);
        command.Add(samples);
        command.Add(scale);
        command.Add(output);
        command.Add(noFigures);
        command.Add(threads);
        command.Add(json);
        command.SetAction(parsed =>
        {
            if (parsed.GetResult(threads) is not null && parsed.GetValue(threads) < 1)
                throw new InvalidInputException($"--threads is {parsed.GetValue(threads)}; expected at least 1.");
            if (parsed.GetValue(noFigures) && parsed.GetValue(output) is not null)
                throw new InvalidInputException("--out is where figures go, and has no effect with --no-figures; give one of both.");
            string folder = parsed.GetRequiredValue(path);
            Run run = RunFolder.Read(folder);
            Product.MaxThreads = parsed.GetResult(threads) is null ? Environment.ProcessorCount : parsed.GetValue(threads);
            var problem = new FeatureProblem(run.Initial.Specification, run.DataSet);
            var options = new CollapsePathOptions { SamplesPerLayer = parsed.GetResult(samples) is null ? 64 : parsed.GetValue(samples) };
            double? given = parsed.GetResult(scale) is null ? null : parsed.GetValue(scale);
            (CollapsePath found, double used) = CollapsePath.FromNetwork(problem, parsed.GetValue(trained) ? run.Trained : run.Initial, given, options);
            string figureFolder = parsed.GetValue(output) ?? RunFolder.Open(folder).FiguresPath;
            IReadOnlyList<string> figures = parsed.GetValue(noFigures) ? [] : TheoryFigures.WritePath(found, figureFolder);
            if (parsed.GetValue(json)) JsonOutput.Write(environment.Output, Document.Write((folder, found, used, figures)));
            else
            {
                Write(environment, folder, found, used);
                FigureLines.Write(environment.Output, figures);
            }
            return found.Holds ? ExitCode.Done : ExitCode.NotReached;
        });
        return command;
    }

    private static void Write(CommandEnvironment environment, string folder, CollapsePath path, double scale)
    {
        if (scale != 1) environment.Output.WriteLine($"W_1 of the start is multiplied with {Numbers.Short(scale)}, so that features stay in the range of the "
            + "activations.");
        string start = Numbers.Short(path.StartCost, 6), end = Numbers.Short(path.EndCost, 6), minimum = Numbers.Short(path.Minimum, 6);
        environment.Output.WriteLine($"{folder}: the cost falls from {start} to {end}; the minimum is {minimum}");
        var table = new TextTable("layer that moves", "C", "cost before", "cost after", "rank drops");
        foreach (PathPart part in path.Parts)
            table.Add($"{part.Layer}", Numbers.Short(part.Constant), Numbers.Short(part.StartCost, 6), Numbers.Short(part.EndCost, 6), $"{part.RankDropCount}");
        table.Write(environment.Output);
        string monotone = YesNo(path.IsMonotone), minimal = YesNo(path.ReachesMinimum), collapsed = YesNo(path.EndIsCollapsed);
        string orthogonality = Numbers.Short(path.OrthogonalityError);
        environment.Output.WriteLine($"monotone: {monotone}; at the minimum: {minimal}; collapsed at the end: {collapsed}; orthogonality to {orthogonality}");
        if (path.UnmetHypotheses.Count > 0) environment.Output.WriteLine($"Theorem 4.3 also asks that {string.Join("; ", path.UnmetHypotheses)}.");
    }

    private static string YesNo(bool value) => value ? "yes" : "no";

    /// <summary>The JSON document.</summary>
    internal static JsonShape<(string Folder, CollapsePath Path, double Scale, IReadOnlyList<string> Figures)> Document =>
        new JsonShape<(string Folder, CollapsePath Path, double Scale, IReadOnlyList<string> Figures)>()
        .Text("run", one => one.Folder)
        .Number("scale", one => one.Scale)
        .Flag("isMonotone", one => one.Path.IsMonotone)
        .Flag("reachesMinimum", one => one.Path.ReachesMinimum)
        .Flag("endIsCollapsed", one => one.Path.EndIsCollapsed)
        .Number("startCost", one => one.Path.StartCost)
        .Number("endCost", one => one.Path.EndCost)
        .Number("minimum", one => one.Path.Minimum)
        .Number("largestIncrease", one => one.Path.LargestIncrease)
        .Number("orthogonalityError", one => one.Path.OrthogonalityError)
        .Numbers("constants", one => one.Path.Constants)
        .Texts("unmetHypotheses", one => one.Path.UnmetHypotheses)
        .List("rankDrops", one => one.Path.RankDrops, new JsonShape<RankDrop>()
            .Number("time", drop => drop.Time)
            .Whole("layer", drop => drop.Layer)
            .Number("smallestSingularValue", drop => drop.SmallestSingularValue)
            .Number("cost", drop => drop.Cost)
            .Number("drop", drop => drop.Drop))
        .List("samples", one => one.Path.Samples, new JsonShape<PathSample>()
            .Number("time", sample => sample.Time)
            .Whole("layer", sample => sample.Layer)
            .Any("segment", JsonSchema.OneOf(["flow", "singular-values"]), sample => sample.Segment == PathSegment.BrockettFlow ? "flow" : "singular-values")
            .Number("cost", sample => sample.Cost))
        .Texts("figures", one => one.Figures);
}
