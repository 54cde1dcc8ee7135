using RankCollapse.Collapse;
using RankCollapse.LinearAlgebra;
using RankCollapse.Reporting.Panels;
using RankCollapse.Reporting.Text;

namespace RankCollapse.Reporting.Figures;

/// <summary>The features of every layer, projected to a random plane and coloured by class.</summary>
internal sealed class ProjectionsFigure : RunFigure
{
    private const int MostSamples = 600;

    public override string Name => "projections";

    public override string Title => "Features in a random plane";

    public override string Reading =>
        "Each layer's features, projected orthogonally to a plane drawn at random with the run's seed, each panel on its own scale around 0, whose end stands "
        + "beside its title; collapsed classes become single points.";

    public override string? Missing(RunMeasurements run) =>
        run.Layers.Any(l => Project(run, l) is not null) ? null : "The features of every layer are not finite.";

    public override IReadOnlyList<PanelBlock> Draw(RunMeasurements run)
    {
        int[] order = run.ThinnedOrder(MostSamples);
        return [new([.. run.Layers.Select(l => Of(run, l, order))])];
    }

    public override string Sentence(RunMeasurements run)
    {
        int[] collapsed = [.. run.Layers.Where(l => run.State(l) == CollapseState.Collapsed)];
        int[] open = [.. run.Layers.Where(l => run.State(l) is CollapseState.Nearly or CollapseState.NotCollapsed)];
        string points = run.Classes == 1 ? "a single point" : $"at most {run.Classes} points";
        if (collapsed.Length == 0 && open.Length == 0)
            return "Whether the layers have collapsed is not known, because their total cluster variation is missing.";
        if (collapsed.Length == 0)
            return $"No layer has collapsed: the samples still spread in {(open.Length == run.Depth ? "every layer" : NumberText.Layers(open))}.";
        string start = collapsed.Length == run.Depth ? "In every layer" : $"In {NumberText.Layers(collapsed)}";
        return $"{start} the {NumberText.Whole(run.Run.DataSet.SampleCount)} samples lie on {points}"
            + (open.Length == 0 ? "." : $"; in {NumberText.Layers(open)} they still spread.");
    }

    /// <summary>2×N coordinates of the features of a layer in its random plane; null where they are not finite.</summary>
    internal static Matrix? Project(RunMeasurements run, int layer)
    {
        Matrix features = run.Features(layer);
        Matrix plane = FeaturePlane.Random(features.Rows, run.Run.Configuration.Seed, layer).Project(features);
        foreach (double value in plane.AsSpan())
        {
            if (!double.IsFinite(value)) return null;
        }
        return plane;
    }

    private static Panel Of(RunMeasurements run, int layer, int[] order)
    {
        var panel = new Panel { Title = $"layer {layer}", HasEqualAxes = true, X = new Axis("first coordinate"), Y = new Axis("second coordinate") };
        if (Project(run, layer) is not { } plane) return panel with { Note = "not finite" };
        return panel with
        {
            Detail = $"± {NumberText.Short(plane.AsSpan().ToArray().Max(Math.Abs), 2)}",
            Series =
            [
                .. order.GroupBy(i => run.HasLabels ? run.Run.DataSet.Labels[i] : 0).OrderBy(group => group.Key)
                    .Select(group => Series.OfClass(group.Key, [.. group.Select(i => plane[0, i])],
                        [.. group.Select(i => plane[1, i])]) with { Name = run.HasLabels ? $"class {group.Key}" : "samples" }),
            ],
        };
    }
}
