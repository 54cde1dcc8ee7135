using System.Globalization;
using System.Text;

namespace RankCollapse.Benchmarks;

/// <summary>The curves as a table of commas and as a picture.</summary>
internal static class TimeToTargetFiles
{
    public static void Write(string csv, string picture, IReadOnlyList<TrainingCurve> curves, Clock clock)
    {
        Save(csv, Encoding.UTF8.GetBytes(Csv(curves, clock)));
        var drawing = TimeToTargetFigure.Draw(curves, clock);
        Save(picture + ".svg", Encoding.UTF8.GetBytes(drawing.ToSvgFile()));
        Save(picture + ".png", drawing.ToPng());
    }

    private static string Csv(IReadOnlyList<TrainingCurve> curves, Clock clock)
    {
        var text = new StringBuilder("method,learning_rate,wall_seconds,processor_seconds,objective,relative_gradient\n");
        foreach (TrainingCurve curve in curves)
        {
            foreach (CurvePoint point in curve.Thinned(clock))
            {
                string gradient = double.IsNaN(point.RelativeGradient) ? "" : point.RelativeGradient.ToString("G6", CultureInfo.InvariantCulture);
                text.Append(CultureInfo.InvariantCulture, $"{curve.Method},{curve.Rate},{point.At.Wall:F4},{point.At.Processor:F4},{point.Objective:G9},{gradient}\n");
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
