using RankCollapse.Runs;

namespace RankCollapse.Reporting.Figures;

/// <summary>One metric of one layer over the epochs, in order of epochs.</summary>
public sealed class MetricSeries
{
    /// <summary>Collects records of one metric and one layer.</summary>
    public MetricSeries(IEnumerable<MetricRecord> records)
    {
        MetricRecord[] sorted = [.. records.OrderBy(record => record.Epoch)];
        Epochs = [.. sorted.Select(record => (double)record.Epoch)];
        Values = [.. sorted.Select(record => record.Value)];
    }

    private MetricSeries(double[] epochs, double[] values)
    {
        Epochs = epochs;
        Values = values;
    }

    /// <summary>The epochs, ascending.</summary>
    public double[] Epochs { get; }

    /// <summary>The values; NaN where one could not be computed.</summary>
    public double[] Values { get; }

    /// <summary>The first finite value with its epoch.</summary>
    public (double Epoch, double Value)? First => Find(Enumerable.Range(0, Values.Length));

    /// <summary>The last finite value with its epoch.</summary>
    public (double Epoch, double Value)? Last => Find(Enumerable.Range(0, Values.Length).Reverse());

    /// <summary>The series with all values multiplied by a factor.</summary>
    public MetricSeries Times(double factor) => factor == 1 ? this : new(Epochs, [.. Values.Select(value => factor * value)]);

    private (double Epoch, double Value)? Find(IEnumerable<int> indices)
    {
        foreach (int i in indices)
        {
            if (double.IsFinite(Values[i])) return (Epochs[i], Values[i]);
        }
        return null;
    }
}
