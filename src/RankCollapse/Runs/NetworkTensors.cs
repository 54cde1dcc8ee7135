using System.Numerics.Tensors;
using RankCollapse.Formats;
using RankCollapse.LinearAlgebra;
using RankCollapse.Networks;

namespace RankCollapse.Runs;

/// <summary>A network's parameters as a safetensors file: W1 … WL [out, in] and b1 … bL [out], F64.</summary>
internal static class NetworkTensors
{
    public static void Write(string path, Network network) => WriterOf(network).Write(path);

    /// <summary>What writes the file.</summary>
    public static SafetensorsWriter WriterOf(Network network)
    {
        var writer = new SafetensorsWriter();
        for (int l = 1; l <= network.Specification.Depth; l++)
        {
            writer.Add($"W{l}", network.Weights(l));
            if (network.Bias(l) is { } bias) writer.AddVector($"b{l}", bias);
        }
        return writer;
    }

    /// <summary>Reads the parameters of a network of known shape.</summary>
    /// <exception cref="InvalidInputException">
    /// The file is missing or damaged, or its tensors do not fit the shape; the message names the layer and both sizes.
    /// </exception>
    public static Network Read(string path, NetworkSpecification specification)
    {
        using SafetensorsFile file = SafetensorsFile.Open(path);
        int expected = specification.Depth * (specification.HasBias ? 2 : 1);
        // All shapes are checked before the network is allocated.
        for (int l = 1; l <= specification.Depth; l++)
        {
            RequireWeights(file, specification, l);
            if (specification.HasBias) RequireBias(file, specification, l);
        }
        if (file.Tensors.Count != expected)
        {
            TensorDescription surplus = file.Tensors.First(tensor => !IsExpected(tensor.Name, specification));
            throw new InvalidInputException($"{path} has a tensor {ErrorText.Printable(surplus.Name)}, but the configuration has {specification.Depth} "
                + $"layers {(specification.HasBias ? "with" : "without")} biases; expected only {(specification.HasBias ? "W and b" : "W")} of each layer.");
        }
        var network = new Network(specification);
        for (int l = 1; l <= specification.Depth; l++)
        {
            Fill(file, $"W{l}", network.Weights(l), l);
            if (network.Bias(l) is { } bias) Fill(file, $"b{l}", bias, l);
        }
        return network;
    }

    private static void RequireWeights(SafetensorsFile file, NetworkSpecification specification, int layer)
    {
        IReadOnlyList<long> shape = file.Describe($"W{layer}").Shape;
        if (shape.Count != 2)
            throw new InvalidInputException($"{file.Path}: Layer {layer}: weights have {shape.Count} dimensions, expected 2 "
                + $"({specification.Width(layer)}×{specification.Width(layer - 1)}).");
        if (shape[1] != specification.Width(layer - 1))
            throw new InvalidInputException(
                $"{file.Path}: Layer {layer}: weights are {shape[0]}×{shape[1]} but the features before it have {specification.Width(layer - 1)} rows.");
        if (shape[0] != specification.Width(layer))
            throw new InvalidInputException(
                $"{file.Path}: Layer {layer}: weights are {shape[0]}×{shape[1]} but the layer has width {specification.Width(layer)}.");
    }

    private static void RequireBias(SafetensorsFile file, NetworkSpecification specification, int layer)
    {
        TensorDescription bias = file.Describe($"b{layer}");
        if (bias.Shape is not [var length] || length != specification.Width(layer))
            throw new InvalidInputException(
                $"{file.Path}: Layer {layer}: the bias has the shape {bias.ShapeText} but the layer has width {specification.Width(layer)}.");
    }

    private static bool IsExpected(string name, NetworkSpecification specification) =>
        Enumerable.Range(1, specification.Depth).Any(l => name == $"W{l}" || (specification.HasBias && name == $"b{l}"));

    private static void Fill(SafetensorsFile file, string name, Matrix destination, int layer)
    {
        double[] values = file.ReadDoubles(name);
        if (!TensorPrimitives.IsFiniteAll<double>(values))
            throw new InvalidInputException($"{file.Path}: Layer {layer}: {name} holds {Array.Find(values, value => !double.IsFinite(value))}; every "
                + "number must be finite; restore the file or train again.");
        values.CopyTo(destination.AsSpan());
    }
}
