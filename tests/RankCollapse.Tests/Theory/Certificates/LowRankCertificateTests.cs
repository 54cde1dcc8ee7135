using CsCheck;
using RankCollapse.Collapse;
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
    private static readonly string[] Smooth = ["tanh", "asinh", "sigmoid", "softplus", "arctan", "gelu", "identity"];

    internal static (Network Network, DataSet Data, ObjectiveSettings Settings) Draw(RandomStream stream, double noise = 1)
    {
        int classes = 2 + stream.NextInteger(2), samples = classes + stream.NextInteger(8), depth = 1 + stream.NextInteger(4), dimension = 1 + stream.NextInteger(5);
        DataSet drawn = Classes(dimension, samples, classes, stream);
        Matrix centres = Gaussian(dimension, classes, stream);
        Matrix inputs = Matrix.FromEntries(dimension, samples, (i, j) => centres[i, drawn.Labels[j]] + (noise * drawn.Inputs[i, j]));
        DataSet data = DataSet.FromLabels("noisy", inputs, drawn.Labels, classes);
        bool isResidual = stream.NextInteger(2) == 0;
        int width = 1 + stream.NextInteger(6);
        int[] widths = [.. Enumerable.Range(0, depth - 1).Select(_ => isResidual ? width : 1 + stream.NextInteger(6)), classes];
        var specification = new NetworkSpecification(
            dimension, widths, isResidual ? Architecture.Residual : Architecture.Feedforward, stream.NextInteger(2) == 0,
            Activation.Parse(Smooth[stream.NextInteger(Smooth.Length)]), Activation.Parse(stream.NextInteger(3) == 0 ? "tanh" : "identity"));
        var settings = new ObjectiveSettings
        {
            Loss = stream.NextInteger(2) == 0 ? Loss.Squared : Loss.CrossEntropy,
            Convention = (Convention)stream.NextInteger(3),
            Lambda = Math.Pow(10, -3 * stream.NextUniform()),
            Delta = stream.NextUniform(),
            LambdaFeatures = stream.NextInteger(2) == 0 ? 0 : stream.NextUniform(),
        };
        var network = new Network(specification);
        foreach (ref double parameter in network.Parameters.AsSpan()) parameter = 0.7 * stream.NextGaussian();
        return (network, data, settings);
    }

    [Fact]
    public void Gradients_OfTheTail_AreThoseOfTheObjective() =>
        Seeds.Sample(
            seed =>
            {
                (Network network, DataSet data, ObjectiveSettings settings) = Draw(Stream(seed));
                int depth = network.Specification.Depth;
                var gradient = new Network(network.Specification);
                var objective = new Objective(network.Specification, data, settings);
                objective.ValueAndGradient(network, gradient);
                for (int l = 1; l <= depth; l++)
                {
                    double lambda = settings.Coefficients(depth, data.SampleCount).WeightFactorOf(l);
                    for (int j = 0; j < l; j++)
                    {
                        // One cluster per sample: the centroid loss is the loss itself.
                        var alone = CentroidLoss.Compute(network, data, settings, j, new Partition([.. Enumerable.Range(0, data.SampleCount)], data.SampleCount));
                        Matrix found = alone.Gradient(l);
                        System.Numerics.Tensors.TensorPrimitives.MultiplyAdd(network.Weights(l).AsSpan(), lambda, found.AsSpan(), found.AsSpan());
                        if (Frobenius.Distance(found, gradient.Weights(l)) > 1e-12 * (1 + Frobenius.Norm(found))) return false;
                    }
                }
                ObjectiveValue value = objective.Value(network);
                double whole = CentroidLoss.Compute(network, data, settings, 0, new Partition([.. Enumerable.Range(0, data.SampleCount)], data.SampleCount)).Value;
                return Math.Abs(whole - (value.Total - value.WeightPenalty)) <= 1e-12 * (1 + Math.Abs(value.Total));
            },
            iter: 200);

    [Fact]
    public void Rank_OfGradientsOfASmallBatch_IsAtMostItsSize() =>
        Seeds.Sample(
            seed =>
            {
                RandomStream stream = Stream(seed);
                (Network network, DataSet data, ObjectiveSettings settings) = Draw(stream);
                int size = 1 + stream.NextInteger(Math.Min(3, data.SampleCount));
                var batch = new DataSet("batch", data.Inputs.Block(0, 0, data.InputDimension, size), data.Targets.Block(0, 0, data.OutputDimension, size), data.Labels[..size]);
                return GradientRank.Measure(network, batch, settings).All(g => g.Holds && g.Rank <= size);
            },
            iter: 300);

    [Fact]
    public void Rank_OfCentroidGradients_IsAtMostTheNumberOfClusters() =>
        Seeds.Sample(
            seed =>
            {
                RandomStream stream = Stream(seed);
                (Network network, DataSet data, ObjectiveSettings settings) = Draw(stream);
                int clusters = 1 + stream.NextInteger(2), j = stream.NextInteger(network.Specification.Depth);
                var partition = new Partition([.. data.Labels.Select(_ => stream.NextInteger(clusters))], clusters);
                var loss = CentroidLoss.Compute(network, data, settings, j, partition);
                for (int l = j + 1; l <= network.Specification.Depth; l++)
                {
                    double[] values = SingularValueDecomposition.SingularValues(loss.Gradient(l));
                    if (values.Skip(clusters).Any(s => s > 1e-12 * (1 + values[0]))) return false;
                }
                return true;
            },
            iter: 200);

    [Theory]
    [InlineData(1)]
    [InlineData(0.05)]
    [InlineData(1e-7)]
    public void Certificate_AtArbitraryPoints_HoldsInAllForms(double noise) =>
        Seeds.Sample(
            seed =>
            {
                (Network network, DataSet data, ObjectiveSettings settings) = Draw(Stream(seed), noise);
                var certificate = LowRankCertificate.Compute(network, data, settings, new LowRankCertificateOptions { Restarts = 1, CurvatureSamples = 4, Rank = 1 + (seed % 3), Seed = seed });
                return certificate.Holds && certificate.Layers.All(layer => layer.Bounds.All(b =>
                    b.SharpBound <= b.ExactBound * (1 + 1e-12)
                    && b.ProjectedBound <= b.ExactBound * (1 + 1e-12)
                    && layer.Distance <= b.ProjectedBound + layer.RoundingAllowance
                    && b.Remainder.SampledCurvature <= b.Remainder.Curvature * (1 + 1e-3) + 1e-4
                    && layer.Distance <= b.ExactBound + layer.RoundingAllowance
                    && layer.Distance <= b.CurvatureBound + (1e-9 * (1 + layer.WeightNorm)))
                    && (layer.Bounds.Count > 0 || layer.Lambda == 0)
                    && (layer.Own is not { } own || layer.Distance <= own.Bound + own.RoundingAllowance));
            },
            iter: 300);

    [Fact]
    public void Remainder_OfAnyPartition_IsAtMostHalfOfMTimesWcss() =>
        Seeds.Sample(
            seed =>
            {
                RandomStream stream = Stream(seed);
                (Network network, DataSet data, ObjectiveSettings settings) = Draw(stream, 0.2);
                int depth = network.Specification.Depth, clusters = 1 + stream.NextInteger(3), j = stream.NextInteger(depth);
                var partition = new Partition([.. data.Labels.Select(_ => stream.NextInteger(clusters))], clusters);
                Matrix features = network.Features(data.Inputs)[j];
                ObjectiveCoefficients coefficients = settings.Coefficients(depth, data.SampleCount);
                var centroids = CentroidLoss.Compute(network, data, settings, j, partition);
                double[] radii = [.. Enumerable.Range(0, clusters).Where(k => partition.Sizes[k] > 0).Select(k => Radius(features, data.Targets, partition, k))];
                double[] bounds = CurvatureBound.Compute(network, settings.Loss, coefficients, centroids, radii, out string? reason);
                double wcss = WithinClusterSumOfSquares.Of(features, data.Targets, partition);
                TailPass pass = new NetworkTail(network, settings.Loss, coefficients, 0).Evaluate(data.Inputs, data.Targets);
                for (int l = j + 1; l <= depth; l++)
                {
                    double remainder = Frobenius.Distance(pass.Gradient(l), centroids.Gradient(l));
                    if (remainder > (0.5 * data.SampleCount * bounds[l] * wcss * (1 + 1e-9)) + 1e-12) return false;
                }
                return reason is null;
            },
            iter: 400);

    private static double Radius(Matrix features, Matrix targets, Partition partition, int cluster)
    {
        Matrix z = ClassCentroids.Compute(features, partition).Deviations, y = ClassCentroids.Compute(targets, partition).Deviations;
        return Enumerable.Range(0, z.Columns).Where(i => partition.Clusters[i] == cluster)
            .Max(i => Math.Sqrt(z.Column(i).Sum(v => v * v) + y.Column(i).Sum(v => v * v)));
    }

    [Fact]
    public void Certificate_AtStationaryPoints_IsTheRemainderAlone()
    {
        int reached = 0;
        for (int seed = 0; seed < 300 && reached < 200; seed++)
        {
            (Network network, DataSet data, ObjectiveSettings settings) = Draw(Stream(9000 + seed), 0.1);
            settings = settings with { Lambda = Math.Max(settings.Lambda, 0.05), Delta = 1 };
            network = Trained(network, data, settings);
            var certificate = LowRankCertificate.Compute(network, data, settings, new LowRankCertificateOptions { Restarts = 1, CurvatureSamples = 0 });
            Assert.True(certificate.Holds, $"seed {seed}");
            if (certificate.Layers.Any(l => l.StationarityResidual > 1e-6)) continue;
            reached++;
            foreach (LayerCertificate layer in certificate.Layers)
            {
                LayerBound best = layer.Best!;
                Assert.True(layer.Distance <= (best.Remainder.Norm / layer.Lambda) + (2e-6 / layer.Lambda), $"seed {seed}, layer {layer.Layer}");
            }
        }
        Assert.True(reached >= 200, $"{reached} of 300 trainings reached a stationary point");
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

    [Fact]
    public void Certificate_OfCollapsedInputs_BoundsEveryLayerByItsStationarityAlone()
    {
        (Network network, DataSet data, ObjectiveSettings settings) = Draw(Stream(77), 0);
        var certificate = LowRankCertificate.Compute(network, data, settings with { Delta = 1 });
        foreach (LayerCertificate layer in certificate.Layers)
        {
            Assert.True(layer.Best!.Remainder.Norm <= 1e-11 * (1 + layer.WeightNorm));
            Assert.Equal(layer.StationarityResidual / layer.Lambda, layer.Best.ExactBound, 1e-9 * (1 + layer.Best.ExactBound));
        }
        Assert.True(certificate.Holds);
    }

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
        Assert.Throws<InvalidInputException>(() => LowRankCertificate.Compute(network, data, new ObjectiveSettings(), new LowRankCertificateOptions { Rank = 0 }));
    }
}
