using System.Globalization;
using System.Text;
using RankCollapse.Formats;
using RankCollapse.Reporting.Rendering;

namespace RankCollapse.Benchmarks;

/// <summary>The curves as a table of commas and as a picture.</summary>
internal static class TimeToTargetFiles
{
    public static void Write(string csv, string picture, IReadOnlyList<TrainingCurve> curves, Clock clock)
    {
        Save(csv, Encoding.UTF8.GetBytes(Csv(curves, clock)));
        WritePicture(picture, curves, clock);
    }

    public static void WritePicture(string picture, IReadOnlyList<TrainingCurve> curves, Clock clock) =>
        FigureFiles.Write(TimeToTargetFigure.Draw(Path.GetFileName(picture), curves, clock), picture);

    /// <summary>Reads the curves that <see cref="Write"/> has written, to draw them again.</summary>
    public static IReadOnlyList<TrainingCurve> ReadCsv(string csv)
    {
        string[][] rows = [.. File.ReadLines(csv).Skip(1).Select(line => line.Split(','))];
        return [.. rows.GroupBy(row => row[0], StringComparer.Ordinal).Select(group => new TrainingCurve(
            group.Key,
            group.First()[1],
            group.First()[2] is { Length: > 0 } rate ? Number(rate) : null,
            [.. group.Select(row =>
                new CurvePoint(new Seconds(Number(row[3]), Number(row[4])), Number(row[5]), Number(row[6]), row[7].Length == 0 ? double.NaN : Number(row[7])))],
            ""))];

        static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);
    }

    private static string Csv(IReadOnlyList<TrainingCurve> curves, Clock clock)
    {
        var text = new StringBuilder("name,method,learning_rate,wall_seconds,processor_seconds,objective,lowest_objective,relative_gradient\n");
        foreach (TrainingCurve curve in curves)
        {
            foreach (CurvePoint point in curve.Thinned(clock))
            {
                string gradient = double.IsNaN(point.RelativeGradient) ? "" : point.RelativeGradient.ToString("G6", CultureInfo.InvariantCulture);
                text.Append(CultureInfo.InvariantCulture,
                    $"{curve.Name},{curve.Method},{curve.Rate},{point.At.Wall:F4},{point.At.Processor:F4},{point.Objective:G9},{point.Lowest:G9},{gradient}\n");
            }
        }
        return text.ToString();
    }

    private static void Save(string path, byte[] content)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        AtomicFile.Write(path, content);
    }
}
