using RankCollapse.Collapse.Metrics;
using RankCollapse.Networks;
using RankCollapse.Training;
using RankCollapse.Training.Solving;

namespace RankCollapse.Runs;

/// <summary>
/// How often metrics are recorded when nothing is said: about 100 times, every epoch of a solver whose epochs are few, and less often where records would take
/// more than a tenth of the time.
/// </summary>
/// <remarks>
/// The choice depends on the settings and the shape alone, never on a clock, so that equal runs record equal epochs.
/// Costs are estimated from what was measured on one core: products at 40 GFLOP/s, and the singular values of a 200×200 matrix in 3 ms.
/// </remarks>
public static class RecordInterval
{
    private const long Records = 100;
    private const double ShareOfTime = 0.1;
    private const double FlopsPerSecond = 4e10;
    private const double SecondsPerEntry = 3e-3 / (200.0 * 200 * 200);

    /// <summary>The number of epochs from a record to the next.</summary>
    /// <param name="configuration">Its solver, number of epochs and what is recorded are used.</param>
    /// <param name="specification">The network's shape.</param>
    /// <param name="samples">N.</param>
    public static long For(RunConfiguration configuration, NetworkSpecification specification, int samples)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        ArgumentNullException.ThrowIfNull(specification);
        double decompositions = 0, products = 0;
        bool needsWeights = RecordedMetrics.Parse(configuration.Record).NeedsWeights;
        for (int l = 1; l <= specification.Depth; l++)
        {
            double rows = specification.Width(l), columns = specification.Width(l - 1);
            // Many samples pass in parts: through the layer once more, and into a scatter whose eigenvalues are taken.
            if (samples > SampleParts.MostAtOnce) products += 2 * rows * (columns + rows) * samples;
            decompositions += Cubic(rows, samples > SampleParts.MostAtOnce ? rows : samples);
            if (needsWeights) decompositions += Cubic(rows, columns);
        }
        double epochSeconds = EpochSeconds(configuration, specification, samples);
        double recordSeconds = (decompositions * SecondsPerEntry) + (products / FlopsPerSecond);
        double affordable = Math.Ceiling(recordSeconds / (ShareOfTime * epochSeconds));
        double wanted = Solvers.All.Parse(configuration.Solver).RecordsEveryEpoch ? 1 : Math.Ceiling((double)configuration.MaxEpochs / Records);
        return (long)Math.Clamp(Math.Max(affordable, wanted), 1, 1e15);
    }

    /// <summary>About how many seconds an epoch takes on one core.</summary>
    public static double EpochSeconds(RunConfiguration configuration, NetworkSpecification specification, int samples)
    {
        double multiplications = 0;
        for (int l = 1; l <= specification.Depth; l++) multiplications += (double)specification.Width(l) * specification.Width(l - 1) * samples;
        return Solvers.All.Parse(configuration.Solver).GradientsPerEpoch * 6 * multiplications / FlopsPerSecond;
    }

    /// <summary>What the work of a decomposition is proportional to.</summary>
    private static double Cubic(double rows, double columns) => Math.Max(rows, columns) * Math.Min(rows, columns) * Math.Min(rows, columns);
}
