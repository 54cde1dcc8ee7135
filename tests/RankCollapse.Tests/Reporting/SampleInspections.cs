using RankCollapse.Collapse;
using RankCollapse.Formats;
using RankCollapse.Models;
using RankCollapse.Models.Features;
using RankCollapse.Models.Formats;
using RankCollapse.Models.Reading;
using RankCollapse.Models.Weights;

namespace RankCollapse.Tests.Reporting;

/// <summary>Inspections as models give them, made by hand.</summary>
internal static class SampleInspections
{
    /// <summary>A collapsed layer, a full one, a grouped convolution, one of zeros, and a name that would be HTML.</summary>
    public static Inspection Usual() => new()
    {
        Path = "model.onnx",
        Format = ModelFormats.All.Parse("onnx"),
        Options = new InspectionOptions { Classes = 3 },
        Layers =
        [
            Layer("collapsed.weight", LayerKind.Linear, 40, 60, 1, i => i < 3 ? 5 - i : 1e-9 / (i + 1)),
            Layer("full.weight", LayerKind.Linear, 50, 50, 1, i => 10.0 / (i + 1)),
            Layer("conv.weight", LayerKind.Convolution, 4, 18, 3, i => 2 - (0.1 * i)),
            Layer("zero.weight", LayerKind.Linear, 5, 5, 1, _ => 0),
            Layer("<script>alert(1)</script>", LayerKind.Embedding, 30, 8, 1, i => 1 + (1.0 / (i + 1))),
        ],
        Skipped = [new SkippedTensor("fc.bias", "it has one dimension: a bias, a scale or a running statistic"),
            new SkippedTensor("<b>bold</b>", "it is a single number")],
    };

    /// <summary>A layer of full rank, and the two factors of one of rank 10.</summary>
    public static Inspection Factored() => Usual() with
    {
        Layers =
        [
            Layer("fc1.weight", LayerKind.Linear, 64, 784, 1, i => 3 - (0.01 * i)),
            Layer("fc2.weight.down", LayerKind.Linear, 10, 64, 1, i => 2 - (0.1 * i)),
            Layer("fc2.weight.up", LayerKind.Linear, 64, 10, 1, i => 2 - (0.1 * i)),
            Layer("fc3.weight", LayerKind.Linear, 10, 64, 1, i => 2 - (0.1 * i)),
        ],
        Skipped = [],
    };

    /// <summary>The same with features: of one layer, and of a value that no layer computes.</summary>
    public static Inspection WithFeatures()
    {
        LayerFeatures Of(string layer, double value) =>
            new(layer, layer + "_output", new Dictionary<string, double?> { ["nc1Quotient"] = value, ["nc3SelfDualityDeviation"] = null },
                new Dictionary<string, string> { ["nc3SelfDualityDeviation"] = "it is not the last layer" });
        return Usual().WithFeatures([Of("full.weight", 0.25), Of("sum", 0.75)]);
    }

    /// <summary>So many layers that charts and table are long.</summary>
    public static Inspection Large() => Usual() with
    {
        Layers = [.. Enumerable.Range(0, 150)
            .Select(k => Layer($"blocks.{k}.attention.projection.weight", LayerKind.Linear, 64, 64, 1, i => Math.Exp(-i * (k + 1) / 500.0)))],
    };

    private static InspectedLayer Layer(string name, LayerKind kind, int rows, int columns, int count, Func<int, double> value)
    {
        var layer = new WeightLayer
        {
            Name = name,
            Tensor = new TensorEntry(name, ElementType.F32, [rows * count, columns]),
            Kind = kind,
            Layout = WeightLayout.OutputFirst,
            Groups = count,
            Evidence = "by hand",
            Nodes = ["node_" + name],
        };
        double[][] blocks = [.. Enumerable.Range(0, count).Select(_ => Enumerable.Range(0, Math.Min(rows, columns)).Select(value).ToArray())];
        return new InspectedLayer(layer, WeightSpectrum.Of(blocks, new BlockShape(rows, columns, count)), Seconds: 0.1);
    }
}
