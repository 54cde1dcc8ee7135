using RankCollapse.Collapse;
using RankCollapse.LinearAlgebra;
using RankCollapse.Reporting.Panels;
using RankCollapse.Reporting.Rendering;
using RankCollapse.Reporting.Text;
using ScottPlot;
using SkiaSharp;

namespace RankCollapse.Reporting.Figures;

/// <summary>The features of every layer, projected to a random plane and coloured by class.</summary>
internal sealed class ProjectionsFigure : RunFigure
{
    private const int MostSamples = 600;
    private static readonly MarkerShape[] Shapes = [MarkerShape.FilledCircle, MarkerShape.FilledTriangleUp, MarkerShape.FilledSquare];
    private static readonly LegendKey[] Keys = [LegendKey.Dot, LegendKey.Triangle, LegendKey.Square];

    public override string Name => "projections";

    public override string Title => "Features in a random plane";

    public override string Reading => "Each layer's features, projected orthogonally to a plane drawn at random with the run's seed, each panel on its own scale; collapsed classes become single points.";

    public override string? Missing(RunMeasurements run) =>
        run.Layers.Any(l => Project(run, l) is not null) ? null : "The features of every layer are not finite.";

    public override FigureDrawing Draw(RunMeasurements run, FigureWidth width)
    {
        var grid = new PanelGrid(run.Depth, width, 4, 4, run.HasLabels ? 8 + (20 * LegendRows(run, width)) : 4, 4);
        return new(grid.Width, grid.Height, Title, Reading, canvas =>
        {
            if (run.HasLabels) Legend(canvas, run, LegendColumns(width));
            for (int l = 1; l <= run.Depth; l++) Panel(canvas, run, l, grid.Area(l - 1));
        });
    }

    public override string Sentence(RunMeasurements run)
    {
        int[] collapsed = [.. run.Layers.Where(l => run.State(l) == CollapseState.Collapsed)];
        int[] open = [.. run.Layers.Where(l => run.State(l) is CollapseState.Nearly or CollapseState.NotCollapsed)];
        string points = run.Classes == 1 ? "a single point" : $"at most {run.Classes} points";
        if (collapsed.Length == 0 && open.Length == 0) return "Whether the layers have collapsed is not known, because their total cluster variation is missing.";
        if (collapsed.Length == 0) return $"No layer has collapsed: the samples still spread in {(open.Length == run.Depth ? "every layer" : NumberText.Layers(open))}.";
        string start = collapsed.Length == run.Depth ? "In every layer" : $"In {NumberText.Layers(collapsed)}";
        return $"{start} the {NumberText.Whole(run.Run.DataSet.SampleCount)} samples lie on {points}" + (open.Length == 0 ? "." : $"; in {NumberText.Layers(open)} they still spread.");
    }

    /// <summary>2×N coordinates of the features of a layer in its random plane; null where they are not finite.</summary>
    internal static Matrix? Project(RunMeasurements run, int layer)
    {
        Matrix features = run.Features(layer);
        var random = new RandomStream(run.Run.Configuration.Seed, RandomPurpose.Sampling, layer);
        Matrix basis = Matrix.FromEntries(2, features.Rows, (_, _) => random.NextGaussian());
        Orthonormalise(basis);
        Matrix plane = Product.Multiply(basis, features);
        foreach (double value in plane.AsSpan())
        {
            if (!double.IsFinite(value)) return null;
        }
        return plane;
    }

    private static void Orthonormalise(Matrix basis)
    {
        Normalise(basis.Row(0));
        double overlap = System.Numerics.Tensors.TensorPrimitives.Dot<double>(basis.Row(0), basis.Row(1));
        for (int j = 0; j < basis.Columns; j++) basis[1, j] -= overlap * basis[0, j];
        // One coordinate has no plane; the second axis is then empty.
        if (basis.Columns == 1) basis.Row(1).Clear();
        else Normalise(basis.Row(1));
    }

    private static void Normalise(Span<double> vector)
    {
        double norm = System.Numerics.Tensors.TensorPrimitives.Norm<double>(vector);
        if (norm > 0) System.Numerics.Tensors.TensorPrimitives.Divide(vector, norm, vector);
    }

    private static void Panel(SKCanvas canvas, RunMeasurements run, int layer, SKRect area)
    {
        using var panel = new PlotPanel($"layer {layer}", "", "");
        if (Project(run, layer) is not { } plane)
        {
            AxisRange empty = new(0, 1, new ScottPlot.TickGenerators.NumericManual());
            panel.SetAxes(empty, empty);
            panel.AddNote(0.5, 0.5, "not finite");
            panel.Render(canvas, area, new Margins(34, 6, 22, 22));
            return;
        }
        int[] order = run.ThinnedOrder(MostSamples);
        double half = Math.Max(1e-300, 1.12 * plane.AsSpan().ToArray().Max(Math.Abs));
        AxisRange axis = new(-half, half, AxisTicks.Symmetric(half));
        panel.SetAxes(axis, axis);
        foreach (var group in order.GroupBy(i => run.HasLabels ? run.Run.DataSet.Labels[i] : 0))
        {
            panel.AddMarkers(
                [.. group.Select(i => plane[0, i])],
                [.. group.Select(i => plane[1, i])],
                FigurePalette.Kind(group.Key),
                run.Run.DataSet.SampleCount > 100 ? 4.2f : 5.5f,
                Shapes[group.Key / FigurePalette.KindCount % Shapes.Length]);
        }
        panel.Render(canvas, area, new Margins(34, 6, 22, 22));
    }

    private static int LegendColumns(FigureWidth width) => width == FigureWidth.Full ? 8 : 4;

    private static int LegendRows(RunMeasurements run, FigureWidth width) =>
        (Math.Min(run.Classes, 3 * FigurePalette.KindCount) + LegendColumns(width) - 1) / LegendColumns(width);

    private static void Legend(SKCanvas canvas, RunMeasurements run, int columns)
    {
        int shown = Math.Min(run.Classes, 3 * FigurePalette.KindCount);
        for (int k = 0; k < shown; k++)
        {
            string text = k == shown - 1 && shown < run.Classes ? $"{k} … {run.Classes - 1}" : $"class {k}";
            new LegendEntry(text, FigurePalette.Kind(k), Keys[k / FigurePalette.KindCount % Keys.Length])
                .DrawKey(canvas, 8 + (k % columns * 83), 11 + (k / columns * 20));
            FigureText.Write(canvas, text, 8 + (k % columns * 83) + 22, 15 + (k / columns * 20));
        }
    }
}
