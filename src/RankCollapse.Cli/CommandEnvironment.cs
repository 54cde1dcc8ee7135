using Spectre.Console;

namespace RankCollapse.Cli;

/// <summary>Where a command writes to, and what stops it.</summary>
internal sealed record CommandEnvironment
{
    private const int WidthOfFiles = 120;

    /// <summary>Results.</summary>
    public required TextWriter Output { get; init; }

    /// <summary>Progress, warnings and errors.</summary>
    public required TextWriter Error { get; init; }

    /// <summary>Whether a person watches the results appear.</summary>
    public bool OutputIsTerminal { get; init; }

    /// <summary>Whether a person watches the progress.</summary>
    public bool ErrorIsTerminal { get; init; }

    /// <summary>Ctrl-C.</summary>
    public CancellationToken Cancellation { get; init; }

    /// <summary>A console for tables on <see cref="Output"/>.</summary>
    public IAnsiConsole OutputConsole() => Make(Output, OutputIsTerminal);

    /// <summary>A console for progress on <see cref="Error"/>.</summary>
    public IAnsiConsole ErrorConsole() => Make(Error, ErrorIsTerminal);

    private static IAnsiConsole Make(TextWriter writer, bool isTerminal)
    {
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Out = new AnsiConsoleOutput(writer),
            Ansi = isTerminal ? AnsiSupport.Detect : AnsiSupport.No,
            ColorSystem = isTerminal ? ColorSystemSupport.Detect : ColorSystemSupport.NoColors,
            Interactive = isTerminal ? InteractionSupport.Yes : InteractionSupport.No,
            Enrichment = new ProfileEnrichment { UseDefaultEnrichers = false },
        });
        if (!isTerminal) console.Profile.Width = WidthOfFiles;
        console.Profile.Capabilities.Unicode = true;
        return console;
    }
}
