using RankCollapse.Formats;
using RankCollapse.Models.Reading;
using RankCollapse.Models.Weights;

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
    public void OtherTensors_AreListedWithTheReason(string name, string shape, ElementType type, string reason)
    {
        LayersFound found = NamedLayers.Find([Tensor(name, shape, type)]);
        Assert.Empty(found.Layers);
        Assert.Contains(reason, Assert.Single(found.Skipped).Reason, StringComparison.Ordinal);
    }

    private static TensorEntry Tensor(string name, string shape, ElementType type = ElementType.F32) =>
        new(name, type, [.. shape.Split(',', StringSplitOptions.RemoveEmptyEntries).Select(long.Parse)]);
}
