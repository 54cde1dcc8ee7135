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
        foreach (string token in parsed.UnmatchedTokens)
        {
            string shown = InputFile.Printable(token);
            if (isVerbMissing && !token.StartsWith('-'))
                return $"There is no command '{shown}'; {NearMatches.Advice(token, [.. command.Subcommands.Select(verb => verb.Name)])}";
            if (token.StartsWith("--", StringComparison.Ordinal) && token.Length > 2)
            {
                string name = token.Split('=')[0];
                string owner = isVerbMissing ? "rankcollapse" : command.Name;
                IReadOnlyList<string> near = NearMatches.Of(name, command.Options.Select(option => option.Name));
                string advice = near.Count > 0 ? $"did you mean {string.Join(" or ", near.Select(n => $"'{n}'"))}?" : $"{(isVerbMissing ? "rankcollapse" : $"rankcollapse {command.Name}")} --help lists all.";
                return $"{owner} has no option '{InputFile.Printable(name)}'; {advice}";
            }
        }
        ParseError error = parsed.Errors[0];
        return error.SymbolResult switch
        {
            OptionResult { Tokens.Count: 0 } option => $"The option {option.Option.Name} needs a value; rankcollapse {command.Name} --help shows it.",
            OptionResult { IdentifierTokenCount: > 1 } option => $"The option {option.Option.Name} is given {option.IdentifierTokenCount} times; give it once.",
            ArgumentResult { Tokens.Count: 0, Parent: CommandResult } argument => $"{command.Name} needs {argument.Argument.Name}: {argument.Argument.Description}",
            _ when parsed.UnmatchedTokens.Count > 0 => $"{command.Name} cannot use '{InputFile.Printable(parsed.UnmatchedTokens[0])}'; rankcollapse {command.Name} --help shows what it takes.",
            _ => InputFile.Printable(error.Message),
        };
    }
}
