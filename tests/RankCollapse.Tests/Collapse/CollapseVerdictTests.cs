using RankCollapse.Collapse;
using RankCollapse.LinearAlgebra;
using static RankCollapse.Tests.Collapse.Samples;

namespace RankCollapse.Tests.Collapse;

public sealed class CollapseVerdictTests
{
    [Theory]
    [InlineData(0, 1, CollapseState.Collapsed)]
    [InlineData(1e-7, 1, CollapseState.Collapsed)]
    [InlineData(1e-2, 1, CollapseState.Nearly)]
    [InlineData(1, 1, CollapseState.NotCollapsed)]
    [InlineData(0, 1e-9, CollapseState.Collapsed)]
    [InlineData(1e-2, 1e-9, CollapseState.Nearly)]
    public void Verdict_IsOfVariationBesideThatOfTheFeatures(double noise, double scale, CollapseState expected)
    {
        int[] labels = Labels(60, 5);
        Matrix noisy = Noisy(12, labels, 5, noise, 1);
        Assert.Equal(expected, Verdict(Matrix.FromEntries(12, 60, (i, j) => scale * noisy[i, j]), labels, 5).State);
    }

    [Fact]
    public void Features_ThatClusterOtherwise_HaveNotCollapsed()
    {
        // Large clusters that cut across the classes: the labels' distance is nothing beside them.
        int[] labels = Labels(60, 2);
        int[] other = [.. Enumerable.Range(0, 60).Select(i => i / 30)];
        Assert.False(Verdict(Collapsed(Matrix.FromEntries(5, 2, (i, j) => 1e6 * (i + j)), other), labels, 2).IsCollapsed);
    }

    [Fact]
    public void ZeroFeatures_HaveCollapsed() => Assert.True(Verdict(new Matrix(3, 20), Labels(20, 4), 4).IsCollapsed);

    [Fact]
    public void Features_WithAnEmptyClass_HaveCollapsed_WhenTheOthersArePoints()
    {
        // Class 3 of 4 has no samples; a partition into 4 sets splits another class and is better by rounding alone.
        int[] labels = Labels(60, 3);
        Matrix features = Noisy(12, labels, 3, 1e-7, 1);
        var variation = TotalClusterVariation.Compute(features, OneHot(labels, 4), 4, Classes(labels, 4));
        Assert.False(variation.Partition.GroupsLike(Classes(labels, 4)));
        Assert.True(Verdict(features, labels, 4).IsCollapsed);
    }

    [Fact]
    public void Features_WithAnEmptyClass_HaveNotCollapsed_WhenAnotherClassHasTwoPoints()
    {
        // TCV_4 = 0, but the partition into classes is no minimiser.
        int[] four = Labels(60, 4), labels = [.. four.Select(label => Math.Min(label, 2))];
        Matrix features = Collapsed(Gaussian(12, 4, 2), four);
        Assert.Equal(0, TotalClusterVariation.Compute(features, OneHot(labels, 4), 4, Classes(labels, 4)).Upper, 1e-20);
        Assert.False(Verdict(features, labels, 4).IsCollapsed);
    }

    [Fact]
    public void Features_OfLinearlyDependentMeans_HaveCollapsed()
    {
        int[] labels = Labels(60, 4);
        Assert.True(Verdict(Collapsed(Matrix.FromEntries(12, 4, (i, k) => i * (k - 1.5)), labels), labels, 4).IsCollapsed);
    }

    [Fact]
    public void Features_OfEqualMeans_HaveCollapsed_ThoughOtherPartitionsTie()
    {
        // Classes 0 and 1 share their point, so that only labels tell them apart.
        int[] labels = Labels(60, 3);
        Assert.True(Verdict(Collapsed(Matrix.FromEntries(5, 3, (i, k) => i * Math.Max(k, 1)), labels), labels, 3).IsCollapsed);
    }

    [Fact]
    public void Verdict_OfNaN_IsUnknown() => Assert.Equal(CollapseState.Unknown, CollapseVerdict.Of(double.NaN).State);

    private static CollapseVerdict Verdict(Matrix features, int[] labels, int classes) =>
        CollapseVerdict.Of(ClassCentroids.Compute(features, Classes(labels, classes)));
}
