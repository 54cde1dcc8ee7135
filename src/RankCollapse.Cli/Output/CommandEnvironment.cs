using Spectre.Console;

namespace RankCollapse.Cli.Output;

/// <summary>Where a command writes to, and what stops it.</summary>
internal sealed record CommandEnvironment
{
    /// <summary>Results.</summary>
    public required TextWriter Output { get; init; }

    /// <summary>Progress, warnings and errors.</summary>
    public required TextWriter Error { get; init; }

    /// <summary>Whether a person reads the results as they come.</summary>
    public bool OutputIsTerminal { get; init; }

    /// <summary>Whether a person watches the progress.</summary>
    public bool ErrorIsTerminal { get; init; }

    /// <summary>Ctrl-C.</summary>
    public CancellationToken Cancellation { get; init; }

    /// <summary>The same with nothing in its texts that steers a terminal.</summary>
    public CommandEnvironment WithPrintableText() => this with { Output = PrintableWriter.Of(Output), Error = PrintableWriter.Of(Error) };

    /// <summary>Where results go that other programs read: as they are, unless a person reads them.</summary>
    public TextWriter DataOutput => !OutputIsTerminal && Output is PrintableWriter { Inner: var inner } ? inner : Output;

    /// <summary>A console for live progress on <see cref="Error"/>, which is a terminal.</summary>
    public IAnsiConsole ErrorConsole()
    {
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Out = new AnsiConsoleOutput((Error as PrintableWriter)?.Inner ?? Error),
            Interactive = InteractionSupport.Yes,
            Enrichment = new ProfileEnrichment { UseDefaultEnrichers = false },
        });
        console.Profile.Capabilities.Unicode = true;
        return console;
    }
}
