using System.Text.RegularExpressions;
using DuckDB.NET.Data;

namespace RankCollapse.Sweeps.Results;

/// <summary>What is wrong with a user's SQL, in one line.</summary>
internal static partial class SqlErrorLine
{
    /// <summary>The database's message without its picture of the statement, with the way out.</summary>
    public static string Of(DuckDBException error)
    {
        string message = error.Message;
        int picture = message.IndexOf("LINE ", StringComparison.Ordinal);
        if (picture > 0) message = message[..picture];
        message = InputFile.Printable(string.Join(' ', message.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))).TrimEnd('.', '!', ' ');
        if (UnknownTable().Match(message) is { Success: true } unknown)
            return $"SQL: there is no table {unknown.Groups["name"].Value}; {NearMatches.Advice(unknown.Groups["name"].Value, [.. ResultTables.Views])}";
        return message.Contains("Parser Error", StringComparison.Ordinal) && message.Contains("syntax error", StringComparison.Ordinal)
            ? $"SQL: {message}; one SELECT, FROM, WITH, DESCRIBE, SUMMARIZE or PIVOT is expected, over {string.Join(", ", ResultTables.Views)}."
            : message.Contains("not found in FROM clause", StringComparison.Ordinal)
            ? $"SQL: {message.Replace("not found in FROM clause!", "is not in these tables;", StringComparison.Ordinal)}; \"DESCRIBE runs\" lists the columns."
            : $"SQL: {message}.";
    }

    [GeneratedRegex("Table with name (?<name>.+?) does not exist", RegexOptions.ExplicitCapture)]
    private static partial Regex UnknownTable();
}
