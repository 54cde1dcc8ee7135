using System.CommandLine;
using RankCollapse.LinearAlgebra;

namespace RankCollapse.Cli.Parsing;

/// <summary>The values of options that were given.</summary>
internal static class GivenValues
{
    /// <summary>Whether the option was given.</summary>
    public static bool Has(this ParseResult parsed, Option option) => parsed.GetResult(option) is { Implicit: false };

    /// <summary>The value that was given; null where none was.</summary>
    public static T? Given<T>(this ParseResult parsed, Option<T> option)
        where T : struct => parsed.Has(option) ? parsed.GetValue(option) : null;

    /// <summary>The whole number that was given; null where none was.</summary>
    /// <exception cref="InvalidInputException">It is too small.</exception>
    public static int? AtLeast(this ParseResult parsed, Option<int> option, int least) => parsed.Given(option) is { } value && value < least
        ? throw new InvalidInputException($"{option.Name} is {value}; expected at least {least}.")
        : parsed.Given(option);

    /// <summary>The parts of a list with commas; none where none was given.</summary>
    public static string[] Texts(this ParseResult parsed, Option<string> option) =>
        parsed.GetValue(option)?.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) ?? [];

    /// <summary>The member that a name stands for; the first where none was given.</summary>
    /// <exception cref="InvalidInputException">There is no such name; near ones are listed.</exception>
    public static T Choice<T>(this ParseResult parsed, Option<string> option, params ReadOnlySpan<(string Name, T Value)> choices)
    {
        string? name = parsed.GetValue(option);
        if (name is null) return choices[0].Value;
        var names = new List<string>();
        foreach ((string known, T value) in choices)
        {
            if (known == name) return value;
            names.Add(known);
        }
        throw new InvalidInputException($"{option.Name} is '{ErrorText.Printable(name)}'; {NearMatches.Advice(name, names)}");
    }

    /// <summary>Lets products use as many threads as were asked for, or all cores.</summary>
    /// <exception cref="InvalidInputException">Fewer than one were asked for.</exception>
    public static void UseThreads(this ParseResult parsed, Option<int> option) => Product.MaxThreads = parsed.AtLeast(option, 1) ?? Environment.ProcessorCount;
}
