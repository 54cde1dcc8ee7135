using System.Text.Json;

namespace RankCollapse.Sweeps.Results;

/// <summary>A column of a results table, filled from a JSON property of its name; its SQL type follows from the property's.</summary>
internal sealed record ResultColumn(string Name, string SqlType)
{
    /// <summary>Whole numbers.</summary>
    public const string Whole = "BIGINT";

    /// <summary>Numbers.</summary>
    public const string Real = "DOUBLE";

    /// <summary>Texts.</summary>
    public const string Text = "VARCHAR";

    /// <summary>Lists of whole numbers.</summary>
    public const string Wholes = "BIGINT[]";

    /// <summary>Lists of numbers.</summary>
    public const string Reals = "DOUBLE[]";

    private const string Truth = "BOOLEAN";
    private const string Width = "width";

    /// <summary>The settings of <c>config.json</c>.</summary>
    public static IReadOnlyList<ResultColumn> Settings => ResultColumns.Current.Settings;

    /// <summary>What <c>summary.json</c> says of the whole network.</summary>
    public static IReadOnlyList<ResultColumn> Summary => ResultColumns.Current.Summary;

    /// <summary>What <c>summary.json</c> says of each layer.</summary>
    public static IReadOnlyList<ResultColumn> Layer => ResultColumns.Current.Layer;

    /// <summary>The value of a property; null where it is null or of another type, as a file of another version may have it.</summary>
    public object? Read(JsonElement value) => SqlType switch
    {
        Whole when Name == Width => (object?)(value.ValueKind == JsonValueKind.Array ? Common(value) : WholeNumber(value)),
        Whole => WholeNumber(value),
        Real => Number(value),
        Truth => value.ValueKind is JsonValueKind.True or JsonValueKind.False ? value.GetBoolean() : null,
        Text => value.ValueKind == JsonValueKind.String ? value.GetString() : null,
        Wholes => value.ValueKind == JsonValueKind.Array ? value.EnumerateArray().Select(WholeNumber).ToList() : null,
        _ => value.ValueKind == JsonValueKind.Array ? value.EnumerateArray().Select(Number).ToList() : null,
    };

    private static long? WholeNumber(JsonElement value) => value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out long whole) ? whole : null;

    private static double? Number(JsonElement value) =>
        value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out double number) && double.IsFinite(number) ? number : null;

    private static long? Common(JsonElement list)
    {
        long?[] values = [.. list.EnumerateArray().Select(WholeNumber).Distinct()];
        return values.Length == 1 ? values[0] : null;
    }

    /// <summary>The column of a setting; none for one of a type that tables do not have.</summary>
    public static ResultColumn[] Of(string name, Type propertyType)
    {
        Type type = Nullable.GetUnderlyingType(propertyType) ?? propertyType;
        string? sql = type switch
        {
            _ when type == typeof(int) || type == typeof(long) => Whole,
            _ when type == typeof(double) => Real,
            _ when type == typeof(bool) => Truth,
            _ when type == typeof(string) || type.IsEnum => Text,
            _ when type.IsAssignableTo(typeof(IEnumerable<int>)) => Wholes,
            _ when type.IsAssignableTo(typeof(IEnumerable<double>)) => Reals,
            _ => null,
        };
        return sql is null ? [] : [new ResultColumn(name, sql)];
    }
}
