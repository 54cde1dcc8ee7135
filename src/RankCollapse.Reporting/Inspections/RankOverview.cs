using System.Globalization;
using System.Net;
using System.Text;
using RankCollapse.Collapse;
using RankCollapse.Models;
using RankCollapse.Models.Weights;
using RankCollapse.Reporting.Text;

namespace RankCollapse.Reporting.Inspections;

/// <summary>All layers side by side: stable rank, the rank of 99 % of the energy and the break-even rank as parts of the full rank.</summary>
internal static class RankOverview
{
    private const int Left = 52, Top = 12, PlotHeight = 190, Bottom = 44, Widest = 1080, Narrowest = 360;

    /// <summary>How to read it.</summary>
    public const string Reading =
        "Bars: the part of the singular values that hold 99 % of the layer’s energy. Dots: the stable rank as a part of the full one. Ticks: the break-even rank; where a bar ends below its tick, factors would be smaller than the layer, and the bar is green.";

    /// <summary>The chart; its width grows with the layers.</summary>
    public static string Draw(Inspection inspection)
    {
        int count = inspection.Layers.Count;
        double step = Math.Clamp((Widest - Left) / (double)count, 9, 46), bar = Math.Min(22, step * 0.66);
        double width = Math.Max(Narrowest, Left + (count * step) + 8);
        var svg = new StringBuilder();
        svg.Append(CultureInfo.InvariantCulture, $"<svg class=\"ranks\" viewBox=\"0 0 {width:0} {Top + PlotHeight + Bottom}\" style=\"width:{width:0}px\" role=\"img\" aria-label=\"Ranks of all layers as parts of the full rank\">");
        for (int percent = 0; percent <= 100; percent += 25)
        {
            double y = Y(percent / 100.0);
            svg.Append(CultureInfo.InvariantCulture, $"<line class=\"grid\" x1=\"{Left}\" x2=\"{width - 2:0}\" y1=\"{y:0.0}\" y2=\"{y:0.0}\"/><text x=\"{Left - 6}\" y=\"{y + 4:0.0}\" text-anchor=\"end\">{percent} %</text>");
        }
        int every = (int)Math.Ceiling(26 / step);
        for (int i = 0; i < count; i++)
        {
            WeightSpectrum spectrum = inspection.Layers[i].Spectrum;
            double full = Math.Max(1, spectrum.SingularValues.Count), middle = Left + ((i + 0.5) * step);
            double energy = spectrum.EnergyRanks[1].Rank / full, stable = spectrum.StableRank / full;
            double even = spectrum.BreakEvenRank / Math.Max(1, Math.Min(spectrum.Shape.Rows, spectrum.Shape.Columns));
            bool pays = spectrum.EnergyRanks[1].ParametersSaved > 0;
            string text = $"{i + 1}: {ErrorText.Printable(inspection.Layers[i].Layer.Name)}, 99 % of the energy in {NumberText.Short(100 * energy, 2)} % of the rank, stable rank {NumberText.Short(spectrum.StableRank)}";
            svg.Append(CultureInfo.InvariantCulture, $"<g><title>{WebUtility.HtmlEncode(text)}</title><rect class=\"{(pays ? "pays" : "full")}\" x=\"{middle - (bar / 2):0.0}\" y=\"{Y(energy):0.0}\" width=\"{bar:0.0}\" height=\"{Y(0) - Y(energy):0.0}\"/>");
            svg.Append(CultureInfo.InvariantCulture, $"<line class=\"even\" x1=\"{middle - (step * 0.42):0.0}\" x2=\"{middle + (step * 0.42):0.0}\" y1=\"{Y(even):0.0}\" y2=\"{Y(even):0.0}\"/><circle class=\"stable\" cx=\"{middle:0.0}\" cy=\"{Y(stable):0.0}\" r=\"{Math.Min(3.5, step / 3):0.0}\"/></g>");
            if (i % every == 0) svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{middle:0.0}\" y=\"{Top + PlotHeight + 16}\" text-anchor=\"middle\">{i + 1}</text>");
        }
        svg.Append(CultureInfo.InvariantCulture, $"<path class=\"frame\" d=\"M{Left} {Top}V{Top + PlotHeight}H{width - 2:0}\"/><text x=\"{(Left + width) / 2:0}\" y=\"{Top + PlotHeight + 36}\" text-anchor=\"middle\">layer, by its number in the table</text></svg>");
        return svg.ToString();
    }

    private static double Y(double part) => Top + PlotHeight - (Math.Clamp(part, 0, 1) * PlotHeight);
}
