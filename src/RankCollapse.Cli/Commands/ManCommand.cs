using System.CommandLine;
using RankCollapse.Cli.Output;
using RankCollapse.Cli.Parsing;
using RankCollapse.Runs;

namespace RankCollapse.Cli.Commands;

/// <summary><c>man</c>: the manual page, made of what <c>--help</c> says.</summary>
internal static class ManCommand
{
    /// <summary>The verb.</summary>
    public static Command Create(CommandEnvironment environment)
    {
        var command = new Verb("man", "Prints the manual page of all verbs, for man.")
        {
            Examples = ["rankcollapse man > rankcollapse.1"],
        };
        command.SetAction(parsed =>
        {
            TextWriter output = ScreenWriter.Unfolded(environment.Output);
            RootCommand root = parsed.RootCommandResult.Command as RootCommand ?? throw new InvalidOperationException("There is no root command.");
            output.WriteLine($".TH RANKCOLLAPSE 1 \"\" \"rankcollapse {TrainingRun.ProgramVersion}\"");
            output.WriteLine(".SH NAME");
            output.WriteLine($"rankcollapse \\- {Escaped(root.Description!.TrimEnd('.'))}");
            Write(output, root, "SYNOPSIS");
            output.WriteLine(".SH EXIT STATUS");
            output.WriteLine("0: done; 1: the computation did not reach what was asked; 2: bad input, nothing written.");
            return ExitCode.Done;
        });
        return command;
    }

    private static void Write(TextWriter output, Command command, string heading)
    {
        output.WriteLine($".SH {Escaped(heading)}");
        if (command is not RootCommand) output.WriteLine(Escaped(command.Description!));
        output.WriteLine(".PP");
        output.WriteLine($".B {Escaped(HelpText.Usage(command))}");
        foreach (HelpGroup group in HelpText.Groups(command))
        {
            output.WriteLine($".SS {Escaped(group.Heading)}");
            foreach (HelpEntry entry in group.Entries)
            {
                output.WriteLine(".TP");
                output.WriteLine($".B {Escaped(entry.Name)}");
                output.WriteLine(Escaped(entry.Meaning));
            }
        }
        var verb = command as Verb;
        foreach (string note in verb?.Notes ?? [])
        {
            output.WriteLine(".PP");
            output.WriteLine(Escaped(note));
        }
        foreach (string example in verb?.Examples ?? [])
        {
            output.WriteLine(".PP");
            output.WriteLine($".I {Escaped(example)}");
        }
        foreach (Command part in command.Subcommands.Where(part => !part.Hidden)) Write(output, part, HelpText.PathOf(part));
    }

    private static string Escaped(string text)
    {
        string escaped = text.Replace("\\", "\\e", StringComparison.Ordinal).Replace("-", "\\-", StringComparison.Ordinal);
        return escaped is ['.' or '\'', ..] ? "\\&" + escaped : escaped;
    }
}
