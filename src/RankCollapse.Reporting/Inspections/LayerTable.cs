using System.Globalization;
using System.Text;
using RankCollapse.Collapse.Metrics;
using RankCollapse.Models;
using RankCollapse.Models.Features;
using RankCollapse.Models.Weights;
using RankCollapse.Reporting.Text;
using static RankCollapse.Reporting.Pages.PageText;

namespace RankCollapse.Reporting.Inspections;

/// <summary>A column of the page's table: of the weights, or of the features where they were measured.</summary>
/// <param name="Heading">Its heading.</param>
/// <param name="Meaning">What it tells and what it does not.</param>
/// <param name="IsMain">Whether it is shown at first.</param>
/// <param name="Format">How numbers are written.</param>
/// <param name="Value">The number of a layer.</param>
internal sealed record TableColumn(string Heading, string Meaning, bool IsMain, MetricFormat Format, Func<InspectedLayer, double?> Value)
{
    /// <summary>The key of a column of features; null for one of the weights.</summary>
    public string? FeatureKey { get; init; }

    /// <summary>The columns for an inspection, features last.</summary>
    public static IReadOnlyList<TableColumn> Of(Inspection inspection)
    {
        IEnumerable<TableColumn> weights = inspection.WeightMetrics().Select(metric =>
            new TableColumn(metric.Heading, metric.Meaning, metric.IsMainIn(MetricScopes.Weights), metric.Format, layer => inspection.Number(layer, metric)));
        IEnumerable<TableColumn> features = inspection.FeatureMetrics().Select(metric =>
            new TableColumn(metric.Heading, metric.Meaning, metric.IsMainIn(MetricScopes.Features), metric.Format,
                layer => layer.Features?.Metrics.GetValueOrDefault(metric.Key))
            {
                FeatureKey = metric.Key,
            });
        return [.. weights, .. features];
    }
}

/// <summary>The sortable table of layers, and what its columns mean.</summary>
internal static class LayerTable
{
    /// <summary>What stands above the table, and its beginning up to the headings.</summary>
    public static void WriteTools(StringBuilder html)
    {
        html.Append("<div class=\"tools\"><button type=\"button\" id=\"columns\" aria-pressed=\"false\" hidden>All columns</button><input "
            + "type=\"search\" id=\"filter\" placeholder=\"Only layers with…\" aria-label=\"Show only layers whose name contains this\" hidden></div>\n");
        html.Append("<div class=\"scroll\" role=\"region\" aria-label=\"Table of layers\" tabindex=\"0\"><table class=\"numbers "
            + "sortable\" id=\"table\"><thead><tr>");
    }

    /// <summary>The table; the script sorts it and shows the other columns.</summary>
    public static void Write(StringBuilder html, Inspection inspection, IReadOnlyList<TableColumn> columns)
    {
        WriteTools(html);
        Heading(html, "", "#", "");
        Heading(html, "", "layer", "");
        Heading(html, "", "kind", "");
        Heading(html, "", inspection.Layers.Count > 0 ? "matrix" : "of a sample", "");
        foreach (TableColumn column in columns) Heading(html, column.IsMain ? "" : "more", column.Heading, column.Meaning);
        html.Append("</tr></thead><tbody>\n");
        foreach ((InspectedLayer layer, int number) in inspection.Layers.Select((layer, i) => (layer, i + 1)))
        {
            html.Append(CultureInfo.InvariantCulture,
                $"<tr><td data-v=\"{number}\">{number}</td><th scope=\"row\"><a "
                + $"href=\"#layer-{number}\">{Encode(ErrorText.Printable(layer.Layer.Name))}</a></th><td class=\"word\">{Kind(layer.Layer)}</td><td "
                + $"data-v=\"{(long)layer.Spectrum.Shape.Rows * layer.Spectrum.Shape.Columns}\">{Encode(layer.Spectrum.Shape.ToString())}</td>");
            foreach (TableColumn column in columns) Cell(html, column.IsMain, column.Format, column.Value(layer));
            html.Append("</tr>\n");
        }
        foreach ((LayerFeatures features, int number) in inspection.OtherFeatures.Select((features, i) => (features, inspection.Layers.Count + i + 1)))
        {
            html.Append($"<tr><td data-v=\"{number}\">{number}</td><th scope=\"row\">{Encode(ErrorText.Printable(features.Layer))}</th>");
            string shape = inspection.Features?.Layers.FirstOrDefault(layer => layer.Tensor.Name == features.Value)?.Tensor.ShapeText ?? "";
            html.Append($"<td class=\"word\">features{(inspection.Layers.Count > 0 ? " alone" : "")}</td>");
            html.Append(shape.Length > 0 ? $"<td>{Encode(shape)}</td>" : "<td class=\"missing\">–</td>");
            foreach (TableColumn column in columns)
                Cell(html, column.IsMain, column.Format, column.FeatureKey is { } key ? features.Metrics.GetValueOrDefault(key) : null);
            html.Append("</tr>\n");
        }
        string alone = " Rows of features alone are values of the graph that no layer above computes, such as sums of two ways.";
        html.Append("</tbody></table></div>\n<p class=\"note\">A dash means that there is no such value. Headings sort the table.");
        html.Append(inspection.OtherFeatures.Count > 0 && inspection.Layers.Count > 0 ? alone : "").Append("</p>\n");
    }

    /// <summary>One sentence for each column.</summary>
    public static void WriteMeanings(StringBuilder html, IEnumerable<(string Heading, string Meaning)> columns)
    {
        html.Append("<section aria-labelledby=\"meaning-heading\"><h2 id=\"meaning-heading\">What the columns tell, and what not</h2>\n<dl "
            + "class=\"meanings\">");
        foreach ((string heading, string meaning) in columns) html.Append($"<dt>{Encode(heading)}</dt><dd>{Encode(meaning)}</dd>");
        html.Append("</dl></section>\n");
    }

    /// <summary>A layer's kind in words.</summary>
    public static string Kind(WeightLayer layer) => layer.Kind switch
    {
        LayerKind.TransposedConvolution => "transposed convolution",
        _ => layer.Kind.ToString().ToLowerInvariant(),
    };

    /// <summary>A cell with a number.</summary>
    public static void Cell(StringBuilder html, bool isMain, MetricFormat format, double? value)
    {
        string more = isMain ? "" : " class=\"more\"";
        html.Append(value is { } number
            ? FormattableString.Invariant($"<td{more} data-v=\"{number:R}\">{NumberText.Of(format, number)}</td>")
            : $"<td class=\"missing{(isMain ? "" : " more")}\">–</td>");
    }

    /// <summary>The heading of a column.</summary>
    public static void Heading(StringBuilder html, string css, string name, string meaning) =>
        html.Append($"<th scope=\"col\"{(css.Length > 0 ? $" class=\"{css}\"" : "")}{(meaning.Length > 0 ? $" title=\"{Encode(meaning)}\"" : "")}>"
            + $"{Encode(name)}</th>");
}
