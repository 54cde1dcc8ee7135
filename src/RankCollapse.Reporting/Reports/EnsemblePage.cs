using System.Text;
using RankCollapse.Collapse;
using RankCollapse.Collapse.Metrics;
using RankCollapse.LinearAlgebra;
using RankCollapse.Reporting.Pages;
using RankCollapse.Reporting.Panels;
using RankCollapse.Reporting.Rendering;
using RankCollapse.Reporting.Text;
using RankCollapse.Runs;
using RankCollapse.Training;

namespace RankCollapse.Reporting.Reports;

/// <summary>Puts the page of an ensemble together.</summary>
internal static class EnsemblePage
{
    /// <summary>The whole page.</summary>
    public static string Build(Ensemble ensemble, IReadOnlyList<Figure> figures)
    {
        var html = new StringBuilder();
        PageFrame.Header(html, "Skip to the report", [("figures-heading", "Figures"), ("numbers-heading", "Numbers"), ("members-heading", "Members"),
            ("configuration-heading", "Configuration")]);
        html.Append("<main id=\"main\">\n");
        Summary(html, ensemble);
        html.Append("<section aria-labelledby=\"figures-heading\"><h2 id=\"figures-heading\">Figures</h2>\n");
        foreach (Figure figure in figures)
        {
            html.Append($"<figure id=\"{figure.Name}\"><h3>{PageText.Encode(figure.Title)}</h3>\n");
            PageFrame.Chart(html, figure.Name, FigureRenderer.Draw(figure).ToSvgElement(figure.Name));
            html.Append($"<figcaption><p class=\"note\">{PageText.Sentence(figure.Reading)}</p></figcaption></figure>\n");
        }
        if (figures.Count == 0) html.Append("<p class=\"absent\">No member has ended, so that there is nothing to draw.</p>\n");
        html.Append("</section>\n");
        Numbers(html, ensemble);
        Members(html, ensemble);
        html.Append("<section aria-labelledby=\"configuration-heading\"><h2 id=\"configuration-heading\">Configuration</h2>\n");
        html.Append(ReportTables.Settings(ensemble.Configuration)).Append("</section>\n</main>\n");
        PageFrame.Footer(html, ensemble.Configuration.Version);
        return PageFrame.Page($"{Subject(ensemble)} · RankCollapse", html.ToString(), ChartJson.Of(figures));
    }

    private static string Subject(Ensemble ensemble) => $"ensemble of {NumberText.Count(ensemble.Members.Count, "member")}";

    private static void Summary(StringBuilder html, Ensemble ensemble)
    {
        EnsembleRun[] ended = [.. ensemble.Ended];
        RunConfiguration configuration = ensemble.Configuration;
        CollapseState State(EnsembleRun member, int layer) => member.Summary!.Layers.First(one => one.Layer == layer).Number(CollapseMetrics.RelativeVariation)
            is { } variation ? CollapseVerdict.Of(variation).State : CollapseState.Unknown;
        int[] layers = [.. ended.SelectMany(member => member.Summary!.Layers).Select(layer => layer.Layer).Distinct().Order()];
        int whole = ended.Count(member => member.Summary!.Layers.All(layer => State(member, layer.Layer) == CollapseState.Collapsed));
        html.Append("<section class=\"verdict\" aria-labelledby=\"verdict-heading\">\n");
        html.Append($"<p class=\"subject\">{Subject(ensemble)} · {PageText.Encode(Path.GetFileName(configuration.Data))} · "
            + $"{EnumNames.Of(configuration.Architecture)}, {NumberText.Count(configuration.Depth, "layer")}, "
            + $"{PageText.Encode(configuration.Activation)}</p>\n");
        bool isKnown = ended.Length == 0 || ended.Any(member => layers.Any(layer => State(member, layer) != CollapseState.Unknown));
        html.Append($"<h1 id=\"verdict-heading\">{(isKnown ? Headline(ended.Length, whole) : "Whether any layer has collapsed is not known.")}</h1>\n");
        bool isDone = ensemble.Members.All(member => member.Summary?.Status == TrainingStatus.Converged);
        html.Append($"<p class=\"convergence {(isDone ? "good" : "open")}\">{Ends(ensemble)}</p>\n<ol class=\"layers\">");
        foreach (int layer in layers)
        {
            CollapseState[] states = [.. ended.Select(member => State(member, layer))];
            CollapseState worst = states.Max();
            var spread = Spread.Of(ended.Select(member =>
                member.Summary!.Layers.First(one => one.Layer == layer).Number(CollapseMetrics.RelativeVariation) ?? double.NaN));
            string numbers = spread.Count == 0 ? "–" : $"{NumberText.Short(spread.Median, 2)}, at most {NumberText.Short(spread.Maximum, 2)}";
            html.Append($"<li class=\"{ReportTables.Css(worst)}\"><span class=\"number\">layer {layer}</span><span class=\"word\">"
                + $"{Word(states)}</span><span class=\"ratio\">{numbers}</span></li>");
        }
        html.Append("</ol>\n<p class=\"note\">The numbers are the median and the largest, over the members, of the variation inside the classes as a part of "
            + $"the variation of the layer's features. At most {NumberText.PowerOfTen(Tolerances.Collapsed)} counts as collapsed.</p>\n");
        foreach (EnsembleRun member in ended.Where(member => member.Summary!.Status == TrainingStatus.Stalled))
            html.Append($"<p class=\"note\">Seed {member.Seed}: {PageText.Sentence(Verdict.Stall(member.Summary!, configuration))}</p>\n");
        html.Append("</section>\n");
    }

    private static string Word(CollapseState[] states) => states.Distinct().Count() == 1 ? Verdict.Word(states[0])
        : $"collapsed in {states.Count(state => state == CollapseState.Collapsed)} of {states.Length}";

    private static string Headline(int ended, int whole) => ended == 0 ? "No member has ended."
        : whole == ended ? $"Every layer has collapsed in {(ended == 1 ? "the only member" : $"all {ended} members")}."
        : whole == 0 ? $"In none of {NumberText.Count(ended, "member")} every layer has collapsed."
        : $"Every layer has collapsed in {whole} of {ended} members.";

    private static string Ends(Ensemble ensemble)
    {
        string[] parts = [.. ensemble.Members.GroupBy(member => member.Summary?.Status).OrderBy(group => group.Key is null)
            .Select(group => $"{group.Count()} {group.Key?.InWords() ?? "failed or did not begin"}")];
        if (parts.Length == 1 && ensemble.Members[0].Summary is { } only)
            return PageText.Encode($"{(ensemble.Members.Count == 1 ? "The only member" : $"All {ensemble.Members.Count} members")} {only.Status.InWords()}.");
        return PageText.Encode($"Of {NumberText.Count(ensemble.Members.Count, "member")}, {NumberText.List(parts)}.");
    }

    private static void Numbers(StringBuilder html, Ensemble ensemble)
    {
        EnsembleRun[] ended = [.. ensemble.Ended];
        html.Append("<section aria-labelledby=\"numbers-heading\"><h2 id=\"numbers-heading\">Numbers at the end</h2>\n<div class=\"scroll\" role=\"region\" "
            + "aria-labelledby=\"numbers-heading\" tabindex=\"0\"><table class=\"numbers\"><thead><tr><th scope=\"col\">number</th><th "
            + "scope=\"col\">minimum</th><th scope=\"col\">median</th><th scope=\"col\">maximum</th></tr></thead><tbody>");
        foreach (Metric metric in MetricTable.Of(MetricScopes.Network, ended.Select(member => member.Summary!)))
            Row(metric.Heading, metric, ended.Select(member => member.Summary!.Number(metric)));
        foreach (var layer in ended.SelectMany(member => member.Summary!.Layers).GroupBy(layer => layer.Layer).OrderBy(group => group.Key))
        {
            foreach (Metric metric in MetricTable.Of(MetricScopes.Layers).Where(metric => metric.IsMainIn(MetricScopes.Layers)))
                Row($"layer {layer.Key}, {metric.Heading}", metric, layer.Select(one => one.Number(metric)));
        }
        html.Append("</tbody></table></div>\n</section>\n");

        void Row(string name, Metric metric, IEnumerable<double?> values)
        {
            var spread = Spread.Of(values.Select(value => value ?? double.NaN));
            html.Append($"<tr><th scope=\"row\">{PageText.Encode(name)}</th>");
            foreach (double value in (double[])[spread.Minimum, spread.Median, spread.Maximum])
                html.Append(double.IsFinite(value) ? $"<td>{NumberText.Of(metric.Format, value)}</td>" : "<td class=\"missing\">–</td>");
            html.Append("</tr>");
        }
    }

    private static void Members(StringBuilder html, Ensemble ensemble)
    {
        Metric[] metrics = [NetworkMetrics.Objective, NetworkMetrics.RelativeGradientNorm, NetworkMetrics.Epochs, NetworkMetrics.Seconds];
        html.Append("<section aria-labelledby=\"members-heading\"><h2 id=\"members-heading\">Members</h2>\n<div class=\"scroll\" role=\"region\" "
            + "aria-labelledby=\"members-heading\" tabindex=\"0\"><table class=\"numbers\"><thead><tr><th scope=\"col\">seed</th><th scope=\"col\" "
            + "class=\"word\">end</th>");
        foreach (Metric metric in metrics) html.Append($"<th scope=\"col\">{PageText.Encode(metric.Heading)}</th>");
        html.Append("</tr></thead><tbody>");
        foreach (EnsembleRun member in ensemble.Members)
        {
            html.Append($"<tr><th scope=\"row\">{member.Seed}</th><td class=\"word\">"
                + $"{PageText.Encode(member.Summary?.Status.InWords() ?? member.Error ?? "not begun")}</td>");
            foreach (Metric metric in metrics) html.Append($"<td>{NumberText.Of(metric.Format, member.Summary?.Number(metric))}</td>");
            html.Append("</tr>");
        }
        html.Append($"</tbody></table></div>\n<p class=\"note\">Each member is a run folder of its own beside this page, {Ensemble.FolderOf(0)} and so on.</p>"
            + "\n</section>\n");
    }
}
