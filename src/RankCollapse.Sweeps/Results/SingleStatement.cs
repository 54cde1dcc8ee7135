using System.Buffers;
using System.Text;
using DuckDB.NET.Data;
using DuckDB.NET.Native;

namespace RankCollapse.Sweeps.Results;

/// <summary>
/// A user's SQL as one table: one statement only, and with <c>lambda</c> meaning the column of that name, a word that the database keeps
/// for functions without a name (<c>lambda x: x + 1</c>).
/// </summary>
internal static class SingleStatement
{
    private const string Word = "lambda";
    private const string Opening = "SELECT * FROM (\n";
    private const string Closing = "\n)";

    private static readonly string[] Beginnings = ["SELECT", "FROM", "WITH", "DESCRIBE", "SUMMARIZE", "PIVOT", "UNPIVOT", "VALUES", "SHOW", "TABLE"];

    private static readonly SearchValues<char> WordCharacters = SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_");

    /// <summary>The statement that selects all of it; as a subquery, only what gives a table is accepted.</summary>
    /// <exception cref="InvalidInputException">It is no statement, or several; its errors are those of the statement, not of the subquery.</exception>
    public static string Of(DuckDBConnection connection, string sql)
    {
        string all = Subquery(sql);
        Count(connection, all[Opening.Length..^Closing.Length]);
        return all;
    }

    private static string Subquery(string sql)
    {
        RequireBeginning(sql);
        var quoted = new StringBuilder(sql.Length + 32).Append(Opening);
        int depth = 0, at = 0, end;
        for (; at < sql.Length; at = end)
        {
            end = EndOfToken(sql, at);
            ReadOnlySpan<char> token = sql.AsSpan(at, end - at);
            if (token is ";")
            {
                if (string.IsNullOrWhiteSpace(sql[end..])) break;
                throw new InvalidInputException("SQL: there are several statements; expected is one, in which WITH names what is used more than once.");
            }
            depth += token is "(" ? 1 : token is ")" ? -1 : 0;
            if (depth < 0) throw new InvalidInputException("SQL: a parenthesis is closed that was not opened.");
            bool isColumn = token.Equals(Word, StringComparison.OrdinalIgnoreCase) && !BeginsFunction(sql.AsSpan(end));
            if (isColumn) quoted.Append('"').Append(token).Append('"');
            else quoted.Append(token);
        }
        if (depth > 0) throw new InvalidInputException("SQL: a parenthesis is opened that is not closed.");
        return quoted.Append(Closing).ToString();
    }

    private static void RequireBeginning(string sql)
    {
        int at = 0;
        while (at < sql.Length && (char.IsWhiteSpace(sql[at]) || sql.AsSpan(at).StartsWith("--") || sql.AsSpan(at).StartsWith("/*")))
            at = char.IsWhiteSpace(sql[at]) ? at + 1 : EndOfToken(sql, at);
        if (at == sql.Length)
            throw new InvalidInputException("SQL: the statement is empty; expected is one such as SELECT run, objective FROM runs.");
        if (!char.IsLetter(sql[at])) return;
        string word = sql[at..EndOfToken(sql, at)];
        if (Beginnings.Contains(word, StringComparer.OrdinalIgnoreCase)) return;
        IReadOnlyList<string> near = NearMatches.Of(word.ToUpperInvariant(), Beginnings);
        string advice = near.Count > 0 ? $"did you mean {near[0]}?" : $"expected is one SELECT, FROM, WITH, DESCRIBE, SUMMARIZE or PIVOT, over "
            + $"{string.Join(", ", ResultTables.Views)}.";
        throw new InvalidInputException($"SQL: it begins with '{ErrorText.Printable(word)}'; {advice}");
    }

    /// <summary>Requires that the database's own parser finds one statement, whatever the rest of this type took for its parts.</summary>
    /// <exception cref="InvalidInputException">It finds none, or several.</exception>
    public static void Require(DuckDBConnection connection, string sql)
    {
        if (Count(connection, sql) > 1)
            throw new InvalidInputException("SQL: there are several statements; expected is one, in which WITH names what is used more than once.");
    }

    private static int Count(DuckDBConnection connection, string sql)
    {
        int count = NativeMethods.ExtractStatements.DuckDBExtractStatements(connection.NativeConnection, sql, out DuckDBExtractedStatements statements);
        using (statements)
        {
            if (count > 0) return count;
            throw new InvalidInputException(SqlErrorLine.Of(NativeMethods.ExtractStatements.DuckDBExtractStatementsError(statements)));
        }
    }

    private static int EndOfToken(string sql, int at)
    {
        if (IsInWord(sql[at]))
        {
            int end = at;
            while (end < sql.Length && IsInWord(sql[end])) end++;
            return end;
        }
        return sql[at] switch
        {
            '\'' or '"' => After(sql, sql[at].ToString(), at + 1),
            '-' when sql.AsSpan(at).StartsWith("--") => After(sql, "\n", at),
            '/' when sql.AsSpan(at).StartsWith("/*") => After(sql, "*/", at + 2),
            '$' when sql.IndexOf('$', at + 1) is var second and > 0 && !sql.AsSpan(at + 1, second - at - 1).ContainsAnyExcept(WordCharacters) =>
                After(sql, sql[at..(second + 1)], second + 1),
            _ => at + 1,
        };
    }

    private static bool IsInWord(char c) => char.IsLetterOrDigit(c) || c == '_';

    private static int After(string sql, string mark, int from)
    {
        int found = sql.IndexOf(mark, from, StringComparison.Ordinal);
        return found < 0 ? sql.Length : found + mark.Length;
    }

    /// <summary>Whether names with commas between them and a colon follow, but not the colons of a cast.</summary>
    private static bool BeginsFunction(ReadOnlySpan<char> rest)
    {
        int at = 0;
        bool hasName = false;
        while (at < rest.Length && (IsInWord(rest[at]) || rest[at] == ',' || char.IsWhiteSpace(rest[at])))
        {
            hasName |= IsInWord(rest[at]);
            at++;
        }
        return hasName && at < rest.Length && rest[at] == ':' && (at + 1 == rest.Length || rest[at + 1] != ':');
    }
}
