using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using RankCollapse.Cli.Output;
using RankCollapse.Collapse.Metrics;
using RankCollapse.Reporting.Text;
using RankCollapse.Runs;
using RankCollapse.Sweeps;
using RankCollapse.Training;

namespace RankCollapse.Cli.Commands;

/// <summary><c>train --seeds a..b</c>: trains an ensemble and sums it up.</summary>
internal static class EnsembleTraining
{
    /// <summary>Trains all seeds of a range.</summary>
    /// <param name="environment">Where output goes.</param>
    /// <param name="configuration">The settings of every member.</param>
    /// <param name="seeds">The range as it was typed: a..b, both included.</param>
    /// <param name="path">The ensemble's folder.</param>
    /// <param name="resume">Whether interrupted members go on.</param>
    /// <param name="force">Whether earlier members are replaced.</param>
    /// <param name="json">Whether the summary is written as JSON.</param>
    /// <param name="isLimitEnough">Whether members that used up their epochs or seconds count as done.</param>
    /// <returns>The exit code.</returns>
    public static int Run(
        CommandEnvironment environment, RunConfiguration configuration, string seeds, string path, bool resume, bool force, bool json, bool isLimitEnough)
    {
        (long first, long last) = ReadRange(seeds);
        EnsembleSummary summary = JobProgress.Show(environment, progress =>
        {
            var watch = Stopwatch.StartNew();
            int members = (int)Math.Min(int.MaxValue, last - first + 1), cores = configuration.Threads ?? Environment.ProcessorCount;
            progress.Say($"Training {NumberText.Count(members, "member")} on {NumberText.Count(cores, "core")}");
            var options = new EnsembleOptions
            {
                Force = force,
                Resume = resume,
                Finished = (member, done, count) =>
                {
                    progress.Say(Describe(member, done, count));
                    double each = watch.Elapsed.TotalSeconds / done;
                    if (!environment.ErrorIsTerminal) return;
                    progress.Update(new ProgressState($"{NumberText.Whole(done)} of {NumberText.Count(count, "member")}")
                    {
                        Fraction = (double)done / count,
                        Rate = $"{Numbers.Seconds(each)} each",
                        Left = $"about {NumberText.Duration(Math.Ceiling(each * (count - done)))} left",
                    });
                },
            };
            return TrainingEnsemble.Start(configuration, first, last, path, options, environment.Cancellation);
        });
        bool isDone = summary.Members.All(
            m => m.Status == TrainingStatus.Converged || (isLimitEnough && m.Status is TrainingStatus.MaxEpochs or TrainingStatus.TimeLimit));
        if (json) JsonOutput.Write(environment.Output, JsonNode.Parse(summary.ToJson())!.AsObject());
        else Write(environment.Output, summary, path);
        return isDone ? ExitCode.Done : ExitCode.NotReached;
    }

    private static (long First, long Last) ReadRange(string seeds)
    {
        string[] ends = seeds.Split("..");
        if (ends.Length == 2
            && long.TryParse(ends[0], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long first)
            && long.TryParse(ends[1], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long last)
            && first <= last)
        {
            return (first, last);
        }
        throw new InvalidInputException($"The option --seeds is '{ErrorText.Printable(seeds)}', expected a range such as 0..9, both ends included.");
    }

    private static string Describe(EnsembleMember member, int done, int count) => member.Error is { } error
        ? $"[{done}/{count}] seed {member.Seed} failed: {error}"
        : $"[{done}/{count}] seed {member.Seed} {member.Status?.InWords()}: objective {Numbers.Objective(member.Objective)}, rel. gradient "
            + $"{Numbers.Short(member.RelativeGradientNorm, 2)}, {Numbers.Count(member.Epochs)} epochs, {Numbers.Seconds(member.Seconds)}";

    private static void Write(TextWriter output, EnsembleSummary summary, string path)
    {
        output.WriteLine();
        output.WriteLine($"{NumberText.Count(summary.Members.Count, "member")}: "
            + $"{string.Join(", ", summary.Members.GroupBy(m => m.Status?.InWords() ?? "failed").Select(g => $"{g.Count()} {g.Key}"))}, in "
            + Numbers.Seconds(summary.Seconds));
        foreach (TrainingStatus status in summary.Members.Select(m => m.Status).OfType<TrainingStatus>().Distinct().Order())
        {
            if (status.AdviceOf() is { } advice) output.WriteLine($"where one {status.InWords()}: {OptionNames.In(advice)}");
        }
        var table = new TextTable("", "minimum", "median", "maximum");
        foreach (Metric metric in MetricTable.Of(MetricScopes.Network).Where(one => one.Topic != MetricTopic.Test || summary.Network[one.Key].Count > 0))
            Line(metric.Heading, summary.Network[metric.Key], metric);
        Metric[] metrics = [.. MetricTable.Of(MetricScopes.Layers)
            .Where(metric => metric.Cost == MetricCost.RecordedWithCollapse && metric.IsMainIn(MetricScopes.Layers))];
        foreach (EnsembleLayer layer in summary.Layers)
        {
            foreach (Metric metric in metrics) Line($"layer {layer.Layer}  {metric.Heading}", layer.Metrics[metric.Key], metric);
        }
        table.Write(output);
        output.WriteLine($"summary: {Path.Combine(path, TrainingEnsemble.SummaryFile)}");
        output.WriteLine($"members: {Path.Combine(path, "seed-*")}, each a run folder for `measure` and `report`");
        output.WriteLine($"`report {path}` draws all of them together");

        void Line(string name, Spread spread, Metric metric) =>
            table.Add(name, Numbers.Of(metric, spread.Minimum), Numbers.Of(metric, spread.Median), Numbers.Of(metric, spread.Maximum));
    }
}
