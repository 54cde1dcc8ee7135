using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using RankCollapse.Formats;
using RankCollapse.Sweeps.Plan;

namespace RankCollapse.Sweeps.Work;

/// <summary>One thing that can be asked of an engine.</summary>
public sealed record EngineOption
{
    private readonly Action<JsonElement, string> _check;
    private readonly JsonObject _schema;

    private EngineOption(string name, string help, JsonObject schema, Action<JsonElement, string> check)
    {
        Name = name;
        Help = help;
        _schema = schema;
        _check = check;
    }

    /// <summary>Its name in JSON, in camel case.</summary>
    public string Name { get; }

    /// <summary>What it is, with its default in brackets.</summary>
    public string Help { get; }

    /// <summary>Whether it is an option of the command line too.</summary>
    public bool IsOnCommandLine { get; init; }

    /// <summary>Whether programs are run that it names, so that it is taken from the user's own command and from no folder that was found.</summary>
    public bool NamesPrograms { get; init; }

    /// <summary>The JSON Schema of its values.</summary>
    public JsonObject Schema() => JsonSchema.Described((JsonObject)_schema.DeepClone(), Help);

    /// <summary>A whole number in a range.</summary>
    public static EngineOption Whole(string name, long least, long most, string help) =>
        new(name, help, JsonSchema.Type("integer"), (value, place) => JsonReading.Whole(value, place, least, most));

    /// <summary>A number that is at least another one.</summary>
    public static EngineOption Number(string name, double least, string help) => new(name, help, JsonSchema.Type("number"), (value, place) =>
    {
        if (value.ValueKind != JsonValueKind.Number || !(value.GetDouble() >= least))
            throw JsonReading.Unexpected(value, place, $"a number from {least.ToString(CultureInfo.InvariantCulture)}");
    });

    /// <summary>A text of one line.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="help">What it is.</param>
    /// <param name="isUsable">Whether a text can be used; null takes any.</param>
    /// <param name="expected">What can be used, in words.</param>
    public static EngineOption Text(string name, string help, Func<string, bool>? isUsable = null, string expected = "a text") =>
        new(name, help, JsonSchema.Type("string"), (value, place) =>
    {
        if (isUsable?.Invoke(OneLine(value, place)) == false) throw JsonReading.Unexpected(value, place, expected);
        OneLine(value, place);
    });

    /// <summary>Texts of one line each.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="help">What it is.</param>
    /// <param name="isUsable">Whether a text can be used; null takes any.</param>
    /// <param name="expected">What can be used, in words.</param>
    public static EngineOption Texts(string name, string help, Func<string, bool>? isUsable = null, string expected = "a text") =>
        new(name, help, JsonSchema.List(JsonSchema.Type("string")), (value, place) =>
        {
            int number = 0;
            foreach (JsonElement one in JsonReading.List(value, place, "a list of texts"))
            {
                string text = OneLine(one, $"{place}[{++number}]");
                if (isUsable?.Invoke(text) == false) throw JsonReading.Unexpected(one, $"{place}[{number}]", expected);
            }
        });

    /// <summary>Checks a value.</summary>
    /// <exception cref="InvalidInputException">It cannot be used; the message names the place.</exception>
    public void Check(JsonElement value, string place) => _check(value, place);

    private static string OneLine(JsonElement value, string place) =>
        JsonReading.Text(value, place) is var text && text.AsSpan().IndexOfAny('\n', '\r', '\0') < 0
        ? text
        : throw new InvalidInputException($"{place} has more than one line; give a line for each.");
}
