using RankCollapse.Reporting.Panels;
using RankCollapse.Reporting.Text;

namespace RankCollapse.Benchmarks;

/// <summary>
/// The lowest J so far over seconds of every run, both axes logarithmic; the best rate of each method is drawn strongly, the others thinly in its colour.
/// </summary>
internal static class TimeToTargetFigure
{
    private const double FirstSecond = 0.02;
    private const string Others = "other learning rates";

    public static Figure Draw(string name, IReadOnlyList<TrainingCurve> curves, Clock clock)
    {
        double[] levels = [TimeToTargetTable.Targets[0], TimeToTargetTable.Targets[^1]];
        string reading = $"The lowest objective J so far over {(clock == Clock.Wall ? "seconds" : "processor seconds")} of training: "
            + $"{string.Join("; ", curves.Select(c => $"{c.Name} falls to {c.Lowest:0.00e-0}"))}.";
        return new Figure(name, "Objective over time, by method", reading, new PanelBlock(new Panel
        {
            X = new Axis(clock == Clock.Wall ? "time" : "processor time", Unit: "s") { IsLogarithmic = true },
            Y = new Axis("lowest objective so far", "J") { IsLogarithmic = true },
            Levels = [.. levels.Select(level => new ReferenceLine(level, $"J = {NumberText.Short(level)}"))],
            Series = [.. curves.GroupBy(c => c.Method).SelectMany((group, i) => Of(group, i == 0 ? Palette.Ink : Palette.Kind(i - 1), clock))
                .OrderByDescending(s => s.Size)],
        }));
    }

    private static IEnumerable<Series> Of(IEnumerable<TrainingCurve> curves, string colour, Clock clock)
    {
        TrainingCurve best = curves.MinBy(c => c.Lowest)!;
        return curves.Select(c =>
        {
            CurvePoint[] points = [.. c.Thinned(clock).Where(p => p.At.On(clock) >= FirstSecond)];
            string name = c.Name.Replace("RankCollapse ", "", StringComparison.Ordinal).Replace(" with momentum", "", StringComparison.Ordinal);
            return new Series(c == best ? name : Others, colour, [.. points.Select(p => p.At.On(clock))],
                [.. points.Select(p => p.Lowest)])
            { Size = c != best ? 0.8 : colour == Palette.Ink ? 2.4 : 1.8 };
        });
    }
}
