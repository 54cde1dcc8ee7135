using RankCollapse.Reporting.Panels;
using RankCollapse.Runs;

namespace RankCollapse.Reporting.Figures;

/// <summary>What members of an ensemble recorded, as medians and ranges over the epochs.</summary>
internal sealed class EnsembleCurves
{
    private readonly Dictionary<(string Metric, int Layer), MetricSeries[]> _series;
    private readonly int _mostEpochs;

    /// <summary>Sorts the records of members.</summary>
    /// <param name="members">The members that ended.</param>
    /// <param name="mostEpochs">The most epochs of a curve; more are thinned evenly.</param>
    public EnsembleCurves(IEnumerable<EnsembleRun> members, int mostEpochs)
    {
        _mostEpochs = mostEpochs;
        _series = members.SelectMany(member => member.Metrics.GroupBy(record => (record.Metric, record.Layer)))
            .GroupBy(group => group.Key, group => new MetricSeries(group))
            .ToDictionary(group => group.Key, group => group.ToArray());
    }

    /// <summary>Whether some member recorded a finite value.</summary>
    public bool Has(string metric, int layer) => _series.TryGetValue((metric, layer), out MetricSeries[]? series) && series.Any(one => one.Last is not null);

    /// <summary>The median and the range at each epoch that a member recorded: of its last record up to then, also after its end.</summary>
    public Series Of(string metric, int layer)
    {
        MetricSeries[] series = _series[(metric, layer)];
        double[] epochs = [.. series.SelectMany(one => one.Epochs).Distinct().Order()];
        if (epochs.Length > _mostEpochs)
            epochs = [.. Enumerable.Range(0, _mostEpochs).Select(i => epochs[(int)((long)i * (epochs.Length - 1) / (_mostEpochs - 1))])];
        var at = new int[series.Length];
        Spread[] spreads = [.. epochs.Select(epoch => Spread.Of(series.Select((one, i) =>
        {
            while (at[i] + 1 < one.Epochs.Length && one.Epochs[at[i] + 1] <= epoch) at[i]++;
            return one.Epochs[at[i]] <= epoch ? one.Values[at[i]] : double.NaN;
        })))];
        return Line(epochs, spreads);
    }

    /// <summary>Medians as a line, ranges as its band.</summary>
    public static Series Line(double[] x, Spread[] spreads) => new("", Palette.Kind(0), x, [.. spreads.Select(spread => spread.Median)])
    {
        Lower = [.. spreads.Select(spread => spread.Minimum)],
        Upper = [.. spreads.Select(spread => spread.Maximum)],
    };
}
