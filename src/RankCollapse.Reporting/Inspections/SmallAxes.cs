using System.Globalization;
using System.Net;
using System.Text;
using RankCollapse.Reporting.Text;

namespace RankCollapse.Reporting.Inspections;

/// <summary>The axes of a small chart; coordinates of logarithmic axes are decimal logarithms.</summary>
internal sealed class SmallAxes
{
    /// <summary>The frame inside a chart of <see cref="Width"/> × <see cref="Height"/>.</summary>
    public const int Left = 46, Right = 310, Top = 24, Bottom = 168, Width = 320, Height = 206;

    private const double Room = 0.04;

    private readonly double _lowX;
    private readonly double _highX;
    private readonly double _lowY;
    private readonly double _highY;

    /// <summary>Axes over ranges, with a little room; an empty range is widened.</summary>
    public SmallAxes(double lowX, double highX, double lowY, double highY)
    {
        (_lowX, _highX) = Widened(lowX, highX);
        (_lowY, _highY) = Widened(lowY, highY);
    }

    /// <summary>Whether horizontal coordinates are logarithms.</summary>
    public bool IsHorizontalLogarithmic { get; init; }

    /// <summary>Whether vertical coordinates are logarithms.</summary>
    public bool IsVerticalLogarithmic { get; init; }

    /// <summary>The place of a horizontal coordinate.</summary>
    public double X(double x) => Left + ((x - _lowX) / (_highX - _lowX) * (Right - Left));

    /// <summary>The place of a vertical coordinate.</summary>
    public double Y(double y) => Bottom - ((y - _lowY) / (_highY - _lowY) * (Bottom - Top));

    /// <summary>The chart with grid, numbers and names, still open.</summary>
    /// <param name="description">What the chart shows, for readers who do not see it.</param>
    /// <param name="title">A line above the frame.</param>
    /// <param name="horizontal">The horizontal axis' name.</param>
    /// <param name="vertical">The vertical axis' name.</param>
    public StringBuilder Begin(string description, string title, string horizontal, string vertical)
    {
        var svg = new StringBuilder();
        svg.Append(CultureInfo.InvariantCulture, $"<svg class=\"small\" viewBox=\"0 0 {Width} {Height}\" role=\"img\" aria-label=\"{WebUtility.HtmlEncode(description)}\">");
        foreach ((double at, string text) in Ticks(_lowX, _highX, IsHorizontalLogarithmic))
        {
            svg.Append(CultureInfo.InvariantCulture, $"<line class=\"grid\" x1=\"{X(at):0.0}\" x2=\"{X(at):0.0}\" y1=\"{Top}\" y2=\"{Bottom}\"/>");
            svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{X(at):0.0}\" y=\"{Bottom + 15}\" text-anchor=\"middle\">{text}</text>");
        }
        foreach ((double at, string text) in Ticks(_lowY, _highY, IsVerticalLogarithmic))
        {
            svg.Append(CultureInfo.InvariantCulture, $"<line class=\"grid\" x1=\"{Left}\" x2=\"{Right}\" y1=\"{Y(at):0.0}\" y2=\"{Y(at):0.0}\"/>");
            svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{Left - 5}\" y=\"{Y(at) + 4:0.0}\" text-anchor=\"end\">{text}</text>");
        }
        svg.Append(CultureInfo.InvariantCulture, $"<path class=\"frame\" d=\"M{Left} {Top}V{Bottom}H{Right}\"/>");
        svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{(Left + Right) / 2}\" y=\"{Height - 6}\" text-anchor=\"middle\">{WebUtility.HtmlEncode(horizontal)}</text>");
        svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{Left + 6}\" y=\"{Bottom - 8}\">{WebUtility.HtmlEncode(vertical)}</text>");
        svg.Append(CultureInfo.InvariantCulture, $"<text class=\"label\" x=\"{Left}\" y=\"{Top - 9}\">{WebUtility.HtmlEncode(title)}</text>");
        return svg;
    }

    private static (double Low, double High) Widened(double low, double high)
    {
        if (!(high > low)) (low, high) = (low - 0.5, low + 0.5);
        double room = Room * (high - low);
        return (low - room, high + room);
    }

    /// <summary>Round numbers, or powers of ten, or where less than two of those fit, 1, 2 and 5 times powers of ten.</summary>
    private static IEnumerable<(double At, string Text)> Ticks(double low, double high, bool isLogarithmic)
    {
        const int Most = 5;
        if (!isLogarithmic)
        {
            double power = Math.Pow(10, Math.Floor(Math.Log10((high - low) / Most)));
            double step = ((double[])[1, 2, 5, 10]).Select(factor => factor * power).First(size => (high - low) / size <= Most);
            for (double k = Math.Ceiling(low / step); k * step <= high; k++) yield return (k * step, step >= 1 ? NumberText.Whole((long)Math.Round(k * step)) : NumberText.Short(k * step));
            yield break;
        }
        int first = (int)Math.Ceiling(low), last = (int)Math.Floor(high);
        if (last - first >= 1)
        {
            int every = (last - first + Most) / Most;
            for (int exponent = first; exponent <= last; exponent++)
            {
                if (exponent % every == 0) yield return (exponent, exponent is >= 0 and <= 2 ? NumberText.Short(Math.Pow(10, exponent), 1) : NumberText.Power(exponent));
            }
            yield break;
        }
        for (int exponent = first - 1; exponent <= last; exponent++)
        {
            foreach (int factor in (int[])[1, 2, 5])
            {
                double at = exponent + Math.Log10(factor);
                if (at >= low && at <= high) yield return (at, NumberText.Short(Math.Pow(10, at), 1));
            }
        }
    }
}
