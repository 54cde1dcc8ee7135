namespace RankCollapse.Experiments.Figure3;

/// <summary>Mean, least and largest value over runs, on common positions.</summary>
/// <param name="X">The positions.</param>
/// <param name="Mean">The mean over the runs.</param>
/// <param name="Lower">The least.</param>
/// <param name="Upper">The largest.</param>
internal sealed record RunBand(double[] X, double[] Mean, double[] Lower, double[] Upper)
{
    /// <summary>
    /// The band of runs that were recorded at different positions: at each one a run has the value of its last record before, and after its end the final one.
    /// </summary>
    /// <param name="runs">Positions, ascending from at most the first of <paramref name="positions"/>, and values of each run.</param>
    /// <param name="positions">Where the band is wanted.</param>
    public static RunBand Over(IReadOnlyList<(double[] X, double[] Y)> runs, double[] positions)
    {
        double[] mean = new double[positions.Length], lower = new double[positions.Length], upper = new double[positions.Length];
        for (int i = 0; i < positions.Length; i++)
        {
            double[] values = [.. runs.Select(run => At(run.X, run.Y, positions[i]))];
            mean[i] = values.Average();
            lower[i] = values.Min();
            upper[i] = values.Max();
        }
        return new RunBand(positions, mean, lower, upper);
    }

    /// <summary>Positions in equal steps from 0 to the last.</summary>
    public static double[] Steps(double last, int count) => [.. Enumerable.Range(0, count).Select(i => last * i / (count - 1))];

    private static double At(double[] x, double[] y, double position)
    {
        int index = Array.BinarySearch(x, position);
        return y[Math.Max(0, index >= 0 ? index : ~index - 1)];
    }
}
