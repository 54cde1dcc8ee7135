using System.Text.RegularExpressions;

namespace RankCollapse.Sweeps.Results;

/// <summary>What is wrong with a user's SQL, in one line.</summary>
internal static partial class SqlErrorLine
{
    private const string NotFound = "not found in FROM clause";

    /// <summary>The database's message without its picture of the statement, with the way out.</summary>
    public static string Of(string message)
    {
        int picture = message.IndexOf("LINE ", StringComparison.Ordinal);
        if (picture > 0) message = message[..picture];
        message = ErrorText.Printable(string.Join(' ', message.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)))
            .TrimEnd('.', '!', ' ');
        if (UnknownTable().Match(message) is { Success: true } unknown)
            return $"SQL: there is no table {unknown.Groups["name"].Value}; {NearMatches.Advice(unknown.Groups["name"].Value, [.. ResultTables.Views])}";
        string advice = message switch
        {
            _ when message.Contains("Permission Error", StringComparison.Ordinal) => "; a query reads its views and nothing else: no files, no network.",
            _ when message.Contains("syntax error", StringComparison.Ordinal) =>
                $"; expected is one SELECT, FROM, WITH, DESCRIBE, SUMMARIZE or PIVOT, over {string.Join(", ", ResultTables.Views)}.",
            _ when message.Contains(NotFound, StringComparison.Ordinal) => "; \"DESCRIBE runs\" lists the columns.",
            _ => ".",
        };
        return $"SQL: {message.Replace(NotFound + "!", "not found;", StringComparison.Ordinal)}{advice}";
    }

    [GeneratedRegex("Table with name (?<name>.+?) does not exist", RegexOptions.ExplicitCapture)]
    private static partial Regex UnknownTable();
}
