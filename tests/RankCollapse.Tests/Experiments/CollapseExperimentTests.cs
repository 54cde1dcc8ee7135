using RankCollapse.Experiments;

namespace RankCollapse.Tests.Experiments;

public sealed class CollapseExperimentTests
{
    private static readonly CollapseExperiment Figure = new();

    [Fact]
    public void Claims_HoldWhere95Of100RunsCollapse()
    {
        List<(double, bool)> runs = [.. Enumerable.Range(0, 100).Select(i => i < 95 ? (1e-15, true) : (1e-7, false))];
        Assert.All(CollapseExperiment.Judge(runs), verdict => Assert.Equal(VerdictOutcome.Reproduced, verdict.Outcome));
    }

    [Theory]
    [InlineData(1e-7, true, VerdictOutcome.NotReproduced, VerdictOutcome.NotReproduced, VerdictOutcome.Reproduced)]
    [InlineData(1e-15, false, VerdictOutcome.NotReproduced, VerdictOutcome.Reproduced, VerdictOutcome.NotReproduced)]
    public void Claims_FailWhereSixOf100RunsDoNot(double tcv, bool hasRanks, VerdictOutcome both, VerdictOutcome variation, VerdictOutcome ranks)
    {
        List<(double, bool)> runs = [.. Enumerable.Range(0, 100).Select(i => i < 94 ? (1e-15, true) : (tcv, hasRanks))];
        Assert.Equal([both, variation, ranks], CollapseExperiment.Judge(runs).Select(verdict => verdict.Outcome));
    }

    [Fact]
    public void FullVersion_HasAHundredStartsToStationarity()
    {
        IReadOnlyList<ExperimentCell> cells = Figure.Cells(new ReproductionSettings(IsQuick: false, Seed: 5));

        Assert.Equal(100, cells.Count(cell => cell.Key.StartsWith("newton-", StringComparison.Ordinal)));
        Assert.Equal(cells.Count, cells.Select(cell => cell.Key).Distinct().Count());
        Assert.Contains(cells, cell => cell.Key == "newton-104");
        Assert.Equal(cells.Count, cells.Select(cell => cell.Fingerprint).Distinct().Count());
    }

    [Fact]
    public void Outcome_FollowsFromTheCellsAlone()
    {
        Dictionary<string, CellResult> cells = Figure.Cells(SyntheticReproduction.Quick).ToDictionary(cell => cell.Key, cell => SyntheticReproduction.CollapsingCell(cell.Key));
        ExperimentOutcome first = Figure.Conclude(SyntheticReproduction.Quick, cells), second = Figure.Conclude(SyntheticReproduction.Quick, cells);

        Assert.Equal(VerdictOutcome.Reproduced, first.Verdicts[0].Outcome);
        Assert.Contains("0 collapsed within 4,000 epochs", first.Notes.Single(note => note.Contains("of Adam ", StringComparison.Ordinal) && note.StartsWith("Of ", StringComparison.Ordinal)), StringComparison.Ordinal);
        Assert.All(first.Tables.Keys, name => Assert.Equal(first.Tables[name].ToCsv(), second.Tables[name].ToCsv()));
        Assert.Equal(first.Drawings["collapse"].ToSvgFile(), second.Drawings["collapse"].ToSvgFile());
    }

    [Fact]
    public void Log_KnowsWhenEveryLayerHasCollapsed()
    {
        var log = CollapseLog.Of(SyntheticReproduction.CollapsingCell("newton-0"), CollapseExperiment.Depth);

        Assert.True(log.HasCollapsed(1e-12, 10));
        Assert.False(log.HasCollapsed(1e-40, 10));
        Assert.False(log.HasCollapsed(1e-12, 9));
        Assert.False(CollapseLog.Of(SyntheticReproduction.CollapsingCell("adam-0"), CollapseExperiment.Depth).HasCollapsed(1e-12, 10));
    }
}
