using RankCollapse.Reporting.Rendering;

namespace RankCollapse.Reporting.Figures;

/// <summary>The extent of several series: the axes that hold them all.</summary>
internal static class SeriesExtent
{
    /// <summary>A linear axis of epochs from 0 to the last record.</summary>
    public static AxisRange Epochs(IEnumerable<MetricSeries> series, int ticks = 6) =>
        AxisRange.Linear(0, Math.Max(1, series.SelectMany(s => s.Epochs).DefaultIfEmpty(1).Max()), ticks, wholeOnly: true);

    /// <summary>A logarithmic axis that holds all positive values; null where there is none.</summary>
    public static AxisRange? Logarithmic(IEnumerable<double> values, bool plainLabels = false, int ticks = 6)
    {
        double smallest = double.PositiveInfinity;
        double largest = 0;
        foreach (double value in values)
        {
            if (!double.IsFinite(value) || value <= 0) continue;
            smallest = Math.Min(smallest, value);
            largest = Math.Max(largest, value);
        }
        return largest > 0 ? AxisRange.Logarithmic(smallest, largest, plainLabels, ticks) : null;
    }
}
