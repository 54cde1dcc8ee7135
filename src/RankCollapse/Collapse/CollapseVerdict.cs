using RankCollapse.LinearAlgebra;

namespace RankCollapse.Collapse;

/// <summary>How far the features of a layer have collapsed to a point for each class.</summary>
public enum CollapseState
{
    /// <summary>There are no classes, or nothing could be measured.</summary>
    Unknown,

    /// <summary>Variation inside classes is a sizeable part of the total variation.</summary>
    NotCollapsed,

    /// <summary>It is at most 1 % of the total variation.</summary>
    Nearly,

    /// <summary>It is at most <see cref="Tolerances.Collapsed"/> of the total variation.</summary>
    Collapsed,
}

/// <summary>
/// Definition 3.5: the one verdict of collapse, DNC1, which is TCV_K = 0 for K the number of classes with the partition into classes as a minimiser.
/// </summary>
/// <remarks>
/// <para>
/// Both hold exactly when the WCSS of the classes is 0: it is never below TCV_K ≥ 0, because the classes are at most K sets. A class without samples changes
/// nothing: the sets of (7) may be fewer than K. In floating point, 0 means a small part of the features' own total variation. Labels are left out of that
/// total, since they never collapse and would hide features that are merely small.
/// </para>
/// <para>
/// A partition that is better than the classes by less than that part decides nothing, whether it splits a class because another one is empty, or ties with the
/// classes to rounding. Features that have collapsed to K points otherwise than by classes have a large WCSS of the classes, and have not collapsed in this
/// sense.
/// </para>
/// </remarks>
public sealed record CollapseVerdict
{
    private CollapseVerdict(double relativeVariation) => RelativeVariation = relativeVariation;

    /// <summary>WCSS of the classes over the total variation of the features; in [0, 1], and 0 for features that do not vary at all.</summary>
    public double RelativeVariation { get; }

    /// <summary>The verdict in one of three degrees.</summary>
    public CollapseState State =>
        RelativeVariation <= Tolerances.Collapsed ? CollapseState.Collapsed
        : RelativeVariation <= Tolerances.NearlyCollapsed ? CollapseState.Nearly
        : double.IsNaN(RelativeVariation) ? CollapseState.Unknown
        : CollapseState.NotCollapsed;

    /// <summary>Whether DNC1 holds.</summary>
    public bool IsCollapsed => State == CollapseState.Collapsed;

    /// <summary>Judges features by their centroids.</summary>
    /// <param name="centroids">The centroids of the classes; some classes may be empty.</param>
    public static CollapseVerdict Of(ClassCentroids centroids)
    {
        ArgumentNullException.ThrowIfNull(centroids);
        return Of(centroids.WithinVariation, centroids.BetweenVariation);
    }

    /// <summary>Judges features by their variation within classes and between them.</summary>
    internal static CollapseVerdict Of(double within, double between) => new(within + between == 0 ? 0 : within / (within + between));

    /// <summary>The verdict on a relative variation that was measured before, such as that of a run's summary.</summary>
    /// <param name="relativeVariation">As <see cref="RelativeVariation"/>.</param>
    public static CollapseVerdict Of(double relativeVariation) => new(relativeVariation);
}
