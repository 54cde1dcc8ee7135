using System.Text.Json.Nodes;

namespace RankCollapse.Formats;

/// <summary>
/// What a JSON object holds, said once: its fields with their types and where their values come from. It writes such objects and their schema.
/// </summary>
/// <typeparam name="T">What is written.</typeparam>
public sealed class JsonShape<T>
{
    private readonly List<(string Name, JsonObject Schema, Func<T, JsonNode?> Value)> _fields = [];

    /// <summary>A field of any type.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="schema">The schema of its values.</param>
    /// <param name="value">Its value.</param>
    public JsonShape<T> Any(string name, JsonObject schema, Func<T, JsonNode?> value)
    {
        _fields.Add((name, schema, value));
        return this;
    }

    /// <summary>A text.</summary>
    public JsonShape<T> Text(string name, Func<T, string> value) => Any(name, JsonSchema.Type("string"), one => JsonValue.Create(value(one)));

    /// <summary>A text, or null.</summary>
    public JsonShape<T> TextOrNull(string name, Func<T, string?> value) => Any(name, JsonSchema.Type("string", "null"), one => JsonValue.Create(value(one)));

    /// <summary>One of the names of an enumeration.</summary>
    public JsonShape<T> Name(string name, Func<T, Enum> value, Type enumeration) =>
        Any(name, JsonSchema.OneOf(EnumNames.All(enumeration)), one => JsonValue.Create(EnumNames.Of(value(one))));

    /// <summary>A number; null where it does not exist or is not finite.</summary>
    public JsonShape<T> Number(string name, Func<T, double?> value) => Any(name, JsonSchema.Type("number", "null"), one => NumberOf(value(one)));

    /// <summary>A whole number.</summary>
    public JsonShape<T> Whole(string name, Func<T, long> value) => Any(name, JsonSchema.Type("integer"), one => JsonValue.Create(value(one)));

    /// <summary>A whole number, or null.</summary>
    public JsonShape<T> WholeOrNull(string name, Func<T, long?> value) => Any(name, JsonSchema.Type("integer", "null"), one => JsonValue.Create(value(one)));

    /// <summary>True or false.</summary>
    public JsonShape<T> Flag(string name, Func<T, bool> value) => Any(name, JsonSchema.Type("boolean"), one => JsonValue.Create(value(one)));

    /// <summary>True, false or null.</summary>
    public JsonShape<T> FlagOrNull(string name, Func<T, bool?> value) => Any(name, JsonSchema.Type("boolean", "null"), one => JsonValue.Create(value(one)));

    /// <summary>Numbers; null where there are none.</summary>
    public JsonShape<T> Numbers(string name, Func<T, IEnumerable<double>?> value) => Any(
        name, JsonSchema.NumbersOrNull(), one => value(one) is { } list ? new JsonArray([.. list.Select(number => NumberOf(number))]) : null);

    /// <summary>Whole numbers.</summary>
    public JsonShape<T> Wholes(string name, Func<T, IEnumerable<long>> value) =>
        Any(name, JsonSchema.List(JsonSchema.Type("integer")), one => new JsonArray([.. value(one).Select(number => (JsonNode)number)]));

    /// <summary>Texts.</summary>
    public JsonShape<T> Texts(string name, Func<T, IEnumerable<string>> value) =>
        Any(name, JsonSchema.List(JsonSchema.Type("string")), one => new JsonArray([.. value(one).Select(text => (JsonNode)text)]));

    /// <summary>Texts by keys.</summary>
    public JsonShape<T> TextsByKey(string name, Func<T, IEnumerable<KeyValuePair<string, string>>> value) =>
        Any(name, JsonSchema.Map(JsonSchema.Type("string")), one =>
            new JsonObject(value(one).Select(pair => KeyValuePair.Create(pair.Key, (JsonNode?)pair.Value))));

    /// <summary>Objects.</summary>
    public JsonShape<T> List<TItem>(string name, Func<T, IEnumerable<TItem>> value, JsonShape<TItem> shape) =>
        Any(name, JsonSchema.List(shape.Schema()), one => new JsonArray([.. value(one).Select(item => (JsonNode)shape.Write(item))]));

    /// <summary>An object.</summary>
    public JsonShape<T> Object<TItem>(string name, Func<T, TItem> value, JsonShape<TItem> shape) => Any(name, shape.Schema(), one => shape.Write(value(one)));

    /// <summary>An object, or null.</summary>
    public JsonShape<T> ObjectOrNull<TItem>(string name, Func<T, TItem?> value, JsonShape<TItem> shape)
        where TItem : class => Any(name, JsonSchema.OrNull(shape.Schema()), one => value(one) is { } item ? shape.Write(item) : null);

    /// <summary>The object of a value.</summary>
    public JsonObject Write(T value) => new(_fields.Select(field => KeyValuePair.Create(field.Name, field.Value(value))));

    /// <summary>The schema of such objects.</summary>
    public JsonObject Schema() => JsonSchema.Object(_fields.Select(field => KeyValuePair.Create(field.Name, (JsonObject)field.Schema.DeepClone())));

    private static JsonValue? NumberOf(double? value) => value is { } number && double.IsFinite(number) ? JsonValue.Create(number) : null;
}
