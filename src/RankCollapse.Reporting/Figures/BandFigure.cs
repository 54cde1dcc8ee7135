using RankCollapse.Reporting.Panels;
using RankCollapse.Reporting.Rendering;
using ScottPlot.TickGenerators;
using SkiaSharp;

namespace RankCollapse.Reporting.Figures;

/// <summary>One number over one setting, a line for each value of another one, with bands around the lines.</summary>
internal sealed record BandFigure
{
    private const float PanelWidth = 540;
    private const float PanelHeight = 320;
    private const int MostLegendEntries = 16;
    private const float LongestLegend = 110;

    /// <summary>The title above the axes.</summary>
    public required string Title { get; init; }

    /// <summary>The setting on the horizontal axis.</summary>
    public required string XName { get; init; }

    /// <summary>The values where they are not numbers; null where they are.</summary>
    public IReadOnlyList<string>? XLabels { get; init; }

    /// <summary>Whether the horizontal axis is logarithmic; null takes it where all values are positive and span a factor of 50.</summary>
    public bool? IsXLogarithmic { get; init; }

    /// <summary>What the vertical axis shows.</summary>
    public required string ValueName { get; init; }

    /// <summary>Whether the vertical axis is logarithmic; null takes it where all values are positive and span a factor of 50.</summary>
    public bool? IsLogarithmic { get; init; }

    /// <summary>What the bands are, such as quartiles; empty for none.</summary>
    public string BandName { get; init; } = "";

    /// <summary>The setting that tells the lines apart; empty for one line.</summary>
    public string SeriesName { get; init; } = "";

    /// <summary>Whether the lines have an order, which their colours follow.</summary>
    public bool HasOrder { get; init; }

    /// <summary>The lines.</summary>
    public required IReadOnlyList<BandSeries> Series { get; init; }

    /// <summary>The picture.</summary>
    public FigureDrawing Draw() => new(FigureDrawing.FullWidth, (int)PanelHeight, Title, $"{ValueName} over {XName}{(SeriesName.Length > 0 ? $", a line for each {SeriesName}" : "")}.", canvas =>
    {
        bool xLog = XLabels is null && (IsXLogarithmic ?? Spans(Series.SelectMany(s => s.X))), yLog = IsLogarithmic ?? Spans(Series.SelectMany(s => s.Middle));
        using var panel = new PlotPanel(Title, XName, BandName.Length > 0 ? $"{ValueName}; band: {BandName}" : ValueName);
        panel.SetAxes(XAxis(xLog), YAxis(yLog));
        if (XLabels is null) AddLines(panel, xLog, yLog);
        else AddPoints(panel, yLog);
        panel.Render(canvas, SKRect.Create(0, 0, PanelWidth, PanelHeight), new Margins(66, 12, 44, 26));
        Legend(canvas);
    });

    private void AddLines(PlotPanel panel, bool xLog, bool yLog)
    {
        for (int i = 0; i < Series.Count && BandName.Length > 0; i++)
            panel.AddBand(Scaled(Series[i].X, xLog), Lower(Series[i], yLog), Scaled(Series[i].High, yLog), Colour(i));
        for (int i = 0; i < Series.Count; i++)
        {
            double[] x = Scaled(Series[i].X, xLog), middle = Scaled(Series[i].Middle, yLog);
            panel.AddLine(x, middle, Colour(i));
            panel.AddMarkers(x, middle, Colour(i), 4.5f);
        }
    }

    // Between values without an order there is nothing to draw a line through; the lines' points stand side by side.
    private void AddPoints(PlotPanel panel, bool yLog)
    {
        const double Room = 0.6;
        for (int i = 0; i < Series.Count; i++)
        {
            double[] x = [.. Series[i].X.Select(v => v + (Room * ((i + 0.5) / Series.Count - 0.5)))], middle = Scaled(Series[i].Middle, yLog);
            double[] low = Lower(Series[i], yLog), high = Scaled(Series[i].High, yLog);
            for (int j = 0; j < x.Length && BandName.Length > 0; j++)
            {
                if (double.IsFinite(low[j]) && high[j] > low[j]) panel.AddLine([x[j], x[j]], [low[j], high[j]], Colour(i), 1.2f);
            }
            panel.AddMarkers(x, middle, Colour(i), 6);
        }
    }

    // A band that reaches 0 or below ends at its line where the axis is logarithmic.
    private static double[] Lower(BandSeries series, bool isLogarithmic) =>
        [.. Scaled(series.Low, isLogarithmic).Zip(Scaled(series.Middle, isLogarithmic), (low, middle) => double.IsFinite(low) ? low : middle)];

    private static bool Spans(IEnumerable<double> values)
    {
        const double Factor = 50;
        double[] finite = [.. values.Where(double.IsFinite)];
        return finite.Length > 0 && finite.Min() > 0 && finite.Max() / finite.Min() >= Factor;
    }

    private static double[] Scaled(IEnumerable<double> values, bool isLogarithmic) =>
        [.. values.Select(v => !isLogarithmic ? v : v > 0 ? Math.Log10(v) : double.NaN)];

    private AxisRange XAxis(bool isLogarithmic)
    {
        if (XLabels is { } labels)
        {
            var ticks = new NumericManual();
            for (int i = 0; i < labels.Count; i++) ticks.AddMajor(i, labels[i]);
            return new AxisRange(-0.4, labels.Count - 0.6, ticks);
        }
        double[] all = [.. Series.SelectMany(s => s.X).Where(double.IsFinite)];
        if (all.Length == 0) return AxisRange.Linear(0, 1);
        if (isLogarithmic) return AxisRange.Logarithmic(all.Min(), all.Max(), plainLabels: true);
        double room = all.Max() > all.Min() ? 0.03 * (all.Max() - all.Min()) : 0.5;
        return AxisRange.Linear(all.Min() - room, all.Max() + room, wholeOnly: all.All(double.IsInteger));
    }

    private AxisRange YAxis(bool isLogarithmic)
    {
        IEnumerable<double> shown = Series.SelectMany(s => BandName.Length > 0 ? s.Middle.Concat(s.High).Concat(s.Low) : s.Middle);
        double[] all = [.. shown.Where(v => double.IsFinite(v) && (!isLogarithmic || v > 0))];
        if (all.Length == 0) return AxisRange.Linear(0, 1);
        if (isLogarithmic) return AxisRange.Logarithmic(all.Min(), all.Max());
        double low = all.Min(), high = all.Max(), room = high > low ? 0.05 * (high - low) : Math.Max(1e-12, 0.05 * Math.Abs(high));
        // From 0 where that costs little.
        return AxisRange.Linear(low >= 0 && low < 0.5 * high ? 0 : low - room, high + room, wholeOnly: high - low >= 2 && all.All(double.IsInteger));
    }

    private string Colour(int index) => HasOrder ? FigurePalette.Layer(index + 1, Series.Count) : FigurePalette.Kind(index);

    private void Legend(SKCanvas canvas)
    {
        if (SeriesName.Length == 0) return;
        FigureText.Write(canvas, Cut(SeriesName, LongestLegend + 24), PanelWidth + 8, 18, bold: true);
        int every = Math.Max(1, (int)Math.Ceiling(Series.Count / (double)MostLegendEntries));
        FigureText.Legend(canvas, PanelWidth + 8, 26, Series
            .Select((series, i) => (Entry: new LegendEntry(Cut(series.Name, LongestLegend), Colour(i)), Index: i))
            .Where(e => e.Index % every == 0 || e.Index == Series.Count - 1).Select(e => e.Entry));
    }

    private static string Cut(string text, float width)
    {
        if (FigureText.Measure(text) <= width) return text;
        int length = text.Length;
        while (length > 1 && FigureText.Measure(text[..length] + "…") > width) length--;
        return text[..length] + "…";
    }
}

/// <summary>A line with its band.</summary>
/// <param name="Name">The value of the setting that it stands for.</param>
/// <param name="X">The positions, ascending; 0, 1, … where they are not numbers.</param>
/// <param name="Middle">The line; interrupted where a value is not finite.</param>
/// <param name="Low">The lower edge of the band.</param>
/// <param name="High">The upper edge of the band.</param>
internal sealed record BandSeries(string Name, IReadOnlyList<double> X, IReadOnlyList<double> Middle, IReadOnlyList<double> Low, IReadOnlyList<double> High);
