using RankCollapse.Collapse;
using RankCollapse.Data;
using RankCollapse.Experiments.Ranks;
using RankCollapse.LinearAlgebra;
using RankCollapse.Networks;
using RankCollapse.Runs;
using RankCollapse.Sweeps.Storage;
using RankCollapse.Theory.Certificates;
using RankCollapse.Theory.Rivals;

namespace RankCollapse.Experiments.Rivals;

/// <summary>A depth and K: what collapse and a lower rank cost, and where trainings ended.</summary>
/// <param name="Costs">The lowest costs found.</param>
/// <param name="Ends">The ends of trainings from random starts.</param>
internal sealed record RankContest(RankCell Costs, IReadOnlyList<RankEnd> Ends)
{
    /// <summary>The lowest end.</summary>
    public RankEnd Lowest => Ends.MinBy(end => end.Objective)!;
}

/// <summary>Where one training of a contest ended.</summary>
/// <param name="Seed">The seed of its start.</param>
/// <param name="Objective">J.</param>
/// <param name="RelativeGradient">The relative gradient norm.</param>
/// <param name="LeastRank">The least rank of Z^1 … Z^{L−2}.</param>
/// <param name="Jacobian">The largest rank of Jacobians.</param>
/// <param name="Bottleneck">The least rank of weights.</param>
internal sealed record RankEnd(long Seed, double Objective, double RelativeGradient, int LeastRank, int Jacobian, int Bottleneck)
{
    /// <summary>Singular values of features below this share of the largest do not count; trainings end where they are small, not 0.</summary>
    private const double FeatureTolerance = 0.01;

    /// <summary>Reads a training.</summary>
    public static RankEnd Of(long seed, TrialResult result)
    {
        (Network network, DataSet data) = Read(result);
        var jacobian = JacobianRank.Measure(network, data);
        int rank = result.Summary.Layers.SkipLast(2).Min(layer => NumericalRank.Of([.. layer.FeatureSingularValues], FeatureTolerance));
        return new RankEnd(
            seed, result.Summary.Objective, result.Summary.RelativeGradientNorm, rank, jacobian.RankWithin(RankTolerance.Default),
            jacobian.BottleneckWithin(RankTolerance.Default));
    }

    /// <summary>The network and the data of a training that was kept.</summary>
    internal static (Network Network, DataSet Data) Read(TrialResult result)
    {
        DataSet data = DataSource.Load(result.Configuration.ToDataRequest());
        return (RunFolder.ReadWeights(result.Folder!, result.Configuration.ToSpecification(data.InputDimension, data.OutputDimension)), data);
    }
}

/// <summary>Where one training with linear layers at its end has come to.</summary>
/// <param name="Cell">Width, linear layers, seed.</param>
/// <param name="Objective">J.</param>
/// <param name="RelativeGradient">The relative gradient norm.</param>
/// <param name="Nc1">Variation of Z^{L−1} inside classes over that between them.</param>
/// <param name="Condition">The condition number of the class means of Z^{L−1}.</param>
/// <param name="Bound">Its bound from balance; NaN where there is none.</param>
/// <param name="Imbalance">The largest imbalance of linear layers over ‖W_L‖²; NaN where there is one alone.</param>
/// <param name="FirstRank">The rank of W_1.</param>
/// <param name="LaterRank">The largest rank of W_2 … W_{L−1}.</param>
/// <param name="Jacobian">The largest rank of Jacobians.</param>
internal sealed record HeadEnd(
    HeadCell Cell, double Objective, double RelativeGradient, double Nc1, double Condition, double Bound, double Imbalance, int FirstRank, int LaterRank,
    int Jacobian)
{
    /// <summary>K.</summary>
    public required int Classes { get; init; }

    /// <summary>Reads a training.</summary>
    public static HeadEnd Of(HeadCell cell, TrialResult result)
    {
        (Network network, DataSet data) = RankEnd.Read(result);
        int depth = network.Specification.Depth;
        var means = ClassCentroids.Compute(network.Features(data.Inputs)[depth - 1], new Partition(data.Labels, data.OutputDimension));
        double[] values = SingularValueDecomposition.SingularValues(means.Centroids);
        int[] ranks = [.. Enumerable.Range(1, depth).Select(l => RankTolerance.Of(SingularValueDecomposition.SingularValues(network.Weights(l))))];
        var head = BalancedHead.Compute(network, data);
        double last = SingularValueDecomposition.SingularValues(network.Weights(depth))[0];
        return new HeadEnd(
            cell, result.Summary.Objective, result.Summary.RelativeGradientNorm, means.WithinVariation / means.BetweenVariation,
            values[0] / values[data.OutputDimension - 1], head is { } h && double.IsFinite(h.Nc2.Bound) ? h.Nc2.Bound : double.NaN,
            head is null ? double.NaN : head.Imbalances.Max() / (last * last), ranks[0], ranks[1..^1].Max(),
            JacobianRank.Measure(network, data).RankWithin(RankTolerance.Default))
        {
            Classes = data.OutputDimension,
        };
    }
}
