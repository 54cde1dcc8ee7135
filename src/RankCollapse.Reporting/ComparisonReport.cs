using System.Text;
using RankCollapse.Reporting.Reports;
using RankCollapse.Reporting.Text;

namespace RankCollapse.Reporting;

/// <summary>Runs beside each other as one HTML page that needs no network: the settings that differ, curves over each other, spectra and forecasts.</summary>
public static class ComparisonReport
{
    /// <summary>Writes the page whole or not at all.</summary>
    /// <param name="runs">At least two runs.</param>
    /// <param name="path">The file, which is replaced where it exists.</param>
    /// <exception cref="InvalidInputException">The file cannot be written.</exception>
    public static void Write(IReadOnlyList<ComparedRun> runs, string path)
    {
        ArgumentNullException.ThrowIfNull(runs);
        WholeFile.Write(path, Encoding.UTF8.GetBytes(ComparisonPage.Build(runs)));
    }
}
