using System.Globalization;
using RankCollapse.Formats;
using RankCollapse.Runs;
using RankCollapse.Sweeps.Storage;

namespace RankCollapse.Sweeps.Live;

/// <summary>The curves of one run, of one that has ended or of one that trains.</summary>
public static class LiveCurve
{
    private const long LargestLiveFile = 1 << 26;

    /// <summary>Reads what there is; empty where there is nothing yet.</summary>
    /// <param name="view">The view.</param>
    /// <param name="trial">A trial of it.</param>
    /// <param name="mayRead">Whether a file may be read, for those who serve files to others.</param>
    /// <exception cref="InvalidInputException">The file is damaged.</exception>
    public static IReadOnlyList<MetricRecord> Read(LiveView view, LiveTrial trial, Func<string, bool> mayRead)
    {
        ArgumentNullException.ThrowIfNull(view);
        ArgumentNullException.ThrowIfNull(trial);
        ArgumentNullException.ThrowIfNull(mayRead);
        if (trial.Folder is { } folder)
        {
            string metrics = Path.Combine(folder, ResultFiles.MetricsName);
            return File.Exists(metrics) && mayRead(metrics) ? MetricsTable.Read(metrics) : [];
        }
        if (!view.IsSweep) return [];
        string live = SweepFolder.Open(view.Path).LivePathOf(trial.Id);
        return File.Exists(live) && mayRead(live) ? OfLines(live) : [];
    }

    /// <summary>A line of names, epoch and seconds first, and lines of numbers; the last one may not be whole yet, and the file may be gone.</summary>
    private static MetricRecord[] OfLines(string path)
    {
        string text;
        try
        {
            using var stream = InputFile.OpenShared(path);
            if (stream.Length > LargestLiveFile) return [];
            using var reader = new StreamReader(stream);
            text = reader.ReadToEnd();
        }
        catch (Exception e) when (e is IOException or InvalidInputException)
        {
            return [];
        }
        string[] lines = text[..(text.LastIndexOf('\n') + 1)].Split('\n', StringSplitOptions.RemoveEmptyEntries);
        string[] metrics = lines.Length == 0 ? [] : [.. lines[0].Split(',').Skip(2)];
        return
        [
            .. lines.Skip(1).Select(line => line.Split(',').Select(Number).ToArray())
                .Where(row => row.Length == metrics.Length + 2 && double.IsFinite(row[0]))
                .SelectMany(row => metrics.Select((metric, i) => new MetricRecord((long)row[0], row[1], 0, metric, row[i + 2]))),
        ];
    }

    private static double Number(string word) =>
        double.TryParse(word, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) && double.IsFinite(number) ? number : double.NaN;
}
