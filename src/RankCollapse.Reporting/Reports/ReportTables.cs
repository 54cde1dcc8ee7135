using System.Net;
using System.Text;
using RankCollapse.Collapse.Metrics;
using RankCollapse.Reporting.Figures;
using RankCollapse.Reporting.Text;
using RankCollapse.Runs;
using RankCollapse.Training;

namespace RankCollapse.Reporting.Reports;

/// <summary>The report's tables: the final state, the layers, the settings.</summary>
internal static class ReportTables
{
    /// <summary>The final state of the whole network.</summary>
    public static string State(RunMeasurements run)
    {
        RunSummary summary = run.Run.Summary;
        var rows = new (string Name, string Value)[]
        {
            ("status", summary.Status.InWords()),
            ($"objective J (convention {EnumNames.Of(summary.Convention)})", NumberText.Short(summary.Objective, 6)),
            (run.Run.Configuration.Loss == Loss.CrossEntropy ? "data loss, Σ cross-entropy" : "data loss, ½‖f(X) − Y‖²", NumberText.Short(summary.DataLoss, 4)),
            ("weight penalty", NumberText.Short(summary.WeightPenalty, 4)),
            ("feature penalty", NumberText.Short(summary.FeaturePenalty, 4)),
            ("gradient norm", NumberText.Short(summary.GradientNorm)),
            ("relative gradient norm", NumberText.Short(summary.RelativeGradientNorm)),
            ("epochs", NumberText.Whole(summary.Epochs)),
            ("gradient evaluations", NumberText.Whole(summary.GradientEvaluations)),
            ("Hessian products", NumberText.Whole(summary.HessianProducts)),
            ("time", NumberText.Duration(summary.Seconds)),
        };
        return Pairs("state", "Final state", rows.Select(row => (Encode(row.Name), Encode(row.Value))));
    }

    /// <summary>What was measured in each layer at the end, and why values are missing.</summary>
    public static string Layers(RunMeasurements run)
    {
        var html = new StringBuilder();
        html.Append("<div class=\"scroll\" role=\"region\" aria-labelledby=\"layers-caption\" tabindex=\"0\"><table class=\"numbers\"><caption id=\"layers-caption\">Layers at the end</caption><thead><tr>");
        foreach (string heading in (ReadOnlySpan<string>)["layer", "state", "TCV, at least", "TCV, at most", "TCV / variation", "rank of features", "rank of weights", "weight tail energy", "weight norm", "off Theorem 4.2"])
            html.Append($"<th scope=\"col\">{heading}</th>");
        html.Append("</tr></thead><tbody>");
        foreach (int l in run.Layers)
        {
            CollapseState state = run.State(l);
            html.Append($"<tr><th scope=\"row\"><span class=\"swatch\" style=\"background:var(--layer-{l})\"></span>{l}</th><td class=\"word {Css(state)}\">{Verdict.Word(state)}</td>");
            LayerSummary? summary = run.Summary(l);
            Cell(html, summary?.TcvLower);
            Cell(html, summary?.TcvUpper);
            Cell(html, run.RelativeTcv(l));
            html.Append(summary is { FeatureSingularValues.Count: > 0 } ? $"<td>{summary.FeatureNumericalRank}</td>" : Missing);
            html.Append(summary is { WeightSingularValues.Count: > 0 } ? $"<td>{summary.WeightNumericalRank}</td>" : Missing);
            Cell(html, summary?.WeightTailEnergy);
            Cell(html, summary?.WeightNorm);
            html.Append(run.DeviationFromPrediction(l) is { } deviation ? $"<td>{NumberText.Short(100 * deviation, 2)} %</td>" : Missing);
            html.Append("</tr>");
        }
        html.Append("</tbody></table></div>");
        html.Append($"<p class=\"note\">Ranks count singular values above 10⁻⁵ of the largest. Tail energy is the part of Σs² beyond the first K = {run.Classes}. The last column is the largest difference of the first K singular values of the features from Theorem 4.2's prediction, relative to the largest predicted. A dash means that there is no such value.</p>");
        if (run.Run.Summary.Reasons.Count != 0)
        {
            html.Append("<ul class=\"note\">");
            foreach (var (field, reason) in run.Run.Summary.Reasons.OrderBy(pair => pair.Key, StringComparer.Ordinal))
                html.Append($"<li><code>{Encode(field)}</code>: {Encode(reason)}</li>");
            html.Append("</ul>");
        }
        return html.ToString();
    }

    /// <summary>Every setting.</summary>
    public static string Settings(Run run) =>
        Pairs("settings", "Every setting", ReproduceCommand.Settings(run.Configuration).Select(s => ($"<code>{Encode(s.Name)}</code>", Encode(s.Value))));

    /// <summary>The CSS class of a state.</summary>
    public static string Css(CollapseState state) => state switch
    {
        CollapseState.Collapsed => "good",
        CollapseState.Nearly => "near",
        CollapseState.NotCollapsed => "open",
        _ => "unknown",
    };

    private const string Missing = "<td class=\"missing\">–</td>";

    private static void Cell(StringBuilder html, double? value) =>
        html.Append(value is { } known ? $"<td>{NumberText.Short(known)}</td>" : Missing);

    private static string Pairs(string name, string caption, IEnumerable<(string Name, string Value)> rows)
    {
        var html = new StringBuilder($"<table class=\"pairs\" id=\"{name}\"><caption>{caption}</caption><tbody>");
        foreach (var (label, value) in rows) html.Append($"<tr><th scope=\"row\">{label}</th><td>{value}</td></tr>");
        return html.Append("</tbody></table>").ToString();
    }

    private static string Encode(string text) => WebUtility.HtmlEncode(text);
}
