using System.Numerics.Tensors;
using Google.Protobuf;
using RankCollapse.Formats;
using RankCollapse.LinearAlgebra;
using RankCollapse.Models.Onnx;
using RankCollapse.Networks;
using static RankCollapse.Models.Onnx.TensorProto.Types;

namespace RankCollapse.Models.Running;

/// <summary>
/// Our networks as ONNX models in double precision: input <c>X</c> [batch, d], output <c>Y</c> [batch, K], weights <c>W1</c> … [out, in] and biases <c>b1</c>
/// …;
/// samples are rows there, as everywhere outside this library.
/// </summary>
public static class OnnxExport
{
    private const int IrVersion = 8;
    private const int OperatorSet = 17;

    /// <summary>Writes a network as an ONNX model, whole or not at all.</summary>
    /// <param name="path">The file.</param>
    /// <param name="network">The network.</param>
    /// <exception cref="InvalidInputException">The file cannot be written, or an activation has no form in ONNX.</exception>
    public static void Write(string path, Network network)
    {
        ArgumentNullException.ThrowIfNull(network);
        byte[] bytes = Build(network).ToByteArray();
        AtomicFile.Write(path, bytes);
    }

    /// <summary>The model.</summary>
    internal static ModelProto Build(Network network)
    {
        NetworkSpecification shape = network.Specification;
        var graph = new GraphProto { Name = "network" };
        var activations = new ActivationGraph(graph);
        graph.Input.Add(GraphBuilder.Value("X", DataType.Double, shape.InputDimension));
        string features = "X";
        for (int l = 1; l <= shape.Depth; l++)
        {
            List<string> inputs = [features, $"W{l}"];
            graph.Initializer.Add(GraphBuilder.Tensor($"W{l}", DataType.Double, [shape.Width(l), shape.Width(l - 1)], network.Weights(l).AsSpan()));
            if (network.Bias(l) is { } bias)
            {
                graph.Initializer.Add(GraphBuilder.Tensor($"b{l}", DataType.Double, [shape.Width(l)], bias.AsSpan()));
                inputs.Add($"b{l}");
            }
            graph.Node.Add(GraphBuilder.Node("Gemm", $"layer{l}", inputs, $"A{l}", GraphBuilder.Whole("transB", 1)));
            string value = activations.Add(shape.ActivationOf(l), $"A{l}"), name = l == shape.Depth ? "Y" : $"Z{l}";
            if (shape.HasSkip(l)) graph.Node.Add(GraphBuilder.Node("Add", $"skip{l}", [value, features], name));
            else graph.Node.Add(GraphBuilder.Node("Identity", $"end{l}", [value], name));
            features = name;
        }
        graph.Output.Add(GraphBuilder.Value("Y", DataType.Double, shape.OutputDimension));
        return new ModelProto
        {
            IrVersion = IrVersion,
            ProducerName = "RankCollapse",
            OpsetImport = { new OperatorSetIdProto { Domain = "", Version = OperatorSet } },
            Graph = graph,
        };
    }

    /// <summary>Runs a model that was made of a network, where models can be run, and compares what ONNX Runtime computes with what the network does.</summary>
    /// <param name="model">The model.</param>
    /// <param name="name">Its name, for errors.</param>
    /// <param name="data">The inputs.</param>
    /// <param name="expected">The network's outputs, K×N.</param>
    /// <exception cref="ComputationFailedException">They differ by more than rounding in single precision explains.</exception>
    internal static void Check(ModelProto model, string name, ModelData data, Matrix expected)
    {
        const double Most = 1e-5;
        if (OnnxSession.Missing is not null) return;
        using WorkFolder folder = WorkFolder.Make("export");
        using var session = new OnnxSession(model, name, folder.Path);
        var values = new ModelInputs(session.Inputs, data).Batch(0, data.SampleCount, data.SampleCount);
        using var results = session.Run(values, ["Y"]);
        var outputs = new Matrix(expected.Columns, expected.Rows);
        TensorValues.Read(results[0], session.Outputs[0].Type, outputs);
        foreach (var value in values.Values) value.Dispose();
        Matrix difference = outputs.Transpose();
        TensorPrimitives.Subtract(difference.AsSpan(), expected.AsSpan(), difference.AsSpan());
        double error = Reduction.Norm(difference.AsSpan()), norm = Reduction.Norm(expected.AsSpan());
        if (!(error <= Most * norm))
            throw new ComputationFailedException(
                $"{name} was not written: ONNX Runtime's outputs differ from the network's by {error:0.0e-0}, with a norm of {norm:0.0e-0}; this is a fault of "
                + "the program.");
    }
}
