using RankCollapse.LinearAlgebra;

namespace RankCollapse.Experiments;

/// <summary>A matrix as a picture for charts: every entry rounded to one of 256 steps, which is what a screen can show.</summary>
/// <param name="Columns">Entries in a row.</param>
/// <param name="Rows">Rows.</param>
/// <param name="Values">The steps, row by row, one byte each, in base 64.</param>
/// <param name="Minimum">The value of step 0 and of the darkest colour.</param>
/// <param name="Maximum">The value of step 255 and of the lightest colour.</param>
/// <param name="Label">What the values are, with symbol.</param>
/// <param name="Names">The names of rows and columns, the same for both.</param>
public sealed record ChartPicture(int Columns, int Rows, string Values, double Minimum, double Maximum, string Label, IReadOnlyList<string> Names)
{
    private const int LargestStep = 255;

    /// <summary>Makes a picture of a matrix.</summary>
    /// <param name="matrix">The matrix.</param>
    /// <param name="unit">What its entries are divided by.</param>
    /// <param name="minimum">The least value that is told from smaller ones.</param>
    /// <param name="maximum">The largest value that is told from larger ones.</param>
    /// <param name="label">What the values are.</param>
    /// <param name="names">The names of rows and columns.</param>
    public static ChartPicture Of(Matrix matrix, double unit, double minimum, double maximum, string label, IReadOnlyList<string> names)
    {
        ArgumentNullException.ThrowIfNull(matrix);
        byte[] steps = [.. matrix.AsSpan().ToArray().Select(value => (byte)Math.Round(LargestStep * Math.Clamp(((value / unit) - minimum) / (maximum - minimum), 0, 1)))];
        return new ChartPicture(matrix.Columns, matrix.Rows, Convert.ToBase64String(steps), minimum, maximum, label, names);
    }
}
