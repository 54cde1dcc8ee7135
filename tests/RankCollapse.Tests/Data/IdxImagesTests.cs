using RankCollapse.Data;
using RankCollapse.Tests.Formats;

namespace RankCollapse.Tests.Data;

public sealed class IdxImagesTests
{
    private static readonly byte[] Images = IdxBytes.Of([4, 1, 2], [0, 255, 51, 102, 1, 2, 3, 4]);
    private static readonly byte[] Labels = IdxBytes.Of([4], [1, 0, 1, 5]);

    [Theory]
    [InlineData("t-images-idx3-ubyte", "t-labels-idx1-ubyte")]
    [InlineData("t-images-idx3-ubyte.gz", "t-labels-idx1-ubyte.gz")]
    [InlineData("t-images-idx3-ubyte.gz", "t-labels-idx1-ubyte")]
    [InlineData("t-images-idx3-ubyte", "t-labels-idx1-ubyte.gz")]
    [InlineData("t-images.idx3-ubyte", "t-labels.idx1-ubyte")]
    public void LabelsBesideTheImages_AreFound(string imagesName, string labelsName)
    {
        using var folder = new TemporaryFolder();
        string path = folder.Write(imagesName, imagesName.EndsWith("gz", StringComparison.Ordinal) ? IdxBytes.Gzip(Images) : Images);
        folder.Write(labelsName, labelsName.EndsWith("gz", StringComparison.Ordinal) ? IdxBytes.Gzip(Labels) : Labels);
        DataSet data = IdxImages.Read(path).Subsample(3, 2, seed: 0);
        Assert.Equal([0, 1, 1], data.Labels);
        Assert.Equal([51 / 255.0, 102 / 255.0], data.Inputs.Column(0));
        Assert.Contains(data.Inputs[1, 1], new[] { 1, 2 / 255.0 });
    }

    [Fact]
    public void FewerLabelsThanImages_SaysBothNumbers()
    {
        using var folder = new TemporaryFolder();
        string images = folder.Write("images", Images);
        string labels = folder.Write("labels", IdxBytes.Of([3], [1, 0, 1]));
        var error = Assert.Throws<InvalidInputException>(() => IdxImages.Read(images, labels));
        Assert.Contains("4 images but 3 labels", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void LabelsInPlaceOfImages_AreRefused()
    {
        using var folder = new TemporaryFolder();
        string labels = folder.Write("t-labels-idx1-ubyte", Labels);
        Assert.Throws<InvalidInputException>(() => IdxImages.Read(labels));
    }

    [Fact]
    public void NameWithoutTheRule_SaysTheRule()
    {
        using var folder = new TemporaryFolder();
        string path = folder.Write("pictures", Images);
        var error = Assert.Throws<InvalidInputException>(() => IdxImages.Read(path));
        Assert.Contains("images-idx3", error.Message, StringComparison.Ordinal);
    }
}
