using DuckDB.NET.Data;
using RankCollapse.Formats;
using RankCollapse.Runs;
using RankCollapse.Sweeps.Storage;

namespace RankCollapse.Sweeps.Results;

/// <summary>Fills the table of recorded metrics: of trials from the shards of their sweeps, and of everything else from its own folder.</summary>
internal sealed class MetricRows(DuckDBConnection database, IReadOnlyList<ResultSource> sources, List<string> problems)
{
    /// <summary>The view over the table.</summary>
    public const string View =
        "CREATE VIEW metrics AS SELECT r.run, r.sweep, r.trial, m.epoch, m.seconds, m.layer, n.name AS metric, m.value FROM stored.metrics m JOIN stored.runs "
        + "r USING (id) JOIN stored.metric_names n USING (metric)";

    private const string MetricsFile = "metrics.parquet";
    private const string PatternCharacters = "*?[{";

    /// <summary>Reads all; <c>stored.runs</c> is filled.</summary>
    public void Fill(CancellationToken cancellation)
    {
        Execute("CREATE TABLE stored.metrics (id INTEGER, epoch BIGINT, seconds DOUBLE, layer INTEGER, metric INTEGER, value DOUBLE)");
        Execute("CREATE TABLE stored.metric_names (metric INTEGER, name VARCHAR)");
        Execute("CREATE TABLE stored.covered (id INTEGER)");
        foreach (string sweep in sources.Where(s => s.Sweep is not null).Select(s => s.Sweep!).Distinct())
        {
            foreach (string shard in SweepFolder.Open(sweep).ListShards())
            {
                cancellation.ThrowIfCancellationRequested();
                AddShard(sweep, Path.Combine(shard, MetricsFile));
            }
        }
        AddFolders(Covered(), cancellation);
    }

    /// <summary>
    /// Adds the rows of those trials of a shard that are done and were in no shard before; of a damaged one nothing, so that their folders are read.
    /// </summary>
    private void AddShard(string sweep, string file)
    {
        // The database would take such a path for a pattern.
        if (!IsRegular(file) || file.AsSpan().ContainsAny(PatternCharacters)) return;
        string rows = $"read_parquet({Text(file)}) s JOIN stored.runs r ON r.trial = s.trial AND r.sweep = {Text(sweep)} AND r.state = '{ResultSource.Done}'";
        try
        {
            Execute("BEGIN TRANSACTION");
            Execute($"CREATE OR REPLACE TEMP TABLE fresh AS SELECT DISTINCT r.id FROM {rows} ANTI JOIN stored.covered c ON c.id = r.id");
            Execute("INSERT INTO stored.metric_names SELECT (SELECT count(*) FROM stored.metric_names) + row_number() OVER () - 1, metric FROM (SELECT "
                + $"DISTINCT s.metric FROM read_parquet({Text(file)}) s WHERE s.metric NOT IN (SELECT name FROM stored.metric_names))");
            Execute($"INSERT INTO stored.metrics SELECT r.id, s.epoch, s.seconds, s.layer, n.metric, CASE WHEN isfinite(s.value) THEN s.value END FROM {rows} "
                + "JOIN fresh f ON f.id = r.id JOIN stored.metric_names n ON n.name = s.metric");
            Execute("INSERT INTO stored.covered SELECT id FROM fresh");
            Execute("COMMIT");
        }
        catch (DuckDBException)
        {
            Execute("ROLLBACK");
        }
    }

    /// <summary>Whether the database can read a file to its end: it would wait for a pipe.</summary>
    private static bool IsRegular(string file)
    {
        try
        {
            InputFile.Open(file).Dispose();
            return true;
        }
        catch (InvalidInputException)
        {
            return false;
        }
    }

    private HashSet<int> Covered()
    {
        using DuckDBCommand command = database.CreateCommand();
        command.CommandText = "SELECT id FROM stored.covered";
        using DuckDBDataReader reader = command.ExecuteReader();
        var covered = new HashSet<int>();
        while (reader.Read()) covered.Add(reader.GetInt32(0));
        return covered;
    }

    private void AddFolders(HashSet<int> covered, CancellationToken cancellation)
    {
        Dictionary<string, int> names = Names();
        int known = names.Count;
        var folders = sources.Select((source, id) => (Id: id, source.Folder));
        (int Id, string Folder)[] left = [.. folders.Where(s => s.Folder is not null && !covered.Contains(s.Id)).Select(s => (s.Id, s.Folder!))];
        using (DuckDBAppender metrics = database.CreateAppender("stored", "metrics"))
        {
            var read = left.AsParallel().AsOrdered().WithCancellation(cancellation).Select(s => Read(s.Id, s.Folder));
            foreach ((int id, IReadOnlyList<MetricRecord> records, string? problem) in read)
            {
                if (problem is not null) problems.Add(problem);
                foreach (MetricRecord record in records)
                {
                    if (!names.TryGetValue(record.Metric, out int name)) names.Add(record.Metric, name = names.Count);
                    double? value = double.IsFinite(record.Value) ? record.Value : null;
                    metrics.CreateRow().AppendValue(id).AppendValue(record.Epoch).AppendValue(record.Seconds).AppendValue(record.Layer).AppendValue(name)
                        .AppendValue(value).EndRow();
                }
            }
        }
        using DuckDBAppender fresh = database.CreateAppender("stored", "metric_names");
        foreach ((string name, int number) in names.Where(n => n.Value >= known)) fresh.CreateRow().AppendValue(number).AppendValue(name).EndRow();
    }

    private Dictionary<string, int> Names()
    {
        using DuckDBCommand command = database.CreateCommand();
        command.CommandText = "SELECT name, metric FROM stored.metric_names";
        using DuckDBDataReader reader = command.ExecuteReader();
        var names = new Dictionary<string, int>(StringComparer.Ordinal);
        while (reader.Read()) names.Add(reader.GetString(0), reader.GetInt32(1));
        return names;
    }

    private static (int Id, IReadOnlyList<MetricRecord> Records, string? Problem) Read(int id, string folder)
    {
        string path = Path.Combine(folder, MetricsFile);
        try
        {
            return (id, File.Exists(path) ? MetricsTable.Read(path) : [], null);
        }
        catch (InvalidInputException e)
        {
            return (id, [], e.Message);
        }
    }

    private void Execute(string sql)
    {
        using DuckDBCommand command = database.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    private static string Text(string text) => $"'{text.Replace("'", "''", StringComparison.Ordinal)}'";
}
