using System.Text.Json;
using RankCollapse.Collapse.Metrics;
using RankCollapse.Runs;

namespace RankCollapse.Sweeps.Results;

/// <summary>A column of a results table, filled from a JSON property of its name; its SQL type follows from the property's.</summary>
internal sealed record ResultColumn(string Name, string SqlType)
{
    private const string Whole = "BIGINT";
    private const string Real = "DOUBLE";
    private const string Truth = "BOOLEAN";
    private const string Text = "VARCHAR";
    private const string Wholes = "BIGINT[]";
    private const string Reals = "DOUBLE[]";
    private const string Width = "width";

    /// <summary>The settings of <c>config.json</c>; <c>width</c> is a number where all hidden layers have the same, <c>widths</c> always the list.</summary>
    public static IReadOnlyList<ResultColumn> Settings { get; } =
        [new(RunConfiguration.VersionName, Text), .. RunSettings.All.SelectMany(s => s.JsonName == Width ? [new(Width, Whole), new("widths", Wholes)] : Of(s.JsonName, s.Type))];

    /// <summary>What <c>summary.json</c> says of the whole network.</summary>
    public static IReadOnlyList<ResultColumn> Summary { get; } = [.. RunJson.Default.RunSummary.Properties.SelectMany(p => Of(p.Name, p.PropertyType))];

    /// <summary>What <c>summary.json</c> says of each layer.</summary>
    public static IReadOnlyList<ResultColumn> Layer { get; } = [.. RunJson.Default.LayerSummary.Properties.SelectMany(p => Of(p.Name, p.PropertyType))];

    /// <summary>Whether the column holds numbers, so that it is a metric where it is a result.</summary>
    public bool IsNumber => SqlType is Whole or Real;

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

    private static double? Number(JsonElement value) => value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out double number) && double.IsFinite(number) ? number : null;

    private static long? Common(JsonElement list)
    {
        long?[] values = [.. list.EnumerateArray().Select(WholeNumber).Distinct()];
        return values.Length == 1 ? values[0] : null;
    }

    private static ResultColumn[] Of(string name, Type propertyType)
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
