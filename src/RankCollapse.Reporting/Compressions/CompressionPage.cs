using System.Globalization;
using System.Text;
using RankCollapse.Models.Compression;
using RankCollapse.Reporting.Pages;
using RankCollapse.Reporting.Panels;
using RankCollapse.Reporting.Text;
using RankCollapse.Runs;
using static RankCollapse.Reporting.Pages.PageText;

namespace RankCollapse.Reporting.Compressions;

/// <summary>Puts the page of a compressed model together.</summary>
internal static class CompressionPage
{
    /// <summary>The whole page.</summary>
    public static string Build(CompressionReport report)
    {
        var html = new StringBuilder();
        string name = ErrorText.Printable(Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(report.Model))));
        PageFrame.Header(html, "Skip to the report",
            [("layers-heading", "Layers"), .. report.Check is null ? [] : ((string, string)[])[("check-heading", "Comparison")],
                .. report.Latency.Count == 0 ? [] : ((string, string)[])[("time-heading", "Time")]]);
        html.Append("<main id=\"main\">\n<section class=\"verdict\" aria-labelledby=\"verdict-heading\">\n");
        html.Append($"<p class=\"subject\">{Encode(name)} · {NumberText.Whole(report.ParametersBefore)} parameters · ranks by {Encode(Rule(report))}</p>\n");
        html.Append($"<h1 id=\"verdict-heading\">{Sentence(Finding(report))}</h1>\n");
        foreach (string note in Notes(report)) html.Append($"<p class=\"note\">{Sentence(note)}</p>\n");
        Figure? figure = CompressionFigure.Draw(report);
        if (figure is not null) PageFrame.Overview(html, figure);
        html.Append("</section>\n");
        Layers(html, report);
        Comparison(html, report);
        Time(html, report);
        html.Append("</main>\n");
        PageFrame.Footer(html, TrainingRun.ProgramVersion);
        return PageFrame.Page($"{name}, compressed · RankCollapse", html.ToString(), figure is null ? "{}" : ChartJson.Of([figure]),
            "main,header,footer{max-width:76rem}.numbers th[scope=row]{max-width:22rem;overflow-wrap:anywhere;"
            + "white-space:normal;text-align:left;min-width:9rem}.numbers th,.numbers td{padding:.3rem .6rem}\n");
    }

    private static string Rule(CompressionReport report) => report.Rule switch
    {
        RankRule.Accuracy => $"accuracy, which may drop by {Points(report.Search!.AllowedDrop)} points",
        RankRule.NoiseEdge => "the noise edge",
        RankRule.Budget => "a share of the parameters",
        RankRule.Rank => "one rank",
        _ => EnumNames.Of(report.Rule),
    };

    private static string Finding(CompressionReport report)
    {
        if (report.Output is null) return "No layer was replaced.";
        string size = $"{NumberText.Percent(report.Removed)} fewer parameters";
        return (report.Check?.Accuracy ?? report.Search?.Accuracy, report.Check) switch
        {
            ({ } accuracy, _) => $"{size}; {Points(accuracy.After)} % of {NumberText.Count(accuracy.SampleCount, "sample")} right, {Points(accuracy.Before)} % "
                + "before.",
            (_, { Outputs: [var first, ..] }) => $"{size}, outputs off by {NumberText.Percent(first.RelativeError)} of their norm.",
            _ => $"{size}, weights off by {NumberText.Percent(report.WeightError)} of their norm.",
        };
    }

    private static IEnumerable<string> Notes(CompressionReport report)
    {
        if (report.CheckReason is { } none) yield return none;
        if (report.Search is not { } search) yield break;
        yield return $"Of {NumberText.Count(search.Trials, "model")} tried, the smallest whose accuracy on {ErrorText.Printable(search.Accuracy.Data)} is "
            + $"lower by at most {Points(search.AllowedDrop)} points: {Change(search.Accuracy)}.";
        if (report.HasTest && report.Check?.Accuracy is { } test)
            yield return $"Compared on {ErrorText.Printable(test.Data)}: {Change(test)}."
                + (report.IsRefutedOnTest ? " That is lower by more than was asked, beyond twice its standard error." : "");
        else yield return "Ranks were chosen on these samples, so that others will be predicted somewhat worse: compare on others.";
    }

    private static string Change(AccuracyChange change) =>
        $"{Points(change.Before)} ± {Points(change.BeforeStandardError)} % before, {Points(change.After)} ± {Points(change.AfterStandardError)} % after, a "
        + $"change of {(change.Change > 0 ? "+" : "")}{Points(change.Change)} ± {Points(change.ChangeStandardError)} points ({change.Lost} lost, "
        + $"{change.Gained} gained, of {NumberText.Whole(change.SampleCount)}; ± one standard error)";

    private static void Layers(StringBuilder html, CompressionReport report)
    {
        bool hasData = report.Layers.Any(layer => layer.IsFittedToData), hasNoise = report.Layers.Any(layer => layer.NoiseThreshold is not null);
        Table(html, "layers", "Layers",
            ["layer", "kind", "shape", "rank", "of", "parameters", "after", "error of weights", .. hasData ? ["error on data", "bias"] : Array.Empty<string>(),
                .. hasNoise ? ["noise threshold"] : Array.Empty<string>()],
            report.Layers.Select(layer => (string[])[
                ErrorText.Printable(layer.Name), layer.Kind, ErrorText.Printable(layer.ShapeText),
                layer.Rank?.ToString(CultureInfo.InvariantCulture) ?? "whole", layer.FullRank?.ToString(CultureInfo.InvariantCulture) ?? "–",
                NumberText.Whole(layer.ParametersBefore), NumberText.Whole(layer.ParametersAfter), Number(layer.WeightError),
                .. hasData ? [Number(layer.DataError), layer.IsBiasCorrected ? "corrected" : "–"] : Array.Empty<string>(),
                .. hasNoise ? [Number(layer.NoiseThreshold)] : Array.Empty<string>()]));
        foreach (var group in report.Layers.Where(layer => layer.Reason is not null).GroupBy(layer => layer.Reason!))
            html.Append($"<p class=\"note\">Whole: {Encode(ErrorText.Printable(string.Join(", ", group.Select(layer => layer.Name))))}: "
                + $"{Encode(ErrorText.Printable(group.Key))}.</p>\n");
        html.Append("</section>\n");
    }

    private static void Comparison(StringBuilder html, CompressionReport report)
    {
        if (report.Check is not { } check) return;
        Table(html, "check", "Comparison of both models", ["output", "relative error", "norm of the difference", "largest entry"],
            check.Outputs.Select(output => (string[])[
                ErrorText.Printable(output.Name), Number(output.RelativeError), Number(output.Error), Number(output.LargestError)]));
        html.Append($"<p class=\"note\">On {NumberText.Count(check.SampleCount, "sample")}, {Encode(ErrorText.Printable(check.Inputs))}.</p>\n");
        if (check.Unseen.Count > 0)
            html.Append($"<p class=\"note\">No output depends there on {Encode(ErrorText.Printable(string.Join(", ", check.Unseen)))}, so that what became of "
                + "it is not seen.</p>\n");
        if (check.Accuracy is { } accuracy) html.Append($"<p>Accuracy: {Sentence(Change(accuracy))}.</p>\n");
        else if (check.AccuracyReason is { } reason) html.Append($"<p class=\"note\">No accuracy: {Encode(reason)}</p>\n");
        html.Append("</section>\n");
    }

    private static void Time(StringBuilder html, CompressionReport report)
    {
        if (report.Latency.Count == 0) return;
        Table(html, "time", "Time on this machine", ["threads", "samples at once", "before", "after", "after/before", "quartiles", "pairs"],
            report.Latency.Select(latency => (string[])[
                NumberText.Whole(latency.Threads), NumberText.Whole(latency.SampleCount), Milliseconds(latency.SecondsBefore),
                Milliseconds(latency.SecondsAfter), NumberText.Short(latency.Ratio),
                $"{NumberText.Short(latency.LowerQuartile)} to {NumberText.Short(latency.UpperQuartile)}",
                NumberText.Whole(latency.Pairs)]));
        html.Append("<p class=\"note\">Medians of runs in turn, in ONNX Runtime on the processor; the ratio is that of pairs.</p></section>\n");
    }

    private static void Table(StringBuilder html, string name, string title, string[] headings, IEnumerable<string[]> rows)
    {
        html.Append($"<section aria-labelledby=\"{name}-heading\"><h2 id=\"{name}-heading\">{title}</h2>\n<div class=\"scroll\" role=\"region\" "
            + $"aria-labelledby=\"{name}-heading\" tabindex=\"0\"><table class=\"numbers\"><thead><tr>");
        foreach (string heading in headings) html.Append($"<th scope=\"col\">{Encode(heading)}</th>");
        html.Append("</tr></thead><tbody>\n");
        foreach (string[] row in rows)
        {
            html.Append($"<tr><th scope=\"row\">{Encode(row[0])}</th>");
            foreach (string cell in row.Skip(1)) html.Append(cell == "–" ? "<td class=\"missing\">–</td>" : $"<td>{Encode(cell)}</td>");
            html.Append("</tr>\n");
        }
        html.Append("</tbody></table></div>\n");
    }

    private static string Number(double? value) => value is { } number ? NumberText.Short(number) : "–";

    private static string Milliseconds(double seconds) => $"{NumberText.Short(1000 * seconds)} ms";

    private static string Points(double share) => string.Create(CultureInfo.InvariantCulture, $"{100 * share:0.00}").Replace('-', '−');
}
