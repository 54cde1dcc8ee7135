namespace RankCollapse.Reporting.Panels;

/// <summary>The rule for lines that lie on one another: a line that others cover is drawn wider than they are, so that it shows beside them.</summary>
internal static class CoveredLines
{
    private const int MostProbes = 200;
    private const int MostLevels = 4;
    private const double WidthOfALevel = 2.2;

    /// <summary>The part of the axis within which two lines cannot be told apart.</summary>
    private const double Close = 0.008;

    /// <summary>The part of a line that others cover, from which it is drawn wider.</summary>
    private const double CoveredFrom = 0.4;

    /// <summary>The series of a panel, lines that others cover with their width; the first series lies on top.</summary>
    public static IReadOnlyList<Series> Widen(Panel panel)
    {
        IReadOnlyList<Series> all = panel.Series;
        if (all.Count(series => series.IsLine) < 2) return all;
        double Height(double value) => panel.Y.IsLogarithmic ? value > 0 ? Math.Log10(value) : double.NaN : value;
        double[] heights = [.. all.SelectMany(series => series.Y).Select(Height).Where(double.IsFinite)];
        if (heights.Length == 0) return all;
        double range = heights.Max() - heights.Min(), close = range > 0 ? Close * range : 1e-12;
        int[] levels = new int[all.Count];
        var widened = new Series[all.Count];
        for (int i = 0; i < all.Count; i++)
        {
            widened[i] = all[i];
            if (!all[i].IsLine) continue;
            int[] above = [.. Enumerable.Range(0, i).Where(j => all[j].IsLine && all[j].Mark != Mark.Dashed)];
            int[] probes = [.. Probes(all[i])];
            var covering = above.Where(j => probes.Any(p => Covers(all[j], all[i].X[p], all[i].Y[p], close))).ToList();
            int covered = probes.Count(p => covering.Any(j => Covers(all[j], all[i].X[p], all[i].Y[p], close)));
            if (covered == 0 || covered < CoveredFrom * probes.Length) continue;
            levels[i] = Math.Min(MostLevels, 1 + covering.Max(j => levels[j]));
            widened[i] = all[i] with { Size = (all[i].Size ?? Series.LineWidth) + (WidthOfALevel * levels[i]) };
        }
        return widened;

        bool Covers(Series above, double x, double y, double close)
        {
            double other = Height(At(above, x)), own = Height(y);
            return double.IsFinite(other) && double.IsFinite(own) ? Math.Abs(other - own) <= close : other == own;
        }
    }

    private static IEnumerable<int> Probes(Series line)
    {
        int step = Math.Max(1, line.X.Count / MostProbes);
        for (int i = 0; i < line.X.Count; i += step)
        {
            if (double.IsFinite(line.X[i]) && double.IsFinite(line.Y[i])) yield return i;
        }
    }

    // The value of a line at a place, between its points; NaN outside. Points are in order on all lines but those upwards, which cover nothing.
    private static double At(Series line, double x)
    {
        IReadOnlyList<double> xs = line.X;
        if (xs.Count == 0 || !(x >= xs[0]) || !(x <= xs[^1])) return double.NaN;
        int low = 0, high = xs.Count - 1;
        while (high - low > 1)
        {
            int middle = (low + high) / 2;
            if (xs[middle] <= x) low = middle;
            else high = middle;
        }
        if (xs[low] == x || high == low) return line.Y[low];
        double part = (x - xs[low]) / (xs[high] - xs[low]);
        return part >= 1 ? line.Y[high] : line.Y[low] + (part * (line.Y[high] - line.Y[low]));
    }
}
