using System.Text;
using System.Text.Json.Nodes;
using RankCollapse.Reporting.Pages;
using RankCollapse.Reporting.Text;

namespace RankCollapse.Experiments.Page;

/// <summary>Puts the page of all figures together: what became of the claims, then a section for each figure.</summary>
internal static class ReproductionPage
{
    /// <summary>The whole page.</summary>
    /// <param name="figures">The figures, in the paper's order.</param>
    /// <param name="read">The text of a picture's SVG file.</param>
    /// <exception cref="InvalidInputException">A picture is no SVG file.</exception>
    public static string Build(IReadOnlyList<FigureResult> figures, Func<FigureResult, FigurePicture, string> read)
    {
        var body = new StringBuilder();
        PageFrame.Header(body, "Skip to the figures", figures.Select(figure => (figure.Name, Label(figure))));
        body.Append("<main id=\"main\">\n");
        Summary(body, figures);
        foreach (FigureResult figure in figures) FigureSection.Append(body, figure, picture => read(figure, picture));
        body.Append("</main>\n");
        PageFrame.Footer(body, figures[^1].Version, "; its links lead to the data beside it");
        var charts = new JsonObject();
        foreach (FigureResult figure in figures)
        {
            foreach ((string name, JsonNode? chart) in Charts(figure)) charts[Key(figure, name)] = chart?.DeepClone();
        }
        return PageFrame.Page("The paper's figures, reproduced · RankCollapse", body.ToString(), charts.ToJsonString());
    }

    /// <summary>The name of a figure's chart in the page.</summary>
    internal static string Key(FigureResult figure, string chart) => $"{figure.Name}-{chart}";

    /// <summary>A figure's charts by name.</summary>
    internal static JsonObject Charts(FigureResult figure) => JsonNode.Parse(figure.Charts)!.AsObject();

    /// <summary>What a figure is called in links: the first part of its source.</summary>
    internal static string Label(FigureResult figure) => figure.Source.Split(',')[0];

    /// <summary>The outcome that stands for all claims of a figure: the weakest.</summary>
    internal static VerdictOutcome Outcome(FigureResult figure) => figure.Verdicts.Count == 0
        ? VerdictOutcome.NotReproduced : figure.Verdicts.Max(verdict => verdict.Outcome);

    /// <summary>The class of an outcome in the style sheet.</summary>
    internal static string Css(VerdictOutcome outcome) => outcome switch
    {
        VerdictOutcome.Reproduced => "good",
        VerdictOutcome.ReproducedUnder => "near",
        _ => "open",
    };

    /// <summary>How claims came out, as a heading.</summary>
    internal static string Headline(IReadOnlyList<FigureResult> figures)
    {
        ClaimVerdict[] verdicts = [.. figures.SelectMany(figure => figure.Verdicts)];
        int reproduced = verdicts.Count(v => v.Outcome == VerdictOutcome.Reproduced), under = verdicts.Count(v => v.Outcome == VerdictOutcome.ReproducedUnder);
        if (reproduced == verdicts.Length) return verdicts.Length == 1 ? "The claim is reproduced" : $"All {verdicts.Length} claims are reproduced";
        int not = verdicts.Length - reproduced - under;
        List<string> parts = [];
        if (under > 0) parts.Add($"{under} under a condition that the paper does not state");
        if (not > 0) parts.Add($"{not} not");
        return $"{reproduced} of {NumberText.Count(verdicts.Length, "claim")} reproduced, {NumberText.List(parts)}";
    }

    private static void Summary(StringBuilder html, IReadOnlyList<FigureResult> figures)
    {
        bool isQuick = figures.Any(figure => figure.IsQuick);
        html.Append("<section class=\"verdict\" aria-labelledby=\"verdict-heading\">\n");
        html.Append($"<p class=\"subject\">{(isQuick ? "The paper's figures, reduced versions" : "The paper's figures")} · "
            + $"{NumberText.Count(figures.Sum(f => f.TrainingCount), "training")} · {NumberText.Duration(figures.Sum(f => f.TrainingSeconds))} on one "
            + "core</p>\n");
        html.Append($"<h1 id=\"verdict-heading\">{Headline(figures)}</h1>\n<ol class=\"layers outcomes\">");
        foreach (FigureResult figure in figures)
        {
            VerdictOutcome outcome = Outcome(figure);
            string word = outcome switch
            {
                VerdictOutcome.Reproduced => "reproduced",
                VerdictOutcome.ReproducedUnder => "under a condition",
                _ => $"{figure.Verdicts.Count(v => v.Outcome != VerdictOutcome.NotReproduced)} of {figure.Verdicts.Count} claims",
            };
            html.Append($"<li class=\"{Css(outcome)}\"><a href=\"#{figure.Name}\"><span class=\"number\">{PageText.Encode(Label(figure))}</span><span "
                + $"class=\"word\">{word}</span><span class=\"ratio\">{PageText.Encode(figure.Title)}</span></a></li>");
        }
        html.Append("</ol>\n<p class=\"note\">Each claim of the paper has a numeric criterion, which is evaluated here. \"Under a condition\" means that the "
            + "claim holds, though not in the setting as the paper states it. All numbers of this page can be downloaded with the links below each "
            + "figure.</p>\n</section>\n");
    }
}
