using System.Text;
using RankCollapse.Reporting.Figures;
using RankCollapse.Reporting.Reports;
using RankCollapse.Reporting.Text;
using RankCollapse.Runs;

namespace RankCollapse.Reporting;

/// <summary>A run as one HTML page that needs no network: verdict, figures, tables, configuration.</summary>
public static class HtmlReport
{
    /// <summary>Writes the page whole or not at all.</summary>
    /// <param name="run">The run; its features are computed from the trained network and the data.</param>
    /// <param name="path">The file, which is replaced where it exists.</param>
    /// <exception cref="InvalidInputException">The file cannot be written.</exception>
    public static void Write(Run run, string path)
    {
        ArgumentNullException.ThrowIfNull(run);
        ArgumentNullException.ThrowIfNull(path);
        WholeFile.Write(path, Encoding.UTF8.GetBytes(ReportPage.Build(new RunMeasurements(run))));
    }
}
