using System.IO.Compression;
using System.Text;
using RankCollapse.Data;
using RankCollapse.Formats;

namespace RankCollapse.Tests.Data;

public sealed class NpzSamplesTests
{
    private static readonly NpyArray Columns = new([2, 4], [1.0, 2, 3, 4, 10, 20, 30, 40]);
    private static readonly NpyArray Rows = new([4, 2], [1.0, 10, 2, 20, 3, 30, 4, 40]);

    [Fact]
    public void SamplesAsRowsOrColumns_GiveTheSameDataSet()
    {
        var labels = new NpyArray([4], [1L, 0, 1, 0]);
        DataSet columns = Load(new() { ["X"] = Columns, ["labels"] = labels }, 4, 2);
        DataSet rows = Load(new() { ["X_rows"] = Rows, ["labels"] = labels }, 4, 2);
        DataSet images = Load(new() { ["X_rows"] = new NpyArray([4, 2, 1], Rows.ToDoubles()), ["labels"] = labels }, 4, 2);
        Assert.Equal([0, 0, 1, 1], columns.Labels);
        Assert.Equal(10 * columns.Inputs[0, 2], columns.Inputs[1, 2]);
        Assert.Equal(columns.Inputs.AsSpan(), rows.Inputs.AsSpan());
        Assert.Equal(columns.Inputs.AsSpan(), images.Inputs.AsSpan());
        Assert.Equal(columns.Labels, rows.Labels);
    }

    [Fact]
    public void OneHotTargets_GiveLabels()
    {
        DataSet data = Load(new() { ["X"] = Columns, ["Y"] = new NpyArray([3, 4], [0.0, 1, 0, 0, 1, 0, 0, 1, 0, 0, 1, 0]) }, 4, 10);
        Assert.Equal([0, 1, 1, 2], data.Labels);
        Assert.Equal(3, data.OutputDimension);
        Assert.Equal([2.0, 20], data.Inputs.Column(0));
    }

    [Fact]
    public void TargetsOfRegression_HaveNoLabelsAndStayWithTheirSamples()
    {
        DataSet data = Load(new() { ["X"] = Columns, ["Y_rows"] = new NpyArray([4, 1], [0.1, 0.2, 0.3, 0.4]) }, 3, 10);
        Assert.Empty(data.Labels);
        Assert.Equal((1, 3), (data.OutputDimension, data.SampleCount));
        for (int i = 0; i < 3; i++) Assert.Equal(data.Inputs[0, i] / 10, data.Targets[0, i], 15);
    }

    [Fact]
    public void UnbalancedFile_IsTakenWholeOrBalanced()
    {
        Dictionary<string, NpyArray> arrays = new() { ["X"] = Columns, ["labels"] = new NpyArray([4], [0L, 0, 0, 1]) };
        Assert.Equal([0, 0, 0, 1], Load(arrays, 4, 2).Labels);
        Assert.Equal([0, 1], Load(arrays, 2, 2).Labels);
        Assert.Equal([0, 0, 1], Load(arrays, 3, 2).Labels);
    }

    public static TheoryData<string, Dictionary<string, NpyArray>> Wrong => new()
    {
        { "expected X", new() { ["inputs"] = Columns } },
        { "expected labels (y) or targets (Y)", new() { ["X"] = Columns } },
        { "both X and X_rows", new() { ["X"] = Columns, ["X_rows"] = Rows, ["labels"] = new NpyArray([4], new long[4]) } },
        { "X is (2, 4), but there are 3 labels in labels", new() { ["X"] = Columns, ["labels"] = new NpyArray([3], new long[3]) } },
        { "X is (2, 4), but there are 4 labels in labels and Y is (2, 3)",
            new() { ["X"] = Columns, ["Y"] = new NpyArray([2, 3], new double[6]), ["labels"] = new NpyArray([4], new long[4]) } },
        { "X is (4, 2), but Y is (3, 3)", new() { ["X"] = Rows, ["Y"] = new NpyArray([3, 3], new double[9]) } },
        { "X is (2, 2) and there are 2 labels in y, so that a sample may be a row or a column",
            new() { ["X"] = new NpyArray([2, 2], new double[4]), ["y"] = new NpyArray([2], [0L, 1]) } },
        { "label 7, outside 0…1; set classes to 8", new() { ["X"] = Columns, ["labels"] = new NpyArray([4], [0L, 1, 7, 1]) } },
        { "label -1", new() { ["X"] = Columns, ["labels"] = new NpyArray([4], [0L, 1, -1, 1]) } },
        { "0.5", new() { ["X"] = Columns, ["labels"] = new NpyArray([4], [0, 0.5, 1, 1]) } },
        { "X is (2, 4), but labels is (3, 3)", new() { ["X"] = Columns, ["labels"] = new NpyArray([3, 3], new long[9]) } },
        { "NaN at row 1, column 2", new() { ["X"] = new NpyArray([2, 4], [1, 2, 3, 4, 5, 6, double.NaN, 8]), ["labels"] = new NpyArray([4], [0L, 1, 0, 1]) } },
        { "2 samples in classes", new() { ["X"] = new NpyArray([1, 2], [1.0, 2]), ["labels"] = new NpyArray([2], [0L, 1]) } },
        { "no samples of class 1", new() { ["X"] = Columns, ["labels"] = new NpyArray([4], new long[4]) } },
    };

    [Theory]
    [MemberData(nameof(Wrong))]
    public void WrongArrays_AreRefused(string found, Dictionary<string, NpyArray> arrays)
    {
        var error = Assert.Throws<InvalidInputException>(() => Load(arrays, 4, 2));
        Assert.Contains(found, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void RowsAsPythonHasThem_AreTheDefault()
    {
        DataSet rows = Load(new() { ["X"] = Rows, ["y"] = new NpyArray([4, 1], [1L, 0, 1, 0]) }, 4, 2);
        Assert.Equal(10 * rows.Inputs[0, 0], rows.Inputs[1, 0]);
        Assert.Equal("4 samples × 2 inputs, 2 classes, labels from y; X has a sample a row", rows.Understood);
        DataSet images = Load(new() { ["X"] = new NpyArray([4, 1, 2], Rows.ToDoubles()), ["y"] = new NpyArray([4], [1L, 0, 1, 0]) }, 4, 2);
        Assert.Equal(rows.Inputs.AsSpan(), images.Inputs.AsSpan());
        DataSet oneHot = Load(new() { ["X"] = Rows, ["y"] = new NpyArray([4, 2], [0.0, 1, 1, 0, 0, 1, 1, 0]) }, 4, 2);
        Assert.Equal(rows.Labels, oneHot.Labels);
    }

    [Fact]
    public void SquareInputs_AreReadAsTheTargetsOrTheOptionSay()
    {
        NpyArray square = new([3, 3], [1.0, 2, 3, 4, 5, 6, 7, 8, 9]), classes = new([3], [0L, 1, 1]);
        Assert.Equal([1.0, 4, 7], Load(new() { ["X"] = square, ["Y"] = new NpyArray([2, 3], [1.0, 0, 0, 0, 1, 1]) }, 3, 2).Inputs.Column(0));
        Assert.Equal([1.0, 2, 3], Load(new() { ["X"] = square, ["Y"] = new NpyArray([3, 2], [1.0, 0, 0, 1, 0, 1]) }, 3, 2).Inputs.Column(0));
        Assert.Equal([1.0, 2, 3], Load(new() { ["X"] = square, ["y"] = classes }, 3, 2, new FileReading { Layout = SampleLayout.Rows }).Inputs.Column(0));
        Assert.Equal([1.0, 4, 7], Load(new() { ["X"] = square, ["y"] = classes }, 3, 2, new FileReading { Layout = SampleLayout.Columns }).Inputs.Column(0));
        var wrong = Assert.Throws<InvalidInputException>(() => Load(new() { ["X"] = square, ["y"] = classes }, 3, 2));
        Assert.Equal(["layout"], wrong.Settings);
    }

    [Theory]
    [InlineData("x_train", "y_train", "x_test", "y_test")]
    [InlineData("train_images", "train_labels", "test_images", "test_labels")]
    public void OneOfTwoParts_IsRead(string inputs, string labels, string testInputs, string testLabels)
    {
        Dictionary<string, NpyArray> arrays = new()
        {
            [inputs] = Rows,
            [labels] = new NpyArray([4, 1], [0L, 1, 0, 1]),
            [testInputs] = new NpyArray([2, 2], [5.0, 6, 7, 8]),
            [testLabels] = new NpyArray([2, 1], [0L, 1]),
        };
        Assert.Equal(4, Load(arrays, 4, 2).SampleCount);
        Assert.Equal([5.0, 6], Load(arrays, 2, 2, new FileReading { Split = DataSplit.Test, Layout = SampleLayout.Rows }).Inputs.Column(0));
    }

    [Fact]
    public void LabelsFromOne_AreCountedFromZero()
    {
        DataSet data = Load(new() { ["X"] = Rows, ["y"] = new NpyArray([4], [1L, 2, 1, 2]) }, 4, 2);
        Assert.Equal([0, 0, 1, 1], data.Labels);
        Assert.EndsWith("; labels 1…2 are classes 0…1", data.Understood, StringComparison.Ordinal);
    }

    [Fact]
    public void LabelsOfText_AreNumberedAlphabetically()
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("texts.npz");
        using (var archive = new ZipArchive(File.Create(path), ZipArchiveMode.Create))
        {
            using (Stream inputs = archive.CreateEntry("X.npy").Open()) NpyFormat.Write(inputs, Rows);
            using Stream labels = archive.CreateEntry("y.npy").Open();
            labels.Write(NpyHeader.ToBytes("<U3", [4]));
            foreach (string name in (string[])["dog", "cat", "ox", "cat"]) labels.Write(Encoding.UTF32.GetBytes(name.PadRight(3, '\0')));
        }
        Samples samples = NpzSamples.Read(path);
        Assert.Equal([1, 0, 2, 0], samples.Labels!);
        Assert.Contains("3 classes, labels from y (cat, dog, ox)", samples.Understood, StringComparison.Ordinal);
    }

    private static DataSet Load(Dictionary<string, NpyArray> arrays, int samples, int classes, FileReading? reading = null)
    {
        using var folder = new TemporaryFolder();
        NpzFile.Write(folder.File("a.npz"), arrays);
        return DataSource.Load(new DataRequest { Source = folder.File("a.npz"), Samples = samples, Classes = classes, Reading = reading ?? new FileReading() });
    }
}
