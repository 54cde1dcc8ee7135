using System.Globalization;
using System.Text.Json;

namespace RankCollapse.Reporting.Pages;

/// <summary>Numbers for a page's charts: as many digits and points as a screen can show.</summary>
internal static class ChartNumbers
{
    private const int MostPoints = 400;
    private const int SignificantDigits = 6;

    /// <summary>The indices of a series that are kept: all, or as many as a screen can show, with the first and the last.</summary>
    public static int[] Thinned(int count) => count <= MostPoints
        ? [.. Enumerable.Range(0, count)]
        : [.. Enumerable.Range(0, MostPoints).Select(i => (int)((long)i * (count - 1) / (MostPoints - 1)))];

    /// <summary>Writes an array; values that are not finite are null.</summary>
    public static void Write(Utf8JsonWriter writer, string name, IEnumerable<double> values)
    {
        writer.WriteStartArray(name);
        foreach (double value in values) Write(writer, value);
        writer.WriteEndArray();
    }

    /// <summary>Writes a value; null where it is not finite.</summary>
    public static void Write(Utf8JsonWriter writer, double value)
    {
        if (!double.IsFinite(value)) writer.WriteNullValue();
        // Whole numbers, such as epochs, keep all digits.
        else if (value == Math.Truncate(value) && Math.Abs(value) < 1e15) writer.WriteNumberValue((long)value);
        else writer.WriteRawValue(Rounded(value));
    }

    private static string Rounded(double value) =>
        double.Parse(value.ToString($"G{SignificantDigits}", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture).ToString("R", CultureInfo.InvariantCulture);
}
