using System.Globalization;
using DuckDB.NET.Data;
using RankCollapse.Formats;

namespace RankCollapse.Sweeps.Results;

/// <summary>
/// The results of any set of runs and sweeps as the views <c>runs</c>, <c>layers</c>, <c>metrics</c> and <c>results</c> of an in-memory database.
/// SQL asked of it cannot read, write or load anything outside it.
/// </summary>
public sealed class ResultDatabase : IDisposable
{
    private readonly DuckDBConnection _connection;
    private readonly WorkFolder _folder;

    private ResultDatabase(WorkFolder folder, string sql)
    {
        _folder = folder;
        Sql = sql;
        _connection = new DuckDBConnection("Data Source=:memory:");
    }

    /// <summary>The SQL that it was opened for.</summary>
    public string Sql { get; }

    /// <summary>Runs and metrics that could not be read, a line each; such a run is in <c>runs</c>, with the state <c>damaged</c> and the reason.</summary>
    public IReadOnlyList<string> Problems { get; private set; } = [];

    /// <summary>The settings in which the runs differ.</summary>
    public IReadOnlyList<string> VariedSettings { get; private set; } = [];

    /// <summary>Reads results into a database that is then closed against the outside.</summary>
    /// <param name="sources">The runs.</param>
    /// <param name="sql">The SQL that will be asked, one statement that gives a table; views that it does not mention are not read.</param>
    /// <param name="cancellation">Stops the reading.</param>
    /// <exception cref="OperationCanceledException">The reading was stopped.</exception>
    public static ResultDatabase Open(IReadOnlyList<ResultSource> sources, string sql, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(sources);
        ArgumentNullException.ThrowIfNull(sql);
        var database = new ResultDatabase(WorkFolder.Make("query"), sql);
        try
        {
            database._connection.Open();
            database.Set("autoinstall_known_extensions", "false");
            database.Set("autoload_known_extensions", "false");
            database.Set("allow_community_extensions", "false");
            database.Set("memory_limit", $"'{(MemoryBudget.Bytes >> 20).ToString(CultureInfo.InvariantCulture)}MiB'");
            database.Set("temp_directory", $"'{database.PathInside("spill")}'");
            database.Problems = ResultTables.Fill(database._connection, sources, sql, cancellation);
            database.VariedSettings = ResultTables.VariedSettings(database._connection);
            // Only these stay within its reach: one for tables larger than the memory, the other for exports.
            database.Set("allowed_directories", $"['{database.PathInside("spill")}']");
            database.Set("allowed_paths", $"['{database.PathInside("export")}']");
            database.Set("enable_external_access", "false");
            database.Set("lock_configuration", "true");
            return database;
        }
        catch (Exception e)
        {
            database.Dispose();
            if (e is DuckDBException found) throw InWords(found);
            throw;
        }
    }

    /// <summary>Asks the SQL and reads rows into memory.</summary>
    /// <param name="mostRows">Rows after this many are left out.</param>
    /// <param name="cancellation">Stops the query.</param>
    /// <exception cref="InvalidInputException">The SQL is wrong; the message is one line.</exception>
    /// <exception cref="OperationCanceledException">The query was stopped.</exception>
    public ResultTable Read(int mostRows = int.MaxValue, CancellationToken cancellation = default) => Ask(Statement(cancellation), reader =>
    {
        var columns = Enumerable.Range(0, reader.FieldCount).Select(i => new ResultTableColumn(reader.GetName(i), reader.GetDataTypeName(i))).ToList();
        var rows = new List<IReadOnlyList<object?>>();
        bool isCut = false;
        while (reader.Read())
        {
            if (rows.Count == mostRows)
            {
                isCut = true;
                break;
            }
            rows.Add([.. Enumerable.Range(0, reader.FieldCount).Select(i => SqlValues.Read(reader, i))]);
        }
        return new ResultTable(columns, rows, isCut);
    }, cancellation);

    /// <summary>Asks the SQL and writes all rows.</summary>
    /// <param name="format">The format.</param>
    /// <param name="output">Where they go; it stays open.</param>
    /// <param name="cancellation">Stops the query.</param>
    /// <exception cref="InvalidInputException">The SQL is wrong; the message is one line, and nothing was written.</exception>
    /// <exception cref="OperationCanceledException">The query was stopped.</exception>
    public void Write(ResultFormat format, Stream output, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(output);
        if (format == ResultFormat.Json)
        {
            Ask(Statement(cancellation), reader => ResultJson.Write(reader, output), cancellation);
            return;
        }
        string export = Path.Combine(_folder.Path, "export");
        string written = format == ResultFormat.Csv ? "FORMAT csv, HEADER" : "FORMAT parquet, COMPRESSION snappy";
        Ask($"COPY ({SingleStatement.Of(_connection, Sql)}) TO '{PathInside("export")}' ({written})", _ => 0, cancellation);
        using (FileStream file = InputFile.Open(export)) file.CopyTo(output);
        FileSteps.Delete(export);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _connection.Dispose();
        _folder.Dispose();
    }

    /// <summary>The statement, with texts in place of values that .NET has no type for, such as infinite times.</summary>
    private string Statement(CancellationToken cancellation)
    {
        string sql = SingleStatement.Of(_connection, Sql);
        (string Name, string Type)[] columns = Ask(
            sql, reader => Enumerable.Range(0, reader.FieldCount).Select(i => (reader.GetName(i), reader.GetDataTypeName(i))).ToArray(), cancellation);
        if (columns.All(column => SqlValues.IsSimple(column.Type))) return sql;
        string types = string.Join(", ", columns.Select((_, i) => $"typeof(#{i + 1})"));
        string[] full = Ask($"SELECT {types} FROM ({sql}) LIMIT 1", reader => reader.Read()
            ? Enumerable.Range(0, columns.Length).Select(reader.GetString).ToArray() : [], cancellation);
        return full.Length == 0 ? sql
            : $"SELECT {string.Join(", ", columns.Select((column, i) => $"{SqlValues.Readable($"#{i + 1}", full[i])} AS {Quoted(column.Name)}"))} FROM ({sql})";
    }

    private static string Quoted(string name) => $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    private T Ask<T>(string sql, Func<DuckDBDataReader, T> read, CancellationToken cancellation)
    {
        SingleStatement.Require(_connection, sql);
        using DuckDBCommand command = _connection.CreateCommand();
        command.CommandText = sql;
        using CancellationTokenRegistration registration = cancellation.Register(command.Cancel);
        try
        {
            using DuckDBDataReader reader = command.ExecuteReader();
            return read(reader);
        }
        catch (DuckDBException) when (cancellation.IsCancellationRequested)
        {
            throw new OperationCanceledException(cancellation);
        }
        catch (DuckDBException e)
        {
            throw InWords(e);
        }
        catch (InvalidOperationException e) when (e.Message.Contains("parameters", StringComparison.Ordinal))
        {
            throw new InvalidInputException("SQL: it has parameters such as ? or $1, which have no values here; write the values.", e);
        }
        catch (Exception e) when (e is InvalidOperationException or InvalidCastException or NotSupportedException or NotImplementedException
            or ArgumentException or FormatException or OverflowException or IndexOutOfRangeException)
        {
            throw new InvalidInputException($"SQL: a value of the answer cannot be read: {ErrorText.Printable(e.Message.TrimEnd('.'))}; cast it, as by "
                + "CAST(… AS VARCHAR).", e);
        }
    }

    private static RankCollapseException InWords(DuckDBException error) => error.ErrorType == DuckDB.NET.Native.DuckDBErrorType.OutOfMemory
        ? new ComputationFailedException(
            "The query needs more memory than it may take (max-memory), or more temporary space than its disk has; ask for fewer runs or fewer rows.", error)
        : new InvalidInputException(SqlErrorLine.Of(error.Message), error);

    private string PathInside(string name) => Path.Combine(_folder.Path, name).Replace("'", "''", StringComparison.Ordinal);

    private void Set(string option, string value)
    {
        using DuckDBCommand command = _connection.CreateCommand();
        command.CommandText = $"SET {option} = {value}";
        command.ExecuteNonQuery();
    }
}
