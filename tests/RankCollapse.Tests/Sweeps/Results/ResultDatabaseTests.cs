using System.Text;
using System.Text.Json;
using RankCollapse.Sweeps.Live;
using RankCollapse.Sweeps.Plan;
using RankCollapse.Sweeps.Results;
using RankCollapse.Sweeps.Storage;

namespace RankCollapse.Tests.Sweeps.Results;

public sealed class ResultDatabaseTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Runs_HaveSettingsAndFinalState()
    {
        Run("a", 1e-3, 7);
        ResultTable table = Ask("SELECT lambda, width, widths, seed, status, objective, epochs, state, bias FROM runs");
        Assert.Equal([1e-3, 20L, new List<long> { 20 }, 3L, "converged", 7.0, 40L, "done", false], table.Rows.Single());
    }

    [Fact]
    public void Layers_HaveARowForEachLayer_WithSpectra()
    {
        Run("a", 1e-3, 6);
        ResultTable table = Ask("SELECT layer, tcvUpper, weightSingularValues, tcvLower FROM layers ORDER BY layer");
        Assert.Equal([1L, 2L, 3L], table.Rows.Select(row => row[0]));
        Assert.Equal([6.0, 3.0, 2.0], table.Rows.Select(row => row[1]));
        Assert.All(table.Rows, row => Assert.Equal([3.0, 2.0, 1.0], Assert.IsType<List<double>>(row[2])));
        Assert.All(table.Rows, row => Assert.Null(row[3]));
    }

    [Fact]
    public void Metrics_AreWhatWasRecorded()
    {
        Run("a", 1e-3, 2);
        Run("b", 1e-3, 3);
        ResultTable table = Ask("SELECT run, epoch, value FROM metrics WHERE metric = 'objective' ORDER BY run, epoch");
        Assert.Equal(10, table.Rows.Count);
        Assert.Equal([10.0, 8.0, 6.0, 4.0, 2.0, 15.0, 12.0, 9.0, 6.0, 3.0], table.Rows.Select(row => row[2]));
        Assert.Equal(_folder.File("runs/a"), table.Rows[0][0]);
    }

    [Fact]
    public void Results_AreOneTidyTable_WithTheSettingsThatVary()
    {
        Run("a", 1e-3, 2);
        Run("b", 1e-2, 3);
        ResultTable table = Ask("FROM results");
        Assert.Equal(
            ["run", "sweep", "trial", "state", "reason", "status", "lambda", "lambdaFeatures", "layer", "metric", "value"], table.Columns.Select(c => c.Name));
        IReadOnlyList<object?> objective = Assert.Single(table.Rows, row => Equals(row[6], 1e-2) && Equals(row[9], "objective"));
        Assert.Equal([0, "objective", 3.0], objective.Skip(8));
        Assert.Equal(3, table.Rows.Count(row => Equals(row[6], 1e-2) && Equals(row[9], "tcvUpper")));
        Assert.Equal(2 * (10 + (Layers * 4)), table.Rows.Count);
    }

    [Fact]
    public void UnfinishedRun_IsThere_WithoutResults()
    {
        SampleResults.WriteRun(_folder.File("runs/a"), SampleResults.Configuration(1e-3, 20, 3), null);
        Assert.Equal(["unfinished", null, null], Ask("SELECT state, status, objective FROM runs").Rows.Single());
        Assert.Equal(["unfinished", null], Ask("SELECT state, metric FROM results").Rows.Single());
    }

    [Fact]
    public void DamagedRun_IsThereWithItsReason_AndHidesNoOther()
    {
        Run("a", 1e-3, 2);
        Run("b", 1e-2, 3);
        foreach (string run in (string[])["a", "b"]) File.Delete(_folder.File($"runs/{run}/manifest.json"));
        File.WriteAllText(_folder.File("runs/a/summary.json"), "{\"objective\": 1,");
        File.WriteAllBytes(_folder.File("runs/b/metrics.parquet"), [1, 2, 3]);
        using var database = ResultDatabase.Open(
            ResultSearch.Find([_folder.File("runs")]), "SELECT state, reason, objective, (SELECT count(*) FROM metrics) FROM runs ORDER BY run");
        IReadOnlyList<IReadOnlyList<object?>> rows = database.Read().Rows;
        Assert.Equal("damaged", rows[0][0]);
        Assert.Contains("runs/a", (string)rows[0][1]!, StringComparison.Ordinal);
        Assert.Null(rows[0][2]);
        Assert.Equal(["done", null, 3.0, 20L], rows[1]);
        Assert.Equal(2, database.Problems.Count);
        Assert.All(database.Problems, problem => Assert.DoesNotContain('\n', problem));
    }

    [Fact]
    public void SummaryOfAnotherVersion_IsReadAsFarAsItGoes()
    {
        Run("a", 1e-3, 2);
        File.Delete(_folder.File("runs/a/manifest.json"));
        File.WriteAllText(_folder.File("runs/a/summary.json"),
            """{ "objective": 5, "epochs": "many", "new": { "x": 1 }, "layers": [{ "layer": 1, "fresh": true }] }""");
        File.WriteAllText(_folder.File("runs/a/config.json"), """{ "lambda": 0.5, "width": [8, 4], "setting": 1 }""");
        Assert.Equal([5.0, null, null, 0.5, null, new List<long> { 8, 4 }, null],
            Ask("SELECT objective, epochs, status, lambda, width, widths, seed FROM runs").Rows.Single());
        Assert.Equal([1L, null], Ask("SELECT layer, tcvUpper FROM layers").Rows.Single());
    }

    [Fact]
    public void Sweep_HasEachTrialOnce_WithItsState()
    {
        SweepFolder sweep = SampleResults.WriteSweep(_folder.File("sweep"), [0.01, 0.02], 2);
        SweepPlan plan = sweep.ReadPlan();
        SampleResults.Finish(sweep, plan.Trials[0]);
        SampleResults.Finish(sweep, plan.Trials[3], double.NaN);
        FailureLog.Add(sweep,
            new TrialFailure
            {
                Trial = plan.Trials[1].Id,
                Attempt = 1,
                Kind = FailureKind.Error,
                Reason = "it broke",
                Worker = "w",
                At = DateTimeOffset.UnixEpoch
            });
        ResultTable table = SampleResults.Ask(sweep.Path, "SELECT trial, state, reason, lambda, seed, objective, sweep, status FROM runs");
        Assert.Equal(plan.Trials.Select(t => t.Id), table.Rows.Select(row => row[0]));
        Assert.Equal(["done", "failed", "pending", "done"], table.Rows.Select(row => row[1]));
        Assert.Equal([null, "it broke", null, null], table.Rows.Select(row => row[2]));
        Assert.Equal([0.01, 0.01, 0.02, 0.02], table.Rows.Select(row => row[3]));
        Assert.Equal([1.0, null, null, null], table.Rows.Select(row => row[5]));
        Assert.All(table.Rows, row => Assert.Equal(sweep.Path, row[6]));
        Assert.Equal("diverged", table.Rows[3][7]);
        Assert.Equal(4L, SampleResults.Ask(sweep.Path, "SELECT count(DISTINCT trial) FROM results").Rows.Single()[0]);
    }

    [Fact]
    public void ChangedResultOfATrial_IsDamaged()
    {
        SweepFolder sweep = SampleResults.WriteSweep(_folder.File("sweep"), [0.01], 1);
        Trial trial = sweep.ReadPlan().Trials[0];
        SampleResults.Finish(sweep, trial);
        string summary = Path.Combine(sweep.ResultPath(trial.Id), "summary.json");
        File.WriteAllText(summary, File.ReadAllText(summary).Replace("\"epochs\": 40", "\"epochs\": 41", StringComparison.Ordinal));
        Assert.Equal(["damaged", null], SampleResults.Ask(sweep.Path, "SELECT state, epochs FROM runs").Rows.Single());
    }

    [Fact]
    public void MetricsOfTrials_ComeFromShardsOnce_AndFromFoldersWhereThereAreNone()
    {
        SweepFolder sweep = SampleResults.WriteSweep(_folder.File("sweep"), [0.01], 4);
        IReadOnlyList<Trial> trials = sweep.ReadPlan().Trials;
        // In both shards, in one, in a damaged one, in none; and one in a shard that has no result.
        foreach (Trial trial in trials.Take(3)) SampleResults.Finish(sweep, trial);
        SampleResults.WriteShard(sweep, "a-1", 10, trials[0]);
        SampleResults.WriteShard(sweep, "b-1", 20, trials[0], trials[1], trials[3]);
        SampleResults.WriteShard(sweep, "c-1", 30, trials[2]);
        string damaged = Path.Combine(sweep.ShardsPath, "c-1", "metrics.parquet");
        File.WriteAllBytes(damaged, File.ReadAllBytes(damaged)[..200]);
        ResultTable table = SampleResults.Ask(sweep.Path, "SELECT trial, count(*), max(value) FROM metrics WHERE metric = 'objective' GROUP BY trial");
        var found = table.Rows.ToDictionary(row => (string)row[0]!, row => (Count: (long)row[1]!, Largest: (double)row[2]!));
        Assert.Equal(3, found.Count);
        Assert.Equal((5L, 50.0), found[trials[0].Id]);
        Assert.Equal((5L, 100.0), found[trials[1].Id]);
        Assert.Equal((5L, 5 * SampleResults.Objective(trials[2])), found[trials[2].Id]);
        Assert.Equal([3L, 5L * 4 * 3], SampleResults.Ask(sweep.Path, "SELECT count(DISTINCT trial), count(*) FROM metrics").Rows.Single());
    }

    /// <summary>What the sweep must reach: 10,000 trials with 50 numbers each, collected and asked in 5 seconds.</summary>
    [Fact]
    [Trait("Category", "Long")]
    public void TenThousandTrials_AreCollectedAndAskedInFiveSeconds()
    {
        LongTests.Require();
        SweepFolder sweep = SampleResults.WriteSweep(_folder.File("sweep"), [.. Enumerable.Range(1, 100).Select(i => i * 1e-4)], 100);
        foreach (Trial trial in sweep.ReadPlan().Trials) SampleResults.FinishQuickly(sweep, trial);
        TimeSpan before = System.Diagnostics.Process.GetCurrentProcess().TotalProcessorTime;
        long began = System.Diagnostics.Stopwatch.GetTimestamp();
        using (var all = ResultDatabase.Open(ResultSearch.Find([sweep.Path]), "FROM results"))
        {
            using FileStream file = File.Create(_folder.File("results.parquet"));
            all.Write(ResultFormat.Parquet, file);
        }
        ResultTable table = SampleResults.Ask(sweep.Path, "SELECT lambda, median(objective) FROM runs GROUP BY lambda");
        TimeSpan took = System.Diagnostics.Stopwatch.GetElapsedTime(began);
        TestContext.Current.SendDiagnosticMessage($"{took.TotalSeconds:0.00} s, "
            + $"{(System.Diagnostics.Process.GetCurrentProcess().TotalProcessorTime - before).TotalSeconds:0.00} s of processor time");
        var view = LiveView.Open(sweep.Path);
        began = System.Diagnostics.Stopwatch.GetTimestamp();
        view.Refresh();
        TimeSpan firstLook = System.Diagnostics.Stopwatch.GetElapsedTime(began);
        Assert.False(view.Refresh());
        TimeSpan secondLook = System.Diagnostics.Stopwatch.GetElapsedTime(began) - firstLook;
        TestContext.Current.SendDiagnosticMessage(
            $"live view: {firstLook.TotalSeconds:0.00} s for the first look, {secondLook.TotalSeconds:0.00} s for the next");
        Assert.Equal(100, table.Rows.Count);
        Assert.InRange(took.TotalSeconds, 0, 5);
    }

    [Theory]
    [InlineData("SELECT lambda FROM runs")]
    [InlineData("SELECT runs.LAMBDA FROM runs WHERE lambda > 0 -- lambda x: x")]
    [InlineData("SELECT \"lambda\" FROM runs WHERE 'lambda' <> '' GROUP BY lambda")]
    [InlineData("SELECT list_transform([lambda], lambda x: x)[1] AS lambda FROM runs;")]
    [InlineData("SELECT lambda::DOUBLE FROM runs ORDER BY 1")]
    public void Lambda_IsAColumn_DespiteBeingReserved(string sql)
    {
        Run("a", 0.125, 2);
        Assert.Equal([0.125], Ask(sql).Rows.Single());
    }

    [Theory]
    [InlineData("selct 1", "did you mean SELECT?")]
    [InlineData("", "the statement is empty")]
    [InlineData("SELECT (1", "opened that is not closed")]
    [InlineData("SELECT 1; SELECT 2", "several statements")]
    [InlineData("CREATE TABLE x AS SELECT 1", "expected is one SELECT")]
    [InlineData("SELECT lamda FROM runs", "\"lambda\"")]
    [InlineData("FROM rns", "did you mean 'runs'")]
    [InlineData("SELECT 1 WHERE ? = 1", "parameters")]
    [InlineData("SELECT sqrt(-1)", "negative")]
    public void WrongSql_IsOneLine(string sql, string found)
    {
        Run("a", 1e-3, 2);
        InvalidInputException error = Assert.Throws<InvalidInputException>(() => Ask(sql));
        Assert.Contains(found, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error.Message);
    }

    [Theory]
    [InlineData("FROM read_text('{0}')")]
    [InlineData("FROM read_csv('{0}')")]
    [InlineData("FROM glob('/etc/*')")]
    [InlineData("FROM '{0}'")]
    [InlineData("FROM read_parquet('https://example.invalid/a.parquet')")]
    [InlineData("SELECT 1) TO '{1}' (FORMAT csv); --")]
    [InlineData("SELECT 1); COPY (SELECT 1) TO '{1}' (FORMAT csv); SELECT (1")]
    [InlineData("SELECT 1); ATTACH '{1}' AS x; SELECT (1")]
    [InlineData("SELECT 1); INSTALL httpfs; SELECT (1")]
    [InlineData("SELECT 1); SET enable_external_access = true; SELECT * FROM (SELECT 1")]
    public void Sql_ReachesNothingOutside(string sql)
    {
        Run("a", 1e-3, 2);
        string secret = _folder.Write("secret.csv", "a\n1\n"), target = _folder.File("written");
        string text = sql.Replace("{0}", secret, StringComparison.Ordinal).Replace("{1}", target, StringComparison.Ordinal);
        using var database = ResultDatabase.Open(ResultSearch.Find([_folder.File("runs")]), text);
        Assert.Throws<InvalidInputException>(() => database.Read());
        Assert.Throws<InvalidInputException>(() => database.Write(ResultFormat.Csv, Stream.Null));
        Assert.False(File.Exists(target));
    }

    [Fact]
    public void Formats_HoldTheSameRows()
    {
        Run("a", 1e-3, 1.0 / 3);
        const string Sql = "SELECT run, objective, epochs, widths, NULL AS none, 'nan'::DOUBLE AS notFinite, DATE '2026-01-02' AS day, {'k': true} AS "
            + "record, 1 AS epochs FROM runs";
        using var database = ResultDatabase.Open(ResultSearch.Find([_folder.File("runs")]), Sql);
        using var json = new MemoryStream();
        database.Write(ResultFormat.Json, json);
        using var document = JsonDocument.Parse(json.ToArray());
        JsonElement row = document.RootElement.EnumerateArray().Single();
        Assert.Equal(1.0 / 3, row.GetProperty("objective").GetDouble());
        Assert.Equal("[20]", row.GetProperty("widths").GetRawText().ReplaceLineEndings("").Replace(" ", "", StringComparison.Ordinal));
        Assert.Equal(JsonValueKind.Null, row.GetProperty("notFinite").ValueKind);
        Assert.Equal("2026-01-02", row.GetProperty("day").GetString());
        Assert.True(row.GetProperty("record").GetProperty("k").GetBoolean());
        Assert.Equal(9, row.EnumerateObject().Count());
        using var csv = new MemoryStream();
        database.Write(ResultFormat.Csv, csv);
        string[] lines = Encoding.UTF8.GetString(csv.ToArray()).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(2, lines.Length);
        Assert.Contains("0.3333333333333333,40,[20],", lines[1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Parquet_CanBeReadBack()
    {
        Run("a", 1e-3, 2);
        using var database = ResultDatabase.Open(ResultSearch.Find([_folder.File("runs")]), "SELECT epoch, seconds, layer, metric, value FROM metrics");
        using var output = new MemoryStream();
        database.Write(ResultFormat.Parquet, output);
        output.Position = 0;
        await using Parquet.ParquetReader reader = await Parquet.ParquetReader.CreateAsync(output);
        using Parquet.ParquetRowGroupReader group = reader.OpenRowGroupReader(0);
        Assert.Equal(["epoch", "seconds", "layer", "metric", "value"], reader.Schema.GetDataFields().Select(f => f.Name));
        Assert.Equal(20, group.RowCount);
    }

    [Fact]
    public async Task LongQuery_StopsOnRequest()
    {
        Run("a", 1e-3, 2);
        using var database = ResultDatabase.Open(
            ResultSearch.Find([_folder.File("runs")]), "SELECT sum(a.i * b.i) FROM range(10000000) a(i), range(10000000) b(i)");
        using var cancellation = new CancellationTokenSource(TimeSpan.FromMilliseconds(100));
        Task reading = Task.Run(() => database.Read(cancellation: cancellation.Token));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reading.WaitAsync(TimeSpan.FromSeconds(20)));
    }

    [Fact]
    public void Search_TakesEachRunOnce_AndFollowsNoLinks()
    {
        Run("a", 1e-3, 2);
        Run("deep/b", 1e-3, 2);
        Directory.CreateSymbolicLink(_folder.File("runs/loop"), _folder.File("runs"));
        Assert.Equal(["a", "b"], ResultSearch.Find([_folder.File("runs"), _folder.File("runs/a")]).Select(s => Path.GetFileName(s.Run)));
        Assert.Contains("no folder", Assert.Throws<InvalidInputException>(() => ResultSearch.Find([_folder.File("none")])).Message, StringComparison.Ordinal);
        Directory.CreateDirectory(_folder.File("empty"));
        Assert.Contains("no run", Assert.Throws<InvalidInputException>(() => ResultSearch.Find([_folder.File("empty")])).Message, StringComparison.Ordinal);
    }

    private const int Layers = 3;

    private void Run(string name, double lambda, double objective) =>
        SampleResults.WriteRun(_folder.File($"runs/{name}"), SampleResults.Configuration(lambda, 20, 3), objective);

    private ResultTable Ask(string sql) => SampleResults.Ask(_folder.File("runs"), sql);

    [Theory]
    [InlineData("SELECT $a$1$a$); COPY (SELECT 1) TO '{0}' (FORMAT csv); SELECT (1")]
    [InlineData("SELECT $é$ $é$); COPY (SELECT 1) TO '{0}' (FORMAT csv); SELECT ('$é$' || $é$1$é$")]
    [InlineData("SELECT '$' AS a, $$'$$ AS b); COPY (SELECT 1) TO '{0}' (FORMAT csv); SELECT ($$'$$")]
    [InlineData("SELECT e'\\'); COPY (SELECT 1) TO ''{0}''; --' AS a")]
    public void SecondStatementInQuotes_RunsNot(string sql)
    {
        Run("a", 1e-3, 1);
        string target = _folder.File("escaped");
        using var database = ResultDatabase.Open(
            ResultSearch.Find([_folder.File("runs")]), sql.Replace("{0}", target, StringComparison.Ordinal));
        try
        {
            database.Read();
        }
        catch (InvalidInputException)
        {
            // Refused, or taken for one harmless text.
        }
        Assert.False(File.Exists(target));
    }

    [Fact]
    public void FolderOfAQueryThatWasKilled_GoesWithTheNext()
    {
        Run("a", 1e-3, 1);
        string left = Directory.CreateTempSubdirectory("rankcollapse-query-").FullName;
        File.WriteAllText(Path.Combine(left, ".claim"), "1 here \n");
        File.WriteAllText(Path.Combine(left, "export"), "half");
        using var database = ResultDatabase.Open(ResultSearch.Find([_folder.File("runs")]), "SELECT 1");
        Assert.False(Directory.Exists(left));
    }
}
