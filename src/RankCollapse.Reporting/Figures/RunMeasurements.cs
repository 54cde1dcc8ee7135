using RankCollapse.Collapse;
using RankCollapse.Collapse.Metrics;
using RankCollapse.Data;
using RankCollapse.LinearAlgebra;
using RankCollapse.Runs;
using RankCollapse.Training;

namespace RankCollapse.Reporting.Figures;

/// <summary>What figures and tables ask of a run: its series, its features, its order of samples and how far each layer has collapsed.</summary>
public sealed class RunMeasurements
{
    /// <summary>The most samples in a Gram matrix's picture; more are thinned evenly.</summary>
    public const int MostPicturedSamples = 240;

    private readonly Dictionary<(string Metric, int Layer), MetricSeries> _series;
    private readonly Lazy<Matrix[]> _features;
    private readonly Lazy<int[]> _order;

    /// <summary>Prepares a run; nothing is computed yet.</summary>
    public RunMeasurements(Run run)
    {
        Run = run;
        _series = run.Metrics
            .GroupBy(record => (record.Metric, record.Layer))
            .ToDictionary(group => group.Key, group => new MetricSeries(group));
        _features = new(() => run.Trained.Features(run.DataSet.Inputs));
        _order = new(SortByClass);
    }

    /// <summary>The run.</summary>
    public Run Run { get; }

    /// <summary>L.</summary>
    public int Depth => Run.Trained.Specification.Depth;

    /// <summary>K, the number of outputs.</summary>
    public int Classes => Run.DataSet.OutputDimension;

    /// <summary>Whether the samples have classes.</summary>
    public bool HasLabels => Run.DataSet.Labels.Length != 0;

    /// <summary>The layers 1 … L.</summary>
    public IEnumerable<int> Layers => Enumerable.Range(1, Depth);

    /// <summary>a, the factor of the data loss in the objective: 1, or 1/N in the conventions that take means.</summary>
    public double DataFactor => Run.Summary.Convention is Convention.Mean or Convention.Equation3 ? 1.0 / Run.DataSet.SampleCount : 1;

    /// <summary>Sample indices, class by class; as given where there are no classes.</summary>
    public IReadOnlyList<int> Order => _order.Value;

    /// <summary>Z^l of the trained network, n_l×N.</summary>
    public Matrix Features(int layer) => _features.Value[layer];

    /// <summary>The recorded values of a metric; null where there are none.</summary>
    public MetricSeries? Series(string metric, int layer) => _series.GetValueOrDefault((metric, layer));

    /// <summary>The summary of layer l; null where it is missing.</summary>
    public LayerSummary? Summary(int layer) => Run.Summary.Layers.FirstOrDefault(summary => summary.Layer == layer);

    /// <summary>The number of a metric of layer l, also where the run's summary is of an older version and something else in the run tells it.</summary>
    public double? Number(int layer, Metric metric) =>
        metric == CollapseMetrics.RelativeVariation ? RelativeVariation(layer) : metric == PredictionMetrics.Distance
            ? PredictionDistance(layer) : Summary(layer)?.Number(metric);

    /// <summary>(1/N)·Σ_i ‖z_i − z̄‖², the total variation of the features of layer l.</summary>
    public double TotalVariation(int layer)
    {
        Matrix features = Features(layer);
        double total = 0;
        for (int i = 0; i < features.Rows; i++)
        {
            ReadOnlySpan<double> row = features.Row(i);
            double mean = Reduction.Sum(row) / row.Length;
            foreach (double value in row) total += (value - mean) * (value - mean);
        }
        return total / features.Columns;
    }

    /// <summary>The layers whose features could have a rank above K.</summary>
    public IEnumerable<int> LayersWiderThanClasses =>
        Layers.Where(l => Math.Min(Run.Trained.Specification.Width(l), Run.DataSet.SampleCount) > Classes);

    /// <summary>The variation inside classes relative to the total variation of the features, of which the verdict is; null where it is unknown.</summary>
    public double? RelativeVariation(int layer)
    {
        LayerSummary? summary = Summary(layer);
        if (summary?.Number(CollapseMetrics.RelativeVariation) is { } known) return known;
        // Summaries of version 1 do not have it.
        if (summary?.WcssOfClasses is not { } within || !double.IsFinite(within)) return null;
        double total = TotalVariation(layer);
        return total == 0 ? 0 : double.IsFinite(total) ? within / total : null;
    }

    /// <summary>How far layer l has collapsed.</summary>
    public CollapseState State(int layer) => RelativeVariation(layer) is { } relative ? CollapseVerdict.Of(relative).State : CollapseState.Unknown;

    /// <summary>The distance of the features' singular values from the prediction from the next layer; null where there is no prediction.</summary>
    public double? PredictionDistance(int layer) => Summary(layer) is { PredictedFeatureSingularValues: { } predicted } summary
        ? SpectralDistance.Of(summary.FeatureSingularValues, predicted) : null;

    /// <summary>Every k-th sample of the class order, so that at most <paramref name="most"/> remain.</summary>
    public int[] ThinnedOrder(int most)
    {
        if (Order.Count <= most) return [.. Order];
        return [.. Enumerable.Range(0, most).Select(i => Order[(int)((long)i * Order.Count / most)])];
    }

    private int[] SortByClass()
    {
        DataSet data = Run.DataSet;
        int[] order = [.. Enumerable.Range(0, data.SampleCount)];
        return data.Labels.Length == 0 ? order : [.. order.OrderBy(i => data.Labels[i])];
    }
}
