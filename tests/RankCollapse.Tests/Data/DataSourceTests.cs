using RankCollapse.Data;
using RankCollapse.Formats;
using RankCollapse.Tests.Formats;

namespace RankCollapse.Tests.Data;

public sealed class DataSourceTests
{
    [Theory]
    [InlineData("mnsit", "did you mean 'mnist'")]
    [InlineData("gaussian", "did you mean 'gaussian-mixture'")]
    [InlineData("xyz", "known are mnist, gaussian-mixture")]
    [InlineData("none/data.csv", "its folder")]
    public void UnknownSource_ListsNearMatches(string source, string found)
    {
        var error = Assert.Throws<InvalidInputException>(() => DataSource.Load(new DataRequest { Source = source }));
        Assert.Contains(found, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void BuiltInNames_AreLoaded()
    {
        Assert.Equal(784, DataSource.Load(new DataRequest { Samples = 20 }).InputDimension);
        DataSet mixture = DataSource.Load(
            new DataRequest { Source = "gaussian-mixture", Samples = 9, Classes = 2, ClassCounts = [3, 6], Dimension = 5, Sigma = 0.5, Seed = 3 });
        Assert.Equal((5, 9, 2), (mixture.InputDimension, mixture.SampleCount, mixture.OutputDimension));
        Assert.Equal(GaussianMixture.Draw(9, 2, 5, 0.5, 3, classCounts: [3, 6]).Inputs.AsSpan(), mixture.Inputs.AsSpan());
    }

    [Fact]
    public void IdxFiles_AreKnownByTheirContent()
    {
        using var folder = new TemporaryFolder();
        string path = folder.Write("t-images-idx3-ubyte", IdxBytes.Gzip(IdxBytes.Of([4, 1, 1], [0, 51, 102, 255])));
        folder.Write("t-labels-idx1-ubyte", IdxBytes.Of([4], [1, 0, 1, 0]));
        DataSet data = DataSource.Load(new DataRequest { Source = path, Samples = 4, Classes = 2 });
        Assert.Equal([0, 0, 1, 1], data.Labels);
        Assert.Equal([0.0, 51 / 255.0, 102 / 255.0, 1], data.Inputs.AsSpan().ToArray().Order());
    }

    [Fact]
    public void FilesOfOtherKinds_AreRefused()
    {
        using var folder = new TemporaryFolder();
        NpyFormat.Write(folder.File("a.npy"), new NpyArray([1], [1.0]));
        foreach (string path in new[] { folder.Write("empty.csv", ""), folder.Write("binary.bin", [1, 0, 2]), folder.File("a.npy"),
            folder.Write("bad.npz", "PK\u0003\u0004 and no more"), folder.Root })
        {
            var error = Assert.Throws<InvalidInputException>(() => DataSource.Load(new DataRequest { Source = path }));
            Assert.Contains(path, error.Message, StringComparison.Ordinal);
            Assert.DoesNotContain('\n', error.Message);
        }
    }
}
