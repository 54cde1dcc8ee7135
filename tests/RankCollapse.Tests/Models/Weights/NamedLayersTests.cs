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
    [InlineData("mlp.switch_mlp.gate_proj.weight", "4,8,6", LayerKind.Linear, 1)]
    [InlineData("blk.0.ffn_gate_exps.weight", "4,8,6", LayerKind.Linear, 1)]
    [InlineData("layer.w", "4,8,300", LayerKind.Linear, 1)]
    [InlineData("adapter.stack", "4,8,6", LayerKind.Linear, 1)]
    [InlineData("features.3.weight", "4,8,6", LayerKind.Convolution, 1)]
    [InlineData("conv1_w", "4,8,6", LayerKind.Convolution, 1)]
    [InlineData("stft.conv.weight", "4,8,300", LayerKind.Convolution, 1)]
    [InlineData("shared.weight", "100,8", LayerKind.Embedding, 1)]
    [InlineData("SelfAttention.relative_attention_bias.weight", "32,8", LayerKind.Embedding, 1)]
    [InlineData("time_embedding.linear_1.weight", "20,5", LayerKind.Linear, 1)]
    [InlineData("blocks.0.mlp_tokens.fc1.weight", "20,5", LayerKind.Linear, 1)]
    [InlineData("MixerBlock_0/token_mixing/Dense_0/kernel", "20,5", LayerKind.Linear, 1)]
    [InlineData("sep/depthwise_kernel:0", "3,3,10,2", LayerKind.Convolution, 10)]
    [InlineData("block/dwconv/kernel", "7,7,1,12", LayerKind.Convolution, 12)]
    [InlineData("layers/conv2d/vars/0", "3,3,5,6", LayerKind.Convolution, 1)]
    [InlineData("net/~/conv2_d/w", "3,3,5,6", LayerKind.Convolution, 1)]
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
    [InlineData("layers.0.q_proj.biases", "16,2", ElementType.F16, "packed")]
    [InlineData("layers.0.q_proj.codebooks", "2,8,1,8", ElementType.F16, "packed")]
    [InlineData("layers.0.weight_quantizer._amax", "16,1", ElementType.F32, "scale")]
    [InlineData("unet.to_q.lora.down.weight", "4,16", ElementType.F32, "low-rank update")]
    [InlineData("lora_unet_to_q.dora_scale", "1,16", ElementType.F32, "low-rank update")]
    [InlineData("fc.parametrizations.weight.0.base", "6,6", ElementType.F32, "parametrisation")]
    [InlineData("pos_encoder.pe", "50,1,16", ElementType.F32, "angles")]
    [InlineData("model.rope.freqs_cos", "50,16", ElementType.F32, "angles")]
    [InlineData("blocks.0.att.time_decay", "4,16", ElementType.F32, "angles")]
    [InlineData("mha/query/bias:0", "4,16", ElementType.F32, "a bias")]
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
    [InlineData("layers/mha/query_dense/vars/0", "64,4,16", 64, 64, WeightLayout.InputFirst)]
    [InlineData("layers/mha/output_dense/vars/0", "4,16,48", 64, 48, WeightLayout.InputFirst)]
    [InlineData("layer_0/attn/q_einsum/w", "4,96,24", 96, 96, WeightLayout.InputFirst)]
    [InlineData("layer_0/attn/kv_einsum/w", "2,1,96,24", 96, 48, WeightLayout.InputFirst)]
    public void KernelsByHeads_AreOneMatrix(string name, string shape, long rows, long columns, WeightLayout layout)
    {
        WeightLayer layer = NamedLayers.Find([Tensor(name, shape)]).Layers[0];
        Assert.Equal((LayerKind.Linear, layout), (layer.Kind, layer.Layout));
        Assert.Equal([rows, columns], layer.Tensor.Shape);
    }

    [Theory]
    [InlineData("layer_0/attn/q_einsum/w", new[] { 2, 5, 3 }, 5, 6)]
    [InlineData("sep/depthwise_kernel", new[] { 2, 2, 3, 2 }, 6, 4)]
    public void NumbersInAnotherOrder_ArePutInOrder(string name, int[] shape, int rows, int columns)
    {
        WeightLayer layer = NamedLayers.Find([Tensor(name, string.Join(',', shape))]).Layers[0];
        double[] stored = [.. Enumerable.Range(0, rows * columns).Select(i => (double)i)], read = layer.Applied!.Apply(stored, []);
        for (int i = 0; i < rows; i++)
        {
            for (int j = 0; j < columns; j++)
            {
                // [heads, in, size] to [in, heads·size]; [positions, outputs] to [outputs, positions].
                int from = shape.Length == 3 ? (j / 3 * 15) + (i * 3) + (j % 3) : (j * rows) + i;
                Assert.Equal(stored[from], read[(i * columns) + j]);
            }
        }
    }

    [Theory]
    [InlineData("fc.weight", "fc.weight_scale")]
    [InlineData("fc.weight", "fc.scale_weight")]
    public void EightBitsWhoseScaleDoesNotFit_AreListed(string name, string scale)
    {
        LayersFound found = NamedLayers.Find([Tensor(name, "20,12", ElementType.F8_E4M3), Tensor(scale, "7")]);
        Assert.Empty(found.Layers);
        Assert.Contains("do not fit", found.Skipped[0].Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void WeightsOfTheShapeOfTheirBias_ScaleNumberByNumber()
    {
        LayersFound found = NamedLayers.Find(
            [Tensor("ln.weight", "6,5"), Tensor("ln.bias", "6,5"), Tensor("n.weight", "3,6,5"), Tensor("n.bias", "3,6,5"), Tensor("fc.weight", "3,30")]);
        Assert.Equal("fc.weight", Assert.Single(found.Layers).Name);
        Assert.Contains("number by number", found.Skipped[0].Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void NeighboursTellDepthwiseAndTransposedConvolutions()
    {
        LayersFound found = NamedLayers.Find(
        [
            Tensor("features.0.weight", "12,3,4,4"), Tensor("features.1.weight", "12,1,7,7"), Tensor("mixer.A_log", "16,4"),
            Tensor("mixer.in_proj.weight", "32,8"), Tensor("mixer.conv1d.weight", "16,1,4"), Tensor("ups.0.weight", "8,5,4"), Tensor("ups.0.bias", "5"),
        ]);
        Assert.Equal([1, 12, 1, 16, 1], found.Layers.Select(layer => layer.Groups));
        Assert.Equal(LayerKind.TransposedConvolution, found.Layers[^1].Kind);
    }

    [Theory]
    [InlineData("attn.to_qkv.weight", "48,8", "48×8, 16×8 query, 16×8 key, 16×8 value")]
    [InlineData("attn.to_kv.weight", "32,8", "32×8, 16×8 key, 16×8 value")]
    [InlineData("self_attn.W_pack.weight", "24,8", "24×8, 8×8 query, 8×8 key, 8×8 value")]
    [InlineData("h.0.attn.c_attn.weight", "8,24", "8×24, 8×8 query, 8×8 key, 8×8 value")]
    [InlineData("self_attn.qkv_proj.weight", "40,8", "40×8")]
    [InlineData("attention.query_key_value.weight", "24,8", "24×8")]
    public void FusedProducts_HavePartsWhereTheirSizesAreKnown(string name, string shape, string parts)
    {
        IEnumerable<WeightLayer> layers = NamedLayers.Find([Tensor(name, shape)]).Layers;
        Assert.Equal(parts, string.Join(", ", layers.Select(layer => $"{layer.Tensor.ShapeText} {layer.Name[name.Length..].Trim('[', ']')}".Trim())));
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
        ["weight normalisation of a gate"] = ("lstm.weight_hh_l0_v", [("lstm.weight_hh_l0_g", [6, 1], [1, 2, 3, 4, 5, 6])],
            (i, j, v) => (i + 1) * v[(4 * i) + j] / RowNorm(v, i)),
        ["spectral normalisation, one vector"] = ("fc.weight_orig", [("fc.weight_u", [6], [0, 1, 0, 0, 0, 0])], (i, j, v) => v[(4 * i) + j] / RowNorm(v, 1)),
        ["pruning"] = ("fc.weight_orig", [("fc.weight_mask", [6, 4], [.. Enumerable.Range(0, 24).Select(i => i % 3 == 0 ? 0.0 : 1)])],
            (i, j, v) => ((4 * i) + j) % 3 == 0 ? 0 : v[(4 * i) + j]),
        ["magnitude of rows"] = ("q.base_layer.weight", [("q.lora_A.default.weight", [1, 4], [0, 0, 0, 0]), ("q.lora_B.default.weight", [6, 1], new double[6]),
            ("q.lora_alpha", [], [4]), ("q.lora_magnitude_vector.default.weight", [6], [1, 2, 3, 4, 5, 6])],
            (i, j, v) => (i + 1) * v[(4 * i) + j] / RowNorm(v, i)),
        ["magnitude of columns"] = ("q.weight", [("q.lora_down.weight", [1, 4], [0, 0, 0, 0]), ("q.lora_up.weight", [6, 1], new double[6]),
            ("q.alpha", [1], [4]), ("q.dora_scale", [1, 4], [1, 2, 3, 4])], (i, j, v) => (j + 1) * v[(4 * i) + j] / ColumnNorm(v, j)),
        ["update of a table"] = ("wte.base_layer.weight", [("wte.lora_embedding_A.mine", [1, 6], [1, 2, 3, 4, 5, 6]),
            ("wte.lora_embedding_B.mine", [4, 1], [1, 0, 2, 3]), ("wte.lora_alpha", [], [3])],
            (i, j, v) => v[(4 * i) + j] + (3 * (i + 1) * new double[] { 1, 0, 2, 3 }[j])),
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
    [InlineData("fc.weight", "fc.scale", "3,2")]
    [InlineData("fc.weight", "fc.scales", "6")]
    [InlineData("fc.weight._data", "fc.weight._scale", "6,1")]
    [InlineData("fc.weight", "fc.weight_scale", "1,4")]
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
            double expected = count switch
            {
                1 => scales[0],
                6 when sizes[^1] != 2 => scales[row],
                4 => scales[column],
                _ => scales[(row / 2 * 2) + (column / 2)],
            };
            Assert.Equal(i * expected, applied[i], 1e-15);
        }
    }

    [Theory]
    [InlineData("4,2,2")]
    [InlineData("4,192")]
    [InlineData("4,1,1")]
    [InlineData("4")]
    public void ScalesOfExperts_BelongToEach(string shape)
    {
        long[] sizes = [.. shape.Split(',').Select(long.Parse)];
        var scale = new TensorEntry("experts.w1_scale_inv", ElementType.F32, sizes);
        WeightLayer layer = Assert.Single(NamedLayers.Find([Tensor("experts.w1", "4,192,256", ElementType.F8_E4M3), scale]).Layers);
        double[] numbered = [.. Enumerable.Range(0, (int)scale.Count).Select(i => (double)i)];
        double[] applied = layer.Applied!.Apply([.. Enumerable.Repeat(1.0, 4 * 192 * 256)], [numbered]);
        // The last rows of the third expert, in the second of its blocks of 128 rows, which ends early.
        (int expert, int row, int column) = (2, 190, 200);
        double expected = sizes switch { [_, 2, 2] => (expert * 4) + 3, [_, 192] => (expert * 192) + row, _ => expert };
        Assert.Equal(expected, applied[(((expert * 192) + row) * 256) + column]);
    }

    [Fact]
    public void ScaleInBytes_IsAPowerOfTwo()
    {
        LayersFound found = NamedLayers.Find([Tensor("fc.weight", "2,64", ElementType.F8_E4M3), Tensor("fc.weight_scale", "2,2", ElementType.U8)]);
        double[] applied = Assert.Single(found.Layers).Applied!.Apply([.. Enumerable.Repeat(3.0, 128)], [[127, 128, 126, 130]]);
        Assert.Equal([3, 6, 1.5, 24], new[] { applied[0], applied[32], applied[64], applied[127] });
    }

    private static double ColumnNorm(double[] v, int j) => Math.Sqrt(Enumerable.Range(0, 6).Sum(i => v[(4 * i) + j] * v[(4 * i) + j]));

    private static double RowNorm(double[] v, int i) => Math.Sqrt(Enumerable.Range(0, 4).Sum(j => v[(4 * i) + j] * v[(4 * i) + j]));

    private static TensorEntry Tensor(string name, string shape, ElementType type = ElementType.F32) =>
        new(name, type, [.. shape.Split(',', StringSplitOptions.RemoveEmptyEntries).Select(long.Parse)]);
}
