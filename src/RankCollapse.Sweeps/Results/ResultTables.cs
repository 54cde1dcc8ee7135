using DuckDB.NET.Data;
using RankCollapse.Collapse.Metrics;

namespace RankCollapse.Sweeps.Results;

/// <summary>
/// Fills the tables of an in-memory database with what runs wrote, and lays the views <c>runs</c>, <c>layers</c>, <c>metrics</c> and <c>results</c> over them.
/// </summary>
internal static class ResultTables
{
    /// <summary>The views, in the order in which errors list them.</summary>
    public static readonly IReadOnlyList<string> Views = ["runs", "layers", "metrics", "results"];

    private static readonly (string Name, string SqlType)[] Identity =
        [("run", "VARCHAR"), ("sweep", "VARCHAR"), ("trial", "VARCHAR"), ("state", "VARCHAR"), ("reason", "VARCHAR")];

    // Some settings are repeated by the summary.
    private static readonly ResultColumn[] Settings = [.. ResultColumn.Settings.Where(s => ResultColumn.Summary.All(r => r.Name != s.Name))];

    /// <summary>Reads runs into the database.</summary>
    /// <param name="database">An open connection to an empty database.</param>
    /// <param name="sources">The runs.</param>
    /// <param name="sql">The SQL that will be asked: views that it cannot mean are left empty.</param>
    /// <param name="cancellation">Stops the reading.</param>
    /// <returns>What could not be read, a line each.</returns>
    public static IReadOnlyList<string> Fill(DuckDBConnection database, IReadOnlyList<ResultSource> sources, string sql, CancellationToken cancellation)
    {
        Create(database);
        var problems = new List<string>();
        FillRuns(database, sources, withLayers: CanMean(sql, "layers") || CanMean(sql, "results"), problems, cancellation);
        new MetricRows(database, CanMean(sql, "metrics") ? sources : [], problems).Fill(cancellation);
        Execute(database, MetricRows.View);
        CreateResults(database);
        return problems;
    }

    /// <summary>The settings in which the runs of a filled database differ, apart from limits on time and the like that do not change a result.</summary>
    public static IReadOnlyList<string> VariedSettings(DuckDBConnection database)
    {
        IEnumerable<string> names = Settings.Select(s => Quoted(s.Name));
        string counts = string.Join(", ", names.Select(name => $"count(DISTINCT {name}) + max({name} IS NULL)::INTEGER * least(1, count({name}))"));
        using DuckDBCommand command = database.CreateCommand();
        command.CommandText = $"SELECT {counts}, count(*) - count(width) FROM stored.runs";
        using DuckDBDataReader reader = command.ExecuteReader();
        if (!reader.Read()) return [];
        // Lists of widths say nothing new where every run has one width.
        string[] left = reader.GetInt64(Settings.Length) == 0 ? ["version", "widths"] : ["version"];
        return [.. Settings.Where((s, i) => !left.Contains(s.Name) && !reader.IsDBNull(i) && reader.GetInt64(i) > 1).Select(s => s.Name)];
    }

    private static void Create(DuckDBConnection database)
    {
        string identity = Columns(Identity), settings = Columns(Settings.Select(s => (s.Name, s.SqlType))),
            summary = Columns(ResultColumn.Summary.Select(s => (s.Name, s.SqlType)));
        Execute(database, "CREATE SCHEMA stored");
        Execute(database, $"CREATE TABLE stored.runs (id INTEGER, {identity}, {summary}, {settings})");
        Execute(database, $"CREATE TABLE stored.layers (id INTEGER, {Columns(ResultColumn.Layer.Select(s => (s.Name, s.SqlType)))})");
        Execute(database, "CREATE VIEW runs AS SELECT * EXCLUDE (id) FROM stored.runs");
        Execute(database, "CREATE VIEW layers AS SELECT r.run, r.sweep, r.trial, l.* EXCLUDE (id) FROM stored.layers l JOIN stored.runs r USING (id)");
    }

    private static void FillRuns(
        DuckDBConnection database, IReadOnlyList<ResultSource> sources, bool withLayers, List<string> problems, CancellationToken cancellation)
    {
        using DuckDBAppender runs = database.CreateAppender("stored", "runs");
        using DuckDBAppender layers = database.CreateAppender("stored", "layers");
        int[] kept = [.. Settings.Select(s => ResultColumn.Settings.ToList().IndexOf(s))];
        int id = 0;
        foreach (ResultRow read in sources.AsParallel().AsOrdered().WithCancellation(cancellation).Select(source => ResultRow.Read(source, withLayers)))
        {
            if (read.State == ResultSource.Damaged) problems.Add(read.Reason!);
            IDuckDBAppenderRow row = runs.CreateRow().AppendValue(id);
            foreach (string? text in (ReadOnlySpan<string?>)[read.Source.Run, read.Source.Sweep, read.Source.Trial?.Id, read.State, read.Reason])
                row.AppendValue(text);
            foreach (object? value in read.Summary) Append(row, value);
            foreach (int i in kept) Append(row, read.Settings[i]);
            row.EndRow();
            foreach (object?[] layer in read.Layers)
            {
                IDuckDBAppenderRow line = layers.CreateRow().AppendValue(id);
                foreach (object? value in layer) Append(line, value);
                line.EndRow();
            }
            id++;
        }
    }

    /// <summary>
    /// One row for each number of each run and layer at its end, with the settings that vary; a run without results has one row without a metric.
    /// </summary>
    private static void CreateResults(DuckDBConnection database)
    {
        string settings = string.Concat(VariedSettings(database).Select(s => $"r.{Quoted(s)}, "));
        string network = Names(MetricScopes.Network);
        string layer = Names(MetricScopes.Layers);
        Execute(database, $"""
            CREATE VIEW results AS
            WITH long AS (
                UNPIVOT (SELECT id, 0 AS layer, {AsDoubles(network)} FROM stored.runs) ON {network} INTO NAME metric VALUE value
                UNION ALL BY NAME
                UNPIVOT (SELECT id, layer, {AsDoubles(layer)} FROM stored.layers) ON {layer} INTO NAME metric VALUE value)
            SELECT r.run, r.sweep, r.trial, r.state, r.reason, r.status, {settings}l.layer::INTEGER AS layer, l.metric, l.value
            FROM stored.runs r LEFT JOIN long l USING (id) ORDER BY r.id, l.layer, l.metric
            """);
    }

    // A word that holds the view's name, or a function that can build names, may mean the view.
    private static bool CanMean(string sql, string view) =>
        sql.Contains(view, StringComparison.OrdinalIgnoreCase) || sql.Contains("query", StringComparison.OrdinalIgnoreCase);

    private static void Append(IDuckDBAppenderRow row, object? value)
    {
        switch (value)
        {
            case null: row.AppendNullValue(); break;
            case long whole: row.AppendValue(whole); break;
            case double number: row.AppendValue(number); break;
            case bool truth: row.AppendValue(truth); break;
            case string text: row.AppendValue(text); break;
            case List<long?> wholes: row.AppendValue(wholes); break;
            case List<double?> numbers: row.AppendValue(numbers); break;
            default: throw new InvalidOperationException($"There is no column of {value.GetType()}.");
        }
    }

    private static void Execute(DuckDBConnection database, string sql)
    {
        using DuckDBCommand command = database.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    private static string Columns(IEnumerable<(string Name, string SqlType)> columns) =>
        string.Join(", ", columns.Select(c => $"{Quoted(c.Name)} {c.SqlType}"));

    private static string Names(MetricScopes scope) => string.Join(", ", MetricTable.Of(scope).Select(metric => Quoted(metric.Key)));

    private static string AsDoubles(string names) => string.Join(", ", names.Split(", ").Select(name => $"{name}::DOUBLE AS {name}"));

    private static string Quoted(string name) => $"\"{name}\"";
}
