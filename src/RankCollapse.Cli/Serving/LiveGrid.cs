using System.Text.Json;
using RankCollapse.Cli.Output;
using RankCollapse.Sweeps.Live;

namespace RankCollapse.Cli.Serving;

/// <summary>The heat map of a view: for each pair of values of two settings, how many trials there are, how many have ended, and the median of a metric.</summary>
internal sealed class LiveGrid
{
    private const int MostCells = 48;
    private const double LogarithmicFrom = 50;

    private readonly LiveSnapshot _snapshot;
    private readonly MetricAxis _x;
    private readonly MetricAxis _y;
    private readonly int _xIndex;
    private readonly int _yIndex;

    private LiveGrid(LiveSnapshot snapshot, string? x, string? y)
    {
        _snapshot = snapshot;
        _xIndex = x is null ? -1 : snapshot.Names.ToList().IndexOf(x);
        _yIndex = y is null ? -1 : snapshot.Names.ToList().IndexOf(y);
        _x = Axis(_xIndex, x);
        _y = Axis(_yIndex, y);
    }

    /// <summary>A grid over two settings, over one, or over none.</summary>
    /// <exception cref="InvalidInputException">A setting is unknown, or has too many values.</exception>
    public static LiveGrid Of(LiveSnapshot snapshot, string? x, string? y)
    {
        foreach (string? name in (string?[])[x, y])
        {
            if (name is not null && !snapshot.Names.Contains(name)) throw new InvalidInputException($"There is no setting '{ErrorText.Printable(name)}' that varies; {NearMatches.Advice(name, [.. snapshot.Names])}");
        }
        return new LiveGrid(snapshot, x, y);
    }

    /// <summary>The trials of a cell, or of all.</summary>
    public IEnumerable<LiveTrial> Trials((int X, int Y)? cell) => cell is { } wanted ? _snapshot.Trials.Where(trial => Place(trial) == wanted) : _snapshot.Trials;

    /// <summary>The grid as JSON: labels, scale, and cells as [x, y, trials, ended, median or null].</summary>
    public void Write(Utf8JsonWriter writer, LiveMetric metric)
    {
        var cells = _snapshot.Trials.GroupBy(Place).Select(group =>
        {
            double[] values = [.. group.Select(trial => trial.Value(metric)).Where(double.IsFinite).Order()];
            double median = values.Length == 0 ? double.NaN : (values[(values.Length - 1) / 2] + values[values.Length / 2]) / 2;
            return (Place: group.Key, Trials: group.Count(), Ended: group.Count(trial => trial.State is "done" or "failed" or "damaged"), Median: median);
        }).ToList();
        double[] known = [.. cells.Select(c => c.Median).Where(double.IsFinite)];
        bool isLogarithmic = known.Length > 0 && known.Min() > 0 && known.Max() / known.Min() >= LogarithmicFrom;
        writer.WriteStartObject();
        writer.WriteNumber("version", _snapshot.Version);
        Labels(writer, "xLabels", _x);
        Labels(writer, "yLabels", _y);
        writer.WriteBoolean("log", isLogarithmic);
        Number(writer, "low", known.DefaultIfEmpty(double.NaN).Min());
        Number(writer, "high", known.DefaultIfEmpty(double.NaN).Max());
        writer.WriteStartArray("cells");
        foreach (var cell in cells)
        {
            writer.WriteStartArray();
            writer.WriteNumberValue(cell.Place.X);
            writer.WriteNumberValue(cell.Place.Y);
            writer.WriteNumberValue(cell.Trials);
            writer.WriteNumberValue(cell.Ended);
            if (double.IsFinite(cell.Median)) writer.WriteNumberValue(cell.Median);
            else writer.WriteNullValue();
            writer.WriteEndArray();
        }
        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    /// <summary>A number, or null where it is not finite.</summary>
    public static void Number(Utf8JsonWriter writer, string name, double? value)
    {
        if (value is { } number && double.IsFinite(number)) writer.WriteNumber(name, number);
        else writer.WriteNull(name);
    }

    private static void Labels(Utf8JsonWriter writer, string name, MetricAxis axis)
    {
        writer.WriteStartArray(name);
        foreach (string label in axis.Labels) writer.WriteStringValue(label);
        writer.WriteEndArray();
    }

    private (int X, int Y) Place(LiveTrial trial) => (_x.Place(Value(trial, _xIndex)), _y.Place(Value(trial, _yIndex)));

    private static object? Value(LiveTrial trial, int index) => index < 0 ? "" : trial.Settings[index];

    private MetricAxis Axis(int index, string? name) => MetricAxis.Of(_snapshot.Trials.Select(trial => Value(trial, index)), name ?? "", MostCells);
}
