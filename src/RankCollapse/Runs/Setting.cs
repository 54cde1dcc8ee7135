using System.Globalization;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using RankCollapse.Formats;

namespace RankCollapse.Runs;

/// <summary>
/// A setting of a run, once for all that knows of settings: options and their help, files, checks, resuming, identities, sweeps, schemas and tables.
/// </summary>
public sealed class Setting
{
    private static readonly RunConfiguration Defaults = new();

    private readonly PropertyInfo _property;
    private readonly Func<IReadOnlyList<string>>? _names;

    /// <summary>Describes a property of <see cref="RunConfiguration"/>.</summary>
    /// <param name="property">The property; the setting's names follow from it.</param>
    /// <param name="part">What it is about.</param>
    /// <param name="effect">What it changes.</param>
    /// <param name="help">What it is, without names and default.</param>
    /// <param name="valueName">What help calls its value; null where it is on or off.</param>
    /// <param name="names">The names that it takes, where they are those of an open table; null takes those of an enumeration.</param>
    internal Setting(string property, SettingPart part, SettingEffect effect, string help, string? valueName, Func<IReadOnlyList<string>>? names = null)
    {
        _property = typeof(RunConfiguration).GetProperty(property) ?? throw new ArgumentException($"There is no property {property}.", nameof(property));
        Type = Nullable.GetUnderlyingType(_property.PropertyType) ?? _property.PropertyType;
        _names = names ?? (Type.IsEnum ? () => EnumNames.All(Type) : null);
        Part = part;
        Effect = effect;
        Help = help;
        ValueName = valueName;
        Name = JsonNamingPolicy.KebabCaseLower.ConvertName(property);
        JsonName = JsonNamingPolicy.CamelCase.ConvertName(property);
        Default = Get(Defaults);
    }

    /// <summary>The property of <see cref="RunConfiguration"/>.</summary>
    public string Property => _property.Name;

    /// <summary>The name in command lines and texts: <c>max-epochs</c>.</summary>
    public string Name { get; }

    /// <summary>The name in files: <c>maxEpochs</c>.</summary>
    public string JsonName { get; }

    /// <summary>The type of its values: <c>int</c>, <c>long</c>, <c>double</c>, <c>bool</c>, <c>string</c>, an enumeration, or a list of <c>int</c>.</summary>
    public Type Type { get; }

    /// <summary>What it is about.</summary>
    public SettingPart Part { get; }

    /// <summary>What it changes.</summary>
    public SettingEffect Effect { get; }

    /// <summary>What it is, in a sentence.</summary>
    public string Help { get; }

    /// <summary>What help calls its value; null where it is on or off.</summary>
    public string? ValueName { get; }

    /// <summary>The default; null where there is none, or where it depends on other settings.</summary>
    public object? Default { get; }

    /// <summary>The default in words, where it is not a value.</summary>
    public string? DefaultInWords => InWords?.Invoke();

    /// <summary>The numbers it takes; null where it is not a number.</summary>
    public SettingRange? Range { get; internal init; }

    /// <summary>Whom it concerns; null concerns all.</summary>
    public SettingScope? Scope { get; internal init; }

    /// <summary>The default in words, where it is not a value.</summary>
    internal Func<string>? InWords { get; init; }

    /// <summary>The names that it takes, with what they mean; null lists the names alone.</summary>
    internal Func<IEnumerable<string>>? Meanings { get; init; }

    /// <summary>The default that depends on other settings; null where there is none.</summary>
    internal Func<RunConfiguration, object?>? Derived { get; init; }

    /// <summary>A reason why it decides about the result and not only about the end; null where it does not.</summary>
    internal Func<RunConfiguration, string?>? DecidesBecause { get; init; }

    /// <summary>Whether it came when trials had identities already, which therefore leave it out where it is at its default.</summary>
    public bool IsLater { get; init; }

    /// <summary>The names that it takes; empty where it takes other values.</summary>
    public IReadOnlyList<string> Names => _names?.Invoke() ?? [];

    /// <summary>Whether its values are whole numbers.</summary>
    public bool IsWhole => Type == typeof(int) || Type == typeof(long);

    /// <summary>Whether its values are numbers.</summary>
    public bool IsNumber => IsWhole || Type == typeof(double);

    /// <summary>Whether its values may be several names with commas between them, which files may also hold as a list.</summary>
    public bool IsNameList { get; internal init; }

    /// <summary>Whether its values are lists.</summary>
    public bool IsList => Type == typeof(IReadOnlyList<int>);

    /// <summary>What it is, with the names that it takes and its default: <c>Initial weights: orthogonal, gaussian, xavier, he [orthogonal]</c>.</summary>
    public string HelpWithValues
    {
        get
        {
            string names = Names.Count > 0 && !Help.Contains(Names[0], StringComparison.Ordinal) ? $": {string.Join(", ", Meanings?.Invoke() ?? Names)}" : "";
            string fallback = DefaultInWords ?? (Type == typeof(bool) ? "" : Text(Default));
            return $"{Help}{(Scope is null ? "" : $", with {Scope.Words()}")}{names}{(fallback.Length > 0 ? $" [{fallback}]" : "")}";
        }
    }

    /// <summary>What is expected, in words.</summary>
    public string Expected => Type switch
    {
        var t when IsWhole => "a whole number",
        var t when t == typeof(double) => "a number",
        var t when t == typeof(bool) => "true or false",
        var t when IsList => "a list of whole numbers",
        _ when Names.Count > 0 => $"one of {string.Join(", ", Names)}",
        _ => "a text in quotes",
    };

    /// <summary>What is expected on a command line, in words with an example.</summary>
    public string ExpectedOption => Type switch
    {
        var t when IsWhole => "a whole number such as 5",
        var t when IsList => "whole numbers with commas between them such as 200,100",
        _ => "a number such as 1e-5",
    };

    /// <summary>Whether it has an effect with these settings.</summary>
    public bool Concerns(RunConfiguration configuration) => Scope?.Contains(configuration) ?? true;

    /// <summary>
    /// Why it has no effect with these settings, in words that follow its name: <c>has an effect with the solver sgd only, and solver is adam</c>.
    /// </summary>
    public string WhyIdle(RunConfiguration configuration)
    {
        Setting other = RunSettings.Of(Scope!.By);
        return $"has an effect with {Scope.Words()} only, and {other.Name} is {ErrorText.Printable(Setting.Text(other.Get(configuration)))}";
    }

    /// <summary>The value that it takes where none is given.</summary>
    public object? DefaultFor(RunConfiguration configuration) => Derived?.Invoke(configuration) ?? Default;

    /// <summary>The value.</summary>
    public object? Get(RunConfiguration configuration) => _property.GetValue(configuration);

    /// <summary>The settings with another value of this one.</summary>
    public RunConfiguration With(RunConfiguration configuration, object? value)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        RunConfiguration changed = configuration with { };
        Put(changed, value);
        return changed;
    }

    /// <summary>Whether two settings' values are equal.</summary>
    public static bool AreEqual(object? a, object? b) => a is IReadOnlyList<int> one && b is IReadOnlyList<int> other ? one.SequenceEqual(other) : Equals(a, b);

    /// <summary>A value as command lines have it; empty for null.</summary>
    public static string Text(object? value) => value switch
    {
        null => "",
        IReadOnlyList<int> list => string.Join(',', list),
        Enum named => EnumNames.Of(named),
        bool isOn => isOn ? "true" : "false",
        double number => Short(number),
        _ => string.Create(CultureInfo.InvariantCulture, $"{value}"),
    };

    /// <summary>Reads a value as command lines have it; null where it is not one.</summary>
    public object? Parse(string text)
    {
        const NumberStyles Whole = NumberStyles.AllowLeadingSign;
        CultureInfo culture = CultureInfo.InvariantCulture;
        if (Type.IsEnum) return EnumNames.Find(Type, text);
        if (Type == typeof(int)) return int.TryParse(text, Whole, culture, out int number) ? number : null;
        if (Type == typeof(long)) return long.TryParse(text, Whole, culture, out long number) ? number : null;
        if (Type == typeof(double)) return double.TryParse(text, NumberStyles.Float, culture, out double number) ? number : null;
        if (Type == typeof(bool)) return bool.TryParse(text, out bool isOn) ? isOn : null;
        if (Type == typeof(string)) return text;
        string[] parts = text.Split(',');
        var numbers = new int[parts.Length];
        return parts.Select((part, i) => int.TryParse(part.Trim(), Whole, culture, out numbers[i])).All(isNumber => isNumber) ? numbers : null;
    }

    /// <summary>Reads a value of a file.</summary>
    /// <param name="value">The value.</param>
    /// <param name="place">Where it stands, for the error.</param>
    /// <exception cref="InvalidInputException">It has the wrong type; the message says what was found and expected.</exception>
    public object? Read(JsonElement value, string place)
    {
        object? read = value.ValueKind switch
        {
            JsonValueKind.Null when Default is null => null,
            // Not a number, which the check of the range refuses.
            JsonValueKind.Null when Type == typeof(double) => double.NaN,
            JsonValueKind.Number when Type == typeof(int) => value.TryGetInt32(out int number) ? number : null,
            JsonValueKind.Number when Type == typeof(long) => value.TryGetInt64(out long number) ? number : null,
            JsonValueKind.Number when Type == typeof(double) => double.IsFinite(value.GetDouble()) ? value.GetDouble() : null,
            JsonValueKind.Number when IsList => value.TryGetInt32(out int number) ? new[] { number } : null,
            JsonValueKind.Array when IsList => ReadList(value),
            JsonValueKind.Array when IsNameList && value.EnumerateArray().All(name => name.ValueKind == JsonValueKind.String) =>
                string.Join(',', value.EnumerateArray().Select(name => name.GetString())),
            JsonValueKind.True or JsonValueKind.False when Type == typeof(bool) => value.GetBoolean(),
            JsonValueKind.String when Type == typeof(string) => value.GetString(),
            JsonValueKind.String when Type.IsEnum => EnumNames.Find(Type, value.GetString()!),
            _ => null,
        };
        if (read is not null || (value.ValueKind == JsonValueKind.Null && Default is null)) return read;
        throw new InvalidInputException(value.ValueKind == JsonValueKind.String && Type.IsEnum
            ? $"{place}: the setting {JsonName} is '{ErrorText.Printable(value.GetString()!)}'; {NearMatches.Advice(value.GetString()!, Names)}"
            : $"{place}: the setting {JsonName} is {ErrorText.Printable(value.GetRawText())}, expected {Expected}.");
    }

    /// <summary>Writes a value for a file.</summary>
    public static void Write(Utf8JsonWriter writer, object? value)
    {
        ArgumentNullException.ThrowIfNull(writer);
        switch (value)
        {
            case null: writer.WriteNullValue(); break;
            case double number when !double.IsFinite(number): writer.WriteNullValue(); break;
            case double number: writer.WriteNumberValue(number); break;
            case int number: writer.WriteNumberValue(number); break;
            case long number: writer.WriteNumberValue(number); break;
            case bool isOn: writer.WriteBooleanValue(isOn); break;
            case IReadOnlyList<int> list:
                writer.WriteStartArray();
                foreach (int number in list) writer.WriteNumberValue(number);
                writer.WriteEndArray();
                break;
            default: writer.WriteStringValue(Text(value)); break;
        }
    }

    /// <summary>The JSON Schema of its values.</summary>
    public JsonObject Schema()
    {
        string type = Type switch
        {
            var t when IsWhole => "integer",
            var t when t == typeof(double) => "number",
            var t when t == typeof(bool) => "boolean",
            var t when IsList => "array",
            _ => "string",
        };
        // A width of all hidden layers, or a count of the only class, is written without brackets too.
        JsonObject schema = JsonSchema.Type(
            [type, .. IsList ? ["integer"] : IsNameList ? ["array"] : Array.Empty<string>(), .. Default is null ? ["null"] : Array.Empty<string>()]);
        JsonObject range = IsList ? JsonSchema.Type("integer") : schema;
        if (Range is { } interval)
        {
            range[interval.IsAbove ? "exclusiveMinimum" : "minimum"] = interval.Least;
            if (double.IsFinite(interval.Most)) range[interval.IsBelow ? "exclusiveMaximum" : "maximum"] = interval.Most;
        }
        if (IsList) schema["items"] = range;
        if (IsNameList) schema["items"] = JsonSchema.Type("string");
        if (Type.IsEnum) schema["enum"] = new JsonArray([.. Names.Select(name => (JsonNode)name)]);
        else if (Names.Count > 0) schema["examples"] = new JsonArray([.. Names.Select(name => (JsonNode)name)]);
        return JsonSchema.Described(schema, HelpWithValues);
    }

    /// <summary>Changes a configuration that nobody else has yet.</summary>
    internal void Put(RunConfiguration configuration, object? value) => _property.SetValue(configuration, value);

    /// <summary>Requires that a value is a name that is known, or in range.</summary>
    /// <exception cref="InvalidInputException">It is not.</exception>
    internal void Check(object? value)
    {
        if (value is null) return;
        if (Type.IsEnum && !Enum.IsDefined(Type, value))
            throw new InvalidInputException($"The setting {Name} is {value}; known are {string.Join(", ", Names)}.");
        if (value is IReadOnlyList<int> list)
        {
            foreach (int number in list) CheckRange(number, $"{number}");
        }
        else if (IsNumber)
        {
            CheckRange(Convert.ToDouble(value, CultureInfo.InvariantCulture), string.Create(CultureInfo.InvariantCulture, $"{value}"));
        }
    }

    private void CheckRange(double number, string shown)
    {
        if (Range is { } range && !range.Contains(number))
            throw new InvalidInputException($"The setting {Name} is {shown}; expected {range.InWords(IsWhole || IsList)}.");
    }

    private static int[]? ReadList(JsonElement value)
    {
        var numbers = new int[value.GetArrayLength()];
        int count = 0;
        foreach (JsonElement one in value.EnumerateArray())
        {
            if (one.ValueKind != JsonValueKind.Number || !one.TryGetInt32(out numbers[count++])) return null;
        }
        return numbers;
    }

    /// <summary>The shortest digits that give the number back, with an exponent as people write it: 1e-5.</summary>
    private static string Short(double number)
    {
        string[] parts = number.ToString("R", CultureInfo.InvariantCulture).Split('E');
        return parts.Length == 1 ? parts[0] : $"{parts[0]}e{int.Parse(parts[1], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture)}";
    }
}

/// <summary>What a setting is about.</summary>
public enum SettingPart
{
    /// <summary>The samples.</summary>
    Data,

    /// <summary>The network's shape.</summary>
    Network,

    /// <summary>What is minimised.</summary>
    Objective,

    /// <summary>The initial weights.</summary>
    Start,

    /// <summary>How it is minimised, and until when.</summary>
    Training,

    /// <summary>What is written on the way.</summary>
    Records,

    /// <summary>How the machine is used.</summary>
    Machine,
}

/// <summary>What a setting changes.</summary>
public enum SettingEffect
{
    /// <summary>The way that training takes, and so the result; a run that is resumed keeps it.</summary>
    Result,

    /// <summary>Where on its way training stops; a run that is resumed may go further.</summary>
    Stopping,

    /// <summary>What is kept of the way.</summary>
    Records,

    /// <summary>How fast it goes; the result does not depend on it, nor does a trial's identity.</summary>
    Machine,
}

/// <summary>Settings with which another one has an effect.</summary>
/// <param name="By">The property of <see cref="RunConfiguration"/> that decides.</param>
/// <param name="Words">They, in words that follow 'with'.</param>
/// <param name="Contains">Whether settings are among them.</param>
public sealed record SettingScope(string By, Func<string> Words, Func<RunConfiguration, bool> Contains);

/// <summary>An interval of finite numbers.</summary>
/// <param name="Least">The lower end.</param>
/// <param name="Most">The upper end; +∞ for none.</param>
/// <param name="IsAbove">Whether the lower end does not belong to it.</param>
/// <param name="IsBelow">Whether the upper end does not belong to it.</param>
public sealed record SettingRange(double Least, double Most = double.PositiveInfinity, bool IsAbove = false, bool IsBelow = false)
{
    /// <summary>Whether a number lies in it.</summary>
    public bool Contains(double number) =>
        double.IsFinite(number) && (IsAbove ? number > Least : number >= Least) && (IsBelow ? number < Most : number <= Most);

    /// <summary>The interval in words that follow 'expected'.</summary>
    /// <param name="isWhole">Whether it is one of whole numbers.</param>
    public string InWords(bool isWhole) => (double.IsInfinity(Most), isWhole) switch
    {
        (true, true) => $"at least {Least}",
        (true, false) => IsAbove ? $"a finite number above {Least}" : $"a finite number of at least {Least}",
        (false, true) => $"at least {Least} and at most {Most}",
        (false, false) => $"a number {(IsAbove ? "above" : "from")} {Least} to {(IsBelow ? "below " : "")}{Most}",
    };
}
