namespace RankCollapse.Models.Features;

/// <summary>A number that is given of each layer's features, as <c>InspectionColumn</c> is of its weights.</summary>
/// <param name="Key">The name for machines, as in <see cref="LayerFeatures.Metrics"/>.</param>
/// <param name="Heading">The name for people, short.</param>
/// <param name="Meaning">One sentence: what it tells, and what it does not.</param>
public sealed record FeatureColumn(string Key, string Heading, string Meaning)
{
    /// <summary>Whether it belongs to the few that are shown first.</summary>
    public bool IsMain { get; init; } = true;
}
