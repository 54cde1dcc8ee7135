using System.Text;
using CsCheck;
using RankCollapse.Collapse.Metrics;
using RankCollapse.Runs;
using RankCollapse.Training;

namespace RankCollapse.Tests.Runs;

public sealed class RunSummaryTests : IDisposable
{
    /// <summary>What 0.1.0 wrote.</summary>
    private const string FirstVersion = """
        {
          "status": "max-epochs", "convention": "mean",
          "objective": 0.25, "dataLoss": 0.125, "weightPenalty": 0.0625, "featurePenalty": 0, "gradientNorm": null, "relativeGradientNorm": 1e-3,
          "epochs": 12, "gradientEvaluations": 24, "hessianProducts": 0, "seconds": 1.5,
          "reasons": { "layers[1].predictedFeatureSingularValues": "there is none" },
          "layers": [
            {
              "layer": 1, "tcvUpper": 1e-3, "tcvLower": 0, "wcssOfClasses": 2e-3, "weightSingularValues": [2, 1], "featureSingularValues": [3],
              "predictedFeatureSingularValues": null, "weightNumericalRank": 2, "featureNumericalRank": 1, "weightTailEnergy": null, "weightNorm": 2.25
            }
          ]
        }
        """;

    private static readonly Gen<double?> Numbers = Gen.OneOf(Gen.Double.Where(double.IsFinite).Select(number => (double?)number), Gen.Const((double?)null));

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Summaries_OfTheFirstVersion_AreRead()
    {
        RunSummary summary = Read(FirstVersion);
        Assert.Equal((TrainingStatus.MaxEpochs, Convention.Mean, 0.25, 12L), (summary.Status, summary.Convention, summary.Objective, summary.Epochs));
        Assert.Equal(double.NaN, summary.GradientNorm);
        LayerSummary layer = Assert.Single(summary.Layers);
        Assert.Equal((1e-3, 2, 2.25), (layer.TcvUpper, layer.WeightNumericalRank, layer.WeightNorm));
        Assert.Null(layer.PredictedFeatureSingularValues);
        Assert.Null(layer.Number(CollapseMetrics.RelativeVariation));
    }

    [Fact]
    public void WhatIsWritten_HasTheVersion_AndCountsAsWholeNumbers()
    {
        string json = Encoding.UTF8.GetString(Read(FirstVersion).ToJson());
        Assert.Contains($"\"version\": {RunSummary.FormatVersion}", json, StringComparison.Ordinal);
        Assert.Contains("\"epochs\": 12,", json, StringComparison.Ordinal);
    }

    [Fact]
    public void Numbers_AreReadAsTheyWereWritten() =>
        Gen.Select(Numbers, Numbers, Gen.Double.Where(double.IsFinite).Array[0, 4]).Sample((first, second, values) =>
    {
        RunSummary written = Read(FirstVersion);
        LayerSummary layer = written.Layers[0] with
        {
            Numbers = new Dictionary<string, double?>(written.Layers[0].Numbers) { ["blockDeviation"] = first, ["numberOfALaterVersion"] = second },
            FeatureSingularValues = values,
        };
        LayerSummary read = Read(Encoding.UTF8.GetString((written with { Layers = [layer] }).ToJson())).Layers[0];
        Assert.Equal((first, second), (read.Numbers["blockDeviation"], read.Numbers["numberOfALaterVersion"]));
        Assert.Equal(values, read.FeatureSingularValues);
    });

    [Theory]
    [InlineData("\"status\": \"max-epochs\"", "\"version\": 4, \"status\": \"max-epochs\"", "version 4")]
    [InlineData("\"objective\": 0.25", "\"objective\": \"much\"", "objective is no number")]
    [InlineData("\"objective\": 0.25, ", "", "objective is missing")]
    [InlineData("\"weightNorm\": 2.25", "\"weightNorm\": 2.25, \"weightNorm\": 3", "weightNorm")]
    [InlineData("\"max-epochs\"", "\"finished\"", "status")]
    [InlineData("[2, 1]", "null", "weightSingularValues is null")]
    [InlineData("\"layer\": 1", "\"layer\": 1.5", "restore it or train again")]
    public void DamagedSummaries_AreRefused(string whole, string damaged, string found)
    {
        var error = Assert.Throws<InvalidInputException>(() => Read(FirstVersion.Replace(whole, damaged, StringComparison.Ordinal)));
        Assert.Contains(found, error.Message, StringComparison.Ordinal);
    }

    private RunSummary Read(string json) => RunSummary.ReadFile(_folder.Write($"{Guid.NewGuid()}.json", json));
}
