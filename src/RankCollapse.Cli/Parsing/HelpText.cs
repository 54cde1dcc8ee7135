using System.CommandLine;
using System.CommandLine.Help;
using RankCollapse.Cli.Output;
using RankCollapse.Runs;

namespace RankCollapse.Cli.Parsing;

/// <summary>A line of help: what is typed, and what it does.</summary>
/// <param name="Name">What is typed.</param>
/// <param name="Meaning">What it does.</param>
internal sealed record HelpEntry(string Name, string Meaning);

/// <summary>Lines of help under a heading.</summary>
/// <param name="Heading">The heading.</param>
/// <param name="Entries">The lines.</param>
internal sealed record HelpGroup(string Heading, IReadOnlyList<HelpEntry> Entries);

/// <summary>The help of a command: its verbs by what one wants to do, its options by what they are about.</summary>
internal static class HelpText
{
    private const int UsualWidth = 100;
    private const int Indent = 2;
    private const int LongestName = 34;

    private static readonly Dictionary<SettingPart, string> Headings = new()
    {
        [SettingPart.Data] = "Data",
        [SettingPart.Network] = "Network",
        [SettingPart.Objective] = "Objective",
        [SettingPart.Start] = "Start",
        [SettingPart.Training] = "Training",
        [SettingPart.Records] = "Records",
        [SettingPart.Machine] = "Machine",
    };

    /// <summary>Writes the help of a command.</summary>
    public static void Write(TextWriter output, Command command)
    {
        int width = output is ScreenWriter screen ? screen.Width : UsualWidth;
        Fold(output, command.Description ?? "", 0, width);
        output.WriteLine();
        Fold(output, $"Usage: {Usage(command)}", 0, width);
        foreach (HelpGroup group in Groups(command))
        {
            output.WriteLine();
            output.WriteLine($"{group.Heading}:");
            int names = Math.Min(group.Entries.Max(entry => entry.Name.Length), Math.Min(LongestName, width / 2));
            foreach (HelpEntry entry in group.Entries)
            {
                bool fits = entry.Name.Length <= names;
                if (!fits) output.WriteLine(new string(' ', Indent) + entry.Name);
                string[] lines = [.. ScreenWriter.Fold(entry.Meaning, width - names - (2 * Indent)).Select(line => line.Trim())];
                for (int i = 0; i < lines.Length; i++)
                    output.WriteLine($"{new string(' ', Indent)}{(i == 0 && fits ? entry.Name : "").PadRight(names)}{new string(' ', Indent)}{lines[i]}");
            }
        }
        var verb = command as Verb;
        foreach (string note in verb?.Notes ?? [])
        {
            output.WriteLine();
            Fold(output, note, 0, width);
        }
        IReadOnlyList<string> examples = verb?.Examples ?? GuidedStart.Examples;
        output.WriteLine();
        output.WriteLine(examples.Count == 1 ? "Example:" : "Examples:");
        foreach (string example in examples) Fold(output, example, Indent, width);
        output.WriteLine();
    }

    /// <summary>How a command is called.</summary>
    public static string Usage(Command command)
    {
        IEnumerable<string> arguments = command.Arguments.Select(argument => (argument.Arity.MinimumNumberOfValues, argument.Arity.MaximumNumberOfValues) switch
        {
            ( > 0, > 1) => $"{argument.Name}…",
            ( > 0, _) => argument.Name,
            (_, > 1) => $"[{argument.Name}…]",
            _ => $"[{argument.Name}]",
        });
        string verb = command.Subcommands.Any(sub => !sub.Hidden) ? command.Arguments.Count > 0 ? "[VERB] " : "VERB " : "";
        return $"{PathOf(command)} {verb}{string.Join("", arguments.Select(argument => argument + " "))}[options]";
    }

    /// <summary>What can be typed after a command, in groups.</summary>
    public static IEnumerable<HelpGroup> Groups(Command command)
    {
        foreach (IGrouping<string, Command> topic in command.Subcommands.Where(verb => !verb.Hidden).GroupBy(verb => (verb as Verb)?.Topic ?? "Verbs"))
            yield return new HelpGroup(topic.Key, [.. topic.Select(verb => new HelpEntry(verb.Name, verb.Description ?? ""))]);
        if (command.Arguments.Count > 0)
            yield return new HelpGroup("Arguments", [.. command.Arguments.Select(argument => new HelpEntry(argument.Name, argument.Description ?? ""))]);
        Option[] options = [.. command.Options.Where(option => !option.Hidden)];
        bool hasSettings = options.Any(option => option.Name == TrainingOptionSet.ConfigName);
        foreach (IGrouping<string, Option> group in options.GroupBy(option => hasSettings ? HeadingOf(option) : "Options"))
            yield return new HelpGroup(group.Key, [.. group.Select(EntryOf)]);
    }

    /// <summary>The command with those that it is a part of: <c>rankcollapse sweep status</c>.</summary>
    public static string PathOf(Command command) =>
        command is RootCommand ? "rankcollapse" : $"{string.Join(' ', command.Parents.OfType<Command>().Take(1).Select(PathOf))} {command.Name}";

    private static HelpEntry EntryOf(Option option)
    {
        string names = string.Join(", ", option.Aliases.Where(alias => alias is "-h").Append(option.Name));
        string value = option.Arity.MaximumNumberOfValues == 0 || option is HelpOption ? "" : $" {option.HelpName ?? "VALUE"}";
        return new HelpEntry(names + value, (option.Description ?? "") + (option.Required ? " (needed)" : ""));
    }

    private static string HeadingOf(Option option) =>
        RunSettings.All.FirstOrDefault(setting => $"--{setting.Name}" == option.Name) is { } setting ? Headings[setting.Part] : "Files and output";

    private static void Fold(TextWriter output, string text, int indent, int width)
    {
        foreach (string line in ScreenWriter.Fold(new string(' ', indent) + text, width)) output.WriteLine(indent > 0 ? line : line.TrimStart(' '));
    }
}
