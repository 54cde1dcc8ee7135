using RankCollapse.Reporting.Panels;
using RankCollapse.Reporting.Text;

namespace RankCollapse.Experiments.Figure2;

/// <summary>The pictures of Figures 2 and 4: trained singular values as lines, Theorem 4.2's prediction as dots.</summary>
internal static class SpectraFigure
{
    private const int Shown = 15;
    private const int Columns = 4;
    private const double LargestFloor = 0.3;

    private static readonly double[] Index = [.. Enumerable.Range(1, Shown).Select(i => (double)i)];

    /// <summary>Figure 2: a row for each choice of penalties, a panel for each of at most four δ.</summary>
    public static Figure DrawFamilies(SpectraData data)
    {
        SpectrumFamily[] families = [SpectrumFamily.AsPrinted, SpectrumFamily.Means, SpectrumFamily.Free];
        List<(string Title, IReadOnlyList<LayerSpectra> Spectra)> rows = [.. families.Select(family => (family.Title, OfThePaper(data.Of(family))))];
        const string Reading = "Lines, the singular values of the features of layers 1 to 4 of trained, stationary networks; dots of the same colour, what "
            + "Theorem 4.2 predicts from the next layer with C = 1. "
            + "A group of panels for each feature penalty λ', a panel in it for each δ. Lines end where values fall below the axis: the rank.";
        return Draw("fig2", "Singular values of the features against Theorem 4.2, for several penalties", Reading, rows, withForecast: false);
    }

    /// <summary>Figure 4: all δ with the printed penalties, and the forecast.</summary>
    public static Figure DrawAll(SpectraData data)
    {
        const string Reading = "Lines, the singular values of the features of layers 1 to 4 of trained, stationary networks with λ' = λ in the "
            + "convention of sums; "
            + "dots of the same colour, what Theorem 4.2 predicts from the next layer with C = 1; crosses, our forecast from the centroid problem, "
                + "before training.";
        return Draw("fig4", "Singular values of the features for every δ", Reading, [("", data.Of(SpectrumFamily.AsPrinted))], withForecast: true);
    }

    /// <summary>On linear axes: first-order training with means at δ = 2 on its way, beside the stationary points of means and of sums.</summary>
    public static Figure DrawFirstOrder(SpectraData data)
    {
        const string Reading = "Linear axes. Lines, the singular values of the features of layers 1 to 4; dots of the same colour, what Theorem 4.2 predicts "
            + "from the next layer with C = 1. ‘Adam, means’: after first-order training with means over the samples, which is on its way; "
            + "‘stationary, means’ and ‘stationary, sums’: the stationary points of the same objective and of the printed one.";
        (string Title, LayerSpectra? Spectra)[] shown =
        [
            ("Adam, means", data.FirstOrderOfMeans),
            ("stationary, means", data.Of(SpectrumFamily.Means).FirstOrDefault(s => s.Delta == 2)),
            ("stationary, sums", data.Of(SpectrumFamily.AsPrinted).FirstOrDefault(s => s.Delta == 2)),
        ];
        LayerSpectra[] present = [.. shown.Select(one => one.Spectra).OfType<LayerSpectra>()];
        double most = present.SelectMany(s => LayerSpectra.Intermediate.Select(l => Math.Max(s.Trained(l)[0], s.Predicted(l)[0]))).Max();
        var y = new Axis("singular value", "s_i(Z)") { Minimum = 0, Maximum = 1.05 * most };
        return new Figure("fig2-first-order", "δ = 2 on linear axes, on the way and at the end", Reading, new PanelBlock(
            [.. shown.Where(one => one.Spectra is not null).Select(one => Panel(one.Spectra!, y, withForecast: false) with { Title = one.Title })]));
    }

    private static Figure Draw(string name, string title, string reading, List<(string Title, IReadOnlyList<LayerSpectra> Spectra)> rows, bool withForecast)
    {
        double[] leading = [.. rows.SelectMany(row => row.Spectra)
            .SelectMany(s => LayerSpectra.Intermediate.SelectMany(l => s.Trained(l)[..LayerSpectra.Classes].Concat(s.Predicted(l)[..LayerSpectra.Classes])))];
        var y = new Axis("singular value", "s_i(Z)")
        {
            IsLogarithmic = true,
            Minimum = Math.Min(LargestFloor, leading.Min()) / 1.2,
            Maximum = leading.Max() * 1.2
        };
        return new Figure(name, title, reading,
            [.. rows.Select(row => new PanelBlock([.. row.Spectra.Select(s => Panel(s, y, withForecast))]) { Heading = row.Title, Columns = Columns })]);
    }

    private static Panel Panel(LayerSpectra spectra, Axis y, bool withForecast) => new()
    {
        Title = $"δ = {NumberText.Plain(spectra.Delta)}",
        X = new Axis("index of the singular value", "i") { Minimum = 0.3, Maximum = Shown + 0.4 },
        Y = y,
        Series =
        [
            .. LayerSpectra.Intermediate.SelectMany(l => (Series[])
            [
                .. withForecast ? (Series[])[Of(l, spectra.Centroid(l), y, "our forecast", Mark.Crosses) with { Size = 7 }] : [],
                Of(l, spectra.Predicted(l), y, "Theorem 4.2, C = 1", Mark.Dots) with { Size = 4.2 },
                Of(l, spectra.Trained(l), y, "trained", Mark.Line),
            ]),
        ],
    };

    // Below the axis the first value ends a line at it, the others are gaps.
    private static Series Of(int layer, double[] values, Axis y, string kind, Mark mark)
    {
        double floor = y.Minimum!.Value;
        double[] shown = [.. values.Take(Shown).TakeWhile(v => v >= floor)];
        if (mark == Mark.Line && shown.Length < Math.Min(Shown, values.Length)) shown = [.. shown, floor];
        return Series.OfLayer(layer, LayerSpectra.Depth - 1, Index[..shown.Length], shown, mark) with { Kind = kind };
    }

    private static IReadOnlyList<LayerSpectra> OfThePaper(IReadOnlyList<LayerSpectra> spectra)
    {
        LayerSpectra[] inPaper = [.. spectra.Where(s => s.Delta is 10 or 5 or 2 or 0.1)];
        return [.. (inPaper.Length == Columns ? inPaper : [.. inPaper.Append(spectra[^1]).Distinct()]).Take(Columns)];
    }
}
