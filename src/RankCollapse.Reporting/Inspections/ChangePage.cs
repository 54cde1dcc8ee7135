using System.Text;
using RankCollapse.Collapse;
using RankCollapse.Collapse.Metrics;
using RankCollapse.Models.Comparison;
using RankCollapse.Reporting.Pages;
using RankCollapse.Reporting.Panels;
using RankCollapse.Reporting.Text;
using RankCollapse.Runs;
using static RankCollapse.Reporting.Pages.PageText;

namespace RankCollapse.Reporting.Inspections;

/// <summary>Puts the page of a model beside its base together.</summary>
internal static class ChangePage
{
    private const int MostNames = 5;

    /// <summary>The whole page.</summary>
    public static string Build(ModelChange change)
    {
        var html = new StringBuilder();
        string name = NameOf(change.Path), basis = NameOf(change.BasePath);
        PageFrame.Header(html, "Skip to the report",
            [("layers-heading", "Layers"), ("meaning-heading", "Columns"), ("spectra-heading", "Spectra"), ("rest-heading", "Other tensors")]);
        Figure overview = Overview(change);
        html.Append("<main id=\"main\">\n<section class=\"verdict\" aria-labelledby=\"verdict-heading\">\n");
        html.Append($"<p class=\"subject\">{Encode(name)} against {Encode(basis)} · {NumberText.Count(change.WholeLayers.Count(), "layer")} · "
            + $"{NumberText.Whole(change.Parameters)} weights</p>\n<h1 id=\"verdict-heading\">{Encode(Finding(change))}</h1>\n");
        html.Append($"<p class=\"note\">{Encode(Note(change))}</p>\n");
        PageFrame.Overview(html, overview);
        html.Append("</section>\n");
        Metric[] metrics = [.. change.Metrics()];
        html.Append("<section aria-labelledby=\"layers-heading\"><h2 id=\"layers-heading\">Layers</h2>\n");
        Table(html, change, metrics);
        html.Append("</section>\n");
        LayerTable.WriteMeanings(html, metrics.Select(metric => (metric.Heading, metric.Meaning)));
        Spectra(html, change);
        Rest(html, change);
        html.Append("</main>\n");
        PageFrame.Footer(html, TrainingRun.ProgramVersion);
        return PageFrame.Page($"{name} against {basis} · RankCollapse", html.ToString(), ChartJson.Of([overview]), EmbeddedText.Read("inspection.css"),
            EmbeddedText.Read("inspection.js"));
    }

    private static string Finding(ModelChange change)
    {
        int changed = change.WholeLayers.Count(layer => layer.IsChanged), count = change.WholeLayers.Count();
        if (changed == 0) return $"No weight of the {NumberText.Count(count, "layer")} differs.";
        string size = change.RelativeChange is { } relative ? NumberText.Percent(relative) : "everything";
        string adapter = NumberText.Percent((double)change.AdapterParameters / change.Parameters);
        return $"{changed} of {NumberText.Count(count, "layer")} changed, by {size} of their size together; 99 % of each layer’s change fits into {adapter} of "
            + "the weights.";
    }

    private static string Note(ModelChange change)
    {
        string[] half = [.. change.HalfOfChange.Select(layer => ErrorText.Printable(layer.Title))];
        string where = half.Length == 0 ? "" : $"Half of the change is in {NumberText.List([.. half.Take(MostNames)])}"
            + $"{(half.Length > MostNames ? $" and {half.Length - MostNames} more" : "")}. ";
        return $"{where}{NumberText.Count(change.Intruders, "intruder dimension")}: of the {change.Options.Leading} leading left singular vectors of each "
            + $"layer those whose cosine with all of the base’s is below {NumberText.Plain(change.Options.IntruderCosine)}. Size is not effect: measure both "
            + "models on data.";
    }

    private static Figure Overview(ModelChange change)
    {
        double[] numbers = [.. Enumerable.Range(1, change.Layers.Count).Select(i => (double)i)];
        double[] relative = [.. change.Layers.Select(layer => layer.Measured.BaseNorm > 0
            ? 100 * layer.Measured.Spectrum.FrobeniusNorm / layer.Measured.BaseNorm : double.NaN)];
        double[] share = [.. change.Layers.Select(layer => layer.Measured.Total > 0
            ? 100 * layer.Measured.Spectrum.FrobeniusNorm * layer.Measured.Spectrum.FrobeniusNorm / layer.Measured.Total : 0)];
        var axis = new Axis("layer, by its number in the table") { Minimum = 0.4, Maximum = change.Layers.Count + 0.6 };
        const string Reading = "Relative size: ‖ΔW‖ beside the base’s ‖B‖. Part of all change: the layer’s part of Σ‖ΔW‖²; large layers have large parts.";
        return new Figure(InspectionFigures.Overview, "Where fine-tuning went", Reading, new PanelBlock(
            new Panel
            {
                Title = "relative size of the change",
                X = axis,
                Y = new Axis("‖ΔW‖/‖B‖", Unit: "%") { Minimum = 0 },
                Series = [new Series("", Palette.Kind(0), numbers, relative, Mark.Bars)]
            },
            new Panel
            {
                Title = "part of all change",
                X = axis,
                Y = new Axis("part of Σ‖ΔW‖²", Unit: "%") { Minimum = 0 },
                Series = [new Series("", Palette.Kind(1), numbers, share, Mark.Bars)]
            })
        { Columns = 1 })
        {
            Width = Math.Clamp(52 + (26 * change.Layers.Count), 400, 1080),
        };
    }

    private static void Table(StringBuilder html, ModelChange change, Metric[] metrics)
    {
        LayerTable.WriteTools(html);
        html.Append("<th scope=\"col\">#</th><th scope=\"col\">layer</th><th scope=\"col\">kind</th><th scope=\"col\">matrix</th>");
        foreach (Metric metric in metrics) LayerTable.Heading(html, metric.IsMainIn(MetricScopes.Changes) ? "" : "more", metric.Heading, metric.Meaning);
        html.Append("</tr></thead><tbody>\n");
        foreach ((ChangedLayer layer, int number) in change.Layers.Select((layer, i) => (layer, i + 1)))
        {
            string other = layer.Base.Name == layer.Layer.Name ? "" : $" title=\"{Encode(ErrorText.Printable(layer.Base.Name))} in the base\"";
            string title = Encode(ErrorText.Printable(layer.Title));
            html.Append(
                $"<tr><td data-v=\"{number}\">{number}</td><th scope=\"row\"{other}>"
                + $"{(layer.IsChanged ? $"<a href=\"#layer-{number}\">{title}</a>" : title)}</th>"
                + $"<td class=\"word\">{LayerTable.Kind(layer.Layer)}</td><td data-v=\"{(long)layer.Shape.Rows * layer.Shape.Columns}\">"
                + $"{Encode(layer.Shape.ToString())}</td>");
            foreach (Metric metric in metrics) LayerTable.Cell(html, metric.IsMainIn(MetricScopes.Changes), metric.Format, layer.Number(metric));
            html.Append("</tr>\n");
        }
        html.Append("</tbody></table></div>\n<p class=\"note\">A dash means that there is no such value. Headings sort the table.</p>\n");
    }

    private static void Spectra(StringBuilder html, ModelChange change)
    {
        html.Append("<section aria-labelledby=\"spectra-heading\"><h2 id=\"spectra-heading\">Spectra</h2>\n<p class=\"note\">Singular values of the base "
            + "and of the change, largest first, for the layers that changed; the dashed line is the noise edge of the change. A change that falls steeply is "
            + "one of low rank. "
            + $"{SpectrumLines.Reading}</p>\n<div class=\"cards\">\n");
        (ChangedLayer Layer, int Number)[] changed = [.. change.Layers.Select((layer, i) => (layer, i + 1)).Where(pair => pair.layer.IsChanged)];
        foreach ((ChangedLayer layer, int number) in changed.Take(LayerCharts.Most))
        {
            LayerCharts.Card(html, number, layer.Layer, layer.Shape.ToString(), Spectrum(layer, number));
        }
        html.Append("</div>\n");
        if (changed.Length > LayerCharts.Most)
            html.Append($"<p class=\"note\">The spectra of the first {LayerCharts.Most} layers are shown; a Parquet table holds all.</p>\n");
        html.Append("</section>\n");
    }

    private static Figure Spectrum(ChangedLayer layer, int number)
    {
        WeightSpectrum spectrum = layer.Measured.Spectrum;
        double[] basis = [.. layer.Measured.Subspaces.SelectMany(block => block.BaseValues).OrderDescending()];
        Axis y = SpectrumLines.AxisOf("singular value", "s_i", [spectrum.SingularValues, basis, [spectrum.GavishDonohoThreshold]]);
        string title = $"Spectrum of the change of layer {number}";
        return new Figure($"spectrum-{number}", title, $"{title}, and of the base. {SpectrumLines.Reading}", new PanelBlock(new Panel
        {
            X = SpectrumLines.IndexOf([spectrum.SingularValues, basis]),
            Y = y,
            Series = [InspectionFigures.Thin(SpectrumLines.Of("base", Palette.Kind(0), basis, y)),
                InspectionFigures.Thin(SpectrumLines.Of("change", Palette.Kind(1), spectrum.SingularValues, y))],
            Levels = [new ReferenceLine(spectrum.GavishDonohoThreshold, $"noise edge, {NumberText.Count(spectrum.ValuesAboveGavishDonoho, "value")} above")],
        }))
        { Width = 420 };
    }

    private static void Rest(StringBuilder html, ModelChange change)
    {
        html.Append("<section aria-labelledby=\"rest-heading\"><h2 id=\"rest-heading\">Other tensors</h2>\n");
        ChangedTensor[] others = [.. change.Others.Where(tensor => tensor.ChangeNorm > 0)];
        html.Append($"<p>{others.Length} of {NumberText.Count(change.Others.Count, "other tensor")} (biases, norms and the like) changed.</p>\n");
        if (others.Length > 0)
        {
            html.Append("<div class=\"scroll\" role=\"region\" aria-label=\"Other tensors\" tabindex=\"0\"><table class=\"numbers\"><thead><tr>"
                + "<th scope=\"col\">tensor</th><th scope=\"col\">numbers</th>"
                + "<th scope=\"col\">‖Δ‖</th><th scope=\"col\">of its size</th></tr></thead><tbody>\n");
            foreach (ChangedTensor tensor in others)
                html.Append($"<tr><th scope=\"row\">{Encode(ErrorText.Printable(tensor.Name))}</th><td>{NumberText.Whole(tensor.Count)}</td><td>"
                    + $"{NumberText.Short(tensor.ChangeNorm)}</td><td>{NumberText.Of(MetricFormat.Number, tensor.RelativeChange)}</td></tr>\n");
            html.Append("</tbody></table></div>\n");
        }
        if (change.Unmatched.Count > 0)
            html.Append($"<p>{NumberText.Count(change.Unmatched.Count, "tensor")} {(change.Unmatched.Count == 1 ? "has" : "have")} no partner:</p>\n");
        foreach (var group in change.Unmatched.GroupBy(tensor => (tensor.IsOfBase, tensor.Reason)).OrderByDescending(group => group.Count()))
        {
            html.Append($"<details><summary>{group.Count()} × {(group.Key.IsOfBase ? "of the base: " : "")}{Encode(group.Key.Reason)}"
                + "</summary><p class=\"names\">");
            html.AppendJoin(", ", group.Select(tensor => $"<code>{Encode(ErrorText.Printable(tensor.Name))}</code>")).Append("</p></details>\n");
        }
        html.Append("</section>\n");
    }

    private static string NameOf(string path) => Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(path)));
}
