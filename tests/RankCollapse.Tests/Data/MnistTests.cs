using RankCollapse.Data;

namespace RankCollapse.Tests.Data;

public sealed class MnistTests
{
    [Fact]
    public void Subsample_IsBalancedSortedOneHotAndInUnitRange()
    {
        DataSet data = Mnist.Subsample(203, 10, seed: 1);
        Assert.Equal(784, data.InputDimension);
        Assert.Equal(203, data.SampleCount);
        Assert.Equal(data.Labels.Order(), data.Labels);
        Assert.Equal([21, 21, 21, 20, 20, 20, 20, 20, 20, 20], data.Labels.CountBy(k => k).Select(c => c.Value));
        double[] pixels = data.Inputs.AsSpan().ToArray();
        Assert.Equal(0, pixels.Min());
        Assert.Equal(1, pixels.Max());
        for (int i = 0; i < data.SampleCount; i++)
            for (int k = 0; k < 10; k++)
                Assert.Equal(k == data.Labels[i] ? 1 : 0, data.Targets[k, i]);
    }

    [Fact]
    public void WholeTestSet_HasTheKnownCounts()
    {
        DataSet data = Mnist.Subsample(10_000, 10, seed: 0);
        Assert.Equal([980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009], data.Labels.CountBy(k => k).Select(c => c.Value));
        // The mean pixel of the test set, as published: 0.1325.
        Assert.Equal(0.1325, data.Inputs.AsSpan().ToArray().Average(), 4);
    }

    [Fact]
    public void SameSeed_GivesTheSameSamplesAndAnotherSeedOthers()
    {
        double[] first = Mnist.Subsample(50, 5, seed: 3).Inputs.AsSpan().ToArray();
        Assert.Equal(first, Mnist.Subsample(50, 5, seed: 3).Inputs.AsSpan().ToArray());
        Assert.NotEqual(first, Mnist.Subsample(50, 5, seed: 4).Inputs.AsSpan().ToArray());
    }

    [Fact]
    public void LargerSubsample_ContainsTheSmaller()
    {
        DataSet small = Mnist.Subsample(6, 3, seed: 7);
        DataSet large = Mnist.Subsample(15, 3, seed: 7);
        for (int k = 0; k < 3; k++)
            for (int i = 0; i < 2; i++)
                Assert.Equal(small.Inputs.Column((2 * k) + i), large.Inputs.Column((5 * k) + i));
    }

    [Fact]
    public void ClassCounts_AreKept() =>
        Assert.Equal([0, 0, 0, 0, 0, 1, 2, 2], Mnist.Subsample(8, 3, seed: 0, [5, 1, 2]).Labels);

    [Theory]
    [InlineData(10_001, 10, "10000 samples")]
    [InlineData(20, 11, "no samples of class 10")]
    [InlineData(3, 5, "3 samples cannot cover 5 classes")]
    [InlineData(10, 0, "number of classes is 0")]
    [InlineData(10, -1, "number of classes is -1")]
    [InlineData(0, 10, "0 samples")]
    [InlineData(9_900, 10, "980 samples of class 0")]
    public void ImpossibleSubsample_NamesTheNumbers(int samples, int classes, string found)
    {
        var error = Assert.Throws<InvalidInputException>(() => Mnist.Subsample(samples, classes, seed: 0));
        Assert.Contains(found, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ClassCountsThatDoNotSum_SayTheSum()
    {
        var error = Assert.Throws<InvalidInputException>(() => Mnist.Subsample(10, 2, seed: 0, [4, 5]));
        Assert.Contains("sum to 9", error.Message, StringComparison.Ordinal);
    }
}
