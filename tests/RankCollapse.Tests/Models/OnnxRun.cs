using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using RankCollapse.Models.Onnx;
using RankCollapse.Models.Running;

namespace RankCollapse.Tests.Models;

/// <summary>Runs a file of ONNX in single precision.</summary>
internal static class OnnxRun
{
    public static double[] Outputs(string path, string output, double[] inputs, long[] shape)
    {
        using var session = new OnnxSession(ModelProto.Parser.ParseFrom(File.ReadAllBytes(path)), path, Path.GetDirectoryName(path)!);
        using OrtValue x = TensorValues.Create("x", TensorElementType.Float, inputs, shape);
        using var results = session.Run(new Dictionary<string, OrtValue> { ["x"] = x }, [output]);
        return [.. results[0].GetTensorDataAsSpan<float>().ToArray().Select(value => (double)value)];
    }
}
