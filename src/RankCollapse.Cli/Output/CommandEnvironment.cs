using Spectre.Console;

namespace RankCollapse.Cli.Output;

/// <summary>Where a command writes to, and what stops it.</summary>
internal sealed record CommandEnvironment
{
    /// <summary>Results; a <see cref="ScreenWriter"/> where it is a terminal.</summary>
    public required TextWriter Output { get; init; }

    /// <summary>Progress, warnings and errors; a <see cref="ScreenWriter"/> where it is a terminal.</summary>
    public required TextWriter Error { get; init; }

    /// <summary>Whether a person reads the results as they come.</summary>
    public bool OutputIsTerminal { get; init; }

    /// <summary>Whether a person watches the progress.</summary>
    public bool ErrorIsTerminal { get; init; }

    /// <summary>How many columns the progress may take.</summary>
    public int ErrorWidth => Error is ScreenWriter screen ? screen.Width : 80;

    /// <summary>Ctrl-C.</summary>
    public CancellationToken Cancellation { get; init; }

    /// <summary>The same with nothing in its texts that steers a terminal.</summary>
    public CommandEnvironment WithPrintableText() => this with { Output = Printable(Output), Error = Printable(Error) };

    /// <summary>Where results go that other programs read: as they are, unless a person reads them.</summary>
    public TextWriter DataOutput => !OutputIsTerminal && Output is PrintableWriter { Inner: var inner } ? inner : ScreenWriter.Unfolded(Output);

    /// <summary>What <see cref="Error"/> writes to in the end, for what steers a terminal on purpose.</summary>
    public TextWriter ErrorTerminal => ScreenWriter.Unfolded(Error) is PrintableWriter { Inner: var inner } ? inner : ScreenWriter.Unfolded(Error);

    /// <summary>A console for pictures that change on <see cref="Error"/>, which is a terminal.</summary>
    public IAnsiConsole ErrorConsole()
    {
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Out = new AnsiConsoleOutput(ErrorTerminal),
            Interactive = InteractionSupport.Yes,
            Enrichment = new ProfileEnrichment { UseDefaultEnrichers = false },
        });
        console.Profile.Capabilities.Unicode = true;
        console.Profile.Width = ErrorWidth;
        return console;
    }

#pragma warning disable CA2000 // The writers are those of whoever gave them.
    private static TextWriter Printable(TextWriter writer) =>
        writer is ScreenWriter screen ? new ScreenWriter(PrintableWriter.Of(screen.Inner), () => screen.Width) : PrintableWriter.Of(writer);
#pragma warning restore CA2000
}
