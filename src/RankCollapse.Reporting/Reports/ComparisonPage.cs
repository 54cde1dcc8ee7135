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
    private const double Floor = 1e-10;

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
        html.Append("</section>\n</main>\n<footer><p>Written by RankCollapse. This page is complete in itself and loads nothing.</p></footer>\n");
        return PageFrame.Page($"{title} · RankCollapse", html.ToString(), ChartJson.Of(figures));
    }

    /// <summary>The numbers of the whole networks, with the forecast beside the objective.</summary>
    private static IEnumerable<(string Name, IReadOnlyList<string> Values)> Numbers(IReadOnlyList<ComparedRun> runs)
    {
        foreach (Metric metric in MetricTable.Of(MetricScopes.Network))
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
        yield return new Figure(
            "feature-spectra", "Singular values of the features", "The singular values at the end, a panel for each layer; dashed, what the "
            + "centroid problem forecast.", new PanelBlock([.. Enumerable.Range(1, depth).Select(l => Spectra(runs, l, isWeight: false))]));
        yield return new Figure("weight-spectra", "Singular values of the weights", "The singular values at the end, a panel for each layer; dashed, what the "
            + "centroid problem forecast.", new PanelBlock([.. Enumerable.Range(1, depth).Select(l => Spectra(runs, l, isWeight: true))]));
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

    private static Panel Spectra(IReadOnlyList<ComparedRun> runs, int layer, bool isWeight)
    {
        var series = new List<Series>();
        for (int i = 0; i < runs.Count; i++)
        {
            if (runs[i].Run.Summary.Layers.FirstOrDefault(summary => summary.Layer == layer) is not { } summary) continue;
            Add(i, isWeight ? summary.WeightSingularValues : summary.FeatureSingularValues, "trained", Mark.Line);
            var forecast = runs[i].Forecast?.Layers.FirstOrDefault(one => one.Layer == layer);
            if (forecast is not null) Add(i, (isWeight ? forecast.WeightSingularValues : forecast.FeatureSingularValues) ?? [], "forecast", Mark.Dashed);
        }
        return new Panel
        {
            Title = $"layer {layer}",
            X = new Axis("index of the singular value", "i") { IsLogarithmic = true },
            Y = new Axis("singular value", "s_i") { IsLogarithmic = true },
            Series = series,
        };

        void Add(int run, IReadOnlyList<double> values, string kind, Mark mark)
        {
            double[] drawn = values.Count == 0 ? [] : [.. values.TakeWhile(value => value > Floor * values[0])];
            if (drawn.Length > 0)
                series.Add(new Series(runs[run].Name, Palette.Kind(run), [.. drawn.Select((_, i) => i + 1.0)], drawn, mark) { Kind = kind });
        }
    }
}
