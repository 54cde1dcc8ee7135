using RankCollapse.Sweeps.Live;
using RankCollapse.Sweeps.Plan;
using RankCollapse.Sweeps.Storage;
using RankCollapse.Tests.Sweeps.Results;

namespace RankCollapse.Tests.Sweeps.Live;

public sealed class LiveViewTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly SweepFolder _sweep;
    private readonly IReadOnlyList<Trial> _trials;

    public LiveViewTests()
    {
        _sweep = SampleResults.WriteSweep(_folder.File("sweep"), [1e-3, 1e-2], 2);
        _trials = _sweep.ReadPlan().Trials;
        SampleResults.Finish(_sweep, _trials[0]);
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Refresh_SeesWhatChanged_AndSaysWhenNothingDid()
    {
        var view = LiveView.Open(_sweep.Path);
        Assert.True(view.Refresh());
        Assert.Equal((1, 3, 1L), (view.Snapshot.Of("done"), view.Snapshot.Left, view.Snapshot.Version));
        Assert.False(view.Refresh());
        SampleResults.Finish(_sweep, _trials[1]);
        FailureLog.Add(_sweep,
            new TrialFailure
            {
                Trial = _trials[2].Id,
                Attempt = 1,
                Kind = FailureKind.Error,
                Reason = "it broke",
                Worker = "w",
                At = DateTimeOffset.UnixEpoch
            });
        Assert.True(view.Refresh());
        Assert.Equal(["done", "done", "failed", "pending"], view.Snapshot.Trials.Select(t => t.State));
        Assert.Equal("it broke", view.Snapshot.Find(_trials[2].Id)!.Reason);
        FailureLog.Forgive(_sweep, _trials[2].Id);
        Assert.True(view.Refresh());
        Assert.Equal(2, view.Snapshot.Left);
    }

    [Fact]
    public void ExtendedPlan_ChangesTheSettings_AndKeepsResults()
    {
        var view = LiveView.Open(_sweep.Path);
        view.Refresh();
        Assert.Equal([1e-3, 1e-3, 0L], view.Snapshot.Trials[0].Settings);
        var template = new SettingsTemplate(SampleResults.Configuration(1, 20, 0), ["seed", "lambda", "lambdaFeatures"]);
        using var row = System.Text.Json.JsonDocument.Parse($"[\"{_trials[0].Id}\", 0, 1e-3, 1e-3]");
        PlanFile.Write(_sweep.PlanPath,
            new SweepPlan("longer", new SweepLimits(), new SweepNeeds(), template, [new Trial(template, row.RootElement.Clone(), 0, _trials[0].Id)]));
        File.SetLastWriteTimeUtc(_sweep.PlanPath, DateTime.UtcNow.AddSeconds(5));
        Assert.True(view.Refresh());
        Assert.Equal(["seed", "lambda", "lambdaFeatures"], view.Snapshot.Names);
        Assert.Equal([0L, 1e-3, 1e-3], Assert.Single(view.Snapshot.Trials).Settings);
        Assert.Equal(0.1, view.Snapshot.Trials[0].Value(LiveMetric.Find("objective", null)!), 12);
    }

    [Fact]
    public void DamagedResult_IsReadAgain_WhenItIsMadeAgain()
    {
        string summary = Path.Combine(_sweep.ResultPath(_trials[0].Id), "summary.json");
        byte[] whole = File.ReadAllBytes(summary);
        File.WriteAllBytes(summary, whole[..20]);
        var view = LiveView.Open(_sweep.Path);
        view.Refresh();
        Assert.Equal("damaged", view.Snapshot.Trials[0].State);
        File.WriteAllBytes(summary, whole);
        Assert.True(view.Refresh());
        Assert.True(view.Snapshot.Trials[0].IsDone);
    }

    [Fact]
    public void PlanThatIsGone_IsAProblem_AndNotTheEnd()
    {
        var view = LiveView.Open(_sweep.Path);
        view.Refresh();
        string aside = _folder.File("plan.json");
        File.Move(_sweep.PlanPath, aside);
        Assert.True(view.Refresh());
        Assert.Contains("plan.json", view.Snapshot.Problem, StringComparison.Ordinal);
        Assert.Equal(4, view.Snapshot.Trials.Count);
        File.Move(aside, _sweep.PlanPath);
        Assert.True(view.Refresh());
        Assert.Null(view.Snapshot.Problem);
    }

    [Fact]
    public void RunsOfTheirOwn_AreSeen_WithTheSettingsThatVary()
    {
        SampleResults.WriteRun(_folder.File("a"), SampleResults.Configuration(1e-3, 20, 1), 2);
        SampleResults.WriteRun(_folder.File("deep/b"), SampleResults.Configuration(1e-3, 30, 1), null);
        var view = LiveView.OfRuns(_folder.Root);
        view.Refresh();
        Assert.Equal(["width"], view.Snapshot.Names);
        Assert.Equal([("a", "done"), ("deep/b", "unfinished")], view.Snapshot.Trials.Select(t => (t.Id, t.State)));
        Assert.Equal(5, LiveCurve.Read(view, view.Snapshot.Trials[0], _ => true).Count(r => r.Metric == "objective"));
        Assert.Empty(LiveCurve.Read(view, view.Snapshot.Trials[0], _ => false));
    }

    [Theory]
    [InlineData("objective", null, 0.1)]
    [InlineData("tcvUpper", "1", 0.1)]
    [InlineData("tcvUpper", "last", 0.1 / 3)]
    [InlineData("tcvUpper", "max", 0.1)]
    [InlineData("tcvUpper", "min", 0.1 / 3)]
    [InlineData("tcvUpper", "4", double.NaN)]
    [InlineData("tcvLower", "1", double.NaN)]
    public void Value_IsThatOfTheLayer(string metric, string? layer, double expected)
    {
        var view = LiveView.Open(_sweep.Path);
        view.Refresh();
        Assert.Equal(expected, view.Snapshot.Trials[0].Value(LiveMetric.Find(metric, layer)!), 12);
        Assert.Equal(double.NaN, view.Snapshot.Trials[3].Value(LiveMetric.Find(metric, layer)!));
    }
}
