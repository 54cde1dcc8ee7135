using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using RankCollapse.Formats;

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

    /// <summary>Makes an option that takes a share, in per cent or as a fraction below a tenth, so that neither can be taken for the other.</summary>
    public static Option<double> Share(string name, string description, string valueName)
    {
        const double LargestFraction = 0.1;
        Option<double> option = Of<double>(name, description, valueName);
        option.CustomParser = result =>
        {
            string text = result.Tokens[0].Value.Trim();
            bool isPercent = text.EndsWith('%');
            if (double.TryParse(text.TrimEnd('%').TrimEnd(), NumberStyles.Float, CultureInfo.InvariantCulture, out double number)
                && (isPercent || !(Math.Abs(number) >= LargestFraction)))
                return isPercent ? number / 100 : number;
            result.AddError($"The option {name} is '{ErrorText.Printable(text)}', expected per cent such as 0.5%, or a fraction below {LargestFraction:0.0} "
                + "such as 0.005.");
            return 0;
        };
        return option;
    }

    /// <summary>Makes an option that takes one of some names, which a shell completes.</summary>
    public static Option<string> Name(string name, string description, string valueName, params string[] known)
    {
        Option<string> option = Of<string>(name, description, valueName);
        option.CompletionSources.Add(known);
        return option;
    }

    /// <summary>Makes an option that names a file to write; whether it can be written is known before any work begins.</summary>
    /// <param name="name">The option's name.</param>
    /// <param name="description">Its help.</param>
    /// <param name="makesFolder">Whether a folder that is missing is made.</param>
    public static Option<string> File(string name, string description, bool makesFolder = false)
    {
        Option<string> option = Of<string>(name, description, "FILE");
        option.CustomParser = result => Checked(name, result, text => AtomicFile.Require(text, makesFolder));
        return option;
    }

    /// <summary>Makes an option that names a folder to write into.</summary>
    public static Option<string> Folder(string name, string description, string valueName = "DIR")
    {
        Option<string> option = Of<string>(name, description, valueName);
        option.CustomParser = result => Checked(name, result, text =>
        {
            if (string.IsNullOrWhiteSpace(text)) throw new InvalidInputException("it is empty, expected a folder's name");
            if (text == StandardOutput.Name) throw new InvalidInputException("it is standard output, expected a folder; write ./- for a folder of that name");
        });
        return option;
    }

    /// <summary>Makes an option that is on when it is given.</summary>
    public static Option<bool> Switch(string name, string description) =>
        new(name) { Description = description, Arity = ArgumentArity.Zero };

    private static string Checked(string name, ArgumentResult result, Action<string> check)
    {
        string text = result.Tokens[0].Value;
        try
        {
            check(text);
        }
        catch (InvalidInputException e)
        {
            result.AddError($"The option {name} cannot be used: {e.Message.TrimEnd('.')}.");
        }
        return text;
    }

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
