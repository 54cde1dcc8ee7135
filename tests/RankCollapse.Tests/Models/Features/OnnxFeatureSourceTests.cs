using RankCollapse.LinearAlgebra;
using RankCollapse.Models.Features;
using RankCollapse.Models.Formats;
using RankCollapse.Models.Onnx;
using RankCollapse.Models.Reading;
using RankCollapse.Models.Running;
using RankCollapse.Tests.Collapse.Metrics;
using static RankCollapse.Models.Onnx.TensorProto.Types;

namespace RankCollapse.Tests.Models.Features;

public sealed class OnnxFeatureSourceTests
{
    [Fact]
    public void Tensors_BelongToTheLayerOnTheOnlyWayToThem()
    {
        using var folder = new TemporaryFolder();
        OnnxModels model = new OnnxModels(3, 6, 6)
            .Random("w1", 4, 3, 3, 3).Node("Conv", ["x", "w1"], "c1", GraphBuilder.Wholes("pads", [1, 1, 1, 1])).Node("Sigmoid", ["c1"], "gate")
                .Node("Mul", ["c1", "gate"], "silu")
            .Random("w2", 4, 4, 1, 1).Node("Conv", ["silu", "w2"], "c2").Node("Add", ["c2", "silu"], "joined").Node("Relu", ["joined"], "after")
            .Node("GlobalAveragePool", ["after"], "pooled").Node("Flatten", ["pooled"], "flat")
            .Random("w3", 5, 4).Node("Gemm", ["flat", "w3"], "y", GraphBuilder.Whole("transB", 1));
        using OnnxFeatureSource source = Open(model.Write(folder, "y"), Data([3, 6, 6], 10, model));
        Dictionary<string, FeatureTensor> tensors = source.Tensors.ToDictionary(tensor => tensor.Name);
        Assert.Equal("w1", tensors["silu"].Layer);
        Assert.True(tensors["silu"].EndsLayer);
        Assert.False(tensors["c1"].EndsLayer);
        Assert.True(tensors["c2"].EndsLayer);
        Assert.Null(tensors["joined"].Layer);
        Assert.Null(tensors["flat"].Layer);
        Assert.Equal([4, 6, 6], tensors["silu"].Shape);
        Assert.Equal("w3", tensors["y"].Layer);
        Assert.Equal("y", source.Output!.Name);
        Assert.Equal("flat", source.Classifier!.Features);
        Assert.Equal("w3", source.Classifier.WeightsName);
        Assert.Equal(5, source.Classifier.Weights.Rows);

        // What the last linear layer is applied to is measured, though it ends no layer.
        FeatureReport report = FeatureMeasurement.Measure(source, new FeatureOptions());
        Assert.Equal(["silu", "c2", "flat", "y"], report.Layers.Select(layer => layer.Tensor.Name));
        Assert.NotNull(report.Layers[2].Of("nc3SelfDualityDeviation"));
        Assert.Equal(["w1", "w2", "flat", "w3"], report.ToLayerFeatures().Select(features => features.Layer));
        Assert.Equal(8, FeatureMeasurement.Measure(source, new FeatureOptions { HasAllTensors = true }).Layers.Count(layer => layer.Tensor.Name != "y"));
        Assert.Equal(["joined"], FeatureMeasurement.Measure(source, new FeatureOptions { Names = ["joi"] }).Layers.Select(layer => layer.Tensor.Name));
        Assert.Contains(
            "No tensor", Assert.Throws<InvalidInputException>(() => FeatureMeasurement.Measure(source, new FeatureOptions { Names = ["nothing"] })).Message);
    }

    [Fact]
    public void InputOfAModelOfOneLinearLayer_IsMeasured()
    {
        using var folder = new TemporaryFolder();
        OnnxModels model = new OnnxModels(4).Random("w", 3, 4).Node("Gemm", ["x", "w"], "y", GraphBuilder.Whole("transB", 1));
        using OnnxFeatureSource source = Open(model.Write(folder, "y"), Data([4], 12, model));
        Assert.Equal("x", source.Classifier!.Features);
        FeatureReport report = FeatureMeasurement.Measure(source, new FeatureOptions());
        Assert.Equal(["x", "y"], report.Layers.Select(layer => layer.Tensor.Name));
        Assert.NotNull(report.Layers[0].Of("nc3SelfDualityDeviation"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Classifier_OfMatMulWithEqualSides_IsTurned(bool isGemm)
    {
        using var folder = new TemporaryFolder();
        OnnxModels model = new OnnxModels(3).Random("w", 3, 3);
        model = isGemm ? model.Node("Gemm", ["x", "w"], "y", GraphBuilder.Whole("transB", 1)) : model.Node("MatMul", ["x", "w"], "y");
        model.Graph.Node.Insert(0, GraphBuilder.Node("Identity", "start", ["x"], "h"));
        model.Graph.Node[1].Input[0] = "h";
        using OnnxFeatureSource source = Open(model.Write(folder, "y"), Data([3], 6, model));
        using ModelTensors tensors = ModelFormats.Open(folder.File("model.onnx"));
        Matrix stored = tensors.ReadMatrix("w");
        Assert.Equal(isGemm ? stored[0, 1] : stored[1, 0], source.Classifier!.Weights[0, 1]);
    }

    [Fact]
    public void Features_InAFixedBatch_EqualThoseInAFreeOne()
    {
        using var folder = new TemporaryFolder();
        OnnxModels model = new OnnxModels(5).Random("w", 5, 4).Node("MatMul", ["x", "w"], "h").Node("Tanh", ["h"], "y");
        ModelData data = Data([5], 23, model);
        string free = model.Write(folder, "y", "free.onnx");
        model.Graph.Output.Clear();
        model.Graph.Input[0].Type.TensorType.Shape.Dim[0] = new TensorShapeProto.Types.Dimension { DimValue = 4 };
        string fixedBatch = model.Write(folder, "y", "fixed.onnx");
        using OnnxFeatureSource a = Open(free, data), b = Open(fixedBatch, data);
        FeatureMetrics x = FeatureMeasurement.Measure(a, new FeatureOptions()).Layers[0], y = FeatureMeasurement.Measure(b, new FeatureOptions()).Layers[0];
        Assert.Equal(x.SampleCount, y.SampleCount);
        Assert.Equal(x.Of("nc1WithinClassVariability")!.Value, y.Of("nc1WithinClassVariability")!.Value, 1e-5 * x.Of("nc1WithinClassVariability")!.Value);
    }

    [Fact]
    public void Tensors_WithoutAPlaceForEachSample_AreSkippedWithTheReason()
    {
        using var folder = new TemporaryFolder();
        OnnxModels model = new OnnxModels(4).Random("w", 4, 3).Node("MatMul", ["x", "w"], "y")
            .Node("Shape", ["y"], "sizes").Node("Transpose", ["y"], "turned").Node("ReduceSum", ["y"], "sum", GraphBuilder.Whole("keepdims", 0));
        using OnnxFeatureSource source = Open(model.Write(folder, "y"), Data([4], 9, model));
        Assert.Equal(["x", "y"], source.Tensors.Select(tensor => tensor.Name));
        Dictionary<string, string> reasons = source.Skipped.ToDictionary(item => item.Name, item => item.Reason);
        Assert.Contains("Int64", reasons["sizes"]);
        Assert.Contains("no place for each of", reasons["turned"]);
        Assert.Contains("single number", reasons["sum"]);
    }

    [Fact]
    public void HalfPrecision_IsMeasured()
    {
        using var folder = new TemporaryFolder();
        OnnxModels model = new OnnxModels(4).Node("Cast", ["x"], "half", GraphBuilder.Whole("to", (long)DataType.Float16))
            .Node("Cast", ["half"], "y", GraphBuilder.Whole("to", (long)DataType.Float));
        using OnnxFeatureSource source = Open(model.Write(folder, "y"), Data([4], 12, model));
        Assert.Equal(["half", "y"], FeatureMeasurement.Measure(source, new FeatureOptions { HasAllTensors = true }).Layers.Select(layer => layer.Tensor.Name));
    }

    [Fact]
    public void Model_ThatOnnxRuntimeRefuses_IsOneLine()
    {
        using var folder = new TemporaryFolder();
        OnnxModels model = new OnnxModels(4).Node("NoSuchOperator", ["x"], "y");
        string path = model.Write(folder, "y");
        var error = Assert.Throws<InvalidInputException>(() => Open(path, Data([4], 3, model)));
        Assert.StartsWith("ONNX Runtime cannot run model.onnx", error.Message);
        Assert.DoesNotContain('\n', error.Message);
    }

    private static ModelData Data(int[] shape, int samples, OnnxModels numbers)
    {
        int length = shape.Aggregate(1, (product, size) => product * size);
        return ModelData.FromArrays(
            "data", [new DataArray("X", shape, numbers.Numbers(samples * length))], [.. Enumerable.Range(0, samples).Select(i => i % 3)], samples);
    }

    private static OnnxFeatureSource Open(string path, ModelData data)
    {
        using var model = (OnnxModel)ModelFormats.Open(path);
        return new OnnxFeatureSource(model, data);
    }
}
