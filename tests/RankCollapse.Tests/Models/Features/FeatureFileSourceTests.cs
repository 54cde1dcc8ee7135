using System.IO.Compression;
using RankCollapse.Formats;
using RankCollapse.LinearAlgebra;
using RankCollapse.Models;
using RankCollapse.Models.Features;
using RankCollapse.Tests.Collapse.Metrics;

namespace RankCollapse.Tests.Models.Features;

public sealed class FeatureFileSourceTests : IDisposable
{
    private const int Samples = 42;
    private const int Classes = 3;

    private static readonly int[] Labels = [.. Enumerable.Range(0, Samples).Select(i => i % Classes)];
    private static readonly Matrix First = Gaussian(5, 1);
    private static readonly Matrix Noise = Gaussian(6, 2);
    private static readonly Matrix Last = Matrix.FromEntries(Samples, 6, (i, j) => (Noise[i, j] / 10) + (j == Labels[i] ? 1 : 0));

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Features_OfAnyLayout_AreMeasuredAlike()
    {
        FeatureReport whole = Measure(Write("whole.npz", 0, Samples));
        Assert.Equal(["first", "last"], whole.Layers.Select(layer => layer.Tensor.Name));
        Assert.Equal([0, 1, 2], whole.Labels);

        // With classes of one size the separation fuzziness is K times NC1.
        foreach (FeatureMetrics layer in whole.Layers)
            Assert.Equal(Classes * layer.Of("nc1WithinClassVariability")!.Value, layer.Of("separationFuzziness")!.Value, 1e-12);
        Write("parts/part-0.npz", 0, 20);
        Write("parts/part-9.npz", 20, 5);
        Write("parts/part-10.npz", 25, Samples - 25);
        Same(whole, Measure(_folder.File("parts")));
        Write("beside/a.npz", 0, 20, hasLabels: false);
        Write("beside/b.npz", 20, Samples - 20, hasLabels: false);
        NpyFormat.Write(_folder.File("beside/labels.npy"), new NpyArray([Samples], [.. Labels.Select(label => (long)label)]));
        Same(whole, Measure(_folder.File("beside")));
        Write("run/epoch-2/part.npz", 0, 30);
        Write("run/epoch-10.npz", 0, 20);
        Write("run/epoch-10-part-2.npz", 20, Samples - 20);
        Inspection run = Inspection.Run(_folder.File("run"));
        Assert.Equal([2, 10], run.Epochs.Select(epoch => epoch.Epoch));
        Assert.Equal(30, run.Epochs[0].Features.SampleCount);
        Same(whole, run.Features!);
    }

    [Fact]
    public void Samples_TakesAPart_OverTheBordersOfFiles()
    {
        Write("parts/0.npz", 0, 17);
        Write("parts/1.npz", 17, Samples - 17);
        FeatureReport report = Measure(_folder.File("parts"), new FeatureOptions { Samples = 12 });
        Assert.Equal(12, report.SampleCount);
        Assert.Equal(0, report.SingletonCount);
        Same(report, Measure(Write("whole.npz", 0, Samples), new FeatureOptions { Samples = 12 }));
    }

    [Fact]
    public void Head_GivesSelfDualityAndPredictions()
    {
        var head = Matrix.FromEntries(Classes, 6, (k, j) => k == j ? 1 : 0);
        string path = _folder.File("head.npz");
        NpzFile.Write(path, new Dictionary<string, NpyArray>
        {
            ["w"] = new([Classes, 6], head.AsSpan().ToArray()),
            ["b"] = new([Classes], [0.0, 100, 0]),
        });
        string features = Write("f.npz", 0, Samples);
        FeatureReport report = Measure(features, new FeatureOptions { Head = path + ":w" });
        Assert.Equal(1, report.Accuracy);
        Assert.Equal(0, report.Layers[1].Of("nc4NearestMeanDisagreement"));
        Assert.InRange(report.Layers[1].Of("nc3SelfDualityDeviation")!.Value, 0.1, 1);
        Assert.Null(report.Layers[0].Of("nc3SelfDualityDeviation"));
        Assert.Equal(1.0 / 3, Measure(features, new FeatureOptions { Head = path + ":w", HeadBias = path + ":b" }).Accuracy!.Value, 1e-15);
        Assert.Contains("[head]", Refused(features, new FeatureOptions { HeadBias = path + ":b" }));
        Assert.Contains("holds 2 arrays", Refused(features, new FeatureOptions { Head = path }));
        Assert.Contains("no layer has 1 numbers", Refused(features, new FeatureOptions { Head = path + ":b" }));
    }

    [Fact]
    public void Targets_AreRegressedOn()
    {
        string path = _folder.Write("r.npz", ModelBytes.Npz(CompressionLevel.Fastest, ("h", [Samples, 6], Last.AsSpan().ToArray()),
            ("y", [Samples, 2], Gaussian(2, 3).AsSpan().ToArray())));
        FeatureReport report = Measure(path);
        Assert.Equal(2, report.TargetCount);
        Assert.InRange(report.Layers[0].Of("nrc1OutsidePrincipalDirections")!.Value, 0.01, 0.99);
        Assert.Null(report.Layers[0].Of("nrc2OutsideWeights"));
        Assert.Contains("head", report.Layers[0].Reasons["nrc2OutsideWeights"], StringComparison.Ordinal);
        Assert.Contains("targets in place of classes", report.Layers[0].Reasons["nc1WithinClassVariability"], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("labels:5", "first has 6 samples, but labels has 5")]
    [InlineData("second:5", "second has 5 samples, but labels has 6")]
    [InlineData("negative", "the label of sample 0 is -1")]
    [InlineData("nan", "sample 2 has features that are not finite")]
    [InlineData("labels:nan", "the label of sample 1 is NaN")]
    public void WhatDoesNotFit_IsRefusedInOneLine(string what, string expected)
    {
        double[] features = [.. First.AsSpan()[..30]], labels = [0, 1, 2, 0, 1, 2];
        if (what == "negative") labels[0] = -1;
        if (what == "labels:nan") labels[1] = double.NaN;
        if (what == "nan") features[12] = double.NaN;
        var arrays = new List<(string, int[], double[])> { ("first", [6, 5], features), ("labels", [6], labels) };
        if (what == "labels:5") arrays[1] = ("labels", [5], labels[..5]);
        if (what == "second:5") arrays.Add(("second", [5], features[..5]));
        string path = _folder.Write("f.npz", ModelBytes.Npz(CompressionLevel.NoCompression, [.. arrays]));
        string message = Refused(path);
        Assert.Contains(expected, message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', message);
    }

    [Fact]
    public void Parts_ThatDiffer_AreRefusedWithBothNames()
    {
        Write("parts/0.npz", 0, 10);
        File.WriteAllBytes(_folder.File("parts/1.npz"), ModelBytes.Npz(CompressionLevel.Fastest, ("first", [2, 5], new double[10]), ("labels", [2], [0, 1])));
        Assert.Contains("1.npz has the layers first (5), but", Refused(_folder.File("parts")), StringComparison.Ordinal);
        Write("mixed/0.npz", 0, 10);
        Write("mixed/1.npz", 10, 10, hasLabels: false);
        Assert.Contains("1.npz has no labels, but", Refused(_folder.File("mixed")), StringComparison.Ordinal);
        Write("run/epoch-1.npz", 0, 10);
        File.Copy(_folder.File("parts/1.npz"), _folder.File("run/epoch-2.npz"));
        Assert.Contains("epoch 2 has the layers first (5), but epoch 1 has", Refused(_folder.File("run")), StringComparison.Ordinal);
    }

    [Fact]
    public void OneClass_AndSingleSamples_AreSaid()
    {
        FeatureReport one = Measure(_folder.Write("one.npz", ModelBytes.Npz(CompressionLevel.Fastest, ("h", [4, 2], [1, 2, 3, 5, 8, 13, 21, 34]),
            ("labels", [4], [7, 7, 7, 7]))));
        Assert.Equal("All samples have the label 7: the NC metrics compare classes and need two.", Assert.Single(one.Warnings));
        FeatureReport single = Measure(_folder.Write("single.npz", ModelBytes.Npz(CompressionLevel.Fastest, ("h", [4, 2], [1, 2, 3, 5, 8, 13, 21, 34]),
            ("labels", [4], [0, 1, 1, 2]))));
        Assert.StartsWith("2 of 3 classes have a single sample", Assert.Single(single.Warnings), StringComparison.Ordinal);
    }

    private string Write(string name, int first, int count, bool hasLabels = true)
    {
        string path = _folder.File(name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        double[] Rows(Matrix z) => z.RowView(first, count).AsSpan().ToArray();
        var arrays = new List<(string, int[], double[])> { ("first", [count, 5], Rows(First)), ("last", [count, 2, 3], Rows(Last)) };
        if (hasLabels) arrays.Add(("labels", [count], [.. Labels.AsSpan(first, count).ToArray().Select(label => (double)label)]));
        File.WriteAllBytes(path, ModelBytes.Npz(CompressionLevel.Fastest, [.. arrays]));
        return path;
    }

    private static Matrix Gaussian(int columns, long seed) => Tests.Collapse.Samples.Gaussian(Samples, columns, seed);

    private static FeatureReport Measure(string path, FeatureOptions? options = null) =>
        Inspection.Run(path, new InspectionOptions { Features = options }).Features!;

    private static string Refused(string path, FeatureOptions? options = null)
    {
        InvalidInputException error = Assert.Throws<InvalidInputException>(() => Measure(path, options));
        return error.Message + string.Concat(error.Settings.Select(setting => $" [{setting}]"));
    }

    private static void Same(FeatureReport expected, FeatureReport actual)
    {
        foreach ((FeatureMetrics a, FeatureMetrics b) in expected.Layers.Zip(actual.Layers))
            Assert.All(a.Numbers, number => Assert.Equal(number.Value ?? -1, b.Numbers[number.Key] ?? -1, 1e-12 * Math.Abs(number.Value ?? 1)));
    }
}
