using RankCollapse.Collapse;
using RankCollapse.Collapse.Metrics;
using RankCollapse.Data;
using RankCollapse.LinearAlgebra;
using RankCollapse.Models.Features;
using RankCollapse.Models.Running;
using RankCollapse.Networks;
using RankCollapse.Tests.Collapse.Metrics;
using Samples = RankCollapse.Tests.Collapse.Samples;

namespace RankCollapse.Tests.Models.Features;

public sealed class FeatureMeasurementTests
{
    private const int Classes = 4;

    [Fact]
    public void Metrics_OfARun_EqualThoseOfCollapseMeasurement()
    {
        (Network network, DataSet data) = Problem(samples: 80);
        FeatureReport report = Measure(network, data, new FeatureOptions { BatchSize = 13 });
        IReadOnlyList<MeasuredLayer> expected = CollapseMeasurement.Measure(network, data);
        MeasuredFeatures last = CollapseMeasurement.LastHiddenLayer(network, data, out _)!;
        Assert.Equal(["W1", "W2", "W3"], report.Layers.Select(layer => layer.Tensor.Layer));
        foreach ((FeatureMetrics actual, MeasuredLayer layer) in report.Layers.Zip(expected))
        {
            Close(layer.Summary.WcssOfClasses, actual.Of("withinVariation"));
            foreach (Metric metric in MetricTable.Of(MetricScopes.Layers).Where(metric => metric.OfFeatures is not null && metric != CollapseMetrics.TcvLower))
                Close(layer.Summary.Number(metric), actual.Number(metric));
        }
        foreach (Metric metric in MetricTable.Of(MetricScopes.Features)
            .Where(metric => metric.Topic == MetricTopic.NeuralCollapse && metric.OfFeatures!(last).Number is not null))
            Close(metric.OfFeatures!(last).Number, report.Layers[^2].Number(metric));
        Assert.Null(report.Layers[0].Of("nc3SelfDualityDeviation"));
    }

    [Fact]
    public void Metrics_WithFewKeptSamples_EqualThoseWithAll()
    {
        // With fewer kept samples, nearest means take a second pass and singular values come from second moments.
        (Network network, DataSet data) = Problem(samples: 120);
        FeatureMetrics all = Measure(network, data, new FeatureOptions()).Layers[1];
        FeatureMetrics few = Measure(network, data, new FeatureOptions { Subsample = 20, BatchSize = 17 }).Layers[1];
        Assert.Equal(20, few.TotalClusterVariationSamples);
        foreach (Metric metric in MetricTable.Of(MetricScopes.Features)
            .Where(metric => !metric.Key.StartsWith("tcv", StringComparison.Ordinal) && all.Number(metric) is not null))
            Close(all.Number(metric), few.Number(metric));
        Assert.NotEqual(all.Of("tcvUpper"), few.Of("tcvUpper"));
    }

    [Fact]
    public void Metrics_OfUnlabelledData_AreThoseOfTheSpectrum()
    {
        (Network network, DataSet data) = Problem(samples: 40);
        using var source = new RunFeatureSource("run", network, data.Inputs, labels: null);
        FeatureMetrics metrics = FeatureMeasurement.Measure(source, new FeatureOptions()).Layers[0];
        Assert.Null(metrics.Of("nc1WithinClassVariability"));
        Assert.Null(metrics.Of("tcvUpper"));
        Assert.Equal("The data have no labels.", metrics.Reasons["nc1WithinClassVariability"]);
        Close(SpectralSummary.Of(network.Features(data.Inputs)[1]).StableRank, metrics.Spectrum.StableRank);
    }

    [Fact]
    public void ClassDistanceNormalizedVariance_OfTwoClasses_IsMeanVarianceOverSquaredDistance()
    {
        // Class 0: ±1 about 0; class 1: ±3 about 10: variances 1 and 9, distance 10.
        var identity = new Network(new NetworkSpecification(1, [1], hiddenActivation: Activation.Identity)) { Parameters = { [0] = 1 } };
        var inputs = Matrix.FromRows([-1.0, 1, 7, 13]);
        using var source = new RunFeatureSource("run", identity, inputs, [0, 0, 1, 1]);
        FeatureMetrics metrics = FeatureMeasurement.Measure(source, new FeatureOptions()).Layers[0];
        Close((1.0 + 9) / (2 * 100), metrics.Of("nc1ClassDistanceNormalizedVariance"));
        Close(5.0 / 25, metrics.Of("nc1Quotient"));
        Close(5.0 / 25 / 2, metrics.Of("nc1WithinClassVariability"));
    }

    [Fact]
    public void OutOfDistributionCosine_OfOrthogonalData_IsZero()
    {
        var identity = new Network(new NetworkSpecification(3, [3])) { Parameters = { [0] = 1, [4] = 1, [8] = 1 } };
        using var source = new RunFeatureSource("run", identity, Matrix.FromRows([1.0, 1, 0, 0], [0.0, 0, 2, 2], [0.0, 0, 0, 0]), [0, 0, 1, 1]);
        using var orthogonal = new RunFeatureSource("run", identity, Matrix.FromRows([0.0, 0], [0.0, 0], [1.0, 5]), labels: null);
        using var parallel = new RunFeatureSource("run", identity, Matrix.FromRows([1.0], [0.0], [1.0]), labels: null);
        Assert.Equal(0, FeatureMeasurement.Measure(source, new FeatureOptions(), orthogonal).Layers[0].Of("nc5OutOfDistributionCosine"));
        Close((Math.Sqrt(0.5) + 0) / 2, FeatureMeasurement.Measure(source, new FeatureOptions(), parallel).Layers[0].Of("nc5OutOfDistributionCosine"));
    }

    [Fact]
    public void Accuracy_CountsLargestOutputs()
    {
        var identity = new Network(new NetworkSpecification(2, [2])) { Parameters = { [0] = 1, [3] = 1 } };
        using var source = new RunFeatureSource("run", identity, Matrix.FromRows([1.0, 0, 1, 0], [0.0, 1, 0, 1]), [0, 1, 1, 1]);
        Assert.Equal(0.75, FeatureMeasurement.Measure(source, new FeatureOptions()).Accuracy);
    }

    [Theory]
    [InlineData(WideFeatures.Sketch)]
    [InlineData(WideFeatures.Pool)]
    public void WideFeatures_AreReduced_AndSaySo(WideFeatures wide)
    {
        (Network network, DataSet data) = Problem(samples: 60, width: 300);
        FeatureMetrics reduced = Measure(network, data, new FeatureOptions { MaxDimension = 200, SketchDimension = 200, Wide = wide }).Layers[0];
        FeatureMetrics whole = Measure(network, data, new FeatureOptions()).Layers[0];
        Assert.Equal(200, reduced.MeasuredDimension);
        Assert.Contains("300 features sketched to 200", reduced.Reduction);
        Assert.Null(whole.Reduction);
        // One inner product is kept to about 1/√200; traces average many.
        Assert.InRange(reduced.Of("nc1Quotient")!.Value / whole.Of("nc1Quotient")!.Value, 0.7, 1.4);
        Assert.InRange(reduced.Of("nc1ClassDistanceNormalizedVariance")!.Value / whole.Of("nc1ClassDistanceNormalizedVariance")!.Value, 0.7, 1.4);
    }

    [Fact]
    public void WideFeatures_AreSkipped_WhenAsked()
    {
        (Network network, DataSet data) = Problem(samples: 60, width: 300);
        FeatureReport report = Measure(network, data, new FeatureOptions { MaxDimension = 200, Wide = WideFeatures.Skip });
        Assert.Equal(["Z1", "Z2"], report.Skipped.Select(item => item.Name));
        Assert.Equal(["Z3"], report.Layers.Select(layer => layer.Tensor.Name));
    }

    [Fact]
    public void PooledFeatures_AverageEachChannel()
    {
        var images = new PooledFeatures { Dimension = 6, ChannelCount = 2, IsChannelLast = false };
        var sequence = new PooledFeatures { Dimension = 6, ChannelCount = 2, IsChannelLast = true };
        var pooled = new double[2];
        images.Apply([1, 2, 3, 10, 20, 30], pooled);
        Assert.Equal([2, 20], pooled);
        sequence.Apply([1, 10, 2, 20, 3, 30], pooled);
        Assert.Equal([2, 20], pooled);
    }

    [Fact]
    public void Features_ThatAreNotFinite_AreSkippedWithTheSample()
    {
        (Network network, DataSet data) = Problem(samples: 40);
        data.Inputs[0, 33] = double.NaN;
        FeatureReport report = Measure(network, data, new FeatureOptions());
        Assert.Empty(report.Layers);
        Assert.Equal(3, report.Skipped.Count);
        Assert.Contains("sample 33", report.Skipped[0].Reason);
    }

    [Fact]
    public void Subsample_KeepsTheSharesOfClasses()
    {
        int[] labels = [.. Enumerable.Repeat(7, 90), .. Enumerable.Repeat(2, 10)];
        var classes = new ClassLabels(labels, 100);
        int[] chosen = classes.Subsample(20, seed: 1);
        Assert.Equal([2, 7], classes.Labels);
        Assert.Equal(chosen.Order(), chosen);
        Assert.InRange(chosen.Count(i => labels[i] == 2), 2, 3);
        Assert.Equal(100, classes.Subsample(100, seed: 1).Length);
    }

    private static FeatureReport Measure(Network network, DataSet data, FeatureOptions options)
    {
        using var source = new RunFeatureSource("run", network, data);
        return FeatureMeasurement.Measure(source, options);
    }

    private static (Network Network, DataSet Data) Problem(int samples, int width = 10)
    {
        int[] labels = Samples.Labels(samples, Classes);
        var data = DataSet.FromLabels("clusters", Samples.Noisy(8, labels, Classes, noise: 0.4, seed: 5), labels, Classes);
        var network = new Network(new NetworkSpecification(8, [width, width, Classes]));
        var stream = new RandomStream(6, RandomPurpose.Sampling);
        foreach (ref double parameter in network.Parameters.AsSpan()) parameter = stream.NextGaussian() / Math.Sqrt(width);
        return (network, data);
    }

    /// <summary>Equal to 1e−9, as two ways of computing with eigenvalues of a squared matrix can be.</summary>
    private static void Close(double? expected, double? actual)
    {
        Assert.NotNull(expected);
        Assert.NotNull(actual);
        Assert.Equal(expected.Value, actual.Value, 1e-9 * Math.Max(1, Math.Abs(expected.Value)));
    }
}
