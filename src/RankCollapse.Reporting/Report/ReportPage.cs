using System.Globalization;
using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using RankCollapse.Reporting.Figures;
using RankCollapse.Runs;

namespace RankCollapse.Reporting.Report;

/// <summary>Puts the report's page together.</summary>
internal static partial class ReportPage
{
    private static readonly string[] ChartNames = ["objective", "tcv", "ranks"];

    /// <summary>The whole page.</summary>
    public static string Build(RunMeasurements run)
    {
        const string Script = "report.js";
        var html = new StringBuilder();
        PageFrame.Begin(html, Subject(run), ReportTheme.Css(run.Depth) + EmbeddedText.Read("report.css"), Script);
        Header(html);
        html.Append("<main id=\"main\">\n");
        Summary(html, run);
        Figures(html, run);
        html.Append("<section aria-labelledby=\"numbers-heading\"><h2 id=\"numbers-heading\">Numbers</h2>\n").Append(ReportTables.Layers(run)).Append(ReportTables.State(run)).Append("</section>\n");
        Configuration(html, run.Run);
        html.Append("</main>\n");
        html.Append($"<script type=\"application/json\" id=\"charts\">{ChartData.ToJson(run)}</script>\n");
        PageFrame.End(html, run.Run.Configuration.Version, Script);
        return html.ToString();
    }

    private static string Subject(RunMeasurements run) => $"{run.Run.DataSet.Name}, {NumberText.Count(run.Depth, "layer")}";

    private static void Header(StringBuilder html) => PageFrame.Header(html, ("figures-heading", "Figures"), ("numbers-heading", "Numbers"), ("configuration-heading", "Configuration"));

    private static void Summary(StringBuilder html, RunMeasurements run)
    {
        Verdict verdict = Verdict.Of(run);
        var data = run.Run.DataSet;
        RunConfiguration configuration = run.Run.Configuration;
        html.Append("<section class=\"verdict\" aria-labelledby=\"verdict-heading\">\n");
        html.Append($"<p class=\"subject\">{Encode(data.Name)} · {NumberText.Count(data.SampleCount, "sample")} · {(run.HasLabels ? NumberText.Count(run.Classes, "class", "classes") : NumberText.Count(run.Classes, "output"))} · {Encode(configuration.Architecture)}, {NumberText.Count(run.Depth, "layer")}, {Encode(configuration.Activation)}</p>\n");
        html.Append($"<h1 id=\"verdict-heading\">{Encode(verdict.Collapse)}</h1>\n");
        html.Append($"<p class=\"convergence {(verdict.HasConverged ? "good" : "open")}\">{Encode(verdict.Convergence)}</p>\n<ol class=\"layers\">");
        foreach (int l in run.Layers)
        {
            CollapseState state = run.State(l);
            string ratio = run.RelativeTcv(l) is { } value ? NumberText.Short(value, 2) : "–";
            html.Append($"<li class=\"{ReportTables.Css(state)}\"><span class=\"number\">layer {l}</span><span class=\"word\">{Verdict.Word(state)}</span><span class=\"ratio\">{ratio}</span></li>");
        }
        html.Append($"</ol>\n<p class=\"note\">The number is the layer's total cluster variation (TCV, equation 7, K = {run.Classes}) as a part of the variation of its features. At most {NumberText.PowerOfTen(RunMeasurements.CollapsedBelow)} counts as collapsed, at most {NumberText.PowerOfTen(RunMeasurements.NearlyCollapsedBelow)} as nearly.</p>\n</section>\n");
    }

    private static void Figures(StringBuilder html, RunMeasurements run)
    {
        html.Append("<section aria-labelledby=\"figures-heading\"><h2 id=\"figures-heading\">Figures</h2>\n");
        IReadOnlyDictionary<string, string> colours = ReportTheme.Variables(run.Depth);
        foreach (RunFigure figure in RunFigure.All)
        {
            html.Append($"<figure id=\"{figure.Name}\"><h3>{Encode(figure.Title)}</h3>\n");
            if (figure.Missing(run) is { } reason)
            {
                html.Append($"<p class=\"absent\">{Encode(reason)}</p></figure>\n");
                continue;
            }
            string wide = figure.Draw(run, FigureWidth.Full).ToSvgElement(figure.Name, colours);
            if (ChartNames.Contains(figure.Name))
            {
                html.Append($"<div class=\"chart\" data-chart=\"{figure.Name}\"></div>\n<noscript><div class=\"scroll\">{wide}</div></noscript>\n");
            }
            else
            {
                string narrow = figure.Draw(run, FigureWidth.Column).ToSvgElement(figure.Name + "-narrow", colours);
                html.Append($"<div class=\"picture wide\">{wide}</div>\n<div class=\"picture narrow\">{narrow}</div>\n");
            }
            html.Append($"<figcaption><p class=\"finding\">{Sentence(figure.Sentence(run))}</p><p class=\"note\">{Sentence(figure.Reading)}</p></figcaption></figure>\n");
        }
        html.Append("</section>\n");
    }

    private static void Configuration(StringBuilder html, Run run)
    {
        html.Append("<section aria-labelledby=\"configuration-heading\"><h2 id=\"configuration-heading\">Configuration</h2>\n");
        html.Append("<p>The same settings and seeds, on the same machine with the same number of threads, give the same numbers again:</p>\n");
        html.Append(CultureInfo.InvariantCulture, $"<div class=\"command\"><pre tabindex=\"0\" aria-label=\"Command\"><code id=\"command\">{string.Join(' ', ReproduceCommand.For(run.Configuration).Select(word => $"<span>{Encode(word)}</span>"))}</code></pre><button type=\"button\" id=\"copy\" hidden>Copy</button></div>\n");
        html.Append(ReportTables.Settings(run)).Append("</section>\n");
    }

    // Formulas such as K = 10, amounts such as 3 % and names such as layer 3 stay on one line.
    private static string Sentence(string text) => Encode(LayerNumber().Replace(text.Replace(" = ", "\u00a0=\u00a0").Replace(" %", "\u00a0%"), "\u00a0"));

    private static string Encode(string text) => WebUtility.HtmlEncode(text);

    [GeneratedRegex(@"(?<=layers?) (?=\d)", RegexOptions.ExplicitCapture)]
    private static partial Regex LayerNumber();
}
