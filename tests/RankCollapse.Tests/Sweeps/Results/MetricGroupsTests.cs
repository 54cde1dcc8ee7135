using RankCollapse.Sweeps.Plan;
using RankCollapse.Sweeps.Results;
using RankCollapse.Sweeps.Storage;
using RankCollapse.Sweeps.Work;

namespace RankCollapse.Tests.Sweeps.Results;

public sealed class MetricGroupsTests(MetricGroupsTests.FinishedSweep sweep) : IClassFixture<MetricGroupsTests.FinishedSweep>
{
    [Fact]
    public void RunsWithEqualSettings_ArePutTogether()
    {
        var groups = MetricGroups.Of(Sources, new MetricRequest { Metric = "objective", X = "lambda" });
        Assert.Equal(["seed"], groups.PutTogether);
        MetricGroup first = groups.Groups[0], second = groups.Groups[1];
        // Objectives 1, 2, 3, 4, 5, and 2, 3, 4, 5.
        Assert.Equal((0.01, 5L, 3.0, 2.0, 4.0, 1.0, 5.0, 3.0),
            ((double)first.X!, first.Values, first.Median, first.LowerQuartile, first.UpperQuartile, first.Minimum, first.Maximum, first.Mean));
        Assert.Equal(Math.Sqrt(2.5), first.StandardDeviation, 12);
        Assert.Equal([1.0, 2.0, 3.0, 4.0, 5.0], first.Sorted);
        Assert.Equal((0.02, 4L, 3.5), ((double)second.X!, second.Values, second.Median));
    }

    [Theory]
    [InlineData("1", 1.0)]
    [InlineData("first", 1.0)]
    [InlineData("2", 0.5)]
    [InlineData("last", 1.0 / 3)]
    [InlineData("max", 1.0)]
    [InlineData("min", 1.0 / 3)]
    [InlineData("mean", 11.0 / 18)]
    public void Layer_ChoosesTheLayer(string layer, double part)
    {
        var groups = MetricGroups.Of(Sources, new MetricRequest { Metric = "tcvUpper", Layer = layer, X = "lambda", Y = "seed", Where = "seed = 2" });
        Assert.Equal([3 * part, 4 * part], groups.Groups.Select(g => Math.Round(g.Median, 12)), (a, b) => Math.Abs(a - b) < 1e-11);
        Assert.Empty(groups.PutTogether);
    }

    [Theory]
    [InlineData("objectve", null, "lambda", null, null, "did you mean 'objective'")]
    [InlineData("tcvUpper", null, "lambda", null, null, "give the layer")]
    [InlineData("tcvUpper", "second", "lambda", null, null, "The layer is 'second'")]
    [InlineData("tcvUpper", "9", "lambda", null, null, "has the layer 9")]
    [InlineData("objective", "1", "lambda", null, null, "whole network")]
    [InlineData("objective", null, "lamda", null, null, "did you mean 'lambda'")]
    [InlineData("objective", null, "lambda", "lambda", null, "Both axes")]
    [InlineData("objective", null, "lambda", null, "seed > 100", "meets the condition")]
    [InlineData("objective", null, "lambda", null, "sed > 1", "\"seed\"")]
    [InlineData("objective", null, "x\" FROM runs --", null, null, "no setting")]
    public void WrongRequest_IsOneLine(string metric, string? layer, string x, string? y, string? where, string found)
    {
        InvalidInputException error = Assert.Throws<InvalidInputException>(
            () => MetricGroups.Of(Sources, new MetricRequest { Metric = metric, Layer = layer, X = x, Y = y, Where = where }));
        Assert.Contains(found, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error.Message);
    }

    /// <summary>A diverged run has an objective near the largest number, whose square overflows.</summary>
    [Fact]
    public void RunsThatDiverged_AreCountedAndLeftOut_AndMetricsOfLayersAreThoseOfTheSummary()
    {
        using var folder = new TemporaryFolder();
        string tiny = SampleSweep.Tiny.Replace("\"adam\"", "\"sgd\"", StringComparison.Ordinal);
        SweepFolder trained = SampleSweep.Create(folder, $$"""{ "settings": { {{tiny}} }, "grid": { "learningRate": [1e-3, 1e120] }, "seeds": 3 }""");
        SweepWorker.Run(trained);
        IReadOnlyList<ResultSource> sources = ResultSearch.Find([trained.Path]);

        var groups = MetricGroups.Of(sources, new MetricRequest { Metric = "objective", X = "learningRate" });
        Assert.Equal(3, groups.Diverged);
        Assert.Equal([3L, 0L], groups.Groups.Select(group => group.Values));
        Assert.True(groups.Groups[0].StandardDeviation > 0);

        var norms = MetricGroups.Of(sources, new MetricRequest { Metric = "featureNorm", Layer = "last", X = "seed", Where = "learningRate < 1" });
        foreach (MetricGroup group in norms.Groups)
        {
            TrialResult result = trained.ReadResult(
                trained.ReadPlan().Trials.First(trial => trial.Configuration.Seed == (long)group.X! && trial.Configuration.LearningRate < 1).Id);
            Assert.Equal(result.Summary.Layers[^1].Numbers["featureNorm"], group.Median);
        }
    }

    private IReadOnlyList<ResultSource> Sources => ResultSearch.Find([sweep.Path]);

    public sealed class FinishedSweep : IDisposable
    {
        private readonly TemporaryFolder _folder = new();

        public FinishedSweep()
        {
            SweepFolder sweep = SampleResults.WriteSweep(_folder.File("sweep"), [0.01, 0.02], 5);
            foreach (Trial trial in sweep.ReadPlan().Trials.SkipLast(1)) SampleResults.Finish(sweep, trial);
            Path = sweep.Path;
        }

        public string Path { get; }

        public void Dispose() => _folder.Dispose();
    }
}
