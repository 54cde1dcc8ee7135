using RankCollapse.Data;
using RankCollapse.Formats;
using RankCollapse.Models.Running;

namespace RankCollapse.Tests.Models.Running;

public sealed class ModelDataTests
{
    [Fact]
    public void Npz_WithRowsAndLabels_KeepsTheShapeOfSamples()
    {
        using var folder = new TemporaryFolder();
        string path = Write(folder, ("X", Array([4, 2, 3])), ("y", Labels(0, 1, 1, 0)));
        ModelData data = ModelData.Read(path, ["input"]);
        Assert.Equal(4, data.SampleCount);
        Assert.Equal([2, 3], data.Arrays[0].SampleShape);
        Assert.Equal([0, 1, 1, 0], data.Labels!);
        Assert.Equal(6, data.Arrays[0].Values[6]);
    }

    [Fact]
    public void Npz_WithSamplesAsColumns_IsTurned()
    {
        using var folder = new TemporaryFolder();
        ModelData data = ModelData.Read(Write(folder, ("X", Array([3, 4])), ("labels", Labels(0, 1, 1, 0))), []);
        Assert.Equal([3], data.Arrays[0].SampleShape);
        Assert.Equal([0, 4, 8], data.Arrays[0].Values[..3]);

        // Square, with labels alone: as training reads it.
        string square = Write(folder, ("X", Array([2, 2])), ("y", Labels(0, 1)));
        Assert.Contains("a row or a column", Assert.Throws<InvalidInputException>(() => ModelData.Read(square, [])).Message);
        Assert.Equal([0, 1], ModelData.Read(square, [], reading: new FileReading { Layout = SampleLayout.Rows }).Arrays[0].Values[..2]);
    }

    [Fact]
    public void Npz_WithArraysNamedAsInputs_TakesThem()
    {
        using var folder = new TemporaryFolder();
        ModelData data = ModelData.Read(Write(folder, ("ids", Labels(5, 6, 7)), ("mask", Array([3, 2])), ("X", Array([9, 9]))), ["ids", "mask"]);
        Assert.Equal(["ids", "mask"], data.Arrays.Select(array => array.Name));
        Assert.Equal(3, data.SampleCount);
        Assert.Null(data.Labels);
        Assert.Empty(data.Arrays[0].SampleShape);
    }

    [Fact]
    public void Csv_GivesInputsAndLabels()
    {
        using var folder = new TemporaryFolder();
        ModelData data = ModelData.Read(folder.Write("data.csv", "1,2,0\n3,4,1\n"), []);
        Assert.Equal([1, 2, 3, 4], data.Arrays[0].Values);
        Assert.Equal([0, 1], data.Labels!);
    }

    [Fact]
    public void Samples_TakesAPartOfTheClasses()
    {
        using var folder = new TemporaryFolder();
        ModelData data = ModelData.Read(Write(folder, ("X", Array([6, 1])), ("y", Labels(0, 0, 0, 1, 1, 1))), [], most: 4);
        Assert.Equal([0, 0, 1, 1], data.Labels!);
    }

    [Fact]
    public void WrongFiles_AreRefusedInOneLine()
    {
        using var folder = new TemporaryFolder();
        Refuses("expected X with a sample a row", Write(folder, ("Z", Array([2, 2]))));
        Refuses("X is (4, 2), but there are 3 labels in y", Write(folder, ("X", Array([4, 2])), ("y", Labels(0, 1, 1))));
        Refuses("expected classes 0, 1", Write(folder, ("X", Array([3, 2])), ("y", Labels(0, -1, 1))));
        Refuses("There is no file", folder.File("none.npz"));
        Assert.Contains("at least 1", Assert.Throws<InvalidInputException>(() => ModelData.Read("mnist", [], most: 0)).Message);
    }

    [Fact]
    public void Inputs_OfAnotherShape_AreFittedByTheirNumbers()
    {
        var data = ModelData.FromArrays("data", [new DataArray("X", [6], [.. Enumerable.Range(0, 12).Select(i => (double)i)])], null, 2);
        var image = new ModelInput("x", Microsoft.ML.OnnxRuntime.Tensors.TensorElementType.Float, [-1, 1, 2, 3]);
        using var batch = new ModelInputs([image], data).Batch(0, 2, 2)["x"];
        Assert.Equal([2, 1, 2, 3], batch.GetTensorTypeAndShape().Shape);
        var wrong = new ModelInput("x", Microsoft.ML.OnnxRuntime.Tensors.TensorElementType.Float, [-1, 4]);
        Assert.Contains("takes samples of 4, but those of data are 6", Assert.Throws<InvalidInputException>(() => new ModelInputs([wrong], data)).Message);
        var whole = new ModelInput("x", Microsoft.ML.OnnxRuntime.Tensors.TensorElementType.UInt8, [-1, 6]);
        var fractions = ModelData.FromArrays("data", [new DataArray("X", [6], [0.5, 0, 0, 0, 0, 0])], null, 1);
        Assert.Contains("whole numbers", Assert.Throws<InvalidInputException>(() => new ModelInputs([whole], fractions).Batch(0, 1, 1)).Message);
    }

    private static void Refuses(string words, string path) =>
        Assert.Contains(words, Assert.Throws<InvalidInputException>(() => ModelData.Read(path, [])).Message);

    private static NpyArray Array(int[] shape) => new(shape, [.. Enumerable.Range(0, shape.Aggregate(1, (a, b) => a * b)).Select(i => (double)i)]);

    private static NpyArray Labels(params long[] labels) => new([labels.Length], labels);

    private static string Write(TemporaryFolder folder, params (string Name, NpyArray Array)[] arrays)
    {
        string path = folder.File($"{Guid.NewGuid():N}.npz");
        NpzFile.Write(path, arrays.ToDictionary(entry => entry.Name, entry => entry.Array));
        return path;
    }
}
