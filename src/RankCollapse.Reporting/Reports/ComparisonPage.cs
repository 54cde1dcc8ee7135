using System.Text;
using RankCollapse.Collapse.Metrics;
using RankCollapse.Reporting.Figures;
using RankCollapse.Reporting.Pages;
using RankCollapse.Reporting.Panels;
using RankCollapse.Reporting.Rendering;
using RankCollapse.Reporting.Text;

namespace RankCollapse.Reporting.Reports;

/// <summary>Puts the page of a comparison together.</summary>
internal static class ComparisonPage
{
    /// <summary>The whole page.</summary>
    public static string Build(IReadOnlyList<ComparedRun> runs)
    {
        RunMeasurements[] measured = [.. runs.Select(run => new RunMeasurements(run.Run))];
        string title = $"{NumberText.Count(runs.Count, "run")} beside each other";
        var html = new StringBuilder();
        PageFrame.Header(html, "Skip to the comparison", [("settings-heading", "Settings"), ("figures-heading", "Figures"), ("numbers-heading", "Numbers")]);
        html.Append($"<main id=\"main\">\n<section class=\"verdict\"><h1>{title}</h1>\n<p class=\"subject\">");
        html.AppendJoin(" · ", runs.Select(run => PageText.Encode(run.Name))).Append("</p></section>\n");
        html.Append("<section aria-labelledby=\"settings-heading\"><h2 id=\"settings-heading\">Settings that differ</h2>\n");
        var differences = ComparedRun.Differences(runs);
        if (differences.Count == 0) html.Append("<p>The runs have the same settings.</p>\n");
        else Table(html, runs, "setting", differences.Select(difference => (difference.Setting.Name, difference.Values)));
        html.Append("</section>\n<section aria-labelledby=\"figures-heading\"><h2 id=\"figures-heading\">Figures</h2>\n");
        Figure[] figures = [.. Figures(runs, measured).Where(figure => figure.Panels.Any(panel => panel.Series.Count > 0))];
        foreach (Figure figure in figures)
        {
            html.Append($"<figure id=\"{figure.Name}\"><h3>{PageText.Encode(figure.Title)}</h3>\n");
            PageFrame.Chart(html, figure.Name, FigureRenderer.Draw(figure).ToSvgElement(figure.Name));
            html.Append($"<figcaption><p class=\"note\">{PageText.Sentence(figure.Reading)}</p></figcaption></figure>\n");
        }
        html.Append("</section>\n<section aria-labelledby=\"numbers-heading\"><h2 id=\"numbers-heading\">Numbers</h2>\n");
        Table(html, runs, "whole network", Numbers(runs));
        html.Append("</section>\n</main>\n");
        PageFrame.Footer(html, null);
        return PageFrame.Page($"{title} · RankCollapse", html.ToString(), ChartJson.Of(figures));
    }

    /// <summary>The numbers of the whole networks, with the forecast beside the objective.</summary>
    private static IEnumerable<(string Name, IReadOnlyList<string> Values)> Numbers(IReadOnlyList<ComparedRun> runs)
    {
        foreach (Metric metric in MetricTable.Of(MetricScopes.Network, runs.Select(run => run.Run.Summary)))
        {
            int digits = metric == NetworkMetrics.Objective ? 6 : 3;
            yield return (metric.Heading, [.. runs.Select(run => NumberText.Of(metric.Format, run.Run.Summary.Number(metric), digits))]);
            if (metric == NetworkMetrics.Objective && runs.Any(run => run.Forecast is not null))
            {
                yield return ("objective, forecast", [.. runs.Select(run => NumberText.Of(metric.Format, run.Forecast?.Objective, digits))]);
                yield return ("objective, least known", [.. runs.Select(run => NumberText.Of(metric.Format, run.LeastKnown, digits))]);
            }
        }
    }

    private static void Table(
        StringBuilder html, IReadOnlyList<ComparedRun> runs, string first, IEnumerable<(string Name, IReadOnlyList<string> Values)> rows)
    {
        html.Append(
            $"<div class=\"scroll\" role=\"region\" aria-label=\"{first}\" tabindex=\"0\"><table class=\"numbers\"><thead><tr><th scope=\"col\">{first}</th>");
        foreach (ComparedRun run in runs) html.Append($"<th scope=\"col\">{PageText.Encode(run.Name)}</th>");
        html.Append("</tr></thead><tbody>");
        foreach ((string name, IReadOnlyList<string> values) in rows)
        {
            html.Append($"<tr><th scope=\"row\">{PageText.Encode(name)}</th>");
            foreach (string value in values) html.Append($"<td>{PageText.Encode(value)}</td>");
            html.Append("</tr>");
        }
        html.Append("</tbody></table></div>\n");
    }

    private static IEnumerable<Figure> Figures(IReadOnlyList<ComparedRun> runs, RunMeasurements[] measured)
    {
        int depth = measured.Max(run => run.Depth);
        Metric[] recorded = [.. MetricTable.Of(MetricScopes.Network).Where(metric => measured.Any(run => run.Series(metric.Key, 0)?.Last is not null))];
        yield return new Figure("curves", "Objective and gradient", "What was recorded of the whole network, over the epochs, a line for each run.",
            new PanelBlock([.. recorded.Select(metric => Curves(runs, measured, metric, 0, metric.Heading))]) { Columns = 2 });
        foreach (Metric metric in MetricTable.All.Where(metric => metric.OfNetwork is null
            && Enumerable.Range(1, depth).Any(l => measured.Any(run => run.Series(metric.Key, l)?.Last is not null))))
        {
            yield return new Figure(metric.Key, $"{metric.Heading} of each layer", $"{metric.Heading} over the epochs, a panel for each layer and a line for "
                + "each run.", new PanelBlock([.. Enumerable.Range(1, depth).Select(l => Curves(runs, measured, metric, l, $"layer {l}"))]));
        }
        foreach (bool isWeight in (bool[])[false, true])
        {
            string name = isWeight ? "weight" : "feature";
            List<IReadOnlyList<double>> all = [.. runs.SelectMany(run => Enumerable.Range(1, depth).SelectMany(l => Spectra(run, l, isWeight)))
                .Select(one => one.Values)];
            Axis x = SpectrumLines.IndexOf(all), y = SpectrumLines.AxisOf("singular value", isWeight ? "s_i(W)" : "s_i(Z)", all);
            yield return new Figure($"{name}-spectra", $"Singular values of the {name}s", "The singular values at the end, a panel for each layer; dashed, "
                + $"what the centroid problem forecast. {SpectrumLines.Reading}", new PanelBlock([.. Enumerable.Range(1, depth).Select(l => new Panel
                {
                    Title = $"layer {l}",
                    X = x,
                    Y = y,
                    Series =
                    [
                        .. runs.SelectMany((run, i) => Spectra(run, l, isWeight).Select(one =>
                            SpectrumLines.Of(run.Name, Palette.Kind(i), one.Values, y) with { Kind = one.Kind, Mark = one.Mark })),
                    ],
                })]));
        }
    }

    private static Panel Curves(IReadOnlyList<ComparedRun> runs, RunMeasurements[] measured, Metric metric, int layer, string title) => new()
    {
        Title = title,
        X = Axis.Epoch,
        Y = Axis.Of(metric),
        Series =
        [
            .. runs.Select((run, i) => (run.Name, Index: i, Records: measured[i].Series(metric.Key, layer))).Where(one => one.Records is not null)
                .Select(one => new Series(one.Name, Palette.Kind(one.Index), one.Records!.Epochs, one.Records.Values)),
        ],
    };

    // What training came to, and what was forecast; the forecast first, which is dashed and lies on top.
    private static IEnumerable<(string Kind, Mark Mark, IReadOnlyList<double> Values)> Spectra(ComparedRun run, int layer, bool isWeight)
    {
        if (run.Run.Summary.Layers.FirstOrDefault(summary => summary.Layer == layer) is not { } summary) yield break;
        if (run.Forecast?.Layers.FirstOrDefault(one => one.Layer == layer) is { } forecast
            && ((isWeight ? forecast.WeightSingularValues : forecast.FeatureSingularValues) ?? []) is { Count: > 0 } expected)
            yield return ("forecast", Mark.Dashed, expected);
        if ((isWeight ? summary.WeightSingularValues : summary.FeatureSingularValues) is { Count: > 0 } values) yield return ("trained", Mark.Line, values);
    }
}
