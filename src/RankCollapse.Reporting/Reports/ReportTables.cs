using System.Text;
using RankCollapse.Collapse;
using RankCollapse.Collapse.Metrics;
using RankCollapse.Reporting.Figures;
using RankCollapse.Reporting.Panels;
using RankCollapse.Reporting.Text;
using RankCollapse.Runs;
using RankCollapse.Training;
using static RankCollapse.Reporting.Pages.PageText;

namespace RankCollapse.Reporting.Reports;

/// <summary>The report's tables: the final state, the layers, the settings.</summary>
internal static class ReportTables
{
    /// <summary>The final state of the whole network.</summary>
    public static string State(RunMeasurements run)
    {
        RunSummary summary = run.Run.Summary;
        IEnumerable<(string Name, string Value)> rows =
        [
            ("status", summary.Status.InWords()),
            ("convention", EnumNames.Of(summary.Convention)),
            .. MetricTable.Of(MetricScopes.Network, [summary]).Select(metric => (metric.Heading, NumberText.Of(metric.Format, summary.Number(metric), 4))),
        ];
        return Pairs("state", "Final state", rows.Select(row => (Encode(row.Name), Encode(row.Value))));
    }

    /// <summary>What was measured in each layer at the end, and why values are missing.</summary>
    public static string Layers(RunMeasurements run)
    {
        var html = new StringBuilder();
        html.Append("<div class=\"scroll\" role=\"region\" aria-labelledby=\"layers-caption\" tabindex=\"0\"><table class=\"numbers\"><caption "
            + "id=\"layers-caption\">Layers at the end</caption><thead><tr>");
        Metric[] metrics = [.. MetricTable.Of(MetricScopes.Layers).Where(metric => metric.IsMainIn(MetricScopes.Layers))];
        foreach (string heading in (IEnumerable<string>)["layer", "state", .. metrics.Select(metric => metric.Heading)])
            html.Append($"<th scope=\"col\"{(heading == "state" ? " class=\"word\"" : "")}>{Encode(heading)}</th>");
        html.Append("</tr></thead><tbody>");
        foreach (int l in run.Layers)
        {
            CollapseState state = run.State(l);
            html.Append($"<tr><th scope=\"row\"><span class=\"swatch\" style=\"background:{Palette.Paint(Palette.Layer(l, run.Depth))}\"></span>{l}</th><td "
                + $"class=\"word {Css(state)}\">{Verdict.Word(state)}</td>");
            foreach (Metric metric in metrics) html.Append(run.Number(l, metric) is { } number ? $"<td>{NumberText.Of(metric.Format, number)}</td>" : Missing);
            html.Append("</tr>");
        }
        html.Append("</tbody></table></div>");
        string meanings = string.Concat(metrics.Select(metric => $"<dt>{Encode(metric.Heading)}</dt><dd>{Encode(metric.Meaning)}</dd>"));
        html.Append($"<dl class=\"note\">{meanings}</dl>");
        html.Append($"<p class=\"note\">K = {run.Classes}. A dash means that there is no such value.</p>");
        if (run.Run.Summary.Reasons.Count != 0)
        {
            html.Append("<ul class=\"note\">");
            foreach (IGrouping<string, string> fields in run.Run.Summary.Reasons.OrderBy(pair => pair.Key, StringComparer.Ordinal)
                .GroupBy(pair => pair.Value, pair => pair.Key, StringComparer.Ordinal))
                html.Append($"<li>{string.Join(", ", fields.Select(field => $"<code>{Encode(field)}</code>"))}: {Encode(fields.Key)}</li>");
            html.Append("</ul>");
        }
        return html.ToString();
    }

    /// <summary>Every setting.</summary>
    public static string Settings(RunConfiguration configuration) =>
        Pairs("settings", "Every setting", ReproduceCommand.Settings(configuration).Select(s => ($"<code>{Encode(s.Name)}</code>", Encode(s.Value))));

    /// <summary>The CSS class of a state.</summary>
    public static string Css(CollapseState state) => state switch
    {
        CollapseState.Collapsed => "good",
        CollapseState.Nearly => "near",
        CollapseState.NotCollapsed => "open",
        _ => "unknown",
    };

    private const string Missing = "<td class=\"missing\">–</td>";

    private static string Pairs(string name, string caption, IEnumerable<(string Name, string Value)> rows)
    {
        var html = new StringBuilder($"<table class=\"pairs\" id=\"{name}\"><caption>{caption}</caption><tbody>");
        foreach (var (label, value) in rows) html.Append($"<tr><th scope=\"row\">{label}</th><td>{value}</td></tr>");
        return html.Append("</tbody></table>").ToString();
    }
}
