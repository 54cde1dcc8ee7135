using System.Text;
using RankCollapse.Models.Weights;
using RankCollapse.Reporting.Panels;
using RankCollapse.Reporting.Rendering;
using static RankCollapse.Reporting.Pages.PageText;

namespace RankCollapse.Reporting.Inspections;

/// <summary>The cards of layers on pages.</summary>
internal static class LayerCharts
{
    /// <summary>Beyond this many layers the page would be slow; the others stand in the table alone.</summary>
    public const int Most = 500;

    /// <summary>Writes the card of a layer.</summary>
    /// <param name="html">The page.</param>
    /// <param name="number">Its number in the table.</param>
    /// <param name="layer">The layer.</param>
    /// <param name="shape">Its matrix, and what else is said of it.</param>
    /// <param name="figure">Its spectrum.</param>
    public static void Card(StringBuilder html, int number, WeightLayer layer, string shape, Figure figure) => html
        .Append($"<article class=\"card\" id=\"layer-{number}\"><h3><span class=\"index\">{number}</span> {Encode(ErrorText.Printable(layer.Name))}</h3>\n")
        .Append($"<p class=\"note\">{LayerTable.Kind(layer)}, {Encode(shape)}</p>\n")
        .Append(FigureRenderer.Draw(figure).ToSvgElement(figure.Name)).Append("</article>\n");
}
