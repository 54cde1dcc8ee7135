using System.Text;
using RankCollapse.Reporting.Figures;
using RankCollapse.Reporting.Panels;
using RankCollapse.Reporting.Rendering;
using RankCollapse.Reporting.Reports;
using RankCollapse.Reporting.Text;
using RankCollapse.Runs;

namespace RankCollapse.Reporting;

/// <summary>An ensemble as one HTML page that needs no network: how many members have collapsed, medians and ranges over them, tables.</summary>
public static class EnsembleReport
{
    /// <summary>Writes the page whole or not at all, and the figures as SVG and PNG.</summary>
    /// <param name="ensemble">The ensemble.</param>
    /// <param name="path">The page's file, which is replaced where it exists.</param>
    /// <param name="figuresFolder">The folder for the figures; null writes none.</param>
    /// <returns>The files of figures.</returns>
    /// <exception cref="InvalidInputException">A file cannot be written.</exception>
    public static IReadOnlyList<string> Write(Ensemble ensemble, string path, string? figuresFolder = null)
    {
        ArgumentNullException.ThrowIfNull(ensemble);
        ArgumentNullException.ThrowIfNull(path);
        IReadOnlyList<Figure> figures = EnsembleFigures.All(ensemble);
        WholeFile.Write(path, Encoding.UTF8.GetBytes(EnsemblePage.Build(ensemble, figures)));
        return figuresFolder is null ? [] : [.. figures.SelectMany(figure => FigureFiles.Write(figure, Path.Combine(figuresFolder, figure.Name)))];
    }
}
