using RankCollapse.Collapse.Metrics;
using RankCollapse.Data;
using RankCollapse.LinearAlgebra;
using RankCollapse.Networks;
using static RankCollapse.Tests.Collapse.Samples;

namespace RankCollapse.Tests.Collapse.Metrics;

public sealed class CollapseMeasurementTests
{
    private static readonly int[] SampleLabels = Labels(24, 3);

    [Fact]
    public void Measure_OfClassification_FillsEveryField()
    {
        (Network network, DataSet data) = Classification();
        LayerSummary[] layers = [.. CollapseMeasurement.Measure(network, data).Select(layer => layer.Summary)];
        Assert.Equal([1, 2, 3], layers.Select(layer => layer.Layer));
        Matrix[] features = network.Features(data.Inputs);
        foreach (LayerSummary layer in layers)
        {
            Assert.True(layer.TcvLower <= layer.TcvUpper && layer.TcvUpper <= layer.WcssOfClasses);
            Assert.Equal(SingularValueDecomposition.SingularValues(features[layer.Layer]), layer.FeatureSingularValues);
            Assert.Equal(MatrixNorm(network.Weights(layer.Layer)), layer.WeightNorm, 1e-13 * layer.WeightNorm);
            Assert.NotNull(layer.WeightTailEnergy);
            Assert.Equal(layer.Layer < 3, layer.PredictedFeatureSingularValues is not null);
        }
    }

    [Fact]
    public void Measure_GivesReasonsForWhatIsNull()
    {
        (Network network, DataSet data) = Classification();
        network.Weights(2).AsSpan().Clear();
        IReadOnlyList<MeasuredLayer> layers = CollapseMeasurement.Measure(network, data);
        IReadOnlyDictionary<string, string> reasons = CollapseMeasurement.Reasons(layers);
        Assert.Equal(["layers[2].weightTailEnergy", "layers[3].predictedFeatureSingularValues"], reasons.Keys.Order());
        Assert.Null(layers[1].Summary.WeightTailEnergy);
        Assert.True(layers[1].Verdict!.IsCollapsed);
        Assert.Equal(0, layers[1].BlockStructure!.RelativeDeviation);
    }

    [Fact]
    public void Measure_OfRegression_HasNullsWithReasonsUnlessKIsGiven()
    {
        (Network network, DataSet data) = Classification();
        var regression = new DataSet("regression", data.Inputs, Gaussian(3, 24, 8), []);
        MeasuredLayer layer = CollapseMeasurement.Measure(network, regression)[0];
        Assert.Null(layer.Summary.TcvUpper);
        Assert.Null(layer.Summary.WcssOfClasses);
        Assert.Null(layer.Verdict);
        Assert.Contains(CollapseMetrics.TcvUpper.Key, layer.Reasons.Keys);
        Assert.Contains(CollapseMetrics.WcssOfClasses.Key, layer.Reasons.Keys);
        MeasuredLayer given = CollapseMeasurement.Measure(network, regression, new MeasurementOptions { ClusterCount = 4 })[0];
        Assert.True(given.Summary.TcvLower <= given.Summary.TcvUpper);
        Assert.Null(given.Summary.WcssOfClasses);
        Assert.DoesNotContain(CollapseMeasurement.Record(network, regression), metric => metric.Metric == CollapseMetrics.TcvUpper.Key);
    }

    [Fact]
    public void Record_AgreesWithMeasure()
    {
        (Network network, DataSet data) = Classification();
        IReadOnlyList<MeasuredLayer> layers = CollapseMeasurement.Measure(network, data);
        IReadOnlyList<LayerMetric> recorded = CollapseMeasurement.Record(network, data);
        Assert.Equal(34, recorded.Count);
        foreach (LayerMetric metric in recorded)
        {
            double expected = layers[metric.Layer - 1].Summary.Of(metric.Metric)!.Value;
            if (metric.Metric == CollapseMetrics.TcvUpper.Key) Assert.True(metric.Value >= expected * (1 - 1e-12));
            else Assert.Equal(expected, metric.Value, (1e-12 * Math.Abs(expected)) + 1e-15);
        }
        Assert.Equal(recorded, CollapseMeasurement.Record(network, data, network.Features(data.Inputs)));
    }

    [Fact]
    public void Measure_OfCollapsedInputs_IsCollapsedInEveryLayer()
    {
        (Network network, _) = Classification();
        DataSet data = DataSet.FromLabels("collapsed", Collapsed(Gaussian(5, 3, 1), SampleLabels), SampleLabels, 3);
        Assert.All(CollapseMeasurement.Measure(network, data), layer =>
        {
            Assert.InRange(layer.Summary.TcvUpper!.Value, 0, 1e-24);
            Assert.True(layer.Verdict!.IsCollapsed);
            Assert.True(layer.Summary.FeatureNumericalRank <= 3);
            Assert.InRange(layer.PreimageBlockStructure!.RelativeDeviation, 0, 1e-12);
        });
        MeasuredFeatures last = CollapseMeasurement.LastHiddenLayer(network, data, out string? reason)!;
        Assert.Null(reason);
        Assert.Equal(0, last.Of("nc1WithinClassVariability")!.Value, 1e-20);
    }

    [Fact]
    public void Measure_OfDivergedNetwork_NamesTheLayer()
    {
        (Network network, DataSet data) = Classification();
        network.Weights(2)[0, 0] = double.NaN;
        Assert.Contains("layer 2", Assert.Throws<InvalidInputException>(() => CollapseMeasurement.Measure(network, data)).Message);
    }

    [Fact]
    public void Measure_OfDataThatDoNotFit_NamesBothSizes()
    {
        (Network network, _) = Classification();
        DataSet data = DataSet.FromLabels("wide", Gaussian(6, 24, 1), SampleLabels, 3);
        string message = Assert.Throws<ShapeMismatchException>(() => CollapseMeasurement.Measure(network, data)).Message;
        Assert.Contains("5 inputs", message);
        Assert.Contains("6 and 3", message);
    }

    private static (Network Network, DataSet Data) Classification()
    {
        var network = new Network(new NetworkSpecification(5, [8, 6, 3]));
        var stream = new RandomStream(3, RandomPurpose.Initialization);
        foreach (ref double parameter in network.Parameters.AsSpan()) parameter = 0.3 * stream.NextGaussian();
        return (network, DataSet.FromLabels("samples", Noisy(5, SampleLabels, 3, 0.2, 2), SampleLabels, 3));
    }

    private static double MatrixNorm(Matrix a) => System.Numerics.Tensors.TensorPrimitives.Norm<double>(a.AsSpan());
}
