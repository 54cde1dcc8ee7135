using RankCollapse.Data;
using RankCollapse.Formats;

namespace RankCollapse.Tests.Data;

public sealed class TestSetTests
{
    private static readonly DataRequest Mixture =
        new() { Source = DataSource.GaussianMixtureName, Samples = 20, Classes = 3, Dimension = 5, Sigma = 0.5, Seed = 4 };

    [Theory]
    [InlineData("mnist")]
    [InlineData(DataSource.GaussianMixtureName)]
    public void SamplesOfTheSameSource_AreNoneOfTheTrainings(string source)
    {
        DataRequest request = Mixture with { Source = source };
        DataSet training = DataSource.Load(request), test = TestSet.Load(request, training, 31, null);
        Assert.Equal(31, test.SampleCount);
        Assert.Equal([11, 10, 10], Enumerable.Range(0, 3).Select(k => test.Labels.Count(label => label == k)));
        Assert.All(Columns(test), column => Assert.DoesNotContain(Columns(training), other => other.SequenceEqual(column)));

        // More training samples leave the rest as they are, in an order of the seed.
        DataSet longer = TestSet.Load(request, training, 61, null);
        Assert.All(Columns(test), column => Assert.Contains(Columns(longer), other => other.SequenceEqual(column)));
    }

    [Fact]
    public void TestPartOfAFile_IsTakenWhole()
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("both.npz");
        DataSet training = GaussianMixture.Draw(12, 3, 4, 0.1, 1), test = GaussianMixture.Draw(9, 3, 4, 0.1, 2);
        NpzFile.Write(path, new Dictionary<string, NpyArray>
        {
            ["x_train"] = Rows(training),
            ["y_train"] = Labels(training),
            ["x_test"] = Rows(test),
            ["y_test"] = Labels(test),
        });
        DataRequest request = Mixture with { Source = path, Samples = 12 };
        DataSet found = TestSet.Load(request, DataSource.Load(request), null, path);
        Assert.Equal(9, found.SampleCount);
        Assert.Equal(Columns(test).Select(c => string.Join(',', c)).Order(), Columns(found).Select(c => string.Join(',', c)).Order());
        Assert.Contains("ask for at most", Assert.Throws<InvalidInputException>(() => TestSet.Load(request, DataSource.Load(request), 3, null)).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void DataThatDoNotFit_AreRefused()
    {
        DataSet training = DataSource.Load(Mixture);
        Assert.Contains("784 inputs", Assert.Throws<InvalidInputException>(() => TestSet.Load(Mixture, training, 9, "mnist")).Message,
            StringComparison.Ordinal);
        Assert.Throws<InvalidInputException>(() => TestSet.Load(Mixture, training, 9, DataSource.FreeName));
    }

    private static NpyArray Rows(DataSet data) => new([data.SampleCount, data.InputDimension], [.. data.Inputs.Transpose().AsSpan()]);

    private static NpyArray Labels(DataSet data) => new([data.SampleCount], [.. data.Labels.Select(label => (long)label)]);

    private static double[][] Columns(DataSet data) => [.. Enumerable.Range(0, data.SampleCount).Select(j => data.Inputs.Column(j).ToArray())];
}
