using RankCollapse.Collapse;
using RankCollapse.Models;
using RankCollapse.Reporting.Panels;
using RankCollapse.Reporting.Text;

namespace RankCollapse.Reporting.Inspections;

/// <summary>The figures of an inspected model: the ranks of all layers side by side, and the spectrum of each.</summary>
internal static class InspectionFigures
{
    /// <summary>The overview's name in the page.</summary>
    public const string Overview = "overview";

    private const int MostPoints = 160;

    /// <summary>Values below this part of the largest are rounding, which the tail leaves out.</summary>
    private const double LowestShown = 1e-7;

    /// <summary>Stable rank, rank of 99 % of the energy and break-even rank of all layers, as parts of the full rank.</summary>
    public static Figure Ranks(IReadOnlyList<InspectedLayer> layers)
    {
        const string Reading = "Bars: the part of the singular values that hold 99 % of the layer’s energy. Dots: the stable rank as a part of the full one. "
            + "Ticks: the break-even rank; where a bar ends below its tick, factors would be smaller than the layer, and the bar is green.";
        double[] numbers = [.. Enumerable.Range(1, layers.Count).Select(i => (double)i)];
        double[] energy = [.. layers.Select(layer => Percent(layer.Spectrum.EnergyRanks[1].Rank, layer.Spectrum.SingularValues.Count))];
        bool[] pays = [.. layers.Select(layer => layer.Spectrum.EnergyRanks[1].ParametersSaved > 0)];
        Series Bars(string name, string colour, bool paying) =>
            new(name, colour, [.. numbers.Where((_, i) => pays[i] == paying)], [.. energy.Where((_, i) => pays[i] == paying)], Mark.Bars);
        Series Marks(string name, string colour, Mark mark, Func<WeightSpectrum, double> part) =>
            new(name, colour, numbers, [.. layers.Select(layer => part(layer.Spectrum))], mark);
        return new Figure(Overview, "How much of each layer’s rank its energy needs", Reading, new PanelBlock(new Panel
        {
            X = new Axis("layer, by its number in the table") { Minimum = 0.4, Maximum = layers.Count + 0.6 },
            Y = new Axis("part of the full rank", Unit: "%") { Minimum = 0, Maximum = 100 },
            Series =
            [
                Marks("stable rank", Palette.Kind(1), Mark.Dots, s => Percent(s.StableRank, s.SingularValues.Count)),
                Marks("break-even rank", Palette.Ink, Mark.Dashes, s => Percent(s.BreakEvenRank, Math.Min(s.Shape.Rows, s.Shape.Columns))),
                .. ((Series[])[Bars("99 % of the energy", Palette.Kind(0), paying: false),
                    Bars("99 % of the energy, factors are smaller", Palette.Good, paying: true)]).Where(s => s.X.Count > 0),
            ],
        }))
        {
            Width = Math.Clamp(52 + (26 * layers.Count), 400, 1080),
        };
    }

    /// <summary>Singular values with the noise edge, and the tail of the eigenvalues with the fitted power law.</summary>
    public static Figure Spectrum(InspectedLayer layer, int number)
    {
        string title = $"Spectrum of layer {number}";
        return new Figure($"spectrum-{number}", title, $"{title}: singular values, and the tail of the eigenvalues. {SpectrumLines.Reading}",
            new PanelBlock(Values(layer.Spectrum), Tail(layer.Spectrum)) { Columns = 2 })
        { Width = 560 };
    }

    /// <summary>A line with as many points as are told apart.</summary>
    public static Series Thin(Series line)
    {
        int[] shown = [.. Thinned(line.X.Count)];
        return line with { X = [.. shown.Select(i => line.X[i])], Y = [.. shown.Select(i => line.Y[i])] };
    }

    private static double Percent(double part, double whole) => Math.Clamp(100 * part / Math.Max(1, whole), 0, 100);

    private static Panel Values(WeightSpectrum spectrum)
    {
        IReadOnlyList<double> s = spectrum.SingularValues;
        Axis y = SpectrumLines.AxisOf("singular value", "s_i", [s, [spectrum.MarchenkoPasturEdge]]);
        var panel = new Panel { Title = "singular values", X = new Axis("index of the singular value", "i"), Y = y };
        if (spectrum.SpectralNorm == 0) return panel with { Note = "all weights are 0" };
        return panel with
        {
            Detail = $"largest {NumberText.Short(spectrum.SpectralNorm)}",
            Series = [Thin(SpectrumLines.Of("", Palette.Kind(0), s, y))],
            Levels = [new ReferenceLine(spectrum.MarchenkoPasturEdge,
                $"noise edge {NumberText.Short(spectrum.MarchenkoPasturEdge)}, {NumberText.Count(spectrum.ValuesAboveEdge, "value")} above")],
        };
    }

    private static Panel Tail(WeightSpectrum spectrum)
    {
        double[] x = [.. spectrum.SingularValues.Where(value => value > spectrum.SpectralNorm * LowestShown).Select(value => value * value)];
        var panel = new Panel
        {
            Title = "tail of the eigenvalues",
            X = new Axis("eigenvalue", "x = s²") { IsLogarithmic = true },
            Y = new Axis("part that is at least x") { IsLogarithmic = true }
        };
        if (x.Length < 2 || x[0] == x[^1]) return panel with { Note = "too few eigenvalues" };
        int[] shown = [.. Thinned(x.Length)];
        var series = new List<Series> { new("", Palette.Kind(0), [.. shown.Select(i => x[i])], [.. shown.Select(i => (i + 1.0) / x.Length)]) };
        if (spectrum.PowerLaw is { } law)
        {
            double share = (double)law.SampleSize / x.Length, end = Math.Min(x[0], law.Minimum * Math.Pow(share * x.Length, 1 / (law.Exponent - 1)));
            string name = $"power law α = {NumberText.Short(law.Exponent)} on the {law.SampleSize} largest, KS distance "
                + $"{NumberText.Short(law.KolmogorovSmirnovDistance, 2)}";
            series.Insert(0, new Series(name, Palette.Kind(1), [law.Minimum, end], [share, share * Math.Pow(end / law.Minimum, 1 - law.Exponent)]));
        }
        return panel with { Detail = spectrum.PowerLaw is null ? "no power law: too few values" : "", Series = series };
    }

    /// <summary>All indices, or as many spread like powers, so that the few large values stay.</summary>
    private static IEnumerable<int> Thinned(int count)
    {
        if (count <= MostPoints) return Enumerable.Range(0, count);
        IEnumerable<int> spread = Enumerable.Range(0, MostPoints).Select(k => (int)Math.Round((count - 1) * Math.Pow((double)k / (MostPoints - 1), 1.7)));
        return Enumerable.Range(0, 12).Concat(spread).Distinct().Order();
    }
}
