using RankCollapse.Collapse.Metrics;

namespace RankCollapse.Reporting.Panels;

/// <summary>One pair of axes with what is drawn between them.</summary>
public sealed record Panel
{
    /// <summary>The title; empty for none.</summary>
    public string Title { get; init; } = "";

    /// <summary>What stands beside the title, such as the largest entry; empty for none.</summary>
    public string Detail { get; init; } = "";

    /// <summary>What stands in the middle, where there is nothing to draw.</summary>
    public string Note { get; init; } = "";

    /// <summary>The axis from left to right.</summary>
    public required Axis X { get; init; }

    /// <summary>The axis upwards.</summary>
    public required Axis Y { get; init; }

    /// <summary>Lines, dots, bars and bands.</summary>
    public IReadOnlyList<Series> Series { get; init; } = [];

    /// <summary>A heat map that fills the axes; null where there is none.</summary>
    public HeatMap? Heat { get; init; }

    /// <summary>Horizontal reference lines, such as K.</summary>
    public IReadOnlyList<ReferenceLine> Levels { get; init; } = [];

    /// <summary>Vertical reference lines.</summary>
    public IReadOnlyList<ReferenceLine> Marks { get; init; } = [];

    /// <summary>Whether both axes have one scale of the panel's own, symmetric around 0, and no ticks.</summary>
    public bool HasEqualAxes { get; init; }

    /// <summary>Whether it is a square without ticks.</summary>
    public bool IsPlain => HasEqualAxes || Heat is { IsPicture: true };
}

/// <summary>An axis: what it shows, and on what scale. Its range follows from the data where none is given.</summary>
/// <param name="Name">What it shows, in words.</param>
/// <param name="Symbol">Its symbol; empty for none.</param>
/// <param name="Unit">Its unit; empty for a pure number.</param>
public sealed record Axis(string Name, string Symbol = "", string Unit = "")
{
    /// <summary>The epochs of a training.</summary>
    public static Axis Epoch { get; } = new("epoch");

    /// <summary>The layers of a network.</summary>
    public static Axis Layer { get; } = new("layer", "l");

    /// <summary>Whether the scale is logarithmic; values that are not positive are gaps.</summary>
    public bool IsLogarithmic { get; init; }

    /// <summary>The least value; null where the data decide.</summary>
    public double? Minimum { get; init; }

    /// <summary>The largest value; null where the data decide.</summary>
    public double? Maximum { get; init; }

    /// <summary>The names of the places 0, 1, … where they are not numbers; null where they are.</summary>
    public IReadOnlyList<string>? Labels { get; init; }

    /// <summary>The axis of a metric: logarithmic, but for counts such as ranks.</summary>
    public static Axis Of(Metric metric)
    {
        ArgumentNullException.ThrowIfNull(metric);
        return new Axis(metric.Symbol, Unit: metric.Unit) { IsLogarithmic = metric.Format != MetricFormat.Count };
    }

    /// <summary>Name, symbol and unit.</summary>
    public string Text => Name + (Symbol.Length > 0 ? $" {Symbol}" : "") + (Unit.Length > 0 ? $" in {Unit}" : "");

    /// <summary>Whether this axis and another one have one range.</summary>
    public bool IsSharedWith(Axis other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return Text == other.Text && IsLogarithmic == other.IsLogarithmic && Minimum == other.Minimum && Maximum == other.Maximum
            && (Labels ?? []).SequenceEqual(other.Labels ?? []);
    }
}

/// <summary>A dashed line through a panel.</summary>
/// <param name="At">The value.</param>
/// <param name="Name">What it is, for the legend.</param>
public sealed record ReferenceLine(double At, string Name);
