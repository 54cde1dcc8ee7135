using RankCollapse.Collapse.Metrics;
using RankCollapse.LinearAlgebra;

namespace RankCollapse.Models;

/// <summary>A model's weights in a few numbers, as users of WeightWatcher know them: means over its layers, parts of layers not counted again.</summary>
/// <param name="LayerCount">How many layers there are.</param>
/// <param name="Parameters">Their weights.</param>
/// <param name="Means">The mean of each averaged metric over the layers that have it, and how many these are.</param>
/// <param name="UsualExponents">In how many layers the exponent α of the power law is from 2 to 6.</param>
public sealed record InspectionSummary(
    int LayerCount, long Parameters, IReadOnlyDictionary<Metric, (double Mean, int Count)> Means, int UsualExponents)
{
    /// <summary>The metrics whose means are taken, in the table's order.</summary>
    public static IReadOnlyList<Metric> Averaged { get; } = [.. MetricTable.Of(MetricScopes.Weights).Where(metric => metric.IsAveraged)];

    /// <summary>In how many layers a power law was fitted.</summary>
    public int Exponents => Means.GetValueOrDefault(MetricTable.All.Parse("powerLawExponent")).Count;

    internal static InspectionSummary Of(Inspection inspection)
    {
        InspectedLayer[] layers = [.. inspection.WholeLayers];
        var means = new Dictionary<Metric, (double Mean, int Count)>();
        foreach (Metric metric in Averaged)
        {
            double[] numbers = [.. layers.Select(layer => inspection.Number(layer, metric)).OfType<double>()];
            if (numbers.Length > 0) means.Add(metric, (Reduction.Sum(numbers) / numbers.Length, numbers.Length));
        }
        return new InspectionSummary(
            layers.Length, layers.Sum(layer => layer.Parameters), means, layers.Count(layer => layer.Spectrum.PowerLaw?.Exponent is >= 2 and <= 6));
    }
}
