using System.Text;
using System.Text.Json;
using RankCollapse.Reporting.Pages;

namespace RankCollapse.Experiments.Page;

/// <summary>Figures' charts as the JSON that the page's script draws; colours become the page's variables.</summary>
internal static class PageCharts
{
    /// <summary>The charts of all figures, by figure and picture.</summary>
    public static string ToJson(IEnumerable<FigureResult> figures)
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream))
        {
            writer.WriteStartObject();
            foreach (FigureResult figure in figures)
            {
                foreach (FigureChart chart in figure.Charts) Write(writer, Key(figure, chart), chart);
            }
            writer.WriteEndObject();
        }
        return Encoding.UTF8.GetString(stream.ToArray());
    }

    /// <summary>The name of a chart in the page.</summary>
    public static string Key(FigureResult figure, FigureChart chart) => $"{figure.Name}-{chart.Name}";

    private static void Write(Utf8JsonWriter writer, string name, FigureChart chart)
    {
        writer.WriteStartObject(name);
        if (chart.Moments.Count > 0) Strings(writer, "moments", chart.Moments);
        writer.WriteStartArray("panels");
        foreach (ChartPanel panel in chart.Panels) Write(writer, panel);
        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter writer, ChartPanel panel)
    {
        writer.WriteStartObject();
        writer.WriteString("title", panel.Title);
        writer.WriteString("x", panel.XLabel);
        writer.WriteString("y", panel.YLabel);
        if (panel.IsXLogarithmic) writer.WriteBoolean("xLog", value: true);
        if (panel.IsYLogarithmic) writer.WriteBoolean("yLog", value: true);
        if (panel.HasEqualAxes) writer.WriteBoolean("equal", value: true);
        if (panel.Moment is { } moment) writer.WriteNumber("moment", moment);
        if (panel.Level is { } level)
        {
            writer.WritePropertyName("level");
            ChartNumbers.Write(writer, level);
        }
        if (panel.HeatMap is { } map) Write(writer, map);
        if (panel.Picture is { } picture) Write(writer, picture);
        writer.WriteStartArray("series");
        foreach (ChartSeries series in panel.Series) Write(writer, series);
        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter writer, ChartSeries series)
    {
        bool isLine = series.Mark is SeriesMark.Line or SeriesMark.Dashed;
        int[] kept = isLine ? ChartNumbers.Thinned(series.X.Count) : [.. Enumerable.Range(0, series.X.Count)];
        writer.WriteStartObject();
        writer.WriteString("key", series.Toggle);
        // One key switches all series of a toggle; its name is theirs.
        writer.WriteString("name", series.Toggle);
        if (Kind(series) is { } kind) writer.WriteString("kind", kind);
        writer.WriteString("colour", PageColours.Variables.GetValueOrDefault(series.Colour.ToLowerInvariant(), series.Colour));
        writer.WriteString("mark", series.Mark switch
        {
            SeriesMark.Dashed => "dashed",
            SeriesMark.Dots => "dots",
            SeriesMark.Triangles => "triangles",
            _ => "line",
        });
        ChartNumbers.Write(writer, "x", kept.Select(i => series.X[i]));
        ChartNumbers.Write(writer, "y", kept.Select(i => series.Y[i]));
        if (series.Lower is { } lower && series.Upper is { } upper)
        {
            ChartNumbers.Write(writer, "lower", kept.Select(i => lower[i]));
            ChartNumbers.Write(writer, "upper", kept.Select(i => upper[i]));
        }
        writer.WriteEndObject();
    }

    /// <summary>What a series is beside its toggle: "trained" of "layer 2, trained"; null where it is nothing else.</summary>
    private static string? Kind(ChartSeries series) =>
        series.Name.StartsWith(series.Toggle + ", ", StringComparison.Ordinal) ? series.Name[(series.Toggle.Length + 2)..] : null;

    private static void Write(Utf8JsonWriter writer, ChartHeatMap map)
    {
        writer.WriteStartObject("heat");
        ChartNumbers.Write(writer, "x", map.X);
        ChartNumbers.Write(writer, "y", map.Y);
        writer.WriteStartArray("values");
        foreach (IReadOnlyList<double> row in map.Values)
        {
            writer.WriteStartArray();
            foreach (double value in row) ChartNumbers.Write(writer, value);
            writer.WriteEndArray();
        }
        writer.WriteEndArray();
        writer.WriteString("label", map.Label);
        writer.WritePropertyName("minimum");
        ChartNumbers.Write(writer, map.Minimum);
        writer.WritePropertyName("maximum");
        ChartNumbers.Write(writer, map.Maximum);
        if (map.IsLogarithmic) writer.WriteBoolean("log", value: true);
        writer.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter writer, ChartPicture picture)
    {
        writer.WriteStartObject("picture");
        writer.WriteNumber("columns", picture.Columns);
        writer.WriteNumber("rows", picture.Rows);
        writer.WriteString("values", picture.Values);
        writer.WriteNumber("minimum", picture.Minimum);
        writer.WriteNumber("maximum", picture.Maximum);
        writer.WriteString("label", picture.Label);
        Strings(writer, "names", picture.Names);
        writer.WriteEndObject();
    }

    private static void Strings(Utf8JsonWriter writer, string name, IEnumerable<string> values)
    {
        writer.WriteStartArray(name);
        foreach (string value in values) writer.WriteStringValue(value);
        writer.WriteEndArray();
    }
}
