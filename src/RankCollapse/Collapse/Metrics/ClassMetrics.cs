namespace RankCollapse.Collapse.Metrics;

/// <summary>The metrics of single classes at the input of the last layer, which classes of unequal size do not share.</summary>
public static class ClassMetrics
{
    /// <summary>‖z̄_k‖.</summary>
    public static Metric MeanNorm { get; } = Of("classMeanNorm", "‖class mean‖", "‖m_k‖", MetricFormat.Number, one => one.MeanNorm,
        "The size of the class's mean feature: 0 where training has given the class up.");

    /// <summary>‖w_k‖.</summary>
    public static Metric WeightNorm { get; } = Of("classWeightNorm", "‖class weights‖", "‖w_k‖", MetricFormat.Number, one => one.WeightNorm,
        "The size of the class's row of the last weights: 0 where training has given the class up.");

    internal static IReadOnlyList<Metric> All { get; } =
    [
        Of("classSamples", "samples of class", "N_k", MetricFormat.Count, one => one.SampleCount, "How many samples the class has."),
        Of("classAccuracy", "class accuracy", "accuracy of k", MetricFormat.Share, one => Existing(one.Accuracy),
            "The share of the class's samples whose largest output is its own; small classes may be lost while the whole looks well."),
        Of("classVariation", "class variation", "tr Σ_k", MetricFormat.Number, one => Existing(one.Variation),
            "The mean squared distance of the class's features from their mean, in the features' own units."),
        MeanNorm,
        WeightNorm,
        Of("classAlignment", "class alignment", "cos(m_k, w_k)", MetricFormat.Number,
            one => one.Alignment ?? MetricValue.Missing("The class mean or the class's weights are 0."),
            "The cosine of class mean and class weights: 1 is aligned, as at full collapse without biases."),
        Of("classWeightCosine", "nearest class weights", "max cos(w_k, w_j)", MetricFormat.Number,
            one => one.NearestWeightCosine ?? MetricValue.Missing("The class's weights are 0, or there is no other class."),
            "The largest cosine of the class's weights with those of another class: 1 is minority collapse, where both cannot be told apart."),
    ];

    private static MetricValue Existing(double number) => double.IsNaN(number) ? MetricValue.Missing("The class has no samples.") : number;

    private static Metric Of(string key, string heading, string symbol, MetricFormat format, Func<MeasuredClass, MetricValue> compute, string meaning) =>
        new(key)
        {
            Heading = heading,
            Symbol = symbol,
            Meaning = meaning,
            Format = format,
            Topic = MetricTopic.NeuralCollapse,
            OfClass = compute,
        };
}
