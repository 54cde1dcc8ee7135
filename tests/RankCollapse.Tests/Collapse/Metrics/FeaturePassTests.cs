using RankCollapse.Collapse;
using RankCollapse.Collapse.Metrics;
using RankCollapse.Data;
using RankCollapse.LinearAlgebra;
using RankCollapse.Networks;

namespace RankCollapse.Tests.Collapse.Metrics;

/// <summary>Samples that pass in parts against the same samples at once.</summary>
public sealed class FeaturePassTests
{
    private static readonly MeasurementOptions Search = new() { TotalClusterVariation = new TotalClusterVariationOptions { Restarts = 2 } };

    public static TheoryData<string, Architecture, bool> Shapes => new()
    {
        { "tanh", Architecture.Feedforward, true },
        { "relu", Architecture.Feedforward, false },
        { "asinh", Architecture.Residual, false },
    };

    /// <summary>Every number of every layer is that of all features at once; singular values from second moments have half the digits.</summary>
    [Theory]
    [MemberData(nameof(Shapes))]
    public void Metrics_AreThoseOfAllFeaturesAtOnce(string activation, Architecture architecture, bool hasBias)
    {
        (Network network, DataSet data) = Problem(activation, architecture, hasBias);
        Matrix[] features = network.Features(data.Inputs);
        IReadOnlyList<MeasuredLayer> parts = new FeaturePass(network, data, Search, hasOrigins: true).Layers();
        for (int l = 1; l <= parts.Count; l++)
        {
            var whole = new MeasuredLayer(network, data, l, features, Search);
            foreach (Metric metric in MetricTable.Of(MetricScopes.Layers))
            {
                double? expected = metric.OfLayer!(whole).Number, actual = metric.OfLayer!(parts[l - 1]).Number;
                Assert.True(expected.HasValue == actual.HasValue, $"{metric.Key} of layer {l}");
                if (expected is not { } number || metric == CollapseMetrics.TcvUpper || metric == CollapseMetrics.TcvLower) continue;
                Assert.Equal(number, actual!.Value, 1e-9 * (1e-3 + Math.Abs(number)));
            }
            foreach (Metric metric in MetricTable.Of(MetricScopes.Features))
            {
                double? expected = metric.OfFeatures!(whole.FeaturesOfClasses!).Number, actual = metric.OfFeatures!(parts[l - 1].FeaturesOfClasses!).Number;
                Assert.True(expected.HasValue == actual.HasValue, $"{metric.Key} of layer {l}");
                if (expected is { } number) Assert.Equal(number, actual!.Value, 1e-9 * (1 + Math.Abs(number)));
            }
            Assert.Equal(whole.Reasons, parts[l - 1].Reasons);
            Assert.True(parts[l - 1].IsInParts);
        }
    }

    /// <summary>Both ends hold for all samples: the lower one is the bound of all features at once, the upper one the WCSS of its own partition.</summary>
    [Theory]
    [MemberData(nameof(Shapes))]
    public void IntervalForTcv_HoldsForAllSamples(string activation, Architecture architecture, bool hasBias)
    {
        (Network network, DataSet data) = Problem(activation, architecture, hasBias);
        Matrix[] features = network.Features(data.Inputs);
        bool isBetterThanClasses = false;
        foreach (MeasuredLayer layer in new FeaturePass(network, data, Search, hasOrigins: false).Layers())
        {
            TotalClusterVariation found = layer.TotalClusterVariation!;
            TotalClusterVariation whole = TotalClusterVariation.Compute(
                features[layer.Layer], data.Targets, data.OutputDimension, layer.Classes, new() { Restarts = 2 });
            Assert.Equal(whole.Lower, found.Lower, 1e-9 * whole.TotalVariation);
            Assert.Equal(whole.TotalVariation, found.TotalVariation, 1e-12 * whole.TotalVariation);
            double ofPartition = WithinClusterSumOfSquares.Of(features[layer.Layer], data.Targets, found.Partition);
            Assert.Equal(ofPartition, found.Upper, 1e-10 * ofPartition);
            Assert.InRange(found.Upper, found.Lower, layer.WcssOfClasses!.Value);
            Assert.InRange(found.Upper, 0, 1.05 * whole.Upper);
            isBetterThanClasses |= found.Upper < 0.95 * layer.WcssOfClasses.Value;
        }
        Assert.True(isBetterThanClasses);
    }

    /// <summary>Collapsed features have no variation in parts either.</summary>
    [Fact]
    public void CollapsedFeatures_HaveExactlyNoVariation()
    {
        (Network network, DataSet data) = Problem("tanh", Architecture.Feedforward, hasBias: true);
        Matrix points = RandomMatrix.Gaussian(data.InputDimension, data.OutputDimension, new RandomStream(1, RandomPurpose.Data));
        var collapsed = new DataSet("collapsed", Product.Multiply(points, data.Targets), data.Targets, data.Labels);
        foreach (MeasuredLayer layer in new FeaturePass(network, collapsed, Search, hasOrigins: false).Layers())
        {
            Assert.Equal(0, layer.WcssOfClasses);
            Assert.Equal(0, layer.TotalClusterVariation!.Upper);
            Assert.True(layer.Verdict!.IsCollapsed);
        }
    }

    /// <summary>More samples than are kept at once are measured in parts, where targets are equal inside classes.</summary>
    [Fact]
    public void ManySamples_AreMeasuredInParts()
    {
        var network = new Network(new NetworkSpecification(3, [4, 2]));
        DataSet data = GaussianMixture.Draw(4097, 2, 3, 0.5, 0);
        Assert.True(CollapseMeasurement.Measure(network, data)[0].IsInParts);
        Assert.False(CollapseMeasurement.Measure(network, GaussianMixture.Draw(4096, 2, 3, 0.5, 0))[0].IsInParts);
        Assert.False(FeaturePass.IsFor(network.Specification, data, new MeasurementOptions { ClusterCount = 3 }));
        Matrix uneven = data.Targets.Copy();
        uneven[0, 7] += 0.25;
        Assert.False(FeaturePass.IsFor(network.Specification, new DataSet("uneven", data.Inputs, uneven, data.Labels), null));
    }

    private static (Network Network, DataSet Data) Problem(string activation, Architecture architecture, bool hasBias)
    {
        DataSet data = GaussianMixture.Draw(2500, 3, 6, 2, 4, classCounts: [1200, 300, 1000]);
        var specification = new NetworkSpecification(6, [8, 8, 3], architecture, hasBias, Activation.Parse(activation));
        var network = new Network(specification);
        Initialization.Initialize(network, InitializationScheme.Gaussian, 3);
        foreach (ref double parameter in network.Parameters.AsSpan()) parameter *= 1.3;
        return (network, data);
    }
}
