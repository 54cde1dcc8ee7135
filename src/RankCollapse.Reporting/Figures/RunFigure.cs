using RankCollapse.Reporting.Panels;

namespace RankCollapse.Reporting.Figures;

/// <summary>A figure of a run: what it is called, how it is drawn and what there is to see in it.</summary>
public abstract class RunFigure
{
    /// <summary>The file's name without extension, also the figure's anchor in the report.</summary>
    public abstract string Name { get; }

    /// <summary>The figure's heading.</summary>
    public abstract string Title { get; }

    /// <summary>One line on what is drawn and how to read it.</summary>
    public abstract string Reading { get; }

    /// <summary>Why the figure cannot be drawn for this run; null where it can.</summary>
    public abstract string? Missing(RunMeasurements run);

    /// <summary>The panels; only where nothing is missing.</summary>
    public abstract IReadOnlyList<PanelBlock> Draw(RunMeasurements run);

    /// <summary>One plain sentence, computed from the run, on what to see.</summary>
    public abstract string Sentence(RunMeasurements run);

    /// <summary>All figures, in the report's order.</summary>
    public static Registry<RunFigure> All { get; } = new(
        "figure of a run",
        figure => figure.Name,
        new ObjectiveFigure(),
        new TotalClusterVariationFigure(),
        new NumericalRankFigure(),
        new RecordedMetricsFigure(),
        new FeatureSpectraFigure(),
        new GramMatricesFigure(),
        new ProjectionsFigure(),
        new WeightSpectraFigure());

    /// <summary>The figure as data; where something is missing it says so in place of panels.</summary>
    public Figure Of(RunMeasurements run) => Missing(run) is { } reason
        ? new Figure(Name, Title, reason, new PanelBlock { Heading = Title, Detail = reason })
        : new Figure(Name, Title, Reading, Draw(run)) { Finding = Sentence(run) };
}
