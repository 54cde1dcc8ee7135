namespace RankCollapse.Reporting.Panels;

/// <summary>How a series is drawn.</summary>
public enum Mark
{
    /// <summary>A line.</summary>
    Line,

    /// <summary>A dashed line.</summary>
    Dashed,

    /// <summary>A line with a dot at each value.</summary>
    DottedLine,

    /// <summary>Dots.</summary>
    Dots,

    /// <summary>Triangles.</summary>
    Triangles,

    /// <summary>Squares.</summary>
    Squares,

    /// <summary>Crosses.</summary>
    Crosses,

    /// <summary>Open circles.</summary>
    Rings,

    /// <summary>Open triangles.</summary>
    OpenTriangles,

    /// <summary>Short level lines.</summary>
    Dashes,

    /// <summary>Bars from 0; those of several series at one place stand beside each other.</summary>
    Bars,
}

/// <summary>One series; values that are not finite are gaps.</summary>
/// <param name="Name">What it is called in the legend; series of one name, in all panels, are shown and hidden together.</param>
/// <param name="Colour">A name of <see cref="Palette"/>.</param>
/// <param name="X">x.</param>
/// <param name="Y">y.</param>
/// <param name="Mark">How it is drawn.</param>
public sealed record Series(string Name, string Colour, IReadOnlyList<double> X, IReadOnlyList<double> Y, Mark Mark = Mark.Line)
{
    /// <summary>The usual width of lines, in units of 1/96 inch.</summary>
    public const double LineWidth = 1.6;

    private static readonly Mark[] ClassMarks = [Mark.Dots, Mark.Triangles, Mark.Squares];

    /// <summary>
    /// What it is beside others of its name, such as "trained" and "predicted"; empty where there are none. Kinds have a legend of their own.
    /// </summary>
    public string Kind { get; init; } = "";

    /// <summary>The lower edge of a band around the line; null for none.</summary>
    public IReadOnlyList<double>? Lower { get; init; }

    /// <summary>The upper edge of a band around the line; null for none.</summary>
    public IReadOnlyList<double>? Upper { get; init; }

    /// <summary>The width of lines or the size of markers, in units of 1/96 inch; null for the usual one.</summary>
    public double? Size { get; init; }

    /// <summary>Whether its points are joined.</summary>
    public bool IsLine => Mark is Mark.Line or Mark.Dashed or Mark.DottedLine;

    /// <summary>The series of layer l of L.</summary>
    public static Series OfLayer(int layer, int depth, IReadOnlyList<double> x, IReadOnlyList<double> y, Mark mark = Mark.Line) =>
        new($"layer {layer}", Palette.Layer(layer, depth), x, y, mark);

    /// <summary>Points of a class, told apart by colour and by shape; both together repeat after 30 classes.</summary>
    public static Series OfClass(int index, IReadOnlyList<double> x, IReadOnlyList<double> y) =>
        new($"class {index}", Palette.Kind(index), x, y, ClassMarks[index % ClassMarks.Length]);
}
