using RankCollapse.Reporting.Panels;
using RankCollapse.Reporting.Rendering;

namespace RankCollapse.Reporting.Figures;

/// <summary>A figure of a run: what it is called, how it is drawn and what there is to see in it.</summary>
internal abstract class RunFigure
{
    /// <summary>The file's name without extension, also the figure's anchor in the report.</summary>
    public abstract string Name { get; }

    /// <summary>The figure's heading.</summary>
    public abstract string Title { get; }

    /// <summary>One line on what is drawn and how to read it.</summary>
    public abstract string Reading { get; }

    /// <summary>Why the figure cannot be drawn for this run; null where it can.</summary>
    public abstract string? Missing(RunMeasurements run);

    /// <summary>The picture; only where nothing is missing. Figures over epochs are always of full width.</summary>
    public abstract FigureDrawing Draw(RunMeasurements run, FigureWidth width);

    /// <summary>One plain sentence, computed from the run, on what to see.</summary>
    public abstract string Sentence(RunMeasurements run);

    /// <summary>All figures, in the report's order.</summary>
    public static IReadOnlyList<RunFigure> All { get; } =
    [
        new ObjectiveFigure(),
        new TotalClusterVariationFigure(),
        new NumericalRankFigure(),
        new FeatureSpectraFigure(),
        new GramMatricesFigure(),
        new ProjectionsFigure(),
        new WeightSpectraFigure(),
    ];

    /// <summary>The picture, or a small one that says why there is none.</summary>
    public FigureDrawing DrawOrExplain(RunMeasurements run) =>
        Missing(run) is { } reason ? Explain(reason) : Draw(run, FigureWidth.Full);

    private FigureDrawing Explain(string reason) => new(FigureDrawing.FullWidth, 80, Title, reason, canvas =>
    {
        FigureText.Write(canvas, Title, 16, 32, FigureText.TitleSize, bold: true);
        FigureText.Write(canvas, reason, 16, 54, FigureText.LabelSize, FigurePalette.Muted);
    });
}
