using Google.Protobuf;
using RankCollapse.LinearAlgebra;
using RankCollapse.Models.Onnx;
using RankCollapse.Models.Running;
using static RankCollapse.Models.Onnx.TensorProto.Types;

namespace RankCollapse.Tests.Models;

/// <summary>Small ONNX models for tests, in single precision.</summary>
internal sealed class OnnxModels
{
    private readonly GraphProto _graph = new() { Name = "test" };
    private readonly RandomStream _stream = new(11, RandomPurpose.Sampling);

    public OnnxModels(params long[] sampleShape) => _graph.Input.Add(GraphBuilder.Value("x", DataType.Float, sampleShape));

    public GraphProto Graph => _graph;

    public OnnxModels Node(string type, string[] inputs, string output, params AttributeProto[] attributes)
    {
        _graph.Node.Add(GraphBuilder.Node(type, $"{output}_node", inputs, output, attributes));
        return this;
    }

    public OnnxModels Tensor(string name, long[] shape, ReadOnlySpan<double> values, DataType type = DataType.Float)
    {
        _graph.Initializer.Add(GraphBuilder.Tensor(name, type, shape, values));
        return this;
    }

    /// <summary>Normal numbers.</summary>
    public OnnxModels Random(string name, params long[] shape) => Tensor(name, shape, Numbers((int)shape.Aggregate(1L, (product, size) => product * size)));

    /// <summary>A matrix of a rank, p×q for each of g blocks after each other, or its transpose.</summary>
    public OnnxModels OfRank(string name, int rank, long[] shape, int groups = 1, bool isTransposed = false)
    {
        int rows = (int)(isTransposed ? shape[1] : shape[0]) / groups, columns = (int)(shape.Aggregate(1L, (product, size) => product * size) / groups / rows);
        var values = new List<double>();
        for (int g = 0; g < groups; g++)
        {
            Matrix a = Product.Multiply(new Matrix(Numbers(rows * rank), 0, rows, rank), new Matrix(Numbers(rank * columns), 0, rank, columns));
            values.AddRange((isTransposed ? a.Transpose() : a).AsSpan().ToArray().Select(value => value / Math.Sqrt(rank * columns)));
        }
        return Tensor(name, shape, values.ToArray());
    }

    public ModelProto Build(string output, int operatorSet = 17)
    {
        _graph.Output.Add(new ValueInfoProto
        {
            Name = output,
            Type = new TypeProto { TensorType = new TypeProto.Types.Tensor { ElemType = (int)DataType.Float } }
        });
        return new ModelProto { IrVersion = 8, OpsetImport = { new OperatorSetIdProto { Domain = "", Version = operatorSet } }, Graph = _graph };
    }

    public string Write(TemporaryFolder folder, string output, string name = "model.onnx") => folder.Write(name, Build(output).ToByteArray());

    public double[] Numbers(int count) => [.. Enumerable.Range(0, count).Select(_ => _stream.NextGaussian())];
}
