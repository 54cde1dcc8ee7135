using System.CommandLine;
using System.Globalization;
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
                "Costs are computed anew from the features at every time, with bounds on what rounding does; a path that loses its digits starts smaller.",
                "Writes the cost along the path as a figure and as a table, path.svg, path.png and path.csv, where rank drops are rows of their own.",
                "Exit code 0: monotone, within the constraints, at the minimum, collapsed; 1: not so; 2: bad input.",
            ],
            Examples =
            [
                "rankcollapse path runs/first",
                "rankcollapse path runs/first --scale 0.3",
                "rankcollapse path runs/first --steps 20 --export 0,0.5,1",
                "rankcollapse path runs/first --trained --samples-per-layer 200 --json",
            ],
        };
        Argument<string> path = CommonOptions.RunFolder();
        Option<bool> trained = OptionValue.Switch("--trained", "Start from the trained network, whose features need full rank");
        Option<int> samples = OptionValue.Of<int>("--samples-per-layer", "Times at which the cost is recorded while one layer moves [64]", "n");
        Option<double> scale = OptionValue.Of<double>(
            "--scale", "Multiply W_1 of the start, to keep features inside the range of activations such as tanh [the largest of 1, 1/2, 1/4, … for which "
                + "they stay]", "s");
        Option<int> steps = OptionValue.Of<int>(
            "--steps", "Corollary B.4: also k points of the path, from its start to its end in equal steps, with their costs", "k");
        Option<string> export = OptionValue.Of<string>(
            "--export", "Write the features Z^0 … Z^L at these times, between 0 and 1 and separated by commas, to path.safetensors beside the figure, with "
                + "their costs", "t[,t…]");
        Option<string> output = OptionValue.Folder("--out", "Where the figure and its data go [RUN/figures]");
        Option<bool> noFigures = OptionValue.Switch("--no-figures", "Do not write the figure and its data");
        Option<int> threads = CommonOptions.Threads();
        Option<bool> accept = CommonOptions.AcceptChanged();
        Option<bool> json = CommonOptions.Json();
        command.Add(path);
        command.Add(trained);
        command.Add(samples);
        command.Add(scale);
        command.Add(steps);
        command.Add(export);
        command.Add(output);
        command.Add(noFigures);
        command.Add(threads);
        command.Add(accept);
        command.Add(json);
        command.SetAction(parsed =>
        {
            if (parsed.GetResult(threads) is not null && parsed.GetValue(threads) < 1)
                throw new InvalidInputException($"--threads is {parsed.GetValue(threads)}; expected at least 1.");
            double[] times = parsed.GetValue(export) is { } text ? ParseTimes(text) : [];
            if (parsed.GetValue(noFigures) && parsed.GetValue(output) is not null && times.Length == 0)
                throw new InvalidInputException("--out is where figures go, and has no effect with --no-figures; give one of both.");
            if (parsed.GetResult(steps) is not null && parsed.GetValue(steps) < 2)
                throw new InvalidInputException($"--steps is {parsed.GetValue(steps)}; expected at least 2, the start and the end.");
            string folder = parsed.GetRequiredValue(path);
            parsed.Accept(accept, environment, folder);
            Run run = RunFolder.Read(folder);
            Product.MaxThreads = parsed.GetResult(threads) is null ? Environment.ProcessorCount : parsed.GetValue(threads);
            var problem = new FeatureProblem(run.Initial.Specification, run.DataSet);
            var options = new CollapsePathOptions { SamplesPerLayer = parsed.GetResult(samples) is null ? 64 : parsed.GetValue(samples) };
            double? given = parsed.GetResult(scale) is null ? null : parsed.GetValue(scale);
            (CollapsePath found, double used) = CollapsePath.FromNetwork(problem, parsed.GetValue(trained) ? run.Trained : run.Initial, given, options);
            string figureFolder = parsed.GetValue(output) ?? RunFolder.Open(folder).FiguresPath;
            IReadOnlyList<PathSample> points = parsed.GetResult(steps) is null ? [] : found.Discretize(parsed.GetValue(steps));
            IReadOnlyList<(double Time, PathState State)> exported = [.. times.Select(time => (time, found.At(time)))];
            IReadOnlyList<string> figures = parsed.GetValue(noFigures) ? []
                : ReportFiles.Covered(RunFolder.Open(folder), () => TheoryFigures.WritePath(found, figureFolder), parsed.GetValue(output) is null);
            string? file = exported.Count == 0 ? null : Export(exported, figureFolder);
            var result = new PathResult(folder, found, used, parsed.GetValue(trained), points, exported, file, figures);
            if (parsed.GetValue(json)) JsonOutput.Write(environment.Output, Document.Write(result));
            else
            {
                Write(environment, result);
                FigureLines.Write(environment.Output, file is null ? figures : [.. figures, file]);
            }
            return found.Holds ? ExitCode.Done : ExitCode.NotReached;
        });
        return command;
    }

    /// <summary>Z0@t … ZL@t for each time t, and the costs as metadata.</summary>
    private static string Export(IReadOnlyList<(double Time, PathState State)> exported, string folder)
    {
        var writer = new SafetensorsWriter();
        foreach ((double time, PathState state) in exported)
        {
            string at = string.Create(CultureInfo.InvariantCulture, $"@{time:R}");
            for (int l = 0; l < state.Features.Count; l++) writer.Add($"Z{l}{at}", state.Features[l]);
            writer.AddMetadata($"cost{at}", state.Cost.ToString("R", CultureInfo.InvariantCulture));
            writer.AddMetadata($"error{at}", state.Error.ToString("R", CultureInfo.InvariantCulture));
        }
        string path = Path.Combine(folder, "path.safetensors");
        FileSteps.Guard(folder, () => FileSteps.MakeFolder(folder));
        writer.Write(path);
        return path;
    }

    private static double[] ParseTimes(string text)
    {
        var times = new List<double>();
        foreach (string part in text.Split(','))
        {
            bool isTime = double.TryParse(part, NumberStyles.Float, CultureInfo.InvariantCulture, out double time) && time is >= 0 and <= 1;
            if (!isTime) throw new InvalidInputException($"--export is '{ErrorText.Printable(text)}'; expected times between 0 and 1, such as 0,0.5,1.");
            if (times.Contains(time)) throw new InvalidInputException($"--export names the time {time} twice; leave one out.");
            times.Add(time);
        }
        return [.. times];
    }

    private static void Write(CommandEnvironment environment, PathResult result)
    {
        (TextWriter output, CollapsePath path) = (environment.Output, result.Path);
        if (result.Scale != 1)
            output.WriteLine($"W_1 of the start is multiplied with {Numbers.Short(result.Scale)}, so that features keep the range of the activations and their "
                + "digits.");
        string start = Numbers.Objective(path.StartCost), end = Numbers.Objective(path.EndCost), minimum = Numbers.Objective(path.Minimum);
        output.WriteLine($"{ErrorText.Printable(result.Folder)}: the cost falls from {start} to {end}; the minimum is {minimum}");
        var table = new TextTable("layer that moves", "C", "cost before", "cost after", "rank drops");
        foreach (PathPart part in path.Parts)
            table.Add(
                $"{part.Layer}", Numbers.Short(part.Constant), Numbers.Objective(part.StartCost), Numbers.Objective(part.EndCost), $"{part.RankDropCount}");
        table.Write(output);
        string monotone = YesNo(path.IsMonotone), minimal = YesNo(path.ReachesMinimum), collapsed = YesNo(path.EndIsCollapsed);
        string orthogonality = Numbers.Short(path.OrthogonalityError), error = Numbers.Short(path.LargestError);
        output.WriteLine($"monotone: {monotone}; in the constraints (I) to (III): {YesNo(path.IsInConstraints)}; at the minimum: {minimal}; collapsed at the "
            + $"end: {collapsed}");
        output.WriteLine($"Costs are computed from the features at {path.Samples.Count} times, each to a relative {error} or better; orthogonality to "
            + $"{orthogonality}.");
        output.WriteLine($"The largest cost on this path is {Numbers.Objective(path.LargestCost)}, the start's: inf over paths of sup L ≤ "
            + $"{Numbers.Objective(path.StartCost)}.");
        if (path.LayersAtTheirLeast is { Count: > 0 } still)
            output.WriteLine($"While layer {string.Join(" or ", still)} moves its share of the cost stays: this start has √C times an isometry of the next "
                + "layer there" + (result.IsTrained ? "." : ", as orthogonal weights give with C = 1; after train --init gaussian all layers move."));
        if (path.UnmetHypotheses.Count > 0) output.WriteLine($"Theorem 4.3 also asks that {string.Join("; ", path.UnmetHypotheses)}.");
        if (result.Steps.Count == 0) return;
        output.WriteLine();
        output.WriteLine($"Corollary B.4: {result.Steps.Count} points of the path, each at least as low as the one before");
        var points = new TextTable("step", "t", "layer", "cost", "error");
        foreach ((int index, PathSample point) in result.Steps.Index())
            points.Add($"{index}", Numbers.Short(point.Time, 6), $"{point.Layer}", Numbers.Short(point.Cost, 10), Numbers.Short(point.Error));
        points.Write(output);
    }

    private static string YesNo(bool value) => value ? "yes" : "no";

    /// <summary>The JSON document.</summary>
    internal static JsonShape<PathResult> Document => new JsonShape<PathResult>()
        .Text("run", one => one.Folder)
        .Number("scale", one => one.Scale)
        .Flag("isMonotone", one => one.Path.IsMonotone)
        .Flag("isInConstraints", one => one.Path.IsInConstraints)
        .Flag("reachesMinimum", one => one.Path.ReachesMinimum)
        .Flag("endIsCollapsed", one => one.Path.EndIsCollapsed)
        .Number("startCost", one => one.Path.StartCost)
        .Number("endCost", one => one.Path.EndCost)
        .Number("limitAtEnd", one => one.Path.LimitAtEnd)
        .Number("minimum", one => one.Path.Minimum)
        .Number("largestCost", one => one.Path.LargestCost)
        .Number("largestIncrease", one => one.Path.LargestIncrease)
        .Number("largestError", one => one.Path.LargestError)
        .Number("orthogonalityError", one => one.Path.OrthogonalityError)
        .Numbers("constants", one => one.Path.Constants)
        .Texts("unmetHypotheses", one => one.Path.UnmetHypotheses)
        .List("rankDrops", one => one.Path.RankDrops, new JsonShape<RankDrop>()
            .Number("time", drop => drop.Time)
            .Whole("layer", drop => drop.Layer)
            .Number("smallestSingularValue", drop => drop.SmallestSingularValue)
            .Number("cost", drop => drop.Cost)
            .Number("drop", drop => drop.Drop))
        .List("samples", one => one.Path.Samples, OfSample)
        .List("steps", one => one.Steps, OfSample)
        .List("exported", one => one.Exported, new JsonShape<(double Time, PathState State)>()
            .Number("time", one => one.Time)
            .Number("cost", one => one.State.Cost)
            .Number("limit", one => one.State.Limit)
            .Number("error", one => one.State.Error))
        .TextOrNull("exportFile", one => one.ExportFile)
        .Texts("figures", one => one.Figures);

    private static JsonShape<PathSample> OfSample => new JsonShape<PathSample>()
        .Number("time", sample => sample.Time)
        .Whole("layer", sample => sample.Layer)
        .Any("segment", JsonSchema.OneOf(["flow", "singular-values"]), sample => sample.Segment == PathSegment.BrockettFlow ? "flow" : "singular-values")
        .Number("cost", sample => sample.Cost)
        .Number("error", sample => sample.Error)
        .Number("representability", sample => sample.Representability)
        .Number("singularValueMargin", sample => sample.SingularValueMargin)
        .Whole("rankMargin", sample => sample.RankMargin);

    /// <summary>What the verb shows.</summary>
    /// <param name="Folder">The run's folder.</param>
    /// <param name="Path">The path.</param>
    /// <param name="Scale">What W_1 of the start was multiplied with.</param>
    /// <param name="IsTrained">Whether it starts from the trained network.</param>
    /// <param name="Steps">Corollary B.4's points.</param>
    /// <param name="Exported">The exported times.</param>
    /// <param name="ExportFile">Where their features are; null where none are.</param>
    /// <param name="Figures">The files of the figure.</param>
    internal sealed record PathResult(
        string Folder, CollapsePath Path, double Scale, bool IsTrained, IReadOnlyList<PathSample> Steps, IReadOnlyList<(double Time, PathState State)> Exported,
        string? ExportFile, IReadOnlyList<string> Figures);
}
