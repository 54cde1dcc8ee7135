using System.CommandLine;
using System.CommandLine.Parsing;

namespace RankCollapse.Cli.Parsing;

/// <summary>What is wrong with a command line, in one line.</summary>
internal static class ParseErrorLine
{
    /// <summary>The line, or null when nothing is wrong.</summary>
    public static string? Of(ParseResult parsed)
    {
        if (parsed.Errors.Count == 0) return null;
        Command command = parsed.CommandResult.Command;
        bool isVerbMissing = command is RootCommand;
        string owner = isVerbMissing ? "rankcollapse" : NameOf(parsed.CommandResult);
        string help = isVerbMissing ? "rankcollapse --help" : $"rankcollapse {owner} --help";
        foreach (string token in parsed.UnmatchedTokens)
        {
            string shown = ErrorText.Printable(token);
            if (isVerbMissing && !token.StartsWith('-'))
                return $"There is no command '{shown}'; {NearMatches.Advice(token, [.. command.Subcommands.Select(verb => verb.Name)])}";
            if (token.StartsWith("--", StringComparison.Ordinal) && token.Length > 2)
            {
                string name = token.Split('=')[0];
                IReadOnlyList<string> near = NearMatches.Of(name, command.Options.Select(option => option.Name));
                string advice = near.Count > 0 ? $"did you mean {string.Join(" or ", near.Select(n => $"'{n}'"))}?" : $"{help} lists all.";
                return $"{owner} has no option '{ErrorText.Printable(name)}'; {advice}";
            }
        }
        // What is wrong with an option comes before words that nobody asked for: they may be its value.
        ParseError error = parsed.Errors.FirstOrDefault(e => OptionOf(e) is not null) ?? parsed.Errors[0];
        if (OptionOf(error) is { Tokens: [{ Value: var value }] } swallowing && command.Options.Any(option => option.Name == value))
            return $"The option {swallowing.Option.Name} needs a value; {help} shows which.";
        return error.SymbolResult switch
        {
            OptionResult { IdentifierTokenCount: 0 } option => $"{owner} needs {option.Option.Name}; {help} shows an example.",
            OptionResult { Tokens.Count: 0 } option => $"The option {option.Option.Name} needs a value; {help} shows which.",
            OptionResult { IdentifierTokenCount: > 1 } option => $"The option {option.Option.Name} is given {option.IdentifierTokenCount} times; give it once.",
            ArgumentResult { Tokens.Count: 0, Parent: CommandResult } argument =>
                $"{owner} needs {argument.Argument.Name}, {argument.Argument.Description}; {help} shows an example.",
            _ when OptionOf(error) is null && parsed.UnmatchedTokens.Count > 0 =>
                $"{owner} cannot use '{ErrorText.Printable(parsed.UnmatchedTokens[0])}'; {help} shows what it takes.",
            _ => ErrorText.Line(error.Message),
        };
    }

    /// <summary>The verb with those that it is a part of, such as <c>sweep status</c>.</summary>
    private static string NameOf(CommandResult result) =>
        result.Parent is CommandResult { Command: not RootCommand } parent ? $"{NameOf(parent)} {result.Command.Name}" : result.Command.Name;

    private static OptionResult? OptionOf(ParseError error) => error.SymbolResult as OptionResult ?? error.SymbolResult?.Parent as OptionResult;
}
