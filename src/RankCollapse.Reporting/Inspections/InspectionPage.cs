using System.Globalization;
using System.Text;
using RankCollapse.Collapse;
using RankCollapse.Collapse.Metrics;
using RankCollapse.Models;
using RankCollapse.Models.Features;
using RankCollapse.Models.Reading;
using RankCollapse.Models.Weights;
using RankCollapse.Reporting.Pages;
using RankCollapse.Reporting.Panels;
using RankCollapse.Reporting.Rendering;
using RankCollapse.Reporting.Text;
using RankCollapse.Runs;
using static RankCollapse.Reporting.Pages.PageText;

namespace RankCollapse.Reporting.Inspections;

/// <summary>Puts the page of an inspected model together.</summary>
internal static class InspectionPage
{
    /// <summary>The most pairs of factors of one rank that are named.</summary>
    private const int MostPairs = 8;

    /// <summary>The whole page.</summary>
    public static string Build(Inspection inspection)
    {
        var html = new StringBuilder();
        string name = Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(inspection.Path)));
        bool hasWeights = inspection.Layers.Count > 0 || inspection.Features is null;
        Figure[] figures = inspection.Features is { } measured ? [.. FeatureFigures.Of(measured, inspection.Epochs)] : [];
        (string, string)[] spectra = hasWeights ? [("spectra-heading", "Spectra")] : [];
        (string, string)[] features = figures.Length > 0 ? [("features-heading", "Features")] : [];
        PageFrame.Header(html, "Skip to the report",
            [("layers-heading", "Layers"), .. features, ("meaning-heading", "Columns"), .. spectra, ("rest-heading", "Other tensors")]);
        html.Append("<main id=\"main\">\n");
        Figure? overview = inspection.Layers.Count > 0 ? InspectionFigures.Ranks(inspection.Layers) : null;
        Summary(html, inspection, name, overview);
        IReadOnlyList<TableColumn> columns = TableColumn.Of(inspection);
        html.Append("<section aria-labelledby=\"layers-heading\"><h2 id=\"layers-heading\">Layers</h2>\n");
        if (inspection.FeatureNote is { } note) html.Append($"<p class=\"note\">{Encode(note)}</p>\n");
        LayerTable.Write(html, inspection, columns);
        html.Append("</section>\n");
        Features(html, figures);
        LayerTable.WriteMeanings(html, columns.Select(column => (column.Heading, column.Meaning)));
        if (hasWeights) Spectra(html, inspection);
        Rest(html, inspection);
        html.Append("</main>\n");
        PageFrame.Footer(html, TrainingRun.ProgramVersion);
        return PageFrame.Page($"{name} · RankCollapse", html.ToString(), ChartJson.Of(overview is null ? figures : [overview, .. figures]),
            EmbeddedText.Read("inspection.css"), EmbeddedText.Read("inspection.js"));
    }

    /// <summary>The figures of features.</summary>
    private static void Features(StringBuilder html, Figure[] figures)
    {
        if (figures.Length == 0) return;
        html.Append("<section aria-labelledby=\"features-heading\"><h2 id=\"features-heading\">Features</h2>\n");
        foreach (Figure figure in figures)
        {
            html.Append($"<figure id=\"{figure.Name}\"><h3>{Encode(figure.Title)}</h3>\n");
            PageFrame.Chart(html, figure.Name, FigureRenderer.Draw(figure).ToSvgElement(figure.Name));
            html.Append($"<figcaption class=\"note\">{Encode(figure.Alternative)}</figcaption></figure>\n");
        }
        html.Append("</section>\n");
    }

    private static void Summary(StringBuilder html, Inspection inspection, string name, Figure? overview)
    {
        if (inspection is { Layers.Count: 0, Features: { } features })
        {
            string epochs = inspection.Epochs.Count > 0 ? $" · {NumberText.Count(inspection.Epochs.Count, "epoch")}" : "";
            html.Append("<section class=\"verdict\" aria-labelledby=\"verdict-heading\">\n"
                + $"<p class=\"subject\">{Encode(name)} · {Encode(inspection.Format.Description)} · {NumberText.Count(features.Layers.Count, "layer")} · "
                + $"{NumberText.Count(features.SampleCount, "sample")}{epochs}</p>\n<h1 id=\"verdict-heading\">{Encode(Finding(features))}</h1>\n");
            foreach (string warning in features.Warnings) html.Append($"<p class=\"note\">{Encode(warning)}</p>\n");
            html.Append("</section>\n");
            return;
        }
        long weights = inspection.WholeLayers.Sum(layer => layer.Parameters);
        html.Append("<section class=\"verdict\" aria-labelledby=\"verdict-heading\">\n");
        html.Append($"<p class=\"subject\">{Encode(name)} · {Encode(inspection.Format.Description)} · {NumberText.Count(inspection.Layers.Count, "layer")} · "
            + $"{NumberText.Whole(weights)} weights{Kinds(inspection)}</p>\n");
        html.Append($"<h1 id=\"verdict-heading\">{Encode(Finding(inspection, weights))}</h1>\n");
        html.Append($"<p class=\"note\">{Encode(HasConvolutions(inspection) ? View(inspection.Options) + " " : "")}{Factors(inspection)}"
            + "Energy is Σs², and says nothing about accuracy: compress the model and measure it.</p>\n");
        InspectionSummary summary = inspection.Summary;
        if (summary.Means.Count > 0)
        {
            html.Append($"<p class=\"note\" id=\"means\">Means over the layers: {Encode(NumberText.List([.. summary.Means.Select(pair =>
                $"{pair.Key.Heading} {NumberText.Short(pair.Value.Mean)}")]))}.");
            html.Append(summary.Exponents == 0 ? "</p>\n" : $" α is from 2 to 6 in {summary.UsualExponents} of {NumberText.Count(summary.Exponents, "layer")} "
                + "with a power law.</p>\n");
        }
        if (overview is not null) PageFrame.Overview(html, overview);
        html.Append("</section>\n");
    }

    private static string Finding(FeatureReport features)
    {
        if (features.TargetCount is { } targets)
            return $"Features of {NumberText.Count(features.SampleCount, "sample")} with {NumberText.Count(targets, "target")}.";
        if (features.InOrder is not [.., var last] || last.Number(CollapseMetrics.RelativeVariation) is not { } share)
            return $"Features of {NumberText.Count(features.SampleCount, "sample")} without classes: ranks and singular values.";
        string depth = features.EffectiveDepth is { } l
            ? $" Layer {l} of {features.InOrder.Count} is the first whose nearest class mean is wrong for at most "
                + $"{NumberText.Percent(FeatureReport.SeparationTolerance)} of the samples." : "";
        return $"In the last layer {NumberText.Percent(share)} of the variation is inside the {features.Labels.Count} classes.{depth}";
    }

    private static string Finding(Inspection inspection, long weights)
    {
        if (inspection.Layers.Count == 0) return "No tensor of this model is a layer of a known kind.";
        if (inspection.Layers.Any(layer => layer.Spectrum.EnergyRanks[1].ParametersSaved is null))
            return $"{NumberText.Count(inspection.Layers.Count, "layer")} as matrices that factors could not replace; ranks below are those of this view.";
        double saved = (double)inspection.WholeLayers.Sum(layer => layer.Spectrum.EnergyRanks[1].ParametersSaved!.Value) / Math.Max(1, weights);
        int paying = inspection.Layers.Count(layer => layer.Spectrum.EnergyRanks[1].ParametersSaved > 0);
        return paying == 0
            ? "Keeping 99 % of every layer’s energy would save nothing: at the ranks that it needs, two factors are no smaller than their layer."
            : $"Keeping 99 % of every layer’s energy would save {(saved < 0.0005 ? "less than 0.05 %" : NumberText.Percent(saved))} of the weights, in "
                + $"{paying} of {NumberText.Count(inspection.Layers.Count, "layer")}.";
    }

    /// <summary>
    /// Which layers are to each other as the factors m×r and r×n of one of low rank, r below its break-even rank: the second takes the r outputs of the first.
    /// </summary>
    private static string Factors(Inspection inspection)
    {
        var found = new List<(int First, int Rank)>();
        for (int i = 0; i + 1 < inspection.Layers.Count; i++)
        {
            BlockShape first = inspection.Layers[i].Spectrum.Shape, second = inspection.Layers[i + 1].Spectrum.Shape;
            bool isPair = first.Count == 1 && second.Count == 1 && first.Rows == second.Columns
                && (double)first.Rows * (second.Rows + first.Columns) < (double)second.Rows * first.Columns;
            if (!isPair) continue;
            found.Add((i + 1, first.Rows));
            i++;
        }
        if (found.Count == 0) return "";
        string pairs = NumberText.List([.. found.GroupBy(pair => pair.Rank).Select(group =>
            $"{NumberText.List([.. group.Take(MostPairs).Select(pair => $"{pair.First} with {pair.First + 1}")])}{(group.Count() > MostPairs ? ", …" : "")} "
            + $"(rank {group.Key})")]);
        return $"By their shapes these are the two factors of a layer of low rank, or a narrow passage: layers {pairs}. ";
    }

    private static void Spectra(StringBuilder html, Inspection inspection)
    {
        html.Append("<section aria-labelledby=\"spectra-heading\"><h2 id=\"spectra-heading\">Spectra</h2>\n");
        html.Append("<p class=\"note\">‘singular values’: largest first; the dashed line is the noise edge, where values of random weights of the same "
            + "size would end. ‘tail of the eigenvalues’: the part of the eigenvalues s² that are at least so large; the straight line is the power law "
            + "fitted to their tail.</p>\n<div class=\"cards\">\n");
        foreach ((InspectedLayer layer, int number) in inspection.Layers.Take(LayerCharts.Most).Select((layer, i) => (layer, i + 1)))
        {
            string nodes = layer.Layer.Nodes.Count > 0 ? $" · {InputText(string.Join(", ", layer.Layer.Nodes.Take(2)))}" : "";
            LayerCharts.Card(html, number, layer.Layer, $"{layer.Spectrum.Shape}{nodes}", InspectionFigures.Spectrum(layer, number));
        }
        html.Append("</div>\n");
        if (inspection.Layers.Count > LayerCharts.Most)
            html.Append($"<p class=\"note\">The spectra of the first {LayerCharts.Most} layers are shown; a Parquet table of the inspection holds all.</p>\n");
        html.Append("</section>\n");
    }

    private static void Rest(StringBuilder html, Inspection inspection)
    {
        html.Append("<section aria-labelledby=\"rest-heading\"><h2 id=\"rest-heading\">Other tensors</h2>\n");
        SkippedTensor[] skipped = inspection is { Layers.Count: 0, Features: { } features }
            ? [.. features.Skipped.Select(item => new SkippedTensor(item.Name, item.Reason))] : [.. inspection.Skipped];
        if (skipped.Length == 0)
        {
            html.Append("<p>Every tensor is a layer above.</p></section>\n");
            return;
        }
        html.Append($"<p>{NumberText.Count(skipped.Length, "tensor")} {(skipped.Length == 1 ? "is" : "are")} not among the layers:</p>\n");
        foreach (var group in skipped.GroupBy(tensor => tensor.Reason, StringComparer.Ordinal).OrderByDescending(group => group.Count()))
        {
            html.Append(CultureInfo.InvariantCulture, $"<details><summary>{group.Count()} × {Encode(InputText(group.Key))}</summary><p class=\"names\">");
            html.AppendJoin(", ", group.Select(tensor => $"<code>{Encode(InputText(tensor.Name))}</code>")).Append("</p></details>\n");
        }
        html.Append("</section>\n");
    }

    private static string Kinds(Inspection inspection)
    {
        if (inspection.Layers.Count == 0) return "";
        return " · " + string.Join(", ", inspection.Layers.GroupBy(layer => LayerTable.Kind(layer.Layer)).Select(group => $"{group.Count()} {group.Key}"));
    }

    private static bool HasConvolutions(Inspection inspection) =>
        inspection.Layers.Any(layer => layer.Layer.Kind is LayerKind.Convolution or LayerKind.TransposedConvolution);

    private static string View(InspectionOptions options) => options.Convolution switch
    {
        ConvolutionView.Slices => "A convolution stands for the matrices out × in of all positions of its kernel together.",
        ConvolutionView.Fourier => $"A convolution stands for its map of images of {options.FourierSize} points a side with periodic borders.",
        _ => "A convolution stands for its unfolded matrix out × (in·positions), with a block for each group.",
    };

    /// <summary>A name from a file: no control characters, not endless.</summary>
    private static string InputText(string text) => ErrorText.Printable(text);
}
