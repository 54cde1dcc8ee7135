using System.Text.Json;
using DuckDB.NET.Data;
using RankCollapse.Cli.Serving;
using RankCollapse.Collapse.Metrics;
using RankCollapse.Runs;
using RankCollapse.Sweeps.Storage;
using RankCollapse.Tests.Cli;

namespace RankCollapse.Tests.Adding;

/// <summary>Tests that change the table of metrics, which every training of the process records: they run alone.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class ChangedMetricTable
{
    public const string Name = "changed table of metrics";
}

/// <summary>A metric is one entry, registered by one line: whatever records, stores or shows metrics has it then.</summary>
[Collection(ChangedMetricTable.Name)]
public sealed class ToyMetricTests : IDisposable
{
    private const string Key = "toyLargest";

    private readonly TemporaryFolder _folder = new();
    private readonly IDisposable _registration = MetricTable.All.Register(LargestEntry.Metric);
    private readonly string _run;

    public ToyMetricTests()
    {
        _run = _folder.File("runs/one");
        Assert.Equal(0, CommandLine.Train(_run, "--max-epochs", "20", "--record-every", "10", "--no-report").ExitCode);
    }

    public void Dispose()
    {
        _registration.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void ItIsRecorded()
    {
        IReadOnlyList<MetricRecord> recorded = MetricsTable.Read(Path.Combine(_run, "metrics.parquet"));
        Assert.Equal([1, 2, 3], recorded.Where(record => record is { Metric: Key, Epoch: 20 }).Select(record => record.Layer));
    }

    [Fact]
    public void ItIsInTheSummary_AndReadBack()
    {
        Run run = RunFolder.Read(_run);
        double largest = run.Trained.Features(run.DataSet.Inputs)[2].AsSpan().ToArray().Max();
        Assert.Equal(largest, Json(File.ReadAllText(Path.Combine(_run, "summary.json"))).GetProperty("layers")[1].GetProperty(Key).GetDouble());
        Assert.Equal(largest, run.Summary.Layers[1].Number(LargestEntry.Metric));
    }

    [Fact]
    public void ItIsSummedUpOverAnEnsemble()
    {
        Assert.Equal(0, CommandLine.Train(_folder.File("e"), "--max-epochs", "2", "--seeds", "0..1").ExitCode);
        JsonElement layer = Json(File.ReadAllText(_folder.File("e/ensemble.json"))).GetProperty("layers")[0];
        Assert.Equal(2, layer.GetProperty("metrics").GetProperty(Key).GetProperty("count").GetInt32());
    }

    [Fact]
    public void MeasureShowsIt()
    {
        Assert.Contains("toy max", CommandLine.Run("measure", _run).Output, StringComparison.Ordinal);
        JsonElement layer = Json(CommandLine.Run("measure", _run, "--json").Output).GetProperty("layers")[0];
        Assert.Equal(JsonValueKind.Number, layer.GetProperty(Key).ValueKind);
    }

    [Fact]
    public void TrainShowsIt() =>
        Assert.Contains("toy max", CommandLine.Train(_folder.File("other"), "--max-epochs", "1", "--no-report").Output, StringComparison.Ordinal);

    [Theory]
    [InlineData($"SELECT count(\"{Key}\") AS n FROM layers", 3)]
    [InlineData($"SELECT count(*) AS n FROM metrics WHERE metric = '{Key}' AND epoch = 20", 3)]
    [InlineData($"SELECT count(*) AS n FROM results WHERE metric = '{Key}'", 3)]
    public void SqlHasIt(string sql, int rows) => Assert.Equal(rows, Json(CommandLine.Run("query", sql, _run, "--json").Output)[0].GetProperty("n").GetInt32());

    [Fact]
    public void FiguresOfManyRunsTakeIt()
    {
        CommandLine.Train(_folder.File("runs/two"), "--max-epochs", "20", "--no-report", "--seed", "1");
        CommandLine plot = CommandLine.Run("sweep", "plot", _folder.File("runs"), "--metric", Key, "--layer", "max", "--x", "seed", "--json");
        Assert.Equal(0, plot.ExitCode);
        Assert.Equal(2, Json(plot.Output).GetProperty("groups").GetArrayLength());
    }

    [Fact]
    public void HelpListsIt() => Assert.Contains(Key, CommandLine.Run("sweep", "plot", "--help").Output, StringComparison.Ordinal);

    [Fact]
    public void ANearName_IsAnsweredWithIt()
    {
        CommandLine plot = CommandLine.Run("sweep", "plot", _folder.File("runs"), "--metric", "toyLargset", "--layer", "max", "--x", "seed");
        Assert.Equal(2, plot.ExitCode);
        Assert.Contains($"'{Key}'", plot.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void ShardsHaveIt()
    {
        Run run = RunFolder.Read(_run);
        var manifest = new ResultManifest
        {
            Trial = "t",
            Status = "converged",
            Attempt = 1,
            Worker = "w",
            Host = "h",
            Ended = DateTimeOffset.UnixEpoch,
            Seconds = 1,
            Files = new Dictionary<string, ResultFile>(),
            Checksum = "",
        };
        Directory.CreateDirectory(_folder.File("shard"));
        ShardTables.Write(_folder.File("shard"), [new ShardTrial(manifest, run.Summary, run.Metrics)]);
        using var database = new DuckDBConnection("DataSource=:memory:");
        database.Open();
        using DuckDBCommand command = database.CreateCommand();
#pragma warning disable CA2100 // The names are the test's own.
        command.CommandText = $"SELECT \"{Key}\" FROM read_parquet('{_folder.File("shard/layers.parquet")}') WHERE layer = 2";
#pragma warning restore CA2100
        Assert.Equal(run.Summary.Layers[1].Number(LargestEntry.Metric), (double)command.ExecuteScalar()!);
    }

    [Theory]
    [InlineData("summary")]
    [InlineData("measure-json")]
    [InlineData("inspect-json")]
    public void SchemasHaveIt(string name) => Assert.Contains($"\"{Key}\"", CommandLine.Run("schema", name).Output, StringComparison.Ordinal);

    [Fact]
    public void TheReportShowsIt()
    {
        Assert.Equal(0, CommandLine.Run("report", _run).ExitCode);
        string page = File.ReadAllText(Path.Combine(_run, "report.html"));
        Assert.Contains("<th scope=\"col\">toy max</th>", page, StringComparison.Ordinal);
        Assert.Contains("The largest entry, for tests.", page, StringComparison.Ordinal);
        Assert.Contains("{\"title\":\"toy max\",\"x\":{\"label\":\"epoch\"}", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task TheLivePageHasIt()
    {
        await using LiveServer server = await LiveServer.StartAsync(new LiveServerOptions { Folder = _folder.File("runs") });
        using var client = new HttpClient { BaseAddress = server.Address };
        JsonElement state = Json(await client.GetStringAsync(new Uri("state", UriKind.Relative), TestContext.Current.CancellationToken));
        Assert.Contains(Key, state.GetProperty("layerMetrics").EnumerateArray().Select(name => name.GetString()));
        string view = Uri.EscapeDataString(state.GetProperty("view").GetString()!);
        JsonElement curve = Json(await client.GetStringAsync(new Uri($"curve?view={view}&trial=one", UriKind.Relative), TestContext.Current.CancellationToken));
        Assert.True(curve.GetProperty("charts").TryGetProperty(Key, out _));
    }

    [Fact]
    public void InspectShowsIt_OfWeightsAndOfFeatures()
    {
        JsonElement layer = Json(CommandLine.Run("inspect", _run, "--json").Output).GetProperty("layers")[0];
        Assert.Equal(JsonValueKind.Number, layer.GetProperty(Key).ValueKind);
        Assert.Equal(JsonValueKind.Number, layer.GetProperty("features").GetProperty(Key).ValueKind);
        Assert.Contains("toy max", CommandLine.Run("inspect", _run).Output, StringComparison.Ordinal);
    }

    private static JsonElement Json(string text) => JsonDocument.Parse(text).RootElement;

    /// <summary>The toy: the largest entry of the features, and what stands for it where only a spectrum is known.</summary>
    private static class LargestEntry
    {
        public static Metric Metric { get; } = new(Key)
        {
            Heading = "toy max",
            Symbol = "max Z",
            Meaning = "The largest entry, for tests.",
            Topic = MetricTopic.Collapse,
            Cost = MetricCost.RecordedWithCollapse,
            Main = MetricScopes.Layers | MetricScopes.Weights | MetricScopes.Features,
            OfLayer = layer => layer.Features.AsSpan().ToArray().Max(),
            OfWeights = weights => weights.Spectrum.SpectralNorm,
            OfFeatures = features => features.Spectrum?.SpectralNorm,
        };
    }
}
