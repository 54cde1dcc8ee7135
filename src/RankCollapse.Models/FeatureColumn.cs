namespace RankCollapse.Models;

/// <summary>A number that is given of each layer's features, as <see cref="InspectionColumn"/> is of its weights.</summary>
/// <param name="Key">The name for machines, as in <see cref="LayerFeatures.Metrics"/>.</param>
/// <param name="Heading">The name for people, short.</param>
/// <param name="Meaning">One sentence: what it tells, and what it does not.</param>
public sealed record FeatureColumn(string Key, string Heading, string Meaning)
{
    /// <summary>Whether it belongs to the few that are shown first.</summary>
    public bool IsMain { get; init; } = true;

    /// <summary>The columns of an inspection's features, in the order of the first layer that has them, those that none has left out; none where no data was given.</summary>
    public static IReadOnlyList<FeatureColumn> Of(Inspection inspection)
    {
        ArgumentNullException.ThrowIfNull(inspection);
        IEnumerable<LayerFeatures> measured = [.. inspection.Layers.Select(layer => layer.Features).OfType<LayerFeatures>(), .. inspection.OtherFeatures];
        return [.. measured.SelectMany(features => features.Metrics.Where(metric => metric.Value is not null)).Select(metric => metric.Key).Distinct(StringComparer.Ordinal).Select(key => inspection.FeatureColumns.FirstOrDefault(column => column.Key == key) ?? new FeatureColumn(key, key, ""))];
    }
}
