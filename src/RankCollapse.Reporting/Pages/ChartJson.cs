using System.Globalization;
using System.Text;
using System.Text.Json;
using RankCollapse.Reporting.Panels;

namespace RankCollapse.Reporting.Pages;

/// <summary>
/// Figures as the JSON that pages' script draws: the one renderer for pages. Long lines are thinned to what a screen can show; values that are not finite are
/// null.
/// </summary>
public static class ChartJson
{
    private const int MostPoints = 400;
    private const int SignificantDigits = 6;
    private const int LargestStep = 255;

    /// <summary>Figures by their names.</summary>
    public static string Of(IEnumerable<Figure> figures)
    {
        ArgumentNullException.ThrowIfNull(figures);
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream))
        {
            writer.WriteStartObject();
            foreach (Figure figure in figures)
            {
                writer.WritePropertyName(figure.Name);
                Write(writer, figure);
            }
            writer.WriteEndObject();
        }
        return Encoding.UTF8.GetString(stream.ToArray());
    }

    /// <summary>One figure.</summary>
    public static void Write(Utf8JsonWriter writer, Figure figure)
    {
        ArgumentNullException.ThrowIfNull(writer);
        ArgumentNullException.ThrowIfNull(figure);
        writer.WriteStartObject();
        if (figure.IsByMoment) Texts(writer, "moments", figure.Blocks.Select(block => $"{block.Heading}: {block.Detail}"));
        else Texts(writer, "headings", figure.Blocks.Select(block => block.Heading));
        writer.WriteNumber("columns", figure.Blocks.Max(block => Math.Min(block.Columns, block.Panels.Count)));
        writer.WriteStartArray("panels");
        for (int block = 0; block < figure.Blocks.Count; block++)
        {
            foreach (Panel panel in figure.Blocks[block].Panels) Write(writer, panel, figure.IsByMoment ? "moment" : "block", block);
        }
        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    /// <summary>A number, or null where it is not finite.</summary>
    public static void Number(Utf8JsonWriter writer, string name, double? value)
    {
        ArgumentNullException.ThrowIfNull(writer);
        writer.WritePropertyName(name);
        Number(writer, value);
    }

    private static void Write(Utf8JsonWriter writer, Panel panel, string place, int block)
    {
        writer.WriteStartObject();
        writer.WriteString("title", panel.Title);
        if (panel.Detail.Length > 0) writer.WriteString("detail", panel.Detail);
        if (panel.Note.Length > 0) writer.WriteString("note", panel.Note);
        Write(writer, "x", panel.X);
        Write(writer, "y", panel.Y);
        if (panel.HasEqualAxes) writer.WriteBoolean("equal", value: true);
        writer.WriteNumber(place, block);
        Lines(writer, "levels", panel.Levels);
        Lines(writer, "marks", panel.Marks);
        if (panel.Heat is { } heat) Write(writer, heat);
        writer.WriteStartArray("series");
        foreach (Series series in CoveredLines.Widen(panel)) Write(writer, series);
        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter writer, string name, Axis axis)
    {
        writer.WriteStartObject(name);
        writer.WriteString("label", axis.Text);
        if (axis.IsLogarithmic) writer.WriteBoolean("log", value: true);
        if (axis.Minimum is { } low) Number(writer, "low", low);
        if (axis.Maximum is { } high) Number(writer, "high", high);
        if (axis.Labels is { } labels) Texts(writer, "labels", labels);
        writer.WriteEndObject();
    }

    private static void Lines(Utf8JsonWriter writer, string name, IReadOnlyList<ReferenceLine> lines)
    {
        writer.WriteStartArray(name);
        foreach (ReferenceLine line in lines)
        {
            writer.WriteStartObject();
            Number(writer, "at", line.At);
            writer.WriteString("name", line.Name);
            writer.WriteEndObject();
        }
        writer.WriteEndArray();
    }

    private static void Write(Utf8JsonWriter writer, Series series)
    {
        int count = series.X.Count;
        int[] kept = series.Mark is not (Mark.Line or Mark.Dashed) || count <= MostPoints
            ? [.. Enumerable.Range(0, count)]
            : [.. Enumerable.Range(0, MostPoints).Select(i => (int)((long)i * (count - 1) / (MostPoints - 1)))];
        writer.WriteStartObject();
        writer.WriteString("name", series.Name);
        if (series.Kind.Length > 0) writer.WriteString("kind", series.Kind);
        writer.WriteString("colour", Palette.Paint(series.Colour));
        writer.WriteString("mark", JsonNamingPolicy.CamelCase.ConvertName(series.Mark.ToString()));
        if (series.Size is { } size) writer.WriteNumber("size", size);
        Numbers(writer, "x", kept.Select(i => series.X[i]));
        Numbers(writer, "y", kept.Select(i => series.Y[i]));
        if (series.Lower is { } lower && series.Upper is { } upper)
        {
            Numbers(writer, "lower", kept.Select(i => lower[i]));
            Numbers(writer, "upper", kept.Select(i => upper[i]));
        }
        writer.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter writer, HeatMap map)
    {
        writer.WriteStartObject("heat");
        Texts(writer, "columns", map.Columns);
        Texts(writer, "rows", map.Rows);
        writer.WriteStartObject("scale");
        writer.WriteString("label", map.Scale.Label);
        Number(writer, "low", map.Scale.Minimum);
        Number(writer, "high", map.Scale.Maximum);
        if (map.Scale.IsLogarithmic) writer.WriteBoolean("log", value: true);
        if (map.Scale.HasSmaller) writer.WriteBoolean("smaller", value: true);
        if (map.Scale.HasZero) writer.WriteBoolean("zero", value: true);
        writer.WriteEndObject();
        if (map.IsPicture)
        {
            // A screen cannot show more than 256 steps of many thousand entries.
            byte[] steps = [.. map.Values.SelectMany(row => row).Select(value => (byte)Math.Round(LargestStep * (map.Scale.Place(value) ?? 0)))];
            writer.WriteBase64String("steps", steps);
        }
        else
        {
            Rows(writer, "values", map.Values);
            if (map.Filled is { } filled) Rows(writer, "filled", filled.Select(row => row.Select(part => (double?)part)));
            Rows(writer, "known", map.Values.Select(row => row.Select(value => (double?)(value is null ? 0 : 1))));
        }
        writer.WriteEndObject();
    }

    private static void Rows(Utf8JsonWriter writer, string name, IEnumerable<IEnumerable<double?>> rows)
    {
        writer.WriteStartArray(name);
        foreach (IEnumerable<double?> row in rows)
        {
            writer.WriteStartArray();
            foreach (double? value in row) Number(writer, value);
            writer.WriteEndArray();
        }
        writer.WriteEndArray();
    }

    private static void Numbers(Utf8JsonWriter writer, string name, IEnumerable<double> values)
    {
        writer.WriteStartArray(name);
        foreach (double value in values) Number(writer, value);
        writer.WriteEndArray();
    }

    private static void Number(Utf8JsonWriter writer, double? value)
    {
        if (value is not { } number || !double.IsFinite(number)) writer.WriteNullValue();
        // Whole numbers, such as epochs, keep all digits.
        else if (number == Math.Truncate(number) && Math.Abs(number) < 1e15) writer.WriteNumberValue((long)number);
        else writer.WriteNumberValue(double.Parse(number.ToString($"G{SignificantDigits}", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture));
    }

    private static void Texts(Utf8JsonWriter writer, string name, IEnumerable<string> texts)
    {
        writer.WriteStartArray(name);
        foreach (string text in texts) writer.WriteStringValue(text);
        writer.WriteEndArray();
    }
}
