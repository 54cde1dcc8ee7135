using RankCollapse.Collapse.Metrics;
using RankCollapse.Data;
using RankCollapse.LinearAlgebra;
using RankCollapse.Runs;
using RankCollapse.Training;

namespace RankCollapse.Reporting.Figures;

/// <summary>What figures and tables ask of a run: its series, its features, its order of samples and how far each layer has collapsed.</summary>
internal sealed class RunMeasurements
{
    /// <summary>A layer counts as collapsed when its TCV is at most this part of its features' total variation.</summary>
    public const double CollapsedBelow = Tolerances.Collapsed;

    /// <summary>A layer counts as nearly collapsed below this part.</summary>
    public const double NearlyCollapsedBelow = 1e-2;

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

    /// <summary>(1/N)·Σ_i ‖z_i − z̄‖², the total variation of the features of layer l.</summary>
    public double TotalVariation(int layer)
    {
        Matrix features = Features(layer);
        double total = 0;
        for (int i = 0; i < features.Rows; i++)
        {
            ReadOnlySpan<double> row = features.Row(i);
            double mean = System.Numerics.Tensors.TensorPrimitives.Sum(row) / row.Length;
            foreach (double value in row) total += (value - mean) * (value - mean);
        }
        return total / features.Columns;
    }

    /// <summary>The layers whose features could have a rank above K.</summary>
    public IEnumerable<int> LayersWiderThanClasses =>
        Layers.Where(l => Math.Min(Run.Trained.Specification.Width(l), Run.DataSet.SampleCount) > Classes);

    /// <summary>TCV_{K,l} relative to the total variation of the features; null where either is unknown or the features do not vary.</summary>
    public double? RelativeTcv(int layer)
    {
        if (Summary(layer)?.TcvUpper is not { } tcv || !double.IsFinite(tcv)) return null;
        double variation = TotalVariation(layer);
        return double.IsFinite(variation) && variation > 0 ? tcv / variation : null;
    }

    /// <summary>How far layer l has collapsed.</summary>
    public CollapseState State(int layer) => RelativeTcv(layer) switch
    {
        null => CollapseState.Unknown,
        <= CollapsedBelow => CollapseState.Collapsed,
        <= NearlyCollapsedBelow => CollapseState.Nearly,
        _ => CollapseState.NotCollapsed,
    };

    /// <summary>max_{i ≤ K} |s_i(Z^l) − predicted| / max predicted, over Theorem 4.2's prediction from the next layer; null where there is no prediction.</summary>
    public double? DeviationFromPrediction(int layer)
    {
        if (Summary(layer) is not { PredictedFeatureSingularValues: { Count: > 0 } predicted } summary) return null;
        double largest = predicted.Max();
        int count = Math.Min(Classes, Math.Min(predicted.Count, summary.FeatureSingularValues.Count));
        if (!(largest > 0) || count == 0) return null;
        double deviation = 0;
        for (int i = 0; i < count; i++) deviation = Math.Max(deviation, Math.Abs(summary.FeatureSingularValues[i] - predicted[i]));
        return double.IsFinite(deviation) ? deviation / largest : null;
    }

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

/// <summary>How far a layer's features have collapsed to K points.</summary>
internal enum CollapseState
{
    /// <summary>TCV or the variation of the features is not known.</summary>
    Unknown,

    /// <summary>TCV is a sizeable part of the total variation.</summary>
    NotCollapsed,

    /// <summary>TCV is below 1 % of the total variation.</summary>
    Nearly,

    /// <summary>TCV is below the tolerance of collapse.</summary>
    Collapsed,
}
