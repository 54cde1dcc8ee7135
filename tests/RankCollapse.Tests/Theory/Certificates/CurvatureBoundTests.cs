using CsCheck;
using RankCollapse.Collapse;
using RankCollapse.LinearAlgebra;
using RankCollapse.Networks;
using RankCollapse.Theory.Certificates;
using RankCollapse.Training;

namespace RankCollapse.Tests.Theory.Certificates;

public sealed class CurvatureBoundTests
{
    /// <summary>N·M_{l,j} at index l for a layer j and a partition.</summary>
    private static readonly Gen<(TrainingPoint Point, int From, Partition Partition, double[] Bounds, string? Reason)> Bounds =
        TrainingPoint.Partitioned(0.2).Select((point, from, partition) =>
        {
            Matrix features = point.Network.Features(point.Data.Inputs)[from];
            double[] radii = [.. Enumerable.Range(0, 3).Where(k => partition.Sizes[k] > 0).Select(k => Radius(features, point.Data.Targets, partition, k))];
            CentroidLoss centroids = point.CentroidLoss(from, partition);
            double[] bounds = CurvatureBound.Compute(point.Network, point.Settings.Loss, point.Coefficients, centroids, radii, out string? reason);
            return (point, from, partition, bounds, reason);
        });

    [Fact]
    public void Remainder_OfAnyPartition_IsAtMostHalfOfMTimesWcss() =>
        Bounds.Sample(
            b =>
            {
                Matrix features = b.Point.Network.Features(b.Point.Data.Inputs)[b.From];
                double wcss = WithinClusterSumOfSquares.Of(features, b.Point.Data.Targets, b.Partition);
                CentroidLoss centroids = b.Point.CentroidLoss(b.From, b.Partition);
                TailPass pass = b.Point.Pass();
                return Enumerable.Range(b.From + 1, b.Point.Depth - b.From).All(l =>
                    Frobenius.Distance(pass.Gradient(l), centroids.Gradient(l)) <= (0.5 * b.Point.Data.SampleCount * b.Bounds[l] * wcss * (1 + 1e-9)) + 1e-12);
            },
            iter: 400);

    [Fact]
    public void SampledCurvature_IsNotAboveTheBound() =>
        Bounds.Sample(
            b =>
            {
                TrainingPoint point = b.Point;
                var tail = new NetworkTail(point.Network, point.Settings.Loss, point.Coefficients, b.From);
                Matrix features = point.Network.Features(point.Data.Inputs)[b.From];
                double[] sampled = CurvatureSample.Compute(tail, features, point.Data.Targets, b.Partition, point.Depth, 4, Instances.Stream(1));
                TailPass pass = point.Pass();
                double step = 1e-3 * Math.Max(1e-3, LeastNorm(features, b.Partition));
                return Enumerable.Range(b.From + 1, point.Depth - b.From).All(l =>
                {
                    double rounding = 256 * Tolerances.MachineEpsilon * Frobenius.Norm(pass.Errors[l]) * Frobenius.Norm(pass.Features[l - 1]) / (step * step);
                    return sampled[l] <= (b.Bounds[l] * (1 + 1e-3)) + 1e-4 + rounding;
                });
            },
            iter: 300);

    [Fact]
    public void Bound_OfSmoothActivations_Exists() => Bounds.Sample(b => b.Reason is null, iter: 200);

    [Fact]
    public void Bound_OfKinkedActivations_IsInfiniteWithTheReason()
    {
        var network = new Network(new NetworkSpecification(4, [5, 3], hiddenActivation: Activation.Parse("relu")));
        var point = new TrainingPoint(network, Instances.Classes(4, 9, 3, Instances.Stream(8)), new ObjectiveSettings());
        var loss = point.CentroidLoss(0, new Partition(point.Data.Labels, 3));
        double[] bounds = CurvatureBound.Compute(network, Loss.Squared, point.Coefficients, loss, [1, 1, 1], out string? reason);
        Assert.Equal(double.PositiveInfinity, bounds[1]);
        Assert.Contains("third derivative", reason);
    }

    /// <summary>The least norm of a point between a sample and its centroid.</summary>
    private static double LeastNorm(Matrix features, Partition partition)
    {
        Matrix centroids = ClassCentroids.Compute(features, partition).Centroids;
        return Enumerable.Range(0, features.Columns).Min(i =>
        {
            double[] centre = centroids.Column(partition.Clusters[i]), offset = [.. features.Column(i).Zip(centre, (z, c) => z - c)];
            double squares = offset.Sum(d => d * d), share = squares == 0 ? 0 : Math.Clamp(-centre.Zip(offset, (c, d) => c * d).Sum() / squares, 0, 1);
            return Math.Sqrt(centre.Zip(offset, (c, d) => Math.Pow(c + (share * d), 2)).Sum());
        });
    }

    private static double Radius(Matrix features, Matrix targets, Partition partition, int cluster)
    {
        Matrix z = ClassCentroids.Compute(features, partition).Deviations, y = ClassCentroids.Compute(targets, partition).Deviations;
        return Enumerable.Range(0, z.Columns).Where(i => partition.Clusters[i] == cluster)
            .Max(i => Math.Sqrt(z.Column(i).Sum(v => v * v) + y.Column(i).Sum(v => v * v)));
    }
}
