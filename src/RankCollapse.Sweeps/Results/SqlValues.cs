using System.Data.Common;
using System.Reflection;
using System.Text.RegularExpressions;

namespace RankCollapse.Sweeps.Results;

/// <summary>Which values of SQL .NET has types for. The others become texts: infinite dates, the hour 24, wide decimals, unions, intervals.</summary>
internal static partial class SqlValues
{
    private static readonly HashSet<string> SimpleTypes = new(StringComparer.OrdinalIgnoreCase)
    {
        "BOOLEAN", "TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT", "UHUGEINT", "FLOAT", "DOUBLE",
        "VARCHAR", "UUID",
    };

    /// <summary>Whether every value of a type is one of .NET's, as far as the type's name tells.</summary>
    public static bool IsSimple(string type) => SimpleTypes.Contains(type);

    /// <summary>A value of a row; null for what does not exist, also inside a list.</summary>
    public static object? Read(DbDataReader reader, int column)
    {
        if (reader.IsDBNull(column)) return null;
        try
        {
            return reader.GetValue(column);
        }
        catch (InvalidCastException) when (ItemOf(reader.GetFieldType(column)) is { } item)
        {
            // A list with gaps has another type.
            Type withGaps = typeof(List<>).MakeGenericType(typeof(Nullable<>).MakeGenericType(item));
            try
            {
                return typeof(DbDataReader).GetMethod(nameof(DbDataReader.GetFieldValue))!.MakeGenericMethod(withGaps).Invoke(reader, [column]);
            }
            catch (TargetInvocationException e) when (e.InnerException is not null)
            {
                throw new InvalidCastException(e.InnerException.Message, e.InnerException);
            }
        }
    }

    private static Type? ItemOf(Type list) => list.IsGenericType && list.GetGenericArguments() is [{ IsValueType: true } item] ? item : null;

    /// <summary>An expression for a value that can be read.</summary>
    /// <param name="value">The value.</param>
    /// <param name="type">Its type, as the database writes it.</param>
    public static string Readable(string value, string type)
    {
        if (IsSimple(type)) return value;
        if (type.StartsWith("TIMESTAMP", StringComparison.Ordinal) && !type.Contains('[', StringComparison.Ordinal))
            return $"replace(CAST({value} AS VARCHAR), ' ', 'T')";
        string bare = QuotedName().Replace(type, "x");
        bool isReadable = !bare.StartsWith("UNION", StringComparison.Ordinal) && !bare.StartsWith("ENUM", StringComparison.Ordinal)
            && !Unreadable().IsMatch(bare) && !WideDecimal().IsMatch(bare);
        return isReadable ? value : $"CAST({value} AS VARCHAR)";
    }

    [GeneratedRegex("\"(?:[^\"]|\"\")*\"|'(?:[^']|'')*'", RegexOptions.ExplicitCapture)]
    private static partial Regex QuotedName();

    [GeneratedRegex(@"\b(DATE|TIME|TIMETZ|TIME_NS|TIMESTAMP\w*|INTERVAL|UNION|BIT|BLOB|BIGNUM|VARINT|ENUM|GEOMETRY|VARIANT)\b", RegexOptions.ExplicitCapture)]
    private static partial Regex Unreadable();

    [GeneratedRegex(@"DECIMAL\((29|3\d),", RegexOptions.ExplicitCapture)]
    private static partial Regex WideDecimal();
}
