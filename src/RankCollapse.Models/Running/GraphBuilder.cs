using Google.Protobuf;
using RankCollapse.Formats;
using RankCollapse.Models.Onnx;
using static RankCollapse.Models.Onnx.TensorProto.Types;

namespace RankCollapse.Models.Running;

/// <summary>Makes nodes, tensors and attributes of ONNX graphs.</summary>
internal static class GraphBuilder
{
    /// <summary>A node with one output.</summary>
    public static NodeProto Node(string type, string name, IEnumerable<string> inputs, string output, params AttributeProto[] attributes)
    {
        var node = new NodeProto { OpType = type, Name = name, Output = { output } };
        node.Input.AddRange(inputs);
        node.Attribute.AddRange(attributes);
        return node;
    }

    /// <summary>A whole number as attribute.</summary>
    public static AttributeProto Whole(string name, long value) => new() { Name = name, I = value, Type = AttributeProto.Types.AttributeType.Int };

    /// <summary>A real number as attribute.</summary>
    public static AttributeProto Real(string name, double value) => new() { Name = name, F = (float)value, Type = AttributeProto.Types.AttributeType.Float };

    /// <summary>Whole numbers as attribute.</summary>
    public static AttributeProto Wholes(string name, IEnumerable<long> values)
    {
        var attribute = new AttributeProto { Name = name, Type = AttributeProto.Types.AttributeType.Ints };
        attribute.Ints.AddRange(values);
        return attribute;
    }

    /// <summary>A tensor of real numbers, rounded to the type that is asked for.</summary>
    /// <exception cref="NotSupportedException">The type is not one of float, double, float16 and bfloat16.</exception>
    public static TensorProto Tensor(string name, DataType type, IEnumerable<long> shape, ReadOnlySpan<double> values)
    {
        ElementType element = OnnxElementType.Of((int)type) ?? throw new NotSupportedException($"tensors of type {type} are not written");
        var tensor = new TensorProto { Name = name, DataType = (int)type, RawData = UnsafeByteOperations.UnsafeWrap(ElementWriter.ToBytes(values, element)) };
        tensor.Dims.AddRange(shape);
        return tensor;
    }

    /// <summary>A value of a graph whose first size is free.</summary>
    public static ValueInfoProto Value(string name, DataType type, params ReadOnlySpan<long> sampleShape)
    {
        var shape = new TensorShapeProto { Dim = { new TensorShapeProto.Types.Dimension { DimParam = "batch" } } };
        foreach (long size in sampleShape) shape.Dim.Add(new TensorShapeProto.Types.Dimension { DimValue = size });
        return new ValueInfoProto { Name = name, Type = new TypeProto { TensorType = new TypeProto.Types.Tensor { ElemType = (int)type, Shape = shape } } };
    }
}
