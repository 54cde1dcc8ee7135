using System.Numerics.Tensors;
using RankCollapse.LinearAlgebra;
using RankCollapse.Models.Onnx;
using RankCollapse.Models.Weights;

namespace RankCollapse.Models.Compression;

/// <summary>Reads W·X, without bias, from what a node puts out.</summary>
internal sealed class OutputReader
{
    /// <summary>So many places are added at a time, so that no copy of a batch is held.</summary>
    private const int MostColumns = 1 << 12;

    private readonly bool _isChannelFirst;
    private readonly double[]? _bias;

    private OutputReader(string layer, string output, int channels, bool isChannelFirst, double[]? bias, bool isReadable)
    {
        Layer = layer;
        Output = output;
        Channels = channels;
        _isChannelFirst = isChannelFirst;
        _bias = bias;
        IsReadable = isReadable;
    }

    /// <summary>The name of the weights.</summary>
    public string Layer { get; }

    /// <summary>The name of the node's output.</summary>
    public string Output { get; }

    /// <summary>The number of outputs, over all groups.</summary>
    public int Channels { get; }

    /// <summary>Whether the bias is a constant of one number, or one a channel, so that it can be taken away.</summary>
    public bool IsReadable { get; }

    /// <summary>Finds out how to read a node's output.</summary>
    /// <param name="node">Conv, Gemm or MatMul.</param>
    /// <param name="weights">The name of its weights.</param>
    /// <param name="layer">The weights.</param>
    /// <param name="constant">A constant's numbers by name, or null.</param>
    public static OutputReader Of(NodeProto node, string weights, WeightLayer layer, Func<string, double[]?> constant)
    {
        bool isConvolution = node.OpType == "Conv", isLeft = node.OpType == "MatMul" && node.Input[0] == weights;
        long channels = layer.Layout == WeightLayout.InputFirst ? layer.Tensor.Shape[^1] : layer.Tensor.Shape[0];
        string? name = node.OpType != "MatMul" && node.Input.Count > 2 && node.Input[2].Length > 0 ? node.Input[2] : null;
        double[]? bias = name is null ? null : constant(name);
        bool isReadable = !isLeft && (name is null || (bias is not null && (bias.Length == 1 || bias.Length == channels)));
        if (bias is not null && node.Attribute.FirstOrDefault(attribute => attribute.Name == "beta") is { } beta)
            bias = [.. bias.Select(value => value * beta.F)];
        return new OutputReader(weights, node.Output[0], (int)channels, isConvolution, bias, isReadable);
    }

    /// <summary>Adds a batch.</summary>
    /// <param name="moments">The sums of the layer.</param>
    /// <param name="rows">B×n, the node's output, a sample a row: channels × places for convolutions, places × channels otherwise.</param>
    public void AddTo(OutputMoments moments, Matrix rows)
    {
        int places = rows.Columns / Channels;
        if (_isChannelFirst)
        {
            var sample = new Matrix(Channels, places);
            for (int i = 0; i < rows.Rows; i++)
            {
                rows.Row(i).CopyTo(sample.AsSpan());
                for (int c = 0; c < Channels && _bias is not null; c++)
                    TensorPrimitives.Subtract(sample.Row(c), _bias[_bias.Length == 1 ? 0 : c], sample.Row(c));
                moments.Add(sample);
            }
            return;
        }
        int total = rows.Rows * places;
        for (int first = 0; first < total; first += MostColumns)
        {
            var outputs = new Matrix(Channels, Math.Min(MostColumns, total - first));
            ReadOnlySpan<double> numbers = rows.AsSpan()[(first * Channels)..];
            for (int i = 0; i < outputs.Columns; i++)
            {
                for (int c = 0; c < Channels; c++)
                    outputs[c, i] = numbers[(i * Channels) + c] - (_bias is null ? 0 : _bias[_bias.Length == 1 ? 0 : c]);
            }
            moments.Add(outputs);
        }
    }
}
