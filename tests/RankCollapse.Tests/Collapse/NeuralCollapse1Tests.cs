using RankCollapse.Collapse;
using RankCollapse.LinearAlgebra;
using static RankCollapse.Tests.Collapse.Samples;

namespace RankCollapse.Tests.Collapse;

public sealed class NeuralCollapse1Tests
{
    [Theory]
    [InlineData(0, 1, true)]
    [InlineData(1e-7, 1, true)]
    [InlineData(1e-2, 1, false)]
    [InlineData(0, 1e-9, true)]
    [InlineData(1e-2, 1e-9, false)]
    public void Judge_AsksForVariationThatIsSmallBesideTheFeatures(double noise, double scale, bool expected)
    {
        int[] labels = Labels(60, 5);
        Matrix noisy = Noisy(12, labels, 5, noise, 1);
        NeuralCollapse1 found = Judge(Matrix.FromEntries(12, 60, (i, j) => scale * noisy[i, j]), labels, 5);
        Assert.Equal(expected, found.IsSatisfied);
        Assert.True(found.ClassesAttainMinimum);
    }

    [Fact]
    public void Judge_OfFeaturesThatClusterOtherwise_SaysSo()
    {
        // Large clusters that cut across the classes: the labels' distance is nothing beside them.
        int[] labels = Labels(60, 2);
        int[] other = [.. Enumerable.Range(0, 60).Select(i => i / 30)];
        NeuralCollapse1 found = Judge(Collapsed(Matrix.FromEntries(5, 2, (i, j) => 100 * (i + j)), other), labels, 2);
        Assert.False(found.ClassesAttainMinimum);
        Assert.False(found.IsSatisfied);
    }

    [Fact]
    public void Judge_OfZeroFeatures_IsSatisfied() => Assert.True(Judge(new Matrix(3, 20), Labels(20, 4), 4).IsSatisfied);

    private static NeuralCollapse1 Judge(Matrix features, int[] labels, int classes) => NeuralCollapse1.Judge(
        ClassCentroids.Compute(features, Classes(labels, classes)),
        TotalClusterVariation.Compute(features, OneHot(labels, classes), classes, Classes(labels, classes)));
}
