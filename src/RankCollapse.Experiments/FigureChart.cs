namespace RankCollapse.Experiments;

/// <summary>A figure's data for interactive charts: panels that share one legend.</summary>
/// <param name="Name">The name of the picture that it stands for.</param>
/// <param name="Panels">The panels, in reading order.</param>
public sealed record FigureChart(string Name, IReadOnlyList<ChartPanel> Panels)
{
    /// <summary>The names of moments between which the reader chooses; empty where all panels are shown at once.</summary>
    public IReadOnlyList<string> Moments { get; init; } = [];
}

/// <summary>One pair of axes, with series or a heat map.</summary>
public sealed record ChartPanel
{
    /// <summary>The panel's title; empty for none.</summary>
    public string Title { get; init; } = "";

    /// <summary>The x axis's label, with symbol and unit.</summary>
    public required string XLabel { get; init; }

    /// <summary>The y axis's label, with symbol and unit.</summary>
    public required string YLabel { get; init; }

    /// <summary>Whether x is shown on a logarithmic axis.</summary>
    public bool IsXLogarithmic { get; init; }

    /// <summary>Whether y is shown on a logarithmic axis.</summary>
    public bool IsYLogarithmic { get; init; }

    /// <summary>Lines, dots and bands.</summary>
    public IReadOnlyList<ChartSeries> Series { get; init; } = [];

    /// <summary>A heat map over the axes; null where there is none.</summary>
    public ChartHeatMap? HeatMap { get; init; }

    /// <summary>A picture that fills the axes; null where there is none.</summary>
    public ChartPicture? Picture { get; init; }

    /// <summary>The moment at which the panel is shown, as an index; null for always.</summary>
    public int? Moment { get; init; }

    /// <summary>Whether both axes have one scale, symmetric around 0.</summary>
    public bool HasEqualAxes { get; init; }

    /// <summary>A horizontal reference line, such as K; null for none.</summary>
    public double? Level { get; init; }
}

/// <summary>How a series is drawn.</summary>
public enum SeriesMark
{
    /// <summary>A line.</summary>
    Line,

    /// <summary>A dashed line.</summary>
    Dashed,

    /// <summary>Dots.</summary>
    Dots,

    /// <summary>Triangles.</summary>
    Triangles,
}

/// <summary>One series; values that are not finite are gaps.</summary>
public sealed record ChartSeries
{
    /// <summary>The name in legend and hover text.</summary>
    public required string Name { get; init; }

    /// <summary>What switches it on and off together with its like in other panels, such as <c>layer 2</c>.</summary>
    public required string Toggle { get; init; }

    /// <summary>Its colour on a light page, such as #0072b2.</summary>
    public required string Colour { get; init; }

    /// <summary>How it is drawn.</summary>
    public SeriesMark Mark { get; init; }

    /// <summary>x.</summary>
    public required IReadOnlyList<double> X { get; init; }

    /// <summary>y.</summary>
    public required IReadOnlyList<double> Y { get; init; }

    /// <summary>The lower edge of a band around the line; null for none.</summary>
    public IReadOnlyList<double>? Lower { get; init; }

    /// <summary>The upper edge of a band around the line; null for none.</summary>
    public IReadOnlyList<double>? Upper { get; init; }
}

/// <summary>A heat map.</summary>
/// <param name="X">The columns' x.</param>
/// <param name="Y">The rows' y.</param>
/// <param name="Values">The values, a list for each row.</param>
/// <param name="Label">What the values are, with symbol.</param>
/// <param name="Minimum">The value of the darkest colour.</param>
/// <param name="Maximum">The value of the lightest colour.</param>
/// <param name="IsLogarithmic">Whether colours follow log₁₀ of the values.</param>
public sealed record ChartHeatMap(IReadOnlyList<double> X, IReadOnlyList<double> Y, IReadOnlyList<IReadOnlyList<double>> Values, string Label, double Minimum, double Maximum, bool IsLogarithmic);
