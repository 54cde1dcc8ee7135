using RankCollapse.LinearAlgebra;

namespace RankCollapse.Reporting.Panels;

/// <summary>
/// The rule for spectra in all figures: a line goes through the singular values that count, those of at least 10⁻⁵ of the largest; where smaller ones
/// follow, it falls to the lower end of the axis, and so ends at the numerical rank.
/// </summary>
public static class SpectrumLines
{
    /// <summary>What figures of spectra say of that, in a sentence.</summary>
    public const string Reading = "A line that falls to the axis ends at the numerical rank: what follows is below 10⁻⁵ of the largest singular value.";

    /// <summary>The part of the range above and below the values.</summary>
    private const double Room = 0.06;

    /// <summary>The least part of a decade above and below.</summary>
    private const double LeastRoom = 0.05;

    /// <summary>The values that count, descending: s_i ≥ 10⁻⁵·s_1 and above 0.</summary>
    public static IReadOnlyList<double> Counting(IReadOnlyList<double> values)
    {
        ArgumentNullException.ThrowIfNull(values);
        return [.. values.TakeWhile(value => value > 0 && double.IsFinite(value) && value >= Tolerances.NumericalRank * values[0])];
    }

    /// <summary>The logarithmic axis that holds what counts of all spectra of a figure.</summary>
    public static Axis AxisOf(string name, string symbol, IEnumerable<IReadOnlyList<double>> spectra)
    {
        ArgumentNullException.ThrowIfNull(spectra);
        double[] all = [.. spectra.SelectMany(Counting)];
        var axis = new Axis(name, symbol) { IsLogarithmic = true };
        if (all.Length == 0) return axis;
        double low = all.Min(), high = all.Max(), room = Math.Max(LeastRoom, Room * Math.Log10(high / low)), factor = Math.Pow(10, room);
        return axis with { Minimum = low / (factor * factor), Maximum = high * factor };
    }

    /// <summary>The axis of the indices 1 … n of what counts.</summary>
    public static Axis IndexOf(IEnumerable<IReadOnlyList<double>> spectra)
    {
        ArgumentNullException.ThrowIfNull(spectra);
        const double Sides = 1.15;
        int most = spectra.Select(values => Math.Min(values.Count, Counting(values).Count + 1)).DefaultIfEmpty(1).Max();
        return new Axis("index of the singular value", "i") { IsLogarithmic = true, Minimum = 1 / Sides, Maximum = Math.Max(2, most) * Sides };
    }

    /// <summary>The line of a spectrum.</summary>
    /// <param name="name">Its name in the legend.</param>
    /// <param name="colour">Its colour.</param>
    /// <param name="values">All singular values, descending.</param>
    /// <param name="axis">The axis, whose lower end it falls to.</param>
    public static Series Of(string name, string colour, IReadOnlyList<double> values, Axis axis)
    {
        ArgumentNullException.ThrowIfNull(values);
        ArgumentNullException.ThrowIfNull(axis);
        IReadOnlyList<double> counting = Counting(values);
        if (counting.Count > 0 && counting.Count < values.Count && axis.Minimum is { } floor) counting = [.. counting, floor];
        return new Series(name, colour, [.. counting.Select((_, i) => i + 1.0)], counting);
    }

    /// <summary>Markers at what counts of a spectrum, as many as can be told apart on a logarithmic axis of indices.</summary>
    public static Series MarkersOf(string name, string colour, IReadOnlyList<double> values, Mark mark)
    {
        const double Apart = 0.03;
        IReadOnlyList<double> counting = Counting(values);
        var kept = new List<int>();
        for (int i = 0; i < counting.Count; i++)
        {
            if (kept.Count == 0 || Math.Log10((i + 1.0) / (kept[^1] + 1)) >= Apart) kept.Add(i);
        }
        return new Series(name, colour, [.. kept.Select(i => i + 1.0)], [.. kept.Select(i => counting[i])], mark);
    }
}
