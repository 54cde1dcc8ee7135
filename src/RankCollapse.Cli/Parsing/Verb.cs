using System.CommandLine;

namespace RankCollapse.Cli.Parsing;

/// <summary>A verb of the command, with what its help ends with.</summary>
internal sealed class Verb(string name, string description) : Command(name, description)
{
    /// <summary>Command lines that work, at least one.</summary>
    public required IReadOnlyList<string> Examples { get; init; }

    /// <summary>Whether it computes, so that its numbers depend on the machine's arithmetic.</summary>
    public bool Computes { get; init; }

    /// <summary>Paragraphs before the examples.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>What one wants to do with it, the heading under which help lists it.</summary>
    public string? Topic { get; set; }
}
