using System.Numerics.Tensors;
using CsCheck;
using RankCollapse.Collapse;
using RankCollapse.LinearAlgebra;
using RankCollapse.Networks;
using RankCollapse.Theory.Certificates;
using RankCollapse.Training;

namespace RankCollapse.Tests.Theory.Certificates;

public sealed class CentroidLossTests
{
    [Fact]
    public void Rank_OfGradients_IsAtMostTheNumberOfClusters() =>
        TrainingPoint.Partitioned(1).Sample(
            (point, from, partition) =>
            {
                CentroidLoss loss = point.CentroidLoss(from, partition);
                return Enumerable.Range(from + 1, point.Depth - from).All(l =>
                {
                    double[] values = SingularValueDecomposition.SingularValues(loss.Gradient(l));
                    return values.Skip(partition.NonEmptyCount).All(s => s <= 1e-12 * (1 + values[0]));
                });
            },
            iter: 200);

    [Fact]
    public void Gradients_OfOneClusterPerSample_AreThoseOfTheObjective() =>
        TrainingPoint.All(1).Sample(
            point =>
            {
                var gradient = new Network(point.Network.Specification);
                new Objective(point.Network.Specification, point.Data, point.Settings).ValueAndGradient(point.Network, gradient);
                return Enumerable.Range(0, point.Depth).All(from =>
                {
                    CentroidLoss loss = point.CentroidLoss(from, Singletons(point));
                    return Enumerable.Range(from + 1, point.Depth - from).All(l =>
                    {
                        Matrix found = loss.Gradient(l);
                        TensorPrimitives.MultiplyAdd(point.Network.Weights(l).AsSpan(), point.Coefficients.WeightFactorOf(l), found.AsSpan(), found.AsSpan());
                        return Frobenius.Distance(found, gradient.Weights(l)) <= 1e-12 * (1 + Frobenius.Norm(found));
                    });
                });
            },
            iter: 200);

    [Fact]
    public void Value_OfOneClusterPerSample_IsTheObjectiveWithoutWeightPenalties() =>
        TrainingPoint.All(1).Sample(
            point =>
            {
                ObjectiveValue value = new Objective(point.Network.Specification, point.Data, point.Settings).Value(point.Network);
                return Math.Abs(point.CentroidLoss(0, Singletons(point)).Value - (value.Total - value.WeightPenalty)) <= 1e-12 * (1 + Math.Abs(value.Total));
            },
            iter: 200);

    [Fact]
    public void Partition_OfOtherSamples_IsRefused() =>
        TrainingPoint.All(1).Sample(
            point =>
            {
                Assert.Throws<ShapeMismatchException>(() => point.CentroidLoss(0, new Partition([0], 1)));
            },
            iter: 1);

    private static Partition Singletons(TrainingPoint point) => new([.. Enumerable.Range(0, point.Data.SampleCount)], point.Data.SampleCount);
}
