using RankCollapse.Collapse;
using RankCollapse.LinearAlgebra;
using RankCollapse.Reporting.Panels;
using RankCollapse.Reporting.Text;

namespace RankCollapse.Reporting.Figures;

/// <summary>Gram matrices of the features of every layer, samples sorted by class.</summary>
internal sealed class GramMatricesFigure : RunFigure
{
    private const double FlatBelow = 1e-3;

    public override string Name => "gram-matrices";

    public override string Title => "Gram matrices of the features";

    public override string Reading =>
        "Inner products of all pairs of samples, class by class, each panel divided by its largest entry in size. Collapsed features show K×K flat blocks "
        + "(Proposition D.1).";

    public override string? Missing(RunMeasurements run) =>
        run.Layers.Any(l => Normalised(run, l, 1) is not null) ? null : "The features of every layer are zero or not finite.";

    public override IReadOnlyList<PanelBlock> Draw(RunMeasurements run)
    {
        int[] order = run.ThinnedOrder(run.Depth <= 5 ? RunMeasurements.MostPicturedSamples : run.Depth <= 10 ? 160 : 110);
        var pictures = run.Layers.Select(l => Normalised(run, l, order.Length)).ToList();
        string[] names = [.. order.Select(i => run.HasLabels ? $"class {run.Run.DataSet.Labels[i]}" : $"sample {i}")];
        var scale = new ColourScale("inner product / largest in the panel", Math.Min(0, pictures.Where(p => p is not null).Min(p => p!.Value.Lowest)), 1);
        return [new([.. pictures.Select((picture, i) => Of(i + 1, picture, scale, names))])];
    }

    public override string Sentence(RunMeasurements run)
    {
        if (!run.HasLabels) return "The samples have no classes, so blocks can only appear where the samples' order follows the structure of the data.";
        var distances = run.Layers.Select(l => (Layer: l, Value: DistanceFromBlocks(run, l))).Where(s => s.Value is not null).ToList();
        if (distances.Count == 0) return "No layer's Gram matrix could be compared with its blocks.";
        int[] flat = [.. distances.Where(s => s.Value <= FlatBelow).Select(s => s.Layer)];
        var worst = distances.MaxBy(s => s.Value);
        string rest = $"layer {worst.Layer} is farthest from them, {NumberText.Percent(worst.Value!.Value)} of its norm away";
        if (flat.Length == run.Depth) return "Every layer shows flat blocks, one for each pair of classes, to within 0.1 % of the matrix's norm.";
        if (flat.Length == 0) return $"No layer shows flat blocks; {rest}.";
        string layers = NumberText.Layers(flat);
        return $"{char.ToUpperInvariant(layers[0])}{layers[1..]} {(flat.Length == 1 ? "shows" : "show")} flat blocks, to within 0.1 % of the matrix's "
            + $"norm; {rest}.";
    }

    /// <summary>Relative distance of the Gram matrix of all samples from block structure, Proposition D.1; null where the features are not finite.</summary>
    internal static double? DistanceFromBlocks(RunMeasurements run, int layer)
    {
        Matrix features = run.Features(layer);
        if (!run.HasLabels || !System.Numerics.Tensors.TensorPrimitives.IsFiniteAll<double>(features.AsSpan())) return null;
        return BlockStructure.Measure(features, new Partition(run.Run.DataSet.Labels, run.Classes)).RelativeDeviation;
    }

    private static Matrix? Gram(RunMeasurements run, int layer, int[] order)
    {
        Matrix features = run.Features(layer);
        Matrix chosen = Matrix.FromEntries(features.Rows, order.Length, (i, j) => features[i, order[j]]);
        foreach (double value in chosen.AsSpan())
        {
            if (!double.IsFinite(value)) return null;
        }
        return Product.MultiplyTransposedLeft(chosen, chosen);
    }

    private static (Matrix Values, double Lowest, double Largest)? Normalised(RunMeasurements run, int layer, int most)
    {
        if (Gram(run, layer, run.ThinnedOrder(most)) is not { } gram) return null;
        double largest = 0;
        double lowest = 0;
        foreach (double value in gram.AsSpan())
        {
            largest = Math.Max(largest, Math.Abs(value));
            lowest = Math.Min(lowest, value);
        }
        return largest > 0 && double.IsFinite(largest) ? (gram, lowest / largest, largest) : null;
    }

    private static Panel Of(int layer, (Matrix Values, double Lowest, double Largest)? picture, ColourScale scale, string[] names)
    {
        var panel = new Panel { Title = $"layer {layer}", X = new Axis("sample, by class"), Y = new Axis("sample, by class") };
        return picture is { } known
            ? panel with { Detail = $"max {NumberText.Short(known.Largest)}", Heat = HeatMap.Picture(known.Values, known.Largest, scale, names) }
            : panel with { HasEqualAxes = true, Note = "zero or not finite" };
    }
}
