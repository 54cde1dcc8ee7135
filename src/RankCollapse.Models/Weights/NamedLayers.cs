using System.Globalization;
using RankCollapse.Formats;
using RankCollapse.Models.Reading;

namespace RankCollapse.Models.Weights;

/// <summary>Finds the layers of files that hold tensors without a graph (safetensors, npz), by names and shapes in the way of PyTorch and Keras.</summary>
/// <remarks>
/// Two dimensions are a linear layer [out, in], or an embedding where the name says so; three are a convolution over one dimension, or a stack of matrices
/// where the name speaks of experts; four and five are convolutions [out, in/groups, …], or [… , in, out] where the name ends in "kernel". Groups stand in no
/// such file: a kernel with one input channel whose name says "depthwise" or "dw" has as many groups as outputs, every other one.
/// </remarks>
internal static class NamedLayers
{
    private static readonly string[] TableWords = ["embed", "wte", "wpe", "token", "position", "table", "codebook"];

    /// <summary>The layers and the rest.</summary>
    public static LayersFound Find(IReadOnlyList<TensorEntry> tensors)
    {
        var layers = new List<WeightLayer>();
        var skipped = new List<SkippedTensor>();
        foreach (TensorEntry tensor in tensors)
        {
            if (NotALayer(tensor) is { } reason) skipped.Add(new SkippedTensor(tensor.Name, reason));
            else layers.Add(Classify(tensor));
        }
        return new LayersFound(layers, skipped);
    }

    private static string? NotALayer(TensorEntry tensor)
    {
        if (!ElementBytes.IsFloating(tensor.Type)) return $"it holds whole numbers ({tensor.Type}) without a scale: indices, a mask or quantised weights";
        long[] wide = [.. tensor.Shape.Where(size => size != 1)];
        if (tensor.Shape.Count == 0 || wide.Length == 0) return "it is a single number";
        if (tensor.Count == 0) return $"it is empty ({tensor.ShapeText})";
        if (tensor.Shape.Count == 1) return "it has one dimension: a bias, a scale or a running statistic";
        string last = tensor.Name.Split('.', '/')[^1];
        if (last is "bias" or "beta" or "gamma" || (wide.Length == 1 && tensor.Shape.Count > 2 && !IsKernel(tensor)))
            return $"it is a bias, a scale or a single vector ({tensor.ShapeText})";
        return tensor.Shape.Count > 5 ? $"it has {tensor.Shape.Count} dimensions, more than a layer of a known kind" : null;
    }

    /// <summary>Whether a tensor with one wide dimension is still a convolution's: [out, 1, 1, 1].</summary>
    private static bool IsKernel(TensorEntry tensor) => tensor.Shape[0] != 1 && tensor.Name.EndsWith("weight", StringComparison.Ordinal);

    private static WeightLayer Classify(TensorEntry tensor)
    {
        string name = tensor.Name.ToLowerInvariant();
        bool isTable = TableWords.Any(word => name.Contains(word, StringComparison.Ordinal)) && !name.Contains("conv", StringComparison.Ordinal)
            && !name.Contains("proj", StringComparison.Ordinal) && !name.Contains("patch", StringComparison.Ordinal);
        long[] inner = [.. tensor.Shape.SkipWhile(size => size == 1)];
        bool isKeras = name.Split('.', '/', ':').Any(part => part == "kernel" || part == "depthwise_kernel");
        WeightLayer Layer(LayerKind kind, WeightLayout layout, string evidence, int groups = 1) =>
            new() { Name = tensor.Name, Tensor = tensor, Kind = kind, Layout = layout, Groups = groups, Evidence = evidence };

        if (isTable && (tensor.Shape.Count == 2 || inner.Length == 2))
            return Layer(LayerKind.Embedding, WeightLayout.OutputFirst, "two dimensions and a name of tables");
        if (tensor.Shape.Count == 2)
            return Layer(LayerKind.Linear, isKeras ? WeightLayout.InputFirst : WeightLayout.OutputFirst,
                isKeras ? "two dimensions and the name kernel" : "two dimensions");
        if (tensor.Shape.Count == 3 && name.Contains("expert", StringComparison.Ordinal))
            return Layer(LayerKind.Linear, WeightLayout.OutputFirst, "a stack of matrices, one an expert");
        string dimensions = (tensor.Shape.Count - 2).ToString(CultureInfo.InvariantCulture);
        if (isKeras) return Layer(LayerKind.Convolution, WeightLayout.ChannelsLast, $"a {dimensions}-D kernel [… , in, out] by its name");
        bool isDepthwise = tensor.Shape[1] == 1 && tensor.Shape[0] > 1 && tensor.Shape[0] <= int.MaxValue
            && name.Split('.', '/', '_').Any(part => part is "depthwise" or "dw" or "dwconv" || part.StartsWith("depthwise", StringComparison.Ordinal));
        return isDepthwise
            ? Layer(LayerKind.Convolution, WeightLayout.OutputFirst, $"a {dimensions}-D kernel, depthwise by its name", (int)tensor.Shape[0])
            : Layer(LayerKind.Convolution, WeightLayout.OutputFirst, $"a {dimensions}-D kernel by its shape, taken as one group");
    }
}
