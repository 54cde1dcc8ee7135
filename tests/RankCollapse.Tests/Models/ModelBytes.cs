using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;
using Google.Protobuf;
using RankCollapse.Formats;
using RankCollapse.Models.Onnx;
using RankCollapse.Tests.Formats;

namespace RankCollapse.Tests.Models;

/// <summary>Small models in every format.</summary>
internal static class ModelBytes
{
    /// <summary>A safetensors file of F32 tensors.</summary>
    public static byte[] Safetensors(params (string Name, int[] Shape, float[] Values)[] tensors)
    {
        var header = new StringBuilder("{");
        var data = new List<byte>();
        foreach ((string name, int[] shape, float[] values) in tensors)
        {
            if (data.Count > 0) header.Append(',');
            header.Append($"\"{name}\":{{\"dtype\":\"F32\",\"shape\":[{string.Join(',', shape)}],\"data_offsets\":[{data.Count},{data.Count + (4 * values.Length)}]}}");
            data.AddRange(Bytes(values));
        }
        return SafetensorsBytes.Of(header.Append('}').ToString(), [.. data]);
    }

    /// <summary>A .npz archive of f8 arrays.</summary>
    public static byte[] Npz(CompressionLevel level, params (string Name, int[] Shape, double[] Values)[] arrays)
    {
        using var stream = new MemoryStream();
        using (var archive = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach ((string name, int[] shape, double[] values) in arrays)
            {
                using Stream entry = archive.CreateEntry(name + ".npy", level).Open();
                NpyFormat.Write(entry, new NpyArray(shape, values));
            }
        }
        return stream.ToArray();
    }

    /// <summary>An ONNX file of one graph.</summary>
    public static byte[] Onnx(GraphProto graph) =>
        new ModelProto { IrVersion = 8, OpsetImport = { new OperatorSetIdProto { Version = 17 } }, Graph = graph }.ToByteArray();

    /// <summary>An ONNX tensor with raw data.</summary>
    public static TensorProto Raw(string name, long[] shape, params float[] values) =>
        new() { Name = name, Dims = { shape }, DataType = (int)TensorProto.Types.DataType.Float, RawData = ByteString.CopyFrom(Bytes(values)) };

    /// <summary>A node.</summary>
    public static NodeProto Node(string operation, string[] inputs, string output, params AttributeProto[] attributes) =>
        new() { OpType = operation, Name = $"node_{output}", Input = { inputs }, Output = { output }, Attribute = { attributes } };

    /// <summary>An attribute with a whole number.</summary>
    public static AttributeProto Whole(string name, long value) => new() { Name = name, I = value, Type = AttributeProto.Types.AttributeType.Int };

    /// <summary>Numbers that are different and not round.</summary>
    public static float[] Numbers(int count) => [.. Enumerable.Range(0, count).Select(i => MathF.Sin((i * i) + 1))];

    public static byte[] Bytes(params float[] values)
    {
        var bytes = new byte[4 * values.Length];
        for (int i = 0; i < values.Length; i++) BinaryPrimitives.WriteSingleLittleEndian(bytes.AsSpan(4 * i), values[i]);
        return bytes;
    }
}
