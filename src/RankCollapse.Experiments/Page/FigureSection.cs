using System.Text;
using System.Text.Json.Nodes;
using System.Xml;
using RankCollapse.Reporting.Pages;
using RankCollapse.Reporting.Rendering;
using RankCollapse.Reporting.Text;

namespace RankCollapse.Experiments.Page;

/// <summary>One figure in the page: claim, verdicts, pictures and charts, what was learnt, settings, time, command and data.</summary>
internal static class FigureSection
{
    /// <summary>Appends the section.</summary>
    /// <exception cref="InvalidInputException">A picture is no SVG file.</exception>
    public static void Append(StringBuilder html, FigureResult figure, Func<FigurePicture, string> read)
    {
        html.Append($"<section id=\"{figure.Name}\" aria-labelledby=\"{figure.Name}-heading\">\n<p "
            + $"class=\"subject\">{PageText.Sentence(figure.Source)}</p>\n<h2 id=\"{figure.Name}-heading\">{PageText.Encode(figure.Title)}</h2>\n");
        html.Append($"<p class=\"claim\"><span class=\"who\">The paper's claim</span> {PageText.Sentence(figure.Claim)}</p>\n");
        Verdicts(html, figure);
        foreach (FigurePicture picture in figure.Pictures) Picture(html, figure, picture, read(picture));
        if (figure.Notes.Count > 0)
        {
            html.Append("<h3>What we learnt</h3>\n<ul class=\"learnt\">");
            foreach (string note in figure.Notes) html.Append($"<li>{PageText.Sentence(note)}</li>");
            html.Append("</ul>\n");
        }
        Settings(html, figure);
        html.Append("</section>\n");
    }

    private static void Verdicts(StringBuilder html, FigureResult figure)
    {
        html.Append("<ul class=\"verdicts\">\n");
        foreach (ClaimVerdict verdict in figure.Verdicts)
        {
            html.Append($"<li class=\"{ReproductionPage.Css(verdict.Outcome)}\"><p><strong "
                + $"class=\"word\">{PageText.Sentence(char.ToUpperInvariant(verdict.InWords[0]) + verdict.InWords[1..])}</strong> "
                + $"{PageText.Sentence(verdict.Claim)}</p>");
            html.Append($"<p class=\"measured\">{Measured(verdict.AsStated)}</p>");
            if (verdict is { Condition: { } condition, UnderCondition: { } under })
                html.Append($"<p class=\"measured\">Under {PageText.Sentence(condition)}: {Measured(under)}</p>");
            if (verdict.Explanation is { } explanation) html.Append($"<p class=\"note\">{PageText.Sentence(explanation)}</p>");
            html.Append("</li>\n");
        }
        html.Append("</ul>\n");
    }

    private static string Measured(Measurement m) =>
        $"{PageText.Sentence(m.Quantity)}: <b class=\"{(m.Holds ? "good" : "open")}\">{Number(m.Value)}</b>; asked: "
            + $"{(m.Comparison == Comparison.AtMost ? "at most" : "at least")}\u00a0{Number(m.Threshold)}";

    private static string Number(double value) =>
        !double.IsFinite(value) ? "not measured" : value == Math.Truncate(value) && Math.Abs(value) < 1e6
            ? NumberText.Whole((long)value) : NumberText.Short(value);

    private static void Picture(StringBuilder html, FigureResult figure, FigurePicture picture, string file)
    {
        string svg;
        try
        {
            svg = SvgMarkup.FromFile(file, $"{figure.Name}-{picture.Name}");
        }
        catch (XmlException e)
        {
            throw new InvalidInputException(
                $"{figure.Name}/{picture.Name}.svg is no SVG file: {e.Message} Reproduce the figure again with force.", e)
            { Settings = ["force"] };
        }
        JsonNode? chart = ReproductionPage.Charts(figure)[picture.Name];
        string key = ReproductionPage.Key(figure, picture.Name);
        html.Append($"<figure id=\"{key}\"><h3>{PageText.Encode(picture.Title)}</h3>\n");
        // Where the chart shows one moment at a time, the picture is still what shows them all.
        if (chart?["moments"] is not null)
            html.Append($"<div class=\"picture\">{svg}</div>\n<h4 class=\"closer\">A closer look</h4>\n<div "
                + $"class=\"chart\" data-chart=\"{key}\"></div>\n<noscript><p class=\"note\">The closer look needs scripts.</p></noscript>\n");
        else if (chart is not null) PageFrame.Chart(html, key, svg);
        else html.Append($"<div class=\"picture\">{svg}</div>\n");
        html.Append($"<figcaption><p class=\"note\">{PageText.Sentence(picture.Reading)}</p><p class=\"files\">{Link(figure, picture.Name, "svg")} · "
            + $"{Link(figure, picture.Name, "png")}</p></figcaption></figure>\n");
    }

    private static string Link(FigureResult figure, string name, string extension) =>
        $"<a href=\"{figure.Name}/{name}.{extension}\">{name}.{extension}</a>";

    private static void Settings(StringBuilder html, FigureResult figure)
    {
        html.Append("<details><summary>Settings, time, command and data</summary>\n<table class=\"pairs\"><tbody>");
        foreach ((string name, string value) in figure.Settings) Row(html, name, PageText.Sentence(value));
        Row(html, "version", figure.IsQuick ? "reduced" : "full");
        if (figure.Statuses.Count > 0)
            Row(html, "trainings ended",
                PageText.Encode(string.Join(", ", figure.Statuses.Select(status => $"{NumberText.Whole(status.Value)} {status.Key}"))));
        Row(html, "time", $"{NumberText.Duration(figure.TrainingSeconds)} on one core; {NumberText.Duration(figure.Seconds)} "
            + $"{(figure.IsOnCluster ? "on a cluster" : $"with {NumberText.Count(figure.Threads, "thread")}")} in the last session");
        html.Append("</tbody></table>\n<p class=\"note\">The same command gives the same numbers again:</p>\n");
        PageFrame.Command(html, figure.Command.Split(' '));
        html.Append("<div class=\"scroll\" role=\"region\" aria-label=\"Data\" tabindex=\"0\"><table "
            + "class=\"data\"><thead><tr><th scope=\"col\">data</th><th scope=\"col\">a row is</th><th "
            + "scope=\"col\">rows</th><th scope=\"col\">columns</th></tr></thead><tbody>");
        foreach (FigureData data in figure.Data)
        {
            string columns = string.Join("; ", data.Columns.Select(column => $"<code>{PageText.Encode(column.Key)}</code> {PageText.Encode(column.Value)}"));
            html.Append($"<tr><th scope=\"row\">{Link(figure, data.Name, "csv")}<br>{Link(figure, data.Name, "parquet")}</th>"
                + $"<td>{PageText.Sentence(data.Description)}</td><td>{NumberText.Whole(data.Rows)}</td><td>{columns}</td></tr>");
        }
        html.Append("</tbody></table></div>\n</details>\n");
    }

    private static void Row(StringBuilder html, string name, string value) =>
        html.Append($"<tr><th scope=\"row\">{PageText.Encode(name)}</th><td>{value}</td></tr>");
}
