namespace RankCollapse.Benchmarks;

/// <summary>The table of times to targets: seconds, epochs' time E, and multiples of ours.</summary>
internal static class TimeToTargetTable
{
    /// <summary>1.35e−2 is where 20,000 epochs of Adam end; the other two are near the lowest J known, 2 % apart.</summary>
    public static IReadOnlyList<double> Targets { get; } = [1.35e-2, 1.93e-3, 1.89e-3];

    /// <summary>Writes a Markdown table, our curve first.</summary>
    public static void Write(TextWriter writer, IReadOnlyList<TrainingCurve> curves, double gradientTolerance, double epoch, Clock clock)
    {
        writer.WriteLine();
        writer.WriteLine($"| method | {string.Join(" | ", Targets.Select(t => $"J ≤ {t:0.00e-0}"))} | relative gradient ≤ {gradientTolerance:0e-0} | "
            + "lowest J |");
        writer.WriteLine($"|---|{string.Concat(Targets.Select(_ => "---:|"))}---:|---:|");
        foreach (TrainingCurve curve in curves)
        {
            double limit = curve.Points[^1].At.On(clock);
            IEnumerable<string> cells = Targets.Select(t => Cell(curve.TimeTo(t, clock), curves[0].TimeTo(t, clock)))
                .Append(Cell(curve.TimeToGradient(gradientTolerance, clock), curves[0].TimeToGradient(gradientTolerance, clock)));
            writer.WriteLine($"| {curve.Name} | {string.Join(" | ", cells)} | {curve.Lowest:0.0000e-0} |");

            string Cell(double? time, double? ours)
            {
                if (time is null && curve.End == "diverged") return "diverged";
                double ratio = (time ?? limit) / ours ?? double.NaN;
                if (time is { } t) return $"{t:F2} s = {t / epoch:N0} E" + (curve == curves[0] || double.IsNaN(ratio) ? "" : $", {ratio:F1} times ours");
                return $"not reached in {limit:F0} s" + (curve != curves[0] && ratio >= 1 ? $", > {Math.Floor(ratio):F0} times ours" : "");
            }
        }
        writer.WriteLine();
        string first = Goal.AtMost(curves[0].TimeTo(Targets[0], clock) / epoch, Goal.EpochsToFirstTarget);
        string gradient = Goal.AtMost(curves[0].TimeToGradient(gradientTolerance, clock) / epoch, Goal.EpochsToGradient);
        writer.WriteLine($"{Processor.Name}; in E: J ≤ {Targets[0]:0.00e-0} {first}, relative gradient ≤ {gradientTolerance:0e-0} {gradient}");
    }
}
