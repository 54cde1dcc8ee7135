using System.Globalization;
using System.Text;
using RankCollapse.Collapse;
using RankCollapse.Models.Weights;
using RankCollapse.Reporting.Text;

namespace RankCollapse.Reporting.Inspections;

/// <summary>Two small charts of a layer: its singular values, and the tail of its eigenvalues with the fitted power law.</summary>
internal static class SpectrumChart
{
    private const int MostPoints = 160;

    /// <summary>Values below this part of the largest are rounding; the axis ends there.</summary>
    private const double LowestShown = 1e-7;

    /// <summary>s_i over i, logarithmic, with the noise edge.</summary>
    public static string Values(WeightSpectrum spectrum)
    {
        IReadOnlyList<double> s = spectrum.SingularValues;
        if (spectrum.SpectralNorm == 0) return Empty("all weights are 0");
        double top = Math.Log10(s[0]), bottom = Math.Log10(Math.Max(s.Where(value => value > 0).Min(), s[0] * LowestShown));
        double edge = Math.Log10(spectrum.MarchenkoPasturEdge);
        var axes = new SmallAxes(1, Math.Max(2, s.Count), Math.Min(bottom, edge), Math.Max(top, edge)) { IsVerticalLogarithmic = true };
        var svg = axes.Begin("singular values, largest first", $"σ max {NumberText.Short(spectrum.SpectralNorm)}, {spectrum.ValuesAboveEdge} above the noise edge {NumberText.Short(spectrum.MarchenkoPasturEdge)}", "number i", "sᵢ");
        svg.Append(CultureInfo.InvariantCulture, $"<line class=\"edge\" x1=\"{SmallAxes.Left}\" x2=\"{SmallAxes.Right}\" y1=\"{axes.Y(edge):0.0}\" y2=\"{axes.Y(edge):0.0}\"/>");
        Curve(svg, axes, Thinned(s.Count).Where(i => s[i] > s[0] * LowestShown / 10).Select(i => (i + 1.0, Math.Log10(s[i]))), "values");
        return svg.Append("</svg>").ToString();
    }

    /// <summary>The part of eigenvalues ≥ x over x, both logarithmic, with the power law from x_min.</summary>
    public static string Tail(WeightSpectrum spectrum)
    {
        double[] x = [.. spectrum.SingularValues.Where(value => value > spectrum.SpectralNorm * LowestShown).Select(value => value * value)];
        if (x.Length < 2 || x[0] == x[^1]) return Empty("too few eigenvalues");
        double low = Math.Log10(x[^1]), high = Math.Log10(x[0]), floor = Math.Log10(1.0 / x.Length);
        var axes = new SmallAxes(low, high, floor, 0) { IsVerticalLogarithmic = true, IsHorizontalLogarithmic = true };
        var svg = axes.Begin("part of the eigenvalues that are at least x", Title(spectrum.PowerLaw), "x = s²", "part ≥ x");
        Curve(svg, axes, Thinned(x.Length).Select(i => (Math.Log10(x[i]), Math.Log10((i + 1.0) / x.Length))), "values");
        if (spectrum.PowerLaw is { } law)
        {
            double from = Math.Log10(law.Minimum), share = Math.Log10((double)law.SampleSize / x.Length);
            double end = Math.Min(high, from + ((share - floor) / (law.Exponent - 1)));
            Curve(svg, axes, [(from, share), (end, share - ((law.Exponent - 1) * (end - from)))], "law");
        }
        return svg.Append("</svg>").ToString();
    }

    private static string Title(PowerLawFit? law) =>
        law is null ? "no power law: too few values" : $"α = {NumberText.Short(law.Exponent)} on the {law.SampleSize} largest, KS distance {NumberText.Short(law.KolmogorovSmirnovDistance, 2)}";

    private static string Empty(string reason) => $"<p class=\"absent\">No chart: {reason}.</p>";

    /// <summary>All indices, or as many spread like powers, so that the few large values stay.</summary>
    private static IEnumerable<int> Thinned(int count)
    {
        if (count <= MostPoints) return Enumerable.Range(0, count);
        IEnumerable<int> spread = Enumerable.Range(0, MostPoints).Select(k => (int)Math.Round((count - 1) * Math.Pow((double)k / (MostPoints - 1), 1.7)));
        return Enumerable.Range(0, 12).Concat(spread).Distinct().Order();
    }

    private static void Curve(StringBuilder svg, SmallAxes axes, IEnumerable<(double X, double Y)> points, string css)
    {
        svg.Append($"<path class=\"{css}\" d=\"");
        bool isFirst = true;
        foreach ((double x, double y) in points)
        {
            svg.Append(isFirst ? 'M' : 'L').Append(CultureInfo.InvariantCulture, $"{axes.X(x):0.0} {axes.Y(y):0.0}");
            isFirst = false;
        }
        svg.Append("\"/>");
    }
}
