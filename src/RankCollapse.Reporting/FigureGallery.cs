using System.Globalization;
using System.Text;
using RankCollapse.Reporting.Pages;
using RankCollapse.Reporting.Panels;
using RankCollapse.Reporting.Rendering;
using RankCollapse.Reporting.Text;

namespace RankCollapse.Reporting;

/// <summary>Figures as they are printed, to be looked at: each at the width of a column and of a page, on light and on dark paper, on one page.</summary>
public static class FigureGallery
{
    /// <summary>The page's usual file name.</summary>
    public const string FileName = "gallery.html";

    private static readonly string[] Papers = ["light", "dark"];

    /// <summary>Writes the page whole or not at all; it needs no network.</summary>
    /// <param name="figures">The figures.</param>
    /// <param name="path">The file, which is replaced where it exists.</param>
    /// <exception cref="InvalidInputException">The file cannot be written.</exception>
    public static void Write(IReadOnlyList<Figure> figures, string path)
    {
        ArgumentNullException.ThrowIfNull(figures);
        ArgumentNullException.ThrowIfNull(path);
        WholeFile.Write(path, Encoding.UTF8.GetBytes(Build(figures)));
    }

    /// <summary>The page.</summary>
    internal static string Build(IReadOnlyList<Figure> figures)
    {
        var body = new StringBuilder("<main id=\"main\">\n<h1>Every figure, at the width of a column and of a page, on light and on dark paper</h1>\n");
        for (int i = 0; i < figures.Count; i++)
        {
            body.Append(CultureInfo.InvariantCulture, $"<section aria-labelledby=\"h{i}\"><h2 id=\"h{i}\">{PageText.Sentence(figures[i].Title)}</h2>\n");
            body.Append(CultureInfo.InvariantCulture, $"<p class=\"note\">{PageText.Sentence(figures[i].Alternative)}</p>\n<div class=\"sheets\">\n");
            foreach (int width in (int[])[Figure.ColumnWidth, figures[i].Width])
            {
                FigureDrawing drawing = FigureRenderer.Draw(figures[i] with { Width = width });
                foreach (string paper in Papers)
                    body.Append(CultureInfo.InvariantCulture,
                        $"<div class=\"sheet {paper}\" style=\"width:{width}px\">{drawing.ToSvgElement($"g{i}-{width}-{paper}")}</div>\n");
            }
            body.Append("</div></section>\n");
        }
        body.Append("</main>\n");
        string own = Palette.Css(body.ToString(), ".light", ".dark") + "main{max-width:none}.sheets{display:flex;"
            + "flex-wrap:wrap;gap:1rem;align-items:flex-start}.sheet{background:var(--paper);color:var(--ink);max-width:100%}\n";
        return PageFrame.Page("Gallery of figures · RankCollapse", body.ToString(), ownStyle: own);
    }
}
