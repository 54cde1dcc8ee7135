using RankCollapse.LinearAlgebra;

namespace RankCollapse.Reporting.Panels;

/// <summary>A matrix of values as colours.</summary>
/// <param name="Values">The values, row by row from below upwards, or from above downwards in a picture; null where there is nothing, NaN where a value does
/// not exist.</param>
/// <param name="Scale">What the colours mean.</param>
public sealed record HeatMap(IReadOnlyList<IReadOnlyList<double?>> Values, ColourScale Scale)
{
    /// <summary>Whether it is a square picture without ticks, an entry a pixel, in which an eye sees structure rather than values.</summary>
    public bool IsPicture { get; init; }

    /// <summary>The names of columns; for pictures also those of rows.</summary>
    public IReadOnlyList<string> Columns { get; init; } = [];

    /// <summary>The names of rows.</summary>
    public IReadOnlyList<string> Rows { get; init; } = [];

    /// <summary>The part of each cell that is filled, 0 … 1; null where all are whole.</summary>
    public IReadOnlyList<IReadOnlyList<double>>? Filled { get; init; }

    /// <summary>A matrix as a picture.</summary>
    /// <param name="matrix">The matrix.</param>
    /// <param name="unit">What its entries are divided by.</param>
    /// <param name="scale">What the colours mean.</param>
    /// <param name="names">The names of rows and columns, the same for both.</param>
    public static HeatMap Picture(Matrix matrix, double unit, ColourScale scale, IReadOnlyList<string> names)
    {
        ArgumentNullException.ThrowIfNull(matrix);
        IReadOnlyList<double?> Row(int i) => [.. matrix.Row(i).ToArray().Select(value => (double?)(value / unit))];
        return new HeatMap([.. Enumerable.Range(0, matrix.Rows).Select(Row)], scale) { IsPicture = true, Rows = names, Columns = names };
    }
}

/// <summary>What the colours of heat maps mean; those of one figure have one.</summary>
/// <param name="Label">What the values are, with symbol and unit.</param>
/// <param name="Minimum">The value of the darkest colour, and of smaller ones.</param>
/// <param name="Maximum">The value of the lightest colour.</param>
/// <param name="IsLogarithmic">Whether colours follow log₁₀ of the values.</param>
public sealed record ColourScale(string Label, double Minimum, double Maximum, bool IsLogarithmic = false)
{
    private const double LogarithmicFrom = 50;

    /// <summary>Whether smaller values than the least have its colour too.</summary>
    public bool HasSmaller { get; init; }

    /// <summary>Whether some value on a logarithmic scale is 0, which has the darkest colour with a ring, and an entry of its own beside the scale.</summary>
    public bool HasZero { get; init; }

    /// <summary>A scale that holds values: logarithmic where those that are not 0 are positive and span a factor of 50, unless told otherwise.</summary>
    /// <remarks>A logarithmic scale ends at powers of ten, and shows zeros as such.</remarks>
    /// <param name="label">What the values are.</param>
    /// <param name="values">The values; those that are not finite do not count.</param>
    /// <param name="isLogarithmic">The scale; null lets the values decide.</param>
    public static ColourScale Of(string label, IEnumerable<double> values, bool? isLogarithmic = null)
    {
        bool isLog = isLogarithmic ?? Spans(values);
        double[] known = [.. values.Where(value => double.IsFinite(value) && (!isLog || value > 0))];
        if (known.Length == 0) return new ColourScale(label, double.NaN, double.NaN, isLog);
        if (!isLog) return new ColourScale(label, known.Min(), known.Max());
        return new ColourScale(label, Decade(known.Min(), Math.Floor), Decade(known.Max(), Math.Ceiling), IsLogarithmic: true)
        {
            HasZero = values.Any(value => value == 0),
        };
    }

    /// <summary>The power of ten next to a value.</summary>
    private static double Decade(double value, Func<double, double> round) => Math.Pow(10, round(Math.Log10(value)));

    /// <summary>
    /// Whether values are positive or 0 and those that are not 0 span so much that a logarithmic scale shows more; zeros have a place of their own on it.
    /// </summary>
    public static bool Spans(IEnumerable<double> values)
    {
        double[] known = [.. values.Where(value => double.IsFinite(value) && value != 0)];
        return known.Length > 0 && known.Min() > 0 && known.Max() / known.Min() >= LogarithmicFrom;
    }

    /// <summary>The place of a value among the colours, 0 … 1; null where it has none.</summary>
    public double? Place(double? value)
    {
        if (value is not { } number || !double.IsFinite(number)) return null;
        if (IsLogarithmic && number <= 0) return HasSmaller || (HasZero && number == 0) ? 0 : null;
        double low = Scaled(Minimum), high = Scaled(Maximum);
        return high > low ? Math.Clamp((Scaled(number) - low) / (high - low), 0, 1) : 0.5;
    }

    /// <summary>Whether a value is drawn as a zero on a logarithmic scale.</summary>
    public bool IsZero(double? value) => IsLogarithmic && HasZero && value == 0;

    private double Scaled(double value) => IsLogarithmic ? Math.Log10(value) : value;
}
