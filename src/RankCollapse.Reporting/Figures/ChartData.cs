using System.Text;
using System.Text.Json;
using RankCollapse.Collapse.Metrics;
using RankCollapse.Reporting.Figures;
using RankCollapse.Reporting.Pages;

namespace RankCollapse.Reporting.Figures;

/// <summary>The series behind the report's interactive charts, as JSON; long series are thinned, values that are not finite are null.</summary>
internal static class ChartData
{
    /// <summary>The charts by the name of the figure that they stand for; charts without a series are left out.</summary>
    public static string ToJson(RunMeasurements run)
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream))
        {
            writer.WriteStartObject();
            Chart(writer, "objective", logarithmic: true, level: null, [("", "value", ObjectiveSeries(run))]);
            Chart(writer, "tcv", logarithmic: true, level: null, [("", $"TCV with K = {run.Classes}", TcvSeries(run))]);
            Chart(writer, "ranks", logarithmic: false, level: run.Classes,
            [
                ("features", "numerical rank", LayerSeries(run, RankMetrics.FeatureNumericalRank.Key)),
                ("weights", "numerical rank", LayerSeries(run, RankMetrics.WeightNumericalRank.Key)),
            ]);
            writer.WriteEndObject();
        }
        return Encoding.UTF8.GetString(stream.ToArray());
    }

    private static List<ChartLine> ObjectiveSeries(RunMeasurements run) =>
        [.. ObjectiveFigure.Drawn(run).Select(d => new ChartLine(d.Label, d.Label, ReportTheme.Variables(run.Depth)[d.Colour], d.Series))];

    private static List<ChartLine> TcvSeries(RunMeasurements run)
    {
        List<ChartLine> lines = LayerSeries(run, CollapseMetrics.TcvUpper.Key);
        foreach (int l in run.Layers.Where(l => TotalClusterVariationFigure.ClassesPartDiffers(run, l)))
            lines.Add(new ChartLine("classes", "of the classes", $"--layer-{l}", run.Series(CollapseMetrics.WcssOfClasses.Key, l)!, IsDashed: true));
        return lines;
    }

    private static List<ChartLine> LayerSeries(RunMeasurements run, string metric) =>
        [.. run.Layers.Where(l => run.Series(metric, l) is not null).Select(l => new ChartLine($"layer-{l}", $"layer {l}", $"--layer-{l}", run.Series(metric, l)!))];

    /// <summary>One chart as a property of an object; nothing where no panel has a line.</summary>
    internal static void Chart(Utf8JsonWriter writer, string name, bool logarithmic, double? level, (string Title, string Label, List<ChartLine> Lines)[] panels)
    {
        if (panels.All(p => p.Lines.Count == 0)) return;
        writer.WriteStartObject(name);
        writer.WriteStartArray("panels");
        foreach (var (title, label, lines) in panels)
        {
            writer.WriteStartObject();
            writer.WriteString("title", title);
            writer.WriteString("x", "epoch");
            writer.WriteString("y", label);
            writer.WriteBoolean("yLog", logarithmic);
            if (level is { } value)
            {
                writer.WriteNumber("level", value);
                writer.WriteString("levelName", $"K = {value}");
            }
            writer.WriteStartArray("series");
            foreach (ChartLine line in lines) Write(writer, line);
            writer.WriteEndArray();
            writer.WriteEndObject();
        }
        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter writer, ChartLine line)
    {
        int[] kept = ChartNumbers.Thinned(line.Series.Values.Length);
        writer.WriteStartObject();
        writer.WriteString("key", line.Key);
        writer.WriteString("name", line.Name);
        writer.WriteString("colour", line.Colour);
        writer.WriteString("mark", line.IsDashed ? "dashed" : "line");
        // Dashed lines of all layers share one key.
        if (line.IsDashed) writer.WriteBoolean("neutral", value: true);
        ChartNumbers.Write(writer, "x", kept.Select(i => line.Series.Epochs[i]));
        ChartNumbers.Write(writer, "y", kept.Select(i => line.Series.Values[i]));
        writer.WriteEndObject();
    }
}

/// <summary>A line of a chart.</summary>
/// <param name="Key">Lines of one key, in several panels, are shown and hidden together.</param>
/// <param name="Name">What it is called.</param>
/// <param name="Colour">The CSS variable of its colour.</param>
/// <param name="Series">The values over the epochs.</param>
/// <param name="IsDashed">Whether it is dashed.</param>
internal sealed record ChartLine(string Key, string Name, string Colour, MetricSeries Series, bool IsDashed = false);
