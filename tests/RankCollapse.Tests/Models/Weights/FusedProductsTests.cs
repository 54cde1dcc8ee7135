using RankCollapse.Formats;
using RankCollapse.LinearAlgebra;
using RankCollapse.Models.Formats;
using RankCollapse.Models.Reading;
using RankCollapse.Models.Weights;

namespace RankCollapse.Tests.Models.Weights;

public sealed class FusedProductsTests
{
    private const int Inputs = 6;

    /// <summary>Order: the heads of the outputs, two rows each, as q, k and v.</summary>
    [Theory]
    [InlineData("gpt_neox.layers.0.attention.query_key_value.weight", "gpt_neox", "qkvqkvqkv", "")]
    [InlineData("h.0.self_attention.query_key_value.weight", "bloom", "qkvqkv", "")]
    [InlineData("h.0.self_attention.query_key_value.weight", "falcon", "qqqkv", "\"multi_query\": true, \"num_kv_heads\": 3")]
    [InlineData("h.0.self_attention.query_key_value.weight", "falcon", "qqkvqqkv", "\"new_decoder_architecture\": true, \"num_kv_heads\": 2")]
    [InlineData("h.0.self_attention.query_key_value.weight", "falcon", "qkvqkv", "\"multi_query\": false")]
    [InlineData("model.layers.0.attention.wqkv.weight", "internlm2", "qqkvqqkv", "\"num_key_value_heads\": 2")]
    [InlineData("model.layers.0.self_attn.qkv_proj.weight", "phi3", "qqqqkkvv", "\"num_key_value_heads\": 2")]
    [InlineData("h.0.attn.c_attn.weight", "gpt_bigcode", "qqqkv", "\"multi_query\": true")]
    [InlineData("h.0.attn.qkv_proj.weight", "codegen", "qvkqvkqvkqvk", "")]
    [InlineData("encoder.layer.0.attention.self.in_proj.weight", "deberta", "qkvqkv", "")]
    [InlineData("decoder.layers.0.self_attention.linear_qkv.weight", "gpt", "qqkvqqkv", "\"num_query_groups\": 2")]
    public void Parts_AreTheHeadsOfTheArchitecture(string name, string architecture, string order, string settings)
    {
        using var folder = new TemporaryFolder();
        int heads = order.Count(part => part == 'q');
        File.WriteAllText(folder.File("config.json"), $"{{\"model_type\": \"{architecture}\", \"num_attention_heads\": {heads}, \"head_dim\": 2"
            + (settings.Length > 0 ? $", {settings}}}" : "}"));
        Matrix whole = Matrix.FromEntries(2 * order.Length, Inputs, (i, j) => Math.Sin((17 * i) + j));
        new SafetensorsWriter().Add(name, whole).Write(folder.File("model.safetensors"));
        using ModelTensors model = ModelFormats.Open(folder.File("model.safetensors"), out ModelFormat format);
        IReadOnlyList<WeightLayer> layers = format.FindLayers(model).Layers;
        Assert.Equal([name, $"{name}[query]", $"{name}[key]", $"{name}[value]"], layers.Select(layer => layer.Name));
        for (int part = 0; part < 3; part++)
        {
            int[] rows = [.. Enumerable.Range(0, whole.Rows).Where(row => order[row / 2] == "qkv"[part])];
            Assert.Equal([rows.Length, Inputs], layers[part + 1].Tensor.Shape);
            double[] read = LayerMatrices.Read(model, layers[part + 1]);
            Assert.Equal(rows.SelectMany(row => whole.Row(row).ToArray()), read);
        }
    }

    [Theory]
    [InlineData("gpt_neox.layers.0.attention.query_key_value.weight", 18, "interleaved by heads")]
    [InlineData("h.0.self_attention.query_key_value.weight", 18, "no config.json")]
    [InlineData("model.layers.0.self_attn.qkv_proj.weight", 10, "how many of its outputs")]
    [InlineData("model.layers.0.attention.wqkv.weight", 18, "one after the other or in groups")]
    public void WhereTheLayoutIsNotKnown_ItIsOneLayerAndSaysWhy(string name, long outputs, string reason)
    {
        WeightLayer layer = Assert.Single(NamedLayers.Find([new TensorEntry(name, ElementType.F32, [outputs, Inputs])]).Layers);
        Assert.Contains(reason, layer.Evidence, StringComparison.Ordinal);
    }
}
