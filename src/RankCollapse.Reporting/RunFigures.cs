using RankCollapse.Reporting.Figures;
using RankCollapse.Reporting.Rendering;
using RankCollapse.Runs;

namespace RankCollapse.Reporting;

/// <summary>The figures of a run as files.</summary>
public static class RunFigures
{
    /// <summary>
    /// Writes every figure as SVG (font inside, millimetres) and PNG (300 dots an inch) into a folder; a figure that lacks its data says so in its place.
    /// </summary>
    /// <param name="run">The run; its features are computed from the trained network and the data.</param>
    /// <param name="folder">The folder, which is created where it is missing; files of the same names are replaced whole.</param>
    /// <returns>The files written.</returns>
    /// <exception cref="InvalidInputException">The folder cannot be written.</exception>
    public static IReadOnlyList<string> WriteAll(Run run, string folder)
    {
        ArgumentNullException.ThrowIfNull(run);
        ArgumentNullException.ThrowIfNull(folder);
        var measurements = new RunMeasurements(run);
        var written = new List<string>();
        foreach (RunFigure figure in RunFigure.All) written.AddRange(FigureFiles.Write(figure.Of(measurements), Path.Combine(folder, figure.Name)));
        return written;
    }
}
