using Google.Protobuf;
using RankCollapse.Collapse.Metrics;
using RankCollapse.LinearAlgebra;
using RankCollapse.Models.Features;
using RankCollapse.Models.Formats;
using RankCollapse.Models.Onnx;
using RankCollapse.Models.Running;
using RankCollapse.Networks;

namespace RankCollapse.Tests.Models.Running;

public sealed class OnnxExportTests
{
    public static TheoryData<string> Activations => [.. Activation.All.Select(activation => activation.Name), "leaky-relu(0.3)"];

    [Theory]
    [MemberData(nameof(Activations))]
    public void Export_ComputesWhatTheNetworkDoes(string activation)
    {
        // Arctan and gelu are computed in single precision.
        double tolerance = activation is "arctan" or "gelu" ? 1e-6 : 1e-13;
        foreach (Architecture architecture in Enum.GetValues<Architecture>())
        {
            var network = Random(
                new NetworkSpecification(
                5, [7, 7, 3], architecture, hasBias: architecture == Architecture.Residual, Activation.Parse(activation), Activation.Parse(activation)));
            Matrix inputs = RandomMatrix.Gaussian(5, 9, new RandomStream(2, RandomPurpose.Sampling)), expected = network.Features(inputs)[^1];
            Matrix actual = Run(network, inputs);
            for (int i = 0; i < 3; i++)
                for (int j = 0; j < 9; j++)
                    Assert.Equal(expected[i, j], actual[i, j], tolerance * Math.Max(1, Math.Abs(expected[i, j])));
        }
    }

    [Fact]
    public void Export_KeepsLargeValuesFinite()
    {
        var network = new Network(
            new NetworkSpecification(1, [1], hiddenActivation: Activation.Identity, outputActivation: Activation.Parse("softplus")))
        {
            Parameters =
            { [0] = 1 }
        };
        Matrix actual = Run(network, Matrix.FromRows([1e4, -1e4]));
        Assert.Equal(1e4, actual[0, 0]);
        Assert.Equal(0, actual[0, 1]);
    }

    [Fact]
    public void Features_OfAnExportedNetwork_EqualThoseOfTheNetwork()
    {
        using var folder = new TemporaryFolder();
        var network = Random(new NetworkSpecification(6, [8, 8, 4], hasBias: true));
        OnnxExport.Write(folder.File("network.onnx"), network);
        Matrix inputs = RandomMatrix.Gaussian(6, 60, new RandomStream(4, RandomPurpose.Sampling));
        int[] labels = [.. Enumerable.Range(0, 60).Select(i => i % 4)];
        var data = ModelData.FromArrays("data", [new DataArray("X", [6], inputs.Transpose().AsSpan().ToArray())], labels, 60);
        using var model = (OnnxModel)ModelFormats.Open(folder.File("network.onnx"));
        using var onnx = new OnnxFeatureSource(model, data);
        using var own = new RunFeatureSource("own", network, inputs, labels);
        var options = new FeatureOptions { BatchSize = 17 };
        FeatureReport actual = FeatureMeasurement.Measure(onnx, options), expected = FeatureMeasurement.Measure(own, options);
        Assert.Equal(["Z1", "Z2", "Y"], actual.Layers.Select(layer => layer.Tensor.Name));
        Assert.Equal(["W1", "W2", "W3"], actual.Layers.Select(layer => layer.Tensor.Layer));
        Assert.Equal("W3", actual.ClassifierWeights);
        Assert.Equal(expected.Accuracy, actual.Accuracy);
        foreach ((FeatureMetrics a, FeatureMetrics b) in actual.Layers.Zip(expected.Layers))
        {
            foreach (Metric metric in MetricTable.Of(MetricScopes.Features))
            {
                Assert.Equal(b.Number(metric) is null, a.Number(metric) is null);
                if (b.Number(metric) is { } value) Assert.Equal(value, a.Number(metric)!.Value, 1e-9 * Math.Max(1, Math.Abs(value)));
            }
        }
    }

    private static Network Random(NetworkSpecification specification)
    {
        var network = new Network(specification);
        var stream = new RandomStream(1, RandomPurpose.Sampling);
        foreach (ref double parameter in network.Parameters.AsSpan()) parameter = 0.5 * stream.NextGaussian();
        return network;
    }

    private static Matrix Run(Network network, Matrix inputs)
    {
        ModelProto model = ModelProto.Parser.ParseFrom(OnnxExport.Build(network).ToByteArray());
        using var session = new OnnxSession(model, "network", Path.GetTempPath());
        var data = ModelData.FromArrays("data", [new DataArray("X", [inputs.Rows], inputs.Transpose().AsSpan().ToArray())], null, inputs.Columns);
        using var results = new ModelBatch(
            0, inputs.Columns, inputs.Columns, () => new ModelInputs(session.Inputs, data).Batch(0, inputs.Columns, inputs.Columns)).Run(session, ["Y"]);
        var rows = new Matrix(inputs.Columns, network.Specification.OutputDimension);
        TensorValues.Read(results[0], session.Outputs[0].Type, rows);
        return rows.Transpose();
    }
}
