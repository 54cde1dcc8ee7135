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
        { "expected X", new() { ["data"] = Columns } },
        { "expected Y, Y_rows or labels", new() { ["X"] = Columns } },
        { "both X and X_rows", new() { ["X"] = Columns, ["X_rows"] = Rows, ["labels"] = new NpyArray([4], new long[4]) } },
        { "4 samples but there are 3 labels", new() { ["X"] = Columns, ["labels"] = new NpyArray([3], new long[3]) } },
        { "4 samples but Y has 3", new() { ["X"] = Columns, ["Y"] = new NpyArray([2, 3], new double[6]) } },
        { "label 7, outside 0…1; set classes to 8", new() { ["X"] = Columns, ["labels"] = new NpyArray([4], [0L, 1, 7, 1]) } },
        { "label -1", new() { ["X"] = Columns, ["labels"] = new NpyArray([4], [0L, 1, -1, 1]) } },
        { "0.5", new() { ["X"] = Columns, ["labels"] = new NpyArray([4], [0, 0.5, 1, 1]) } },
        { "labels have the shape (2, 2)", new() { ["X"] = Columns, ["labels"] = new NpyArray([2, 2], new long[4]) } },
        { "NaN at row 1, column 2", new() { ["X"] = new NpyArray([2, 4], [1, 2, 3, 4, 5, 6, double.NaN, 8]), ["labels"] = new NpyArray([4], [0L, 1, 0, 1]) } },
        { "X has 3 dimensions", new() { ["X"] = new NpyArray([2, 2, 2], new double[8]), ["labels"] = new NpyArray([2], [0L, 1]) } },
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

    private static DataSet Load(Dictionary<string, NpyArray> arrays, int samples, int classes)
    {
        using var folder = new TemporaryFolder();
        NpzFile.Write(folder.File("a.npz"), arrays);
        return DataSource.Load(new DataRequest { Source = folder.File("a.npz"), Samples = samples, Classes = classes });
    }
}
