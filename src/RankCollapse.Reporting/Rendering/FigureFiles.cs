using System.Text;
using RankCollapse.Reporting.Panels;
using RankCollapse.Reporting.Text;

namespace RankCollapse.Reporting.Rendering;

/// <summary>Writes figures as files.</summary>
public static class FigureFiles
{
    /// <summary>Writes a figure as SVG (font inside, millimetres) and PNG (300 dots an inch), each whole or not at all.</summary>
    /// <param name="figure">The figure.</param>
    /// <param name="path">The files' path without ending; the folder is created where it is missing, and files of the same names are replaced.</param>
    /// <returns>The files written.</returns>
    /// <exception cref="InvalidInputException">A file cannot be written.</exception>
    public static IReadOnlyList<string> Write(Figure figure, string path)
    {
        FigureDrawing drawing = FigureRenderer.Draw(figure);
        return [WholeFile.Write(path + ".svg", Encoding.UTF8.GetBytes(drawing.ToSvgFile())), WholeFile.Write(path + ".png", drawing.ToPng())];
    }
}
