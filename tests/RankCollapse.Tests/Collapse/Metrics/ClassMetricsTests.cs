using RankCollapse.Collapse.Metrics;
using RankCollapse.Data;
using RankCollapse.LinearAlgebra;
using RankCollapse.Networks;

namespace RankCollapse.Tests.Collapse.Metrics;

public sealed class ClassMetricsTests
{
    [Fact]
    public void Numbers_AreThoseOfTheirDefinitions()
    {
        // Z^1 = X, and the outputs of the samples are (2, 6, 0, 0), (0, 0, 2, 4) less what the biases take from them.
        var network = new Network(new NetworkSpecification(2, [2, 3], hasBias: true, hiddenActivation: Activation.Identity));
        Matrix.Identity(2).CopyTo(network.Weights(1));
        Matrix.FromRows([2, 0], [0, 1], [0, 0]).CopyTo(network.Weights(2));
        network.Bias(2)![2, 0] = 3;
        var data = DataSet.FromLabels("classes", Matrix.FromRows([1, 3, 0, 0], [0, 0, 2, 4]), [0, 0, 1, 1], 3);
        IReadOnlyList<MeasuredClass> classes = CollapseMeasurement.Classes(network, data);
        Assert.Equal([2, 0.5, 1, 2, 2, 1, 0], Numbers(classes[0]));
        Assert.Equal([2, 0.5, 1, 3, 1, 1, 0], Numbers(classes[1]));
        Assert.Equal([0, null, null, 0, 0, null, null], Numbers(classes[2]));
    }

    [Fact]
    public void Regression_HasNrcAtEveryLayer_AndNoClasses()
    {
        var stream = new RandomStream(3, RandomPurpose.Sampling);
        Matrix inputs = RandomMatrix.Gaussian(4, 20, stream), map = RandomMatrix.Gaussian(2, 4, stream);
        var data = new DataSet("regression", inputs, Product.Multiply(map, inputs), []);
        var network = new Network(new NetworkSpecification(4, [5, 5, 2]));
        Initialization.Initialize(network, InitializationScheme.Gaussian, 1);
        Assert.Empty(CollapseMeasurement.Classes(network, data));
        MeasuredFeatures last = CollapseMeasurement.LastHiddenLayer(network, data, out string? reason)!;
        Assert.Null(reason);
        double[] found = [.. MetricTable.Of(MetricScopes.Features).Where(m => m.Key.StartsWith("nrc", StringComparison.Ordinal))
            .Select(m => m.OfFeatures!(last).Number!.Value)];
        Assert.Equal(3, found.Length);
        Assert.All(found, number => Assert.InRange(number, 1e-6, 4));
        IReadOnlyList<LayerMetric> recorded = CollapseMeasurement.Record(network, data, null, RecordedMetrics.Parse("nrc"));
        Assert.Equal([1, 2], recorded.Where(m => m.Metric == "nrc1OutsidePrincipalDirections").Select(m => m.Layer));
        Assert.Equal(found, recorded.Where(m => m.Layer == 2).Select(m => m.Value));

        // Features that are a linear image of targets in as many dimensions, read out by their own basis, have collapsed.
        Matrix basis = RandomMatrix.HaarOrthogonal(5, 2, stream);
        var collapsed = MeasuredFeatures.OfRegression(Product.Multiply(basis, data.Targets), data.Targets, basis.Transpose());
        Assert.InRange(collapsed.Regression!.OutsidePrincipalDirections!.Value, 0, 1e-20);
        Assert.InRange(collapsed.Regression!.OutsideWeights!.Value, 0, 1e-20);
    }

    private static IEnumerable<double?> Numbers(MeasuredClass one) => MetricTable.Of(MetricScopes.Classes).Select(metric => metric.OfClass!(one).Number);
}
