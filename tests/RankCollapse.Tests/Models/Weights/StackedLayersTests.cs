using RankCollapse.Formats;
using RankCollapse.Models.Reading;
using RankCollapse.Models.Weights;

namespace RankCollapse.Tests.Models.Weights;

public sealed class StackedLayersTests
{
    private const int Layers = 3;

    /// <summary>A module that is scanned over: its tensors have the number of layers first, or second.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void TensorsOfScannedModules_AreAMatrixForEachLayer(int axis)
    {
        TensorEntry[] tensors =
        [
            Stack("Transformer/encoderblock/LayerNorm_0/scale", axis, 6), Stack("Transformer/encoderblock/LayerNorm_0/bias", axis, 6),
            Stack("Transformer/encoderblock/Attention_0/query/kernel", axis, 6, 2, 3), Stack("Transformer/encoderblock/Attention_0/query/bias", axis, 2, 3),
            Stack("Transformer/encoderblock/Attention_0/out/kernel", axis, 2, 3, 6), Stack("Transformer/encoderblock/MlpBlock_0/Dense_0/kernel", axis, 6, 8),
            Entry("Transformer/encoder_norm/scale", 6), Entry("head/kernel", 6, 10),
        ];
        LayersFound found = NamedLayers.Find(tensors);
        Assert.Equal(["3×6×6", "3×6×6", "3×6×8", "6×10"], found.Layers.Select(layer => layer.Tensor.ShapeText));
        Assert.All(found.Layers, layer => Assert.Equal((LayerKind.Linear, WeightLayout.InputFirst), (layer.Kind, layer.Layout)));
        Assert.Equal(4, found.Skipped.Count);
        foreach (WeightLayer layer in found.Layers.SkipLast(1)) AssertEachLayer(layer, axis, (one, i) => i);
    }

    [Fact]
    public void ScannedConvolutions_AreAGroupForEachLayer()
    {
        const int positions = 9, inputs = 2, outputs = 4;
        LayersFound found = NamedLayers.Find([Stack("net/Block/Conv_0/kernel", 0, 3, 3, inputs, outputs), Stack("net/Block/Conv_0/bias", 0, outputs)]);
        WeightLayer layer = Assert.Single(found.Layers);
        Assert.Equal((LayerKind.Convolution, WeightLayout.OutputFirst, Layers), (layer.Kind, layer.Layout, layer.Groups));
        Assert.Equal("12×2×3×3", layer.Tensor.ShapeText);
        AssertEachLayer(layer, 0, (_, i) => (i % positions * inputs * outputs) + (i / positions % inputs * outputs) + (i / positions / inputs));
    }

    [Fact]
    public void KernelsByHeadsFirst_AreReorderedInEachLayer()
    {
        const int heads = 2, inputs = 5, size = 3;
        LayersFound found = NamedLayers.Find([Stack("llm/layers/q_einsum/w", 0, heads, inputs, size), Stack("llm/layers/norm/scale", 0, inputs)]);
        WeightLayer layer = Assert.Single(found.Layers);
        Assert.Equal("3×5×6", layer.Tensor.ShapeText);
        AssertEachLayer(layer, 0, (_, i) => (i % 6 / size * inputs * size) + (i / 6 * size) + (i % size));
    }

    [Fact]
    public void ScanningNames_NeedNoBias()
    {
        WeightLayer layer = Assert.Single(NamedLayers.Find([Stack("net/ScanBlock_0/Dense_0/kernel", 0, 4, 5)]).Layers);
        Assert.Equal((LayerKind.Linear, "3×4×5"), (layer.Kind, layer.Tensor.ShapeText));
    }

    [Fact]
    public void BiasesByHeads_AreNoEvidence()
    {
        LayersFound found = NamedLayers.Find([Entry("attn/query/kernel", 8, 8, 8), Entry("attn/query/bias", 8, 8)]);
        Assert.Equal("8×64", Assert.Single(found.Layers).Tensor.ShapeText);
    }

    private static TensorEntry Entry(string name, params long[] shape) => new(name, ElementType.F32, shape);

    private static TensorEntry Stack(string name, int axis, params long[] one) =>
        Entry(name, axis == 0 ? [Layers, .. one] : [one[0], Layers, .. one.Skip(1)]);

    /// <summary>Each layer has its own numbers, of which the number i of the result was stored where is said.</summary>
    private static void AssertEachLayer(WeightLayer layer, int axis, Func<int, int, int> from)
    {
        int size = (int)(layer.Tensor.Count / Layers), first = layer.Name.Contains("out/", StringComparison.Ordinal) ? 2 : 6, rest = size / first;
        var stored = new double[layer.Tensor.Count];
        for (int one = 0; one < Layers; one++)
        {
            // The second dimension counts layers after one index of the first.
            for (int i = 0; i < size; i++) stored[axis == 0 ? (one * size) + i : (((i / rest * Layers) + one) * rest) + (i % rest)] = (1000 * one) + i;
        }
        double[] read = layer.Applied?.Apply(stored, []) ?? stored;
        for (int i = 0; i < read.Length; i++) Assert.Equal((1000 * (i / size)) + from(i / size, i % size), read[i]);
    }
}
