using System.CommandLine;
using RankCollapse.Cli.Output;
using RankCollapse.Cli.Parsing;

namespace RankCollapse.Cli.Commands;

/// <summary><c>completion SHELL</c>: the script with which a shell completes verbs, options and their values.</summary>
internal static class CompletionCommand
{
    private const string AnswerName = "complete";

    private static readonly Registry<ShellScript> Shells = new(
        "shell",
        shell => shell.Name,
        new ShellScript("bash", "source <(rankcollapse completion bash)", """
            _rankcollapse() {
                local IFS=$'\n'
                COMPREPLY=( $(compgen -W "$("${COMP_WORDS[0]}" complete "${COMP_LINE:0:COMP_POINT}" 2>/dev/null)" -- "${COMP_WORDS[COMP_CWORD]}") )
            }
            complete -o default -F _rankcollapse rankcollapse
            """),
        new ShellScript("zsh", "source <(rankcollapse completion zsh)", """
            #compdef rankcollapse
            _rankcollapse() {
                local -a found
                found=("${(@f)$("${words[1]}" complete "${(j: :)words[1,CURRENT]}" 2>/dev/null)}")
                if [[ -n "${found[*]}" ]]; then compadd -- "${found[@]}"; else _files; fi
            }
            compdef _rankcollapse rankcollapse
            """),
        new ShellScript("fish", "rankcollapse completion fish | source", """
            complete -c rankcollapse -a '(set -l words (commandline -opc); $words[1] complete (commandline -cp | string collect) 2>/dev/null)'
            """),
        new ShellScript("powershell", "rankcollapse completion powershell | Out-String | Invoke-Expression", """
            Register-ArgumentCompleter -Native -CommandName rankcollapse -ScriptBlock {
                param($word, $line, $position)
                $typed = "$line".PadRight($position).Substring(0, $position)
                & $line.CommandElements[0].Value complete $typed 2>$null | ForEach-Object { [System.Management.Automation.CompletionResult]::new($_) }
            }
            """));

    /// <summary>The verb.</summary>
    public static Command Create(CommandEnvironment environment)
    {
        var command = new Verb("completion", $"Prints the script with which a shell completes command lines: {string.Join(", ", Shells.Names)}.")
        {
            Notes = [.. Shells.Select(shell => $"{shell.Name}: {shell.Use}")],
            Examples = ["rankcollapse completion bash"],
        };
        var shell = new Argument<string>("SHELL") { Description = $"one of {string.Join(", ", Shells.Names)}" };
        shell.CompletionSources.Add([.. Shells.Names]);
        command.Add(shell);
        command.SetAction(parsed =>
        {
            ScreenWriter.Unfolded(environment.Output).WriteLine(Shells.Parse(parsed.GetRequiredValue(shell)).Script);
            return ExitCode.Done;
        });
        return command;
    }

    /// <summary>The verb that the scripts ask: what can follow a line that was typed.</summary>
    /// <param name="environment">Where the answer goes.</param>
    /// <param name="root">The command.</param>
    public static Command CreateAnswer(CommandEnvironment environment, RootCommand root)
    {
        var command = new Verb(AnswerName, "Lists what can follow a command line.")
        {
            Examples = ["rankcollapse complete \"rankcollapse train --de\""],
            Hidden = true,
        };
        var line = new Argument<string>("LINE") { Description = "the line up to the cursor" };
        command.Add(line);
        command.SetAction(parsed =>
        {
            string typed = parsed.GetRequiredValue(line).TrimStart();
            int first = typed.IndexOf(' ', StringComparison.Ordinal);
            string rest = first < 0 ? "" : typed[(first + 1)..];
            TextWriter output = ScreenWriter.Unfolded(environment.Output);
            foreach (string label in root.Parse(rest).GetCompletions(rest.Length).Select(item => item.InsertText ?? item.Label).Distinct())
                if (label is not ("-?" or "/?" or "/h" or "-h")) output.WriteLine(label);
            return ExitCode.Done;
        });
        return command;
    }

    /// <summary>How a shell is told.</summary>
    /// <param name="Name">The shell.</param>
    /// <param name="Use">What one types, or writes into the shell's start file.</param>
    /// <param name="Script">The script.</param>
    private sealed record ShellScript(string Name, string Use, string Script);
}
