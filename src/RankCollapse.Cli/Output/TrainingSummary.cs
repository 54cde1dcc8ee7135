using System.Text.Json.Nodes;
using RankCollapse.Formats;
using RankCollapse.Reporting.Figures;
using RankCollapse.Reporting.Reports;
using RankCollapse.Reporting.Text;
using RankCollapse.Runs;

namespace RankCollapse.Cli.Output;

/// <summary>What training came to, for people and for machines.</summary>
internal static class TrainingSummary
{
    /// <summary>Writes verdict, objective, layers, advice and where the files are.</summary>
    public static void Write(CommandEnvironment environment, TrainingRunResult result, string? report)
    {
        Run run = result.Run;
        RunSummary summary = run.Summary;
        var measurements = new RunMeasurements(run);
        var verdict = Verdict.Of(measurements);
        TextWriter output = environment.Output;
        output.WriteLine();
        if (result.HadEnded) output.WriteLine("The run had already ended; nothing was done.");
        if (result.IsMeasured) output.WriteLine(verdict.Collapse);
        output.WriteLine(verdict.Convergence);
        output.WriteLine(
            $"objective {Numbers.Objective(summary.Objective)} = data term {Numbers.Short(summary.DataLoss * measurements.DataFactor, 4)} + weight penalty "
            + $"{Numbers.Short(summary.WeightPenalty, 4)} + feature penalty {Numbers.Short(summary.FeaturePenalty, 4)} (convention "
            + $"{EnumNames.Of(summary.Convention)})");
        if (result.IsMeasured) LayerTable.Write(output, measurements);
        if (StartOutput.Concerns(run)) StartOutput.Write(output, measurements);
        TestOutput.Write(output, summary);
        if (result.Advice is { } advice) output.WriteLine(OptionNames.In(advice));
        output.WriteLine(
            $"{NumberText.Whole(summary.Epochs)} epochs, {NumberText.Whole(summary.GradientEvaluations)} gradients, {NumberText.Duration(summary.Seconds)}");
        if (result.Folder is { } folder) output.WriteLine($"run:    {folder.Path}");
        if (report is not null) output.WriteLine($"report: {report}");
    }

    /// <summary>The JSON document of <c>train</c>.</summary>
    public static JsonShape<(TrainingRunResult Result, string? Report, CurvatureOutput? Curvature, int ExitCode)> Document =>
        new JsonShape<(TrainingRunResult Result, string? Report, CurvatureOutput? Curvature, int ExitCode)>()
        .TextOrNull("run", one => one.Result.Folder?.Path)
        .TextOrNull("report", one => one.Report)
        .Flag("hadEnded", one => one.Result.HadEnded)
        .TextOrNull("advice", one => one.Result.Advice is { } advice ? OptionNames.In(advice) : null)
        .ObjectOrNull("start", one => StartOutput.Concerns(one.Result.Run) ? new RunMeasurements(one.Result.Run) : null, StartOutput.Shape)
        .ObjectOrNull("curvature", one => one.Curvature, CurvatureOutput.Shape)
        .Whole("exitCode", one => one.ExitCode)
        .Any("summary", RunSchemas.Summary(), one => JsonNode.Parse(one.Result.Run.Summary.ToJson()));
}
