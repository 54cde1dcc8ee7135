using RankCollapse.Sweeps.Plan;
using RankCollapse.Sweeps.Results;
using RankCollapse.Sweeps.Storage;

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
        Assert.Equal((0.01, 5L, 3.0, 2.0, 4.0, 1.0, 5.0, 3.0), ((double)first.X!, first.Values, first.Median, first.LowerQuartile, first.UpperQuartile, first.Minimum, first.Maximum, first.Mean));
        Assert.Equal(Math.Sqrt(2.5), first.StandardDeviation, 12);
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
        InvalidInputException error = Assert.Throws<InvalidInputException>(() => MetricGroups.Of(Sources, new MetricRequest { Metric = metric, Layer = layer, X = x, Y = y, Where = where }));
        Assert.Contains(found, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error.Message);
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
