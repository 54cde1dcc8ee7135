using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;

namespace RankCollapse.Cli.Parsing;

/// <summary>Options whose values are read here, so that what is wrong with one is said in the program's words.</summary>
internal static class OptionValue
{
    /// <summary>Makes an option that takes one value.</summary>
    public static Option<T> Of<T>(string name, string description, string valueName)
    {
        var option = new Option<T>(name) { Description = description, HelpName = valueName, Arity = ArgumentArity.ExactlyOne };
        if (typeof(T) != typeof(string)) option.CustomParser = result => (T)Read<T>(name, result)!;
        return option;
    }

    /// <summary>Makes an option that is on when it is given.</summary>
    public static Option<bool> Switch(string name, string description) =>
        new(name) { Description = description, Arity = ArgumentArity.Zero };

    private static object? Read<T>(string name, ArgumentResult result)
    {
        string text = result.Tokens[0].Value;
        const NumberStyles Whole = NumberStyles.AllowLeadingSign;
        object? value = default(T) switch
        {
            int => int.TryParse(text, Whole, CultureInfo.InvariantCulture, out int number) ? number : null,
            long => long.TryParse(text, Whole, CultureInfo.InvariantCulture, out long number) ? number : null,
            double => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) ? number : null,
            _ => null,
        };
        if (value is not null) return value;
        result.AddError($"The option {name} is '{ErrorText.Printable(text)}', expected {Expected<T>()}.");
        return default(T);
    }

    private static string Expected<T>() => default(T) switch
    {
        int => "a whole number such as 5",
        long => "a whole number such as 100",
        _ => "a number such as 1e-5",
    };
}
