using CsCheck;
using RankCollapse.Data;
using RankCollapse.LinearAlgebra;
using RankCollapse.Networks;
using RankCollapse.Theory.Certificates;
using RankCollapse.Theory.Forecasts;
using RankCollapse.Training;
using RankCollapse.Training.Solving;
using static RankCollapse.Tests.Theory.Instances;

namespace RankCollapse.Tests.Theory.Certificates;

public sealed class LowRankCertificateTests
{
    /// <summary>Certificates for K = 1 … 3 at points whose inputs spread widely, little or next to not at all.</summary>
    private static readonly Gen<LowRankCertificate> Certificates =
        from point in Gen.OneOf(TrainingPoint.All(1), TrainingPoint.All(0.05), TrainingPoint.All(1e-7))
        from rank in Gen.Int[1, 3]
        from seed in Gen.Int[0, 100]
        let options = new LowRankCertificateOptions { Restarts = 1, CurvatureSamples = 4, Rank = rank, Seed = seed }
        select LowRankCertificate.Compute(point.Network, point.Data, point.Settings, options);

    private static readonly LowRankCertificateOptions Quick = new() { Restarts = 1, CurvatureSamples = 0 };

    private static readonly Gen<LowRankCertificate> Collapsed = TrainingPoint.All(0).Select(point =>
        LowRankCertificate.Compute(point.Network, point.Data, point.Settings with { Delta = 1 }, Quick));

    [Fact]
    public void Certificate_AtAnyPoint_Holds() => Certificates.Sample(c => c.Holds, iter: 500);

    [Fact]
    public void Certificate_OfActivationsWithKinks_Holds() => TrainingPoint.WithKinks(0.05)
        .Select(point => LowRankCertificate.Compute(point.Network, point.Data, point.Settings, Quick)).Sample(c => c.Holds, iter: 200);

    [Fact]
    public void Distance_IsNotAboveTheExactBound() => EveryBound((layer, b) => layer.Distance <= b.ExactBound + layer.RoundingAllowance);

    [Fact]
    public void Distance_IsNotAboveTheSharpBound() => EveryBound((layer, b) => layer.Distance <= b.SharpBound + layer.RoundingAllowance);

    [Fact]
    public void Distance_IsNotAboveTheProjectedBound() => EveryBound((layer, b) => layer.Distance <= b.ProjectedBound + layer.RoundingAllowance);

    [Fact]
    public void Distance_IsNotAboveTheBoundByCurvature() => EveryBound((layer, b) => layer.Distance <= b.CurvatureBound + (1e-9 * (1 + layer.WeightNorm)));

    [Fact]
    public void SharpBound_IsNotAboveTheExactOne() => EveryBound((_, b) => b.SharpBound <= b.ExactBound * (1 + 1e-12));

    [Fact]
    public void ProjectedBound_IsNotAboveTheExactOne() => EveryBound((_, b) => b.ProjectedBound <= b.ExactBound * (1 + 1e-12));

    [Fact]
    public void Distance_IsNotAboveTheLayersOwnBound() =>
        Certificates.Sample(c => c.Layers.All(l => l.Own is not { } own || l.Distance <= own.Bound + own.RoundingAllowance), iter: 500);

    [Fact]
    public void Layers_WithAPenalty_HaveBounds() => Certificates.Sample(c => c.Layers.All(l => l.Bounds.Count > 0 || l.Lambda == 0), iter: 500);

    private static void EveryBound(Func<LayerCertificate, LayerBound, bool> statement) =>
        Certificates.Sample(c => c.Layers.All(layer => layer.Bounds.All(b => statement(layer, b))), iter: 500);

    /// <summary>Stationary points that training reached.</summary>
    private static readonly Gen<LowRankCertificate> Stationary = TrainingPoint.All(0.1).Select(point =>
    {
        ObjectiveSettings settings = point.Settings with { Lambda = Math.Max(point.Settings.Lambda, 0.05), Delta = 1 };
        Network network = Trained(point.Network, point.Data, settings);
        return LowRankCertificate.Compute(network, point.Data, settings, Quick);
    }).Where(c => c.Layers.All(l => l.StationarityResidual <= 1e-6));

    [Fact]
    public void Certificate_AtStationaryPoints_Holds() => Stationary.Sample(c => c.Holds, iter: 200);

    [Fact]
    public void Distance_AtStationaryPoints_IsAtMostTheRemainderAlone() =>
        Stationary.Sample(c => c.Layers.All(l => l.Distance <= (l.Best!.Remainder.Norm + 2e-6) / l.Lambda), iter: 200);

    [Fact]
    public void Remainder_OfCollapsedInputs_IsRounding() =>
        Collapsed.Sample(c => c.Layers.All(l => l.Best!.Remainder.Norm <= 1e-11 * (1 + l.WeightNorm)), iter: 200);

    [Fact]
    public void ExactBound_OfCollapsedInputs_IsTheStationarityAlone() =>
        Collapsed.Sample(
            c => c.Layers.All(l => Math.Abs((l.StationarityResidual / l.Lambda) - l.Best!.ExactBound) <= 1e-9 * (1 + l.Best.ExactBound)),
            iter: 200);

    [Fact]
    public void TightBound_NearCollapse_IsWithinAFactorOfFive()
    {
        // Collapsed features up to noise: what Theorem 3.4 bounds by norms of whole matrices lies mostly where it does not raise the rank.
        RandomStream stream = Stream(12);
        int[] labels = [.. Enumerable.Range(0, 40).Select(i => i % 4)];
        DataSet data = DataSet.FromLabels("classes", Gaussian(50, 40, stream), labels, 4);
        var specification = new NetworkSpecification(50, [30, 30, 4]);
        var settings = new ObjectiveSettings { Lambda = 1e-3, Delta = 0.1 };
        Network network = CentroidForecast.Compute(specification, data, settings).Lifted;
        foreach (ref double parameter in network.Parameters.AsSpan()) parameter += 1e-7 * stream.NextGaussian();
        var certificate = LowRankCertificate.Compute(network, data, settings);
        Assert.True(certificate.Holds);
        foreach (LayerCertificate layer in certificate.Layers.Take(2))
        {
            Assert.InRange(layer.TightRatio!.Value, 1 - 1e-6, 5);
            Assert.True(layer.Ratio > 10, $"layer {layer.Layer}: the plain bound has ratio {layer.Ratio}");
        }
        LayerCertificate first = certificate.Layers[0];
        Assert.InRange(first.Own!.Bound, first.Distance * (1 - 1e-6), 5 * first.Distance);
    }

    [Fact]
    public void Certificate_OutsideTheHypotheses_SaysWhich()
    {
        RandomStream stream = Stream(8);
        DataSet data = Classes(4, 9, 3, stream);
        var network = new Network(new NetworkSpecification(4, [5, 3], hiddenActivation: Activation.Parse("relu")));
        foreach (ref double parameter in network.Parameters.AsSpan()) parameter = stream.NextGaussian();
        var certificate = LowRankCertificate.Compute(network, data, new ObjectiveSettings { Delta = 0 });
        Assert.Contains("not penalised", certificate.Layers[0].Reason);
        Assert.Empty(certificate.Layers[0].Bounds);
        Assert.Null(certificate.Layers[0].RelativeStationarityResidual);
        Assert.Null(certificate.Layers[0].TightBound);
        LayerBound withKinks = certificate.Layers[1].Bounds.First(b => b.From == 0);
        Assert.Contains("third derivative", withKinks.Remainder.CurvatureReason);
        Assert.Equal(double.PositiveInfinity, withKinks.CurvatureBound);
        Assert.True(double.IsFinite(certificate.Layers[1].Best!.ExactBound));
        Assert.True(certificate.Holds);
        Assert.Throws<InvalidInputException>(() => LowRankCertificate.Compute(network, data, new ObjectiveSettings(), Quick with { Rank = 0 }));
    }

    private static Network Trained(Network network, DataSet data, ObjectiveSettings settings)
    {
        var solver = new LbfgsSolver(new Objective(network.Specification, data, settings), network);
        if (!solver.Start()) return network;
        for (int i = 0; i < 1000 && solver.GradientSize.Norm > 1e-8; i++)
        {
            if (solver.Step() != StepOutcome.Moved) break;
        }
        return solver.Network;
    }
}
