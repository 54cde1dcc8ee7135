using RankCollapse.Formats;
using RankCollapse.Reporting;
using RankCollapse.Runs;

namespace RankCollapse.Cli.Commands;

/// <summary>The report and the figures of a run.</summary>
internal static class ReportFiles
{
    /// <summary>Writes both.</summary>
    /// <param name="run">The run.</param>
    /// <param name="folder">Its folder.</param>
    /// <param name="path">Where the page goes; null takes the run's folder.</param>
    /// <param name="withFigures">Whether figures are also written as files.</param>
    /// <returns>The page and the figures.</returns>
    public static (string Page, IReadOnlyList<string> Figures) Write(Run run, RunFolder folder, string? path = null, bool withFigures = true)
    {
        string page = path ?? folder.ReportPath;
        IReadOnlyList<string> figures = [];
        Covered(folder, () =>
        {
            HtmlReport.Write(run, page);
            figures = withFigures ? RunFigures.WriteAll(run, folder.FiguresPath) : [];
            return page == StandardOutput.Name ? figures : [page, .. figures];
        }, isInside: path is null || withFigures);
        return (page, figures);
    }

    /// <summary>Writes both, of an ensemble.</summary>
    /// <param name="ensemble">The ensemble.</param>
    /// <param name="folder">Its folder.</param>
    /// <param name="path">Where the page goes; null takes the ensemble's folder.</param>
    /// <param name="withFigures">Whether figures are also written as files.</param>
    /// <returns>The page and the figures.</returns>
    public static (string Page, IReadOnlyList<string> Figures) Write(Ensemble ensemble, string folder, string? path, bool withFigures)
    {
        string page = path ?? Path.Combine(folder, "report.html");
        return (page, EnsembleReport.Write(ensemble, page, withFigures ? Path.Combine(folder, "figures") : null));
    }

    /// <summary>Writes files that are made of a run's others; those inside its folder are covered by its manifest.</summary>
    public static IReadOnlyList<string> Covered(RunFolder folder, Func<IReadOnlyList<string>> write, bool isInside = true)
    {
        if (!isInside) return write();
        IReadOnlyList<string> written = [];
        folder.Cover(() => written = write());
        return written;
    }
}
