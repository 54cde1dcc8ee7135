using System.Text.Json;
using RankCollapse.Cli.Output;
using RankCollapse.Reporting.Pages;
using RankCollapse.Reporting.Panels;
using RankCollapse.Sweeps.Live;

namespace RankCollapse.Cli.Serving;

/// <summary>
/// The heat map of a view: for each pair of values of two settings, how many trials there are, how many have ended, and the median of a metric.
/// </summary>
internal sealed class LiveGrid
{
    private const int MostCells = 48;

    private readonly LiveSnapshot _snapshot;
    private readonly MetricAxis _x;
    private readonly MetricAxis _y;
    private readonly string _xName;
    private readonly string _yName;
    private readonly int _xIndex;
    private readonly int _yIndex;

    private LiveGrid(LiveSnapshot snapshot, string? x, string? y)
    {
        _snapshot = snapshot;
        (_xName, _yName) = (x ?? "", y ?? "");
        _xIndex = x is null ? -1 : snapshot.Names.ToList().IndexOf(x);
        _yIndex = y is null ? -1 : snapshot.Names.ToList().IndexOf(y);
        _x = Places(_xIndex, x);
        _y = Places(_yIndex, y);
    }

    /// <summary>A grid over two settings, over one, or over none.</summary>
    /// <exception cref="InvalidInputException">A setting is unknown, or has too many values.</exception>
    public static LiveGrid Of(LiveSnapshot snapshot, string? x, string? y)
    {
        foreach (string? name in (string?[])[x, y])
        {
            if (name is not null && !snapshot.Names.Contains(name))
                throw new InvalidInputException(
                    $"There is no setting '{ErrorText.Printable(name)}' that varies; {NearMatches.Advice(name, [.. snapshot.Names])}");
        }
        return new LiveGrid(snapshot, x, y);
    }

    /// <summary>The trials of a cell, or of all.</summary>
    public IEnumerable<LiveTrial> Trials((int X, int Y)? cell) => cell is { } wanted
        ? _snapshot.Trials.Where(trial => Place(trial) == wanted) : _snapshot.Trials;

    /// <summary>The grid as JSON: the heat map as a chart, and cells as [x, y, trials, ended, median or null].</summary>
    public void Write(Utf8JsonWriter writer, LiveMetric metric)
    {
        var cells = _snapshot.Trials.GroupBy(Place).ToDictionary(group => group.Key, group => (
            Trials: group.Count(),
            Ended: group.Count(trial => trial.State is "done" or "failed" or "damaged"),
            Median: MetricFigure.Statistic([.. group.Select(trial => trial.Value(metric)).Where(double.IsFinite).Order()], "median")));
        Panel panel = MetricFigure.Grid(
            _xName, _x, _yName, _y, (x, y) => cells.TryGetValue((x, y), out var cell) ? cell.Median : null, metric.Metric.Symbol, isLogarithmic: null);
        double Ended(int x, int y) => cells.TryGetValue((x, y), out var cell) ? (double)cell.Ended / cell.Trials : 0;
        HeatMap heat = panel.Heat! with
        {
            Filled = [.. Enumerable.Range(0, _y.Labels.Count)
            .Select(y => (double[])[.. Enumerable.Range(0, _x.Labels.Count).Select(x => Ended(x, y))])]
        };
        writer.WriteStartObject();
        writer.WriteNumber("version", _snapshot.Version);
        writer.WritePropertyName("chart");
        ChartJson.Write(writer, new Figure("grid", "", "", new PanelBlock(panel with { Heat = heat })));
        writer.WriteStartArray("cells");
        foreach (((int x, int y), (int trials, int ended, double median)) in cells)
        {
            writer.WriteStartArray();
            writer.WriteNumberValue(x);
            writer.WriteNumberValue(y);
            writer.WriteNumberValue(trials);
            writer.WriteNumberValue(ended);
            if (double.IsFinite(median)) writer.WriteNumberValue(median);
            else writer.WriteNullValue();
            writer.WriteEndArray();
        }
        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private (int X, int Y) Place(LiveTrial trial) => (_x.Place(Value(trial, _xIndex)), _y.Place(Value(trial, _yIndex)));

    private static object? Value(LiveTrial trial, int index) => index < 0 ? "" : trial.Settings[index];

    private MetricAxis Places(int index, string? name) => MetricAxis.Of(_snapshot.Trials.Select(trial => Value(trial, index)), name ?? "", MostCells);
}
