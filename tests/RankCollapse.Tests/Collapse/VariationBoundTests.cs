using RankCollapse.Collapse;
using RankCollapse.Data;
using RankCollapse.LinearAlgebra;

namespace RankCollapse.Tests.Collapse;

public sealed class VariationBoundTests
{
    private const int Classes = 3;

    private static readonly DataSet Data = GaussianMixture.Draw(12, Classes, 6, 0.1, 1);

    [Fact]
    public void FeaturesOfPoints_HaveCollapsed() => Assert.Null(Condition(0).Missing([Data.Inputs, Spread(0, 0), Spread(1, 0)]));

    [Fact]
    public void TheLayerThatHasNot_IsNamedWithItsTcv()
    {
        var condition = Condition(1e-12);
        string? missing = condition.Missing([Data.Inputs, Spread(0, 0), Spread(1, 1e-3), Spread(2, 0)]);

        Assert.StartsWith("layer 2 has TCV ", missing, StringComparison.Ordinal);
        Assert.Contains("(at most 1.0e-12 is asked)", missing, StringComparison.Ordinal);
        // Layer 2 is asked first now, and layer 1 all the same.
        Assert.StartsWith("layer 2 ", condition.Missing([Data.Inputs, Spread(0, 1e-3), Spread(1, 1e-3), Spread(2, 0)]), StringComparison.Ordinal);
        Assert.StartsWith("layer 1 ", condition.Missing([Data.Inputs, Spread(0, 1e-3), Spread(1, 0), Spread(2, 0)]), StringComparison.Ordinal);
        Assert.Null(condition.Missing([Data.Inputs, Spread(0, 0), Spread(1, 0), Spread(2, 0)]));
    }

    [Fact]
    public void TheBound_IsThatOfTheMeasuredTcv()
    {
        Matrix features = Spread(0, 1e-3);
        double tcv = TotalClusterVariation.Compute(features, Data.Targets, Classes, new Partition(Data.Labels, Classes)).Upper;

        Assert.NotNull(Condition(tcv * (1 - 1e-9)).Missing([Data.Inputs, features]));
        Assert.True(NumericalRank.Of(features) > Classes);
        Assert.StartsWith(
            $"layer 1 has numerical rank {NumericalRank.Of(features)} (at most 3 is asked)", Condition(tcv * (1 + 1e-9)).Missing([Data.Inputs, features]),
            StringComparison.Ordinal);
    }

    [Fact]
    public void FeaturesThatAreEqual_HaveCollapsedToo() => Assert.Null(Condition(0).Missing([Data.Inputs, new Matrix(4, 12)]));

    [Fact]
    public void DataWithoutClasses_AreRefused()
    {
        var plain = new DataSet("plain", Data.Inputs, Data.Targets, []);
        Assert.Contains("has no classes", Assert.Throws<InvalidInputException>(() => new VariationBound(plain, 1e-12)).Message, StringComparison.Ordinal);
    }

    private static VariationBound Condition(double bound) => new(Data, bound);

    /// <summary>A point for each class, and samples at a distance from it.</summary>
    private static Matrix Spread(long seed, double distance)
    {
        Matrix means = RandomMatrix.Gaussian(8, Classes, new RandomStream(seed, RandomPurpose.Data)),
            noise = RandomMatrix.Gaussian(8, Data.SampleCount, new RandomStream(seed, RandomPurpose.Sampling));
        return Matrix.FromEntries(8, Data.SampleCount, (i, j) => means[i, Data.Labels[j]] + (distance * noise[i, j]));
    }
}
