using RankCollapse.Formats;
using RankCollapse.LinearAlgebra;
using RankCollapse.Models.Formats;
using RankCollapse.Models.Reading;
using RankCollapse.Models.Weights;
using Convention = (string Stored, (string Name, int[] Shape, double[] Values)[] Beside, System.Func<int, int, double[], double> Weight);

namespace RankCollapse.Tests.Models.Weights;

public sealed class NamedLayersTests
{
    [Theory]
    [InlineData("W1", "20,784", LayerKind.Linear, 1)]
    [InlineData("model.layers.0.mlp.up_proj.weight", "20,5", LayerKind.Linear, 1)]
    [InlineData("model.embed_tokens.weight", "100,8", LayerKind.Embedding, 1)]
    [InlineData("transformer.wpe.weight", "100,8", LayerKind.Embedding, 1)]
    [InlineData("vit.pos_embed", "1,197,64", LayerKind.Embedding, 1)]
    [InlineData("vit.patch_embed.proj.weight", "64,3,16,16", LayerKind.Convolution, 1)]
    [InlineData("features.0.weight", "8,3,3,3", LayerKind.Convolution, 1)]
    [InlineData("features.1.depthwise.weight", "8,1,3,3", LayerKind.Convolution, 8)]
    [InlineData("encoder.dw_conv.weight", "8,1,5", LayerKind.Convolution, 8)]
    [InlineData("features.2.weight", "8,1,3,3", LayerKind.Convolution, 1)]
    [InlineData("moe.experts.w1", "4,8,6", LayerKind.Linear, 1)]
    public void NamesAndShapes_TellTheKind(string name, string shape, LayerKind kind, int groups)
    {
        WeightLayer layer = Assert.Single(NamedLayers.Find([Tensor(name, shape)]).Layers);
        Assert.Equal((kind, groups), (layer.Kind, layer.Groups));
    }

    [Theory]
    [InlineData("fc.bias", "20", ElementType.F32, "one dimension")]
    [InlineData("scale", "", ElementType.F32, "a single number")]
    [InlineData("attn.bias", "1,1,64,64", ElementType.F32, "a bias")]
    [InlineData("cls_token_vector", "1,1,64", ElementType.F32, "single vector")]
    [InlineData("position_ids", "1,512", ElementType.I64, "whole numbers")]
    [InlineData("empty.weight", "0,5", ElementType.F32, "empty")]
    [InlineData("odd", "2,2,2,2,2,2", ElementType.F32, "6 dimensions")]
    [InlineData("layers.0.mlp.down_proj.qweight", "20,8", ElementType.I32, "packed")]
    [InlineData("layers.0.mlp.down_proj.scales", "4,20", ElementType.F16, "scale")]
    [InlineData("layers.0.self_attn.q_proj.weight.absmax", "16,4", ElementType.F32, "packed")]
    [InlineData("layers.0.mlp.experts.gate_up_proj_blocks", "2,4,4,4", ElementType.U8, "packed")]
    [InlineData("layers.0.attn.causal_mask", "64,64", ElementType.F32, "mask")]
    [InlineData("layers.0.self_attn.rotary_emb.cos_cached", "64,32", ElementType.F32, "angles")]
    [InlineData("backbone.layers.0.mixer.A_log", "64,16", ElementType.F32, "angles")]
    [InlineData("base.layers.0.q_proj.lora_A.weight", "8,64", ElementType.F32, "low-rank update")]
    [InlineData("layers.0.k_proj.input_scale", "4,4", ElementType.F32, "scale")]
    public void OtherTensors_AreListedWithTheReason(string name, string shape, ElementType type, string reason)
    {
        LayersFound found = NamedLayers.Find([Tensor(name, shape, type)]);
        Assert.Empty(found.Layers);
        Assert.Contains(reason, Assert.Single(found.Skipped).Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("encoder/layer_0/attention/query/kernel", "64,4,16", 64, 64, WeightLayout.InputFirst)]
    [InlineData("encoder.layer_0.attention.out.kernel", "4,16,48", 64, 48, WeightLayout.InputFirst)]
    [InlineData("mha/attention_output/kernel:0", "4,16,48", 64, 48, WeightLayout.InputFirst)]
    [InlineData("block/attn/qkv/kernel", "64,3,4,16", 64, 192, WeightLayout.InputFirst)]
    public void KernelsByHeads_AreOneMatrix(string name, string shape, long rows, long columns, WeightLayout layout)
    {
        WeightLayer layer = NamedLayers.Find([Tensor(name, shape)]).Layers[0];
        Assert.Equal((LayerKind.Linear, layout), (layer.Kind, layer.Layout));
        Assert.Equal([rows, columns], layer.Tensor.Shape);
    }

    [Fact]
    public void Layout_IsWhatTheBiasSays_AndThatOfItsFellowsWhereSquare()
    {
        LayersFound found = NamedLayers.Find(
        [
            Tensor("h.0.attn.c_proj.weight", "8,8"), Tensor("h.0.attn.c_proj.bias", "8"), Tensor("h.0.mlp.c_fc.weight", "8,32"),
            Tensor("h.0.mlp.c_fc.bias", "32"),
            Tensor("head.weight", "5,8"), Tensor("head.bias", "5"),
        ]);
        Assert.Equal([WeightLayout.InputFirst, WeightLayout.InputFirst, WeightLayout.OutputFirst], found.Layers.Select(layer => layer.Layout));
    }

    [Theory]
    [InlineData("h.0.attn.c_attn.weight", "8,24", "24")]
    [InlineData("blocks.0.attn.qkv.weight", "24,8", "24")]
    public void FusedProducts_AreOneAndThree(string name, string shape, string bias)
    {
        using var folder = new TemporaryFolder();
        double[] values = [.. Enumerable.Range(0, 192).Select(i => Math.Sin(i * i))];
        Matrix stored = new(values, 0, shape.StartsWith('8') ? 8 : 24, shape.StartsWith('8') ? 24 : 8);
        new SafetensorsWriter().Add(name, stored).AddVector(name.Replace("weight", "bias", StringComparison.Ordinal), new Matrix(int.Parse(bias), 1))
            .Write(folder.File("model.safetensors"));
        using ModelTensors model = ModelFormats.Open(folder.File("model.safetensors"));
        IReadOnlyList<WeightLayer> layers = NamedLayers.Find(model.Tensors).Layers;
        Assert.Equal([null, name, name, name], layers.Select(layer => layer.PartOf));
        Matrix whole = stored.Rows == 24 ? stored : stored.Transpose();
        for (int part = 0; part < 3; part++)
        {
            Matrix cut = LayerMatrices.Blocks(layers[part + 1], LayerMatrices.Read(model, layers[part + 1]), ConvolutionView.Unfolded).Single();
            double[] expected = SingularValueDecomposition.SingularValues(whole.Block(8 * part, 0, 8, 8));
            double[] found = SingularValueDecomposition.SingularValues(cut);
            for (int i = 0; i < 8; i++) Assert.Equal(expected[i], found[i], 1e-12 * expected[0]);
        }
    }

    public static TheoryData<string> Conventions => [.. Beside.Keys];

    /// <summary>What stands beside a stored tensor of 6×4 numbers v, and the weights that the network multiplies with.</summary>
    private static Dictionary<string, Convention> Beside { get; } = new()
    {
        ["weight normalisation"] = ("fc.weight_v", [("fc.weight_g", [6, 1], [1, 2, 3, 4, 5, 6])], (i, j, v) => (i + 1) * v[(4 * i) + j] / RowNorm(v, i)),
        ["weight normalisation, whole"] = ("fc.weight_v", [("fc.weight_g", [], [2.5])], (i, j, v) => 2.5 * v[(4 * i) + j] / Math.Sqrt(v.Sum(x => x * x))),
        ["parametrised norm"] = ("fc.parametrizations.weight.original1", [("fc.parametrizations.weight.original0", [6, 1], [1, 2, 3, 4, 5, 6])],
            (i, j, v) => (i + 1) * v[(4 * i) + j] / RowNorm(v, i)),
        ["spectral normalisation"] = ("fc.weight_orig", [("fc.weight_u", [6], [1, 0, 0, 0, 0, 1]), ("fc.weight_v", [4], [0, 1, 0, 0])],
            (i, j, v) => v[(4 * i) + j] / (v[1] + v[21])),
        ["parametrised spectral norm"] = ("fc.parametrizations.weight.original",
            [("fc.parametrizations.weight.0._u", [6], [1, 0, 0, 0, 0, 1]), ("fc.parametrizations.weight.0._v", [4], [0, 1, 0, 0])],
            (i, j, v) => v[(4 * i) + j] / (v[1] + v[21])),
        ["update"] = ("q_proj.weight", [("q_proj.lora_A.weight", [2, 4], [1, 2, 3, 4, 0, 1, 0, 1]),
            ("q_proj.lora_B.weight", [6, 2], [1, 0, 0, 1, 1, 1, 2, 0, 0, 2, 1, 0]), ("q_proj.alpha", [], [4])],
            (i, j, v) => v[(4 * i) + j] + (2 * ((new double[] { 1, 0, 1, 2, 0, 1 }[i] * (j + 1)) + (new double[] { 0, 1, 1, 0, 2, 0 }[i] * (j % 2))))),
    };

    [Theory]
    [MemberData(nameof(Conventions))]
    public void WhatStandsBesideAWeight_IsApplied(string convention)
    {
        (string stored, (string Name, int[] Shape, double[] Values)[] beside, Func<int, int, double[], double> weight) = Beside[convention];
        using var folder = new TemporaryFolder();
        double[] values = [.. Enumerable.Range(0, 24).Select(i => Math.Sin((3 * i) + 1))];
        var arrays = new Dictionary<string, NpyArray> { [stored] = new NpyArray([6, 4], values) };
        foreach ((string name, int[] shape, double[] numbers) in beside) arrays[name] = new NpyArray(shape, numbers);
        NpzFile.Write(folder.File("model.npz"), arrays);
        using ModelTensors model = ModelFormats.Open(folder.File("model.npz"));
        LayersFound found = NamedLayers.Find(model.Tensors);
        WeightLayer layer = Assert.Single(found.Layers);
        double[] read = LayerMatrices.Read(model, layer);
        for (int i = 0; i < 6; i++)
            for (int j = 0; j < 4; j++) Assert.Equal(weight(i, j, values), read[(4 * i) + j], 1e-12);
        Assert.Equal(beside.Length, found.Skipped.Count);
        Assert.All(found.Skipped, tensor => Assert.Contains("applied to", tensor.Reason, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("fc.weight", "fc.weight_scale", "")]
    [InlineData("fc.weight", "fc.weight_scale_inv", "1,1")]
    [InlineData("fc.weight", "fc.scale_weight", "1")]
    [InlineData("fc.weight", "fc.weight_scale", "6,1")]
    [InlineData("fc.weight", "fc.weight_scale", "6")]
    [InlineData("fc.weight", "fc.weight_scale_inv", "3,2")]
    [InlineData("experts.gate_up_proj", "experts.gate_up_proj_scale", "1")]
    public void ScalesOfEightBits_AreApplied(string name, string scale, string shape)
    {
        long[] sizes = [.. shape.Split(',', StringSplitOptions.RemoveEmptyEntries).Select(long.Parse)];
        int count = (int)sizes.Aggregate(1L, (a, b) => a * b);
        double[] scales = [.. Enumerable.Range(0, count).Select(i => 0.001 * (i + 1))];
        TensorEntry weight = Tensor(name, "6,4", ElementType.F8_E4M3);
        WeightLayer layer = Assert.Single(NamedLayers.Find([weight, new TensorEntry(scale, ElementType.F32, sizes)]).Layers);
        double[] applied = layer.Applied!.Apply([.. Enumerable.Range(0, 24).Select(i => (double)i)], [scales]);
        for (int i = 0; i < 24; i++)
        {
            (int row, int column) = (i / 4, i % 4);
            double expected = count switch { 1 => scales[0], 6 when sizes[^1] != 2 => scales[row], _ => scales[(row / 2 * 2) + (column / 2)] };
            Assert.Equal(i * expected, applied[i], 1e-15);
        }
    }

    private static double RowNorm(double[] v, int i) => Math.Sqrt(Enumerable.Range(0, 4).Sum(j => v[(4 * i) + j] * v[(4 * i) + j]));

    private static TensorEntry Tensor(string name, string shape, ElementType type = ElementType.F32) =>
        new(name, type, [.. shape.Split(',', StringSplitOptions.RemoveEmptyEntries).Select(long.Parse)]);
}
