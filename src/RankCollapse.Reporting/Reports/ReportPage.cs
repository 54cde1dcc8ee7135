using System.Text;
using RankCollapse.Collapse;
using RankCollapse.LinearAlgebra;
using RankCollapse.Reporting.Figures;
using RankCollapse.Reporting.Pages;
using RankCollapse.Reporting.Panels;
using RankCollapse.Reporting.Rendering;
using RankCollapse.Reporting.Text;
using RankCollapse.Runs;

namespace RankCollapse.Reporting.Reports;

/// <summary>Puts the report's page together.</summary>
internal static class ReportPage
{
    /// <summary>The whole page.</summary>
    public static string Build(RunMeasurements run)
    {
        var html = new StringBuilder();
        PageFrame.Header(html, "Skip to the report",
            [("figures-heading", "Figures"), ("numbers-heading", "Numbers"), ("configuration-heading", "Configuration")]);
        html.Append("<main id=\"main\">\n");
        Summary(html, run);
        IReadOnlyList<Figure> figures = Figures(html, run);
        html.Append("<section aria-labelledby=\"numbers-heading\"><h2 id=\"numbers-heading\">Numbers</h2>\n").Append(ReportTables.Layers(run))
            .Append(ReportTables.State(run)).Append("</section>\n");
        Configuration(html, run.Run);
        html.Append("</main>\n");
        PageFrame.Footer(html, run.Run.Configuration.Version);
        return PageFrame.Page($"{Subject(run)} · RankCollapse", html.ToString(), ChartJson.Of(figures));
    }

    private static string Subject(RunMeasurements run) => $"{run.Run.DataSet.Name}, {NumberText.Count(run.Depth, "layer")}";

    private static void Summary(StringBuilder html, RunMeasurements run)
    {
        Verdict verdict = Verdict.Of(run);
        var data = run.Run.DataSet;
        RunConfiguration configuration = run.Run.Configuration;
        html.Append("<section class=\"verdict\" aria-labelledby=\"verdict-heading\">\n");
        html.Append($"<p class=\"subject\">{PageText.Encode(data.Name)} · {NumberText.Count(data.SampleCount, "sample")} · "
            + $"{(run.HasLabels ? NumberText.Count(run.Classes, "class", "classes") : NumberText.Count(run.Classes, "output"))} · "
            + $"{EnumNames.Of(configuration.Architecture)}, {NumberText.Count(run.Depth, "layer")}, {PageText.Encode(configuration.Activation)}</p>\n");
        html.Append($"<h1 id=\"verdict-heading\">{PageText.Encode(verdict.Collapse)}</h1>\n");
        string convergence = verdict.Advice is { } advice ? $"{verdict.Convergence} {advice.Text}" : verdict.Convergence;
        html.Append($"<p class=\"convergence {(verdict.HasConverged ? "good" : "open")}\">{PageText.Encode(convergence)}</p>\n<ol class=\"layers\">");
        foreach (int l in run.Layers)
        {
            CollapseState state = run.State(l);
            string ratio = run.RelativeVariation(l) is { } value ? NumberText.Short(value, 2) : "–";
            html.Append($"<li class=\"{ReportTables.Css(state)}\"><span class=\"number\">layer {l}</span><span "
                + $"class=\"word\">{Verdict.Word(state)}</span><span class=\"ratio\">{ratio}</span></li>");
        }
        html.Append($"</ol>\n<p class=\"note\">The number is the variation inside the {run.Classes} classes as a part of the variation of the layer's "
            + $"features. At most {NumberText.PowerOfTen(Tolerances.Collapsed)} counts as collapsed, at most "
            + $"{NumberText.PowerOfTen(Tolerances.NearlyCollapsed)} as nearly.</p>\n</section>\n");
    }

    private static List<Figure> Figures(StringBuilder html, RunMeasurements run)
    {
        var drawn = new List<Figure>();
        html.Append("<section aria-labelledby=\"figures-heading\"><h2 id=\"figures-heading\">Figures</h2>\n");
        foreach (RunFigure figure in RunFigure.All)
        {
            html.Append($"<figure id=\"{figure.Name}\"><h3>{PageText.Encode(figure.Title)}</h3>\n");
            if (figure.Missing(run) is { } reason)
            {
                html.Append($"<p class=\"absent\">{PageText.Encode(reason)}</p></figure>\n");
                continue;
            }
            drawn.Add(figure.Of(run));
            PageFrame.Chart(html, figure.Name, FigureRenderer.Draw(drawn[^1]).ToSvgElement(figure.Name));
            html.Append($"<figcaption><p class=\"finding\">{PageText.Sentence(figure.Sentence(run))}</p><p "
                + $"class=\"note\">{PageText.Sentence(figure.Reading)}</p></figcaption></figure>\n");
        }
        html.Append("</section>\n");
        return drawn;
    }

    private static void Configuration(StringBuilder html, Run run)
    {
        html.Append("<section aria-labelledby=\"configuration-heading\"><h2 id=\"configuration-heading\">Configuration</h2>\n");
        string where = run.Summary.Arithmetic is { } arithmetic ? $"on every machine of the arithmetic {arithmetic}" : "with the version that computed it";
        html.Append($"<p>The same settings and seeds give the same numbers again, {where}:</p>\n");
        PageFrame.Command(html, ReproduceCommand.For(run.Configuration));
        html.Append(ReportTables.Settings(run.Configuration)).Append("</section>\n");
    }
}
